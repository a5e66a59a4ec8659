"""Templates, escaped by default, with sentences in the reader's language and dates in words."""

from collections.abc import Callable, Mapping
from datetime import date

import jinja2

from clinic_app.model.words import Words

ReadResource = Callable[[str], bytes]
"""Gives the bytes of a shipped resource by name, such as ``portal/portal.css``."""
WordsFor = Callable[[str], Words]
LANGUAGES = ("en", "es")
TEMPLATES = "portal/templates/"


class Pages:
    """Renders the templates under ``resources/portal/templates``; no page runs a script."""

    def __init__(self, read: ReadResource, words_for: WordsFor) -> None:
        """Templates are read once, at first use."""
        loader = jinja2.FunctionLoader(lambda name: read(TEMPLATES + name).decode("utf-8"))
        self._environment = jinja2.Environment(
            loader=loader,
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._words = {language: words_for(language) for language in LANGUAGES}

    def words(self, language: str) -> Words:
        """The words of a language, English for one that is not spoken here."""
        return self._words.get(language, self._words["en"])

    def page(self, template: str, language: str, values: Mapping[str, object]) -> bytes:
        """One page as UTF-8 HTML."""
        words = self.words(language)
        text = self._environment.get_template(template).render(words=words, language=words.language, **values)
        return text.encode("utf-8")


def day_in_words(day: date | None, words: Words) -> str:
    """A date such as 14 March 2002, in the reader's language; empty for None."""
    if day is None:
        return ""
    months = (
        words("January"),
        words("February"),
        words("March"),
        words("April"),
        words("May"),
        words("June"),
        words("July"),
        words("August"),
        words("September"),
        words("October"),
        words("November"),
        words("December"),
    )
    return words("{day} {month} {year}", day=day.day, month=months[day.month - 1], year=day.year)
