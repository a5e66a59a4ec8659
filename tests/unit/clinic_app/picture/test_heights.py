"""Which height belongs to a measurement."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from clinic_app.model.moment import Moment
from clinic_app.model.words import English
from clinic_app.picture.heights import height_for, heights_of, usable
from clinic_app.picture.types import Point

DAY = date(2026, 6, 1)


def point(
    days: int, value: str = "150", unit: str = "cm", comparator: str = "", at: Moment | None = None
) -> Point:
    when = at or Moment((DAY + timedelta(days=days)).isoformat())
    return Point(when, Decimal(value), comparator, unit, "ehr", "", "final", "", 1, 1)


@pytest.mark.parametrize(
    ("days", "age", "chosen"),
    [
        ([0, 1], 10.0, 0),
        ([-40, 30], 10.0, 30),
        ([-30, 30], 10.0, -30),
        ([-90], 10.0, -90),
        ([90], 17.9, 90),
        ([-300, -91], 18.0, -91),
        ([366], 18.0, 366),
        ([-366], 19.0, -366),
        ([-3000, -2000, 400], 20.0, -2000),
        ([-3000, 300], 40.0, 300),
        ([0], None, 0),
    ],
)
def test_the_nearest_that_still_holds(days: list[int], age: float | None, chosen: int) -> None:
    heights = heights_of([point(each) for each in days])
    found = height_for(heights, DAY.toordinal(), age, English())
    assert isinstance(found, Point)
    assert found.at == point(chosen).at


@pytest.mark.parametrize(
    ("days", "age", "why"),
    [
        ([], 10.0, "no height is on record"),
        ([-91, 91], 10.0, "90 days"),
        ([-367], 19.0, "a year"),
        ([367], 40.0, "a year"),
        ([-1], None, "birth date"),
    ],
)
def test_none_that_holds_says_why(days: list[int], age: float | None, why: str) -> None:
    found = height_for(heights_of([point(each) for each in days]), DAY.toordinal(), age, English())
    assert isinstance(found, str) and why in found


def test_of_two_on_one_day_the_later_counts() -> None:
    heights = heights_of([point(0, "150"), point(0, "151")])
    assert [each.value for each in heights.points] == [Decimal(151)]


def test_a_height_that_the_reference_cannot_use_is_passed_over() -> None:
    heights = heights_of(
        [point(-30, "150"), point(0, "1.5"), point(1, "9999"), point(-1, "49.9"), point(40, "250")]
    )
    assert [each.value for each in heights.points] == [Decimal(150), Decimal(250)]
    found = height_for(heights, DAY.toordinal(), 10.0, English())
    assert isinstance(found, Point) and found.value == Decimal(150)
    none = height_for(heights_of([point(0, "9999")]), DAY.toordinal(), 10.0, English())
    assert none == "No number: no height between 50 and 250 cm is on record."


@pytest.mark.parametrize(
    "unfit",
    [
        Point(Moment("2026-06-01"), "tall", "", "cm", "ehr", "", "final", "", 1, 1),
        Point(None, Decimal(150), "", "cm", "ehr", "", "final", "", 1, 1),
        point(0, comparator="<"),
        point(0, unit="m"),
        point(0, at=Moment("2026-06")),
    ],
)
def test_what_cannot_be_computed_with(unfit: Point) -> None:
    assert not usable(unfit, "cm")
    assert heights_of([unfit]).points == ()
