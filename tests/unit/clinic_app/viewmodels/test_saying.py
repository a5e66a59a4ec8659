"""Days, ages and numbers in words."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.model.moment import Moment
from clinic_app.model.words import English
from clinic_app.viewmodels import saying

WORDS = English()
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (TODAY, "today"),
        (TODAY - timedelta(days=1), "yesterday"),
        (date(2026, 11, 21), "Saturday"),
        (date(2026, 11, 16), "16 November"),
        (date(2026, 1, 2), "2 January"),
        (date(2025, 11, 2), "2 November 2025"),
        (date(2026, 12, 2), "2 December"),
        (date(2027, 1, 2), "2 January 2027"),
    ],
)
def test_a_day_is_said_as_people_say_it(day: date, said: str) -> None:
    assert saying.short_day(WORDS, day, TODAY) == said


def test_last_winter_needs_no_year() -> None:
    assert saying.short_day(WORDS, date(2025, 12, 20), date(2026, 2, 1)) == "20 December"


@pytest.mark.parametrize(
    ("text", "said"),
    [("2026-11-23", "today"), ("2026-03", "March 2026"), ("2026", "2026")],
)
def test_a_moment_keeps_its_precision(text: str, said: str) -> None:
    assert saying.moment_day(WORDS, Moment(text), TODAY) == said


def test_nothing_sent_is_nothing_said() -> None:
    assert saying.moment_day(WORDS, None, TODAY) == ""
    assert saying.birth_day(WORDS, None) == "not known here"
    assert saying.birth_day(WORDS, Moment("2002-03-14")) == "14 March 2002"
    assert saying.birth_day(WORDS, Moment("2002-03")) == "2002-03"


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, ""), (59, ""), (62, "2 months ago"), (300, "10 months ago"), (731, "2 years ago")],
)
def test_age_is_said_once_it_matters(days: int, said: str) -> None:
    assert saying.age_words(WORDS, TODAY - timedelta(days=days), TODAY) == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "just now"), (1, "1 minute ago"), (59, "59 minutes ago"), (61, "1 hour ago"), (1500, "yesterday")],
)
def test_an_arrival_is_said_by_its_distance(minutes: int, said: str) -> None:
    assert saying.ago_words(WORDS, NOW - timedelta(minutes=minutes), NOW) == said


def test_headings_and_years() -> None:
    assert saying.heading_day(WORDS, TODAY) == "Monday 23 November"
    assert saying.completed_years(date(2002, 11, 24), TODAY) == 23
    assert saying.completed_years(date(2002, 11, 23), TODAY) == 24


@given(st.decimals(-1000, 1000, places=4), st.integers(0, 3))
def test_a_number_is_never_further_off_than_half_its_last_place(value: Decimal, decimals: int) -> None:
    shown = saying.number(value, decimals)
    assert abs(Decimal(shown) - value) <= Decimal("0.5").scaleb(-decimals)
    assert len(shown.partition(".")[2]) == decimals
