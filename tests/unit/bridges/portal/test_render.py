from datetime import date

import jinja2
import pytest

from bridges.portal.render import Pages, day_in_words
from clinic_app.model.words import English
from tests.unit.bridges.portal.house import Spanish, words_for


def test_everything_is_escaped_and_nothing_is_silently_missing() -> None:
    templates = {"a": "{{ words('Hi {name}', name=name) }} {{ name }}", "b": "{{ missing }}"}
    pages = Pages(lambda name: templates[name.removeprefix("portal/templates/")].encode(), words_for)
    assert pages.page("a", "es", {"name": "<x>"}) == b"es:Hi &lt;x&gt; &lt;x&gt;"
    assert pages.page("a", "fr", {"name": "&"}) == b"Hi &amp; &amp;"
    with pytest.raises(jinja2.UndefinedError):
        pages.page("b", "en", {})


def test_days_in_words() -> None:
    assert day_in_words(date(2002, 3, 14), English()) == "14 March 2002"
    assert day_in_words(date(2002, 12, 1), Spanish()) == "es:1 es:December 2002"
    assert day_in_words(None, English()) == ""
