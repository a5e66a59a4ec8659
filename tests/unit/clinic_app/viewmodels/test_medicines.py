"""Medicines as lanes: allowed ones only, and none that covers another."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.model.words import English
from clinic_app.viewmodels.medicines import allowed_medicines, medicine_lanes, short_name
from clinic_app.viewmodels.shared_state import TimeAxis
from tests.ui.factory import ALLOWED, TODAY, medicine

WORDS = English()
AXIS = TimeAxis(TODAY.toordinal() - 745, TODAY.toordinal() + 10, ())


def test_only_medicines_made_of_allowed_ingredients_get_in() -> None:
    shown = medicine("Trikafta", "2025-07-01", None, "ivacaftor")
    lines = (
        shown,
        medicine("sertraline", "2025-07-01", None, "sertraline"),
        medicine("both", "2025-07-01", None, "ivacaftor", "sertraline"),
        medicine("nameless", "2025-07-01", None),
        medicine("held back", "2025-07-01", None, "ivacaftor", audience="staff"),
    )
    assert allowed_medicines(lines, ALLOWED.ingredients) == (shown,)


def test_modulators_are_bars_and_antibiotics_boxes_with_a_note() -> None:
    lines = [
        medicine("orkambi 200-125 mg", None, "2025-07-01", "lumacaftor", "ivacaftor"),
        medicine("Trikafta (100 mg)", "2025-07-07", None, "ivacaftor"),
        medicine("ciprofloxacin", "2026-10-05", "2026-10-06", "ciprofloxacin"),
        medicine("azithromycin", "2025-01-05", "2025-01-20", "azithromycin"),
    ]
    long_term, courses = medicine_lanes(lines, AXIS, TODAY, WORDS)
    assert [bar.label for bar in long_term.bars] == ["Orkambi until July 2025", "Trikafta since July 2025"]
    assert long_term.bars[0].first == AXIS.first
    assert courses.courses
    assert courses.note == "antibiotics, October"
    assert all(bar.last - bar.first >= 7 for bar in courses.bars)


@pytest.mark.parametrize(
    ("started", "note"),
    [("2025-06-01", "antibiotics, June 2025"), ("2026", "antibiotics, 2026"), (None, "antibiotics")],
)
def test_a_course_says_when_it_was(started: str | None, note: str) -> None:
    lanes = medicine_lanes([medicine("cipro", started, None, "ciprofloxacin")], AXIS, TODAY, WORDS)
    assert lanes[-1].note == note


def test_nothing_old_and_nothing_without_a_start_is_invented() -> None:
    assert medicine_lanes([], AXIS, TODAY, WORDS) == ()
    old = medicine("Orkambi", "2015-01-01", "2016-01-01", "ivacaftor")
    assert medicine_lanes([old], AXIS, TODAY, WORDS) == ()
    unknown = medicine_lanes([medicine("Kalydeco", None, None, "ivacaftor")], AXIS, TODAY, WORDS)
    assert unknown[0].bars[0].label == "Kalydeco"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (
            "elexacaftor-tezacaftor-ivacaftor 100 mg-50 mg-75 mg oral tablet",
            "Elexacaftor-tezacaftor-ivacaftor",
        ),
        ("Trikafta (tablets)", "Trikafta"),
        ("150 mg", "150 mg"),
    ],
)
def test_a_name_is_shown_without_strength(sent: str, shown: str) -> None:
    assert short_name(sent) == shown


DAYS = st.dates(date(2024, 1, 1), date(2026, 11, 23)).map(lambda day: day.isoformat())


@given(st.lists(st.tuples(DAYS, st.none() | DAYS), max_size=6))
def test_no_bar_covers_another(spans: list[tuple[str, str | None]]) -> None:
    lines = [
        medicine(f"m{n}", first, None if last is None else max(first, last), "ivacaftor")
        for n, (first, last) in enumerate(spans)
    ]
    for lane in medicine_lanes(lines, AXIS, TODAY, WORDS):
        ends = [bar.last for bar in lane.bars]
        starts = [bar.first for bar in lane.bars]
        assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))
