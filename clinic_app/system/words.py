"""Sentences in the reader's language, from the gettext catalogues under ``resources/locale``."""

import gettext
import io
import struct

from clinic_app.model.errors import ProgramFault
from clinic_app.model.words import English, Words
from clinic_app.system.resources import Resources

LANGUAGES = ("en", "es")


class Catalogue:
    """Words from one compiled catalogue.

    Attributes:
        language: two-letter code.
    """

    def __init__(self, language: str, translations: gettext.NullTranslations) -> None:
        """Speak this language with these translations."""
        self.language = language
        self._translations = translations

    def __call__(self, message: str, /, **values: object) -> str:
        """The translated sentence with its places filled; the English one where the catalogue has none."""
        found = self._translations.gettext(message)
        return found.format(**values) if values else found

    def plural(self, one: str, many: str, count: int, /, **values: object) -> str:
        """The form for ``count`` things by the language's own rule."""
        return self._translations.ngettext(one, many, count).format(count=count, **values)


def words_for(language: str, resources: Resources | None = None) -> Words:
    """The words of a language; English needs no catalogue.

    Raises ProgramFault RESOURCE-BROKEN where the catalogue is missing or unreadable.
    """
    if language == "en":
        return English()
    name = f"locale/{language}/LC_MESSAGES/commonground.mo"
    data = (resources or Resources()).data(name)
    try:
        return Catalogue(language, gettext.GNUTranslations(io.BytesIO(data)))
    except (OSError, ValueError, struct.error) as error:
        raise ProgramFault(
            "RESOURCE-BROKEN",
            f"the shipped file resources/{name} is not a catalogue",
            "Install Common Ground again.",
        ) from error
