"""Every sentence of the pages is in the Spanish catalogue, with the same places to fill."""

import gettext
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

ROOT = Path(__file__).parents[4]
METHODS = [("**.html", "jinja2"), ("**.py", "python")]
FOLDERS = ("resources/portal/templates", "bridges/portal")
KEYWORDS = {"words": None}
PLACES = re.compile(r"\{\w+\}")


def messages() -> list[str]:
    found = {
        message
        for folder in FOLDERS
        for _, _, message, _, _ in extract_from_dir(ROOT / folder, METHODS, keywords=KEYWORDS)
        if isinstance(message, str)
    }
    return sorted(found)


@pytest.mark.parametrize("message", messages())
def test_it_is_translated(message: str) -> None:
    with (ROOT / "resources/locale/es/LC_MESSAGES/commonground.mo").open("rb") as file:
        spanish = gettext.GNUTranslations(file).gettext(message)
    assert spanish != message
    assert sorted(PLACES.findall(spanish)) == sorted(PLACES.findall(message))


def test_all_of_them_are_found() -> None:
    assert len(messages()) > 70
