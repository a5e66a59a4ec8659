"""Sentences come from a catalogue, and from the code where it has none."""

import io
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from clinic_app.model.errors import ProgramFault
from clinic_app.system.resources import Resources
from clinic_app.system.words import words_for


@pytest.fixture
def shipped(tmp_path: Path) -> Resources:
    catalog = Catalog(locale="es")
    catalog.add("Lung strength is {value}.", "La fuerza pulmonar es {value}.")
    catalog.add(("{count} test", "{count} tests"), ("{count} prueba", "{count} pruebas"))
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    folder = tmp_path / "locale" / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "commonground.mo").write_bytes(compiled.getvalue())
    return Resources(tmp_path)


def test_spanish(shipped: Resources) -> None:
    words = words_for("es", shipped)
    assert words.language == "es"
    assert words("Lung strength is {value}.", value=82) == "La fuerza pulmonar es 82."
    assert words.plural("{count} test", "{count} tests", 1) == "1 prueba"
    assert words.plural("{count} test", "{count} tests", 2) == "2 pruebas"


def test_a_sentence_without_translation_stays_english(shipped: Resources) -> None:
    words = words_for("es", shipped)
    assert words("Plan") == "Plan"
    assert words("100 % {x}", x="{y}") == "100 % {y}"
    assert words("{kept}") == "{kept}"


def test_english_needs_no_catalogue() -> None:
    words = words_for("en")
    assert words.language == "en"
    assert words("Plan") == "Plan"


@pytest.mark.parametrize("data", [b"", b"not a catalogue", b"\xde\x12\x04\x95" + b"\xff" * 24])
def test_a_broken_catalogue_is_named(tmp_path: Path, shipped: Resources, data: bytes) -> None:
    Path(str(shipped.at("locale/es/LC_MESSAGES/commonground.mo"))).write_bytes(data)
    with pytest.raises(ProgramFault, match="RESOURCE-BROKEN"):
        words_for("es", shipped)


def test_a_missing_catalogue_is_named(shipped: Resources) -> None:
    with pytest.raises(ProgramFault, match="RESOURCE-BROKEN"):
        words_for("fr", shipped)
