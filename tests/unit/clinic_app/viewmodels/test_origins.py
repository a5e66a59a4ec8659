"""Sources, standings and foot lines in words."""

from decimal import Decimal

import pytest

from clinic_app.model.words import English
from clinic_app.viewmodels.measures import measure
from clinic_app.viewmodels.origins import from_patient, origin_line, short_origin, source_words, status_words
from tests.ui.factory import TODAY, point

WORDS = English()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("ehr", "clinic"),
        ("computed", "clinic"),
        ("patient", "you told us"),
        ("device", "your device"),
        ("staff", "care team"),
        ("loaded", "earlier records"),
    ],
)
def test_sources(source: str, said: str) -> None:
    assert source_words(WORDS, source) == said


@pytest.mark.parametrize(
    ("status", "replaces", "said"),
    [
        ("final", (), "final"),
        ("final", (3,), "corrected"),
        ("corrected", (), "corrected"),
        ("preliminary", (), "not final yet"),
        ("registered", (), "not final yet"),
    ],
)
def test_standings(status: str, replaces: tuple[int, ...], said: str) -> None:
    assert status_words(WORDS, point("2026-11-23", "1", "L", status=status, replaces=replaces)) == said


def test_the_foot_line_says_all_that_is_known() -> None:
    line = origin_line(
        WORDS,
        point(
            "2026-11-23", "75.6789", "%", source="computed", author="", method="GLI Global 2022", inbox_id=7
        ),
        measure(WORDS, "fev1_percent_predicted"),
        TODAY,
    )
    assert line == (
        "75.68 of 100 · 23 November 2026 · clinic · final · entry 7 · FEV1 compared with healthy people · "
        "GLI Global 2022"
    )


def test_what_is_not_known_is_left_out() -> None:
    bare = point("2026-11", "58", "kg", author="", inbox_id=0, value=Decimal("58.0"), comparator=">")
    assert origin_line(WORDS, bare, measure(WORDS, "weight"), TODAY) == (
        ">58 kg · November 2026 · clinic · final · Weight"
    )
    word = point("2026-11-23", "58", "kg", author="", inbox_id=0, value="refused")
    assert "refused" in origin_line(WORDS, word, measure(WORDS, "weight"), TODAY)


def test_who_told_it() -> None:
    assert from_patient(point("2026-11-23", "1", "kg", source="device"))
    assert not from_patient(point("2026-11-23", "1", "kg"))
    assert short_origin(WORDS, point("2026-03-03", "1", "kg"), TODAY) == "clinic, 3 March"


def test_an_undrawn_series_has_no_measure() -> None:
    with pytest.raises(KeyError):
        measure(WORDS, "lab_hba1c")
