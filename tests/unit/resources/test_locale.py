"""The Spanish catalogue: complete, compiled from what is committed, its places the same as in English."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from clinic_app.system.words import words_for

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "resources" / "locale" / "es" / "LC_MESSAGES"
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
KEYWORDS = {"words": None, "_words": None, "plural": (1, 2)}
PLACES = re.compile(r"{\w+}")

Message = str | tuple[str, ...]


@pytest.fixture(scope="module")
def spoken() -> set[Message]:
    """Every message that program and pages say."""
    found: set[Message] = set()
    for folder in ("clinic_app", "bridges/portal", "resources/portal"):
        for _, _, message, _, _ in extract_from_dir(ROOT / folder, METHODS, keywords=KEYWORDS):
            found.add(tuple(message) if isinstance(message, (list, tuple)) else message)
    return found


@pytest.fixture(scope="module")
def written() -> Catalog:
    with (FOLDER / "commonground.po").open("rb") as file:
        return read_po(file)


def parts(text: Message | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def sentences(catalogue: Catalog) -> dict[tuple[str, ...], list[str]]:
    return {tuple(parts(message.id)): parts(message.string) for message in catalogue if message.id}


def test_nothing_is_untranslated_and_nothing_left_over(spoken: set[Message], written: Catalog) -> None:
    translated = {message.id for message in written if message.id and all(parts(message.string))}
    assert spoken - translated == set()
    assert translated - spoken == set()


def test_the_places_are_the_same(written: Catalog) -> None:
    for message in written:
        if message.id:
            wanted = {place for text in parts(message.id) for place in PLACES.findall(text)}
            for text in parts(message.string):
                assert set(PLACES.findall(text)) == wanted, message.id


def test_the_compiled_catalogue_agrees(written: Catalog) -> None:
    compiled = read_mo(io.BytesIO((FOLDER / "commonground.mo").read_bytes()))
    assert sentences(compiled) == sentences(written)


def test_spanish_is_spoken() -> None:
    words = words_for("es")
    assert words("Lung strength") == "Fuerza pulmonar"
    assert words("{day} {month} {year}", day=3, month=words("March"), year=2026) == "3 de marzo de 2026"
    assert words.plural("{count} month ago", "{count} months ago", 2) == "hace 2 meses"
