"""Sorting keys, months, days in words."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.model.moment import Moment
from clinic_app.model.words import English
from clinic_app.picture.times import months_before, say_day, time_key

MOMENTS = st.builds(
    lambda when, length, zone: Moment(when[:length] + (zone if length > 10 else "")),
    st.datetimes(min_value=datetime(1900, 1, 2)).map(lambda when: when.isoformat()),
    st.sampled_from([4, 7, 10, 13, 16, 19]),
    st.sampled_from(["", "Z", "+01:00", "-05:30"]),
)


@given(MOMENTS, MOMENTS)
def test_keys_order_as_moments_do(one: Moment, other: Moment) -> None:
    assert (time_key(one) < time_key(other)) == (one < other)


def test_what_has_no_time_comes_first() -> None:
    assert time_key(None) < time_key(Moment("0001-01-02"))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 23), 12, date(2025, 11, 23)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 15), 3, date(2025, 10, 15)),
        (date(2026, 12, 1), 12, date(2025, 12, 1)),
    ],
)
def test_months_before(day: date, months: int, expected: date) -> None:
    assert months_before(day, months) == expected


def test_a_day_in_words() -> None:
    assert say_day(English(), date(2026, 3, 3)) == "3 March 2026"
    assert say_day(English(), date(2025, 12, 31)) == "31 December 2025"
