"""Moments keep the precision that was sent, and order totally."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.model.moment import Moment

TEXTS = st.one_of(
    st.dates(min_value=date(1000, 1, 1)).map(date.isoformat),
    st.dates(min_value=date(1000, 1, 1)).map(lambda day: day.isoformat()[:7]),
    st.datetimes(min_value=datetime(1000, 1, 2), max_value=datetime(9999, 12, 30)).map(
        lambda when: when.isoformat(timespec="seconds") + "+01:00"
    ),
)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("2024", datetime(2024, 1, 1, tzinfo=UTC)),
        ("2024-03", datetime(2024, 3, 1, tzinfo=UTC)),
        ("2024-03-10", datetime(2024, 3, 10, tzinfo=UTC)),
        ("2024-03-10T15", datetime(2024, 3, 10, 15, tzinfo=UTC)),
        ("2024-03-10T15:30", datetime(2024, 3, 10, 15, 30, tzinfo=UTC)),
        ("2024-03-10T15:30Z", datetime(2024, 3, 10, 15, 30, tzinfo=UTC)),
        ("2024-03-10T15:30:05.25+01:00", datetime(2024, 3, 10, 14, 30, 5, 250000, tzinfo=UTC)),
        ("2024-03-10T15:30-02:30", datetime(2024, 3, 10, 18, tzinfo=UTC)),
    ],
)
def test_the_start_is_the_earliest_instant_it_can_mean(text: str, start: datetime) -> None:
    assert Moment(text).start == start
    assert Moment(text).text == text


@pytest.mark.parametrize(
    "text",
    ["", "24", "2024-13", "2023-02-29", "2024-3-1", "2024-03-10 15:30", "2024-03-10T25", "20240310", "0000"],
)
def test_what_is_no_date_of_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Moment(text)


def test_the_day_is_the_one_that_the_sender_wrote() -> None:
    assert Moment("2024-03-10T23:30-05:00").day == date(2024, 3, 10)
    assert Moment("2024-03").day == date(2024, 3, 1)
    assert Moment("2024").day == date(2024, 1, 1)


def test_precision_is_known() -> None:
    assert [Moment(text).has_day for text in ("2024", "2024-03", "2024-03-10", "2024-03-10T10")] == [
        False,
        False,
        True,
        True,
    ]
    assert [Moment(text).has_time for text in ("2024-03-10", "2024-03-10T10")] == [False, True]


def test_dates_agree_as_far_as_both_say() -> None:
    assert Moment("2001-02-03").agrees_with(Moment("2001"))
    assert Moment("2001").agrees_with(Moment("2001-02-03T10:00"))
    assert not Moment("2001-02-03").agrees_with(Moment("2001-02-04"))
    assert not Moment("2001-02").agrees_with(Moment("2001-03-02"))


def test_a_datetime_becomes_a_moment_in_whole_seconds() -> None:
    when = datetime(2024, 3, 10, 15, 30, 5, 999999, tzinfo=UTC)
    assert Moment.of(when).text == "2024-03-10T15:30:05Z"
    assert Moment.of(when.astimezone(timezone(timedelta(hours=1)))).text == "2024-03-10T16:30:05+01:00"


def test_only_moments_compare_with_moments() -> None:
    assert Moment("2024") < Moment("2024-01")
    assert Moment("2024").__lt__("2024") is NotImplemented


@given(TEXTS, TEXTS)
def test_the_order_is_total_and_follows_the_instants(one: str, other: str) -> None:
    first, second = Moment(one), Moment(other)
    assert (first < second) + (second < first) + (first == second) == 1
    if first.start < second.start:
        assert first < second
