"""Which height belongs to a measurement: the day's, or the nearest one that still holds at that age.

Children grow: a height holds 90 days. From 18 y it holds a year, and from 20 y any earlier clinic height will
do. Heights outside what the reference can use (a slip of unit, not a person) are passed over.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from clinic_app.calc.gli import HEIGHT_RANGE
from clinic_app.model.words import Words
from clinic_app.picture.types import Point

CHILD_DAYS, YEAR_DAYS = 90, 366
ADULT_YEARS, GROWN_YEARS = 18, 20


def usable(point: Point, unit: str) -> bool:
    """Whether a point can be computed with: a plain number in `unit`, on a known day."""
    return (
        isinstance(point.value, Decimal)
        and not point.comparator
        and point.unit == unit
        and point.at is not None
        and point.at.has_day
    )


def day_number(point: Point) -> int:
    """The calendar day of a point as an ordinal; only for points that have one."""
    assert point.at is not None
    return date.fromisoformat(point.at.text[:10]).toordinal()


def number(point: Point) -> float:
    """The value of a usable point."""
    assert isinstance(point.value, Decimal)
    return float(point.value)


@dataclass(frozen=True, slots=True)
class Heights:
    """Usable clinic heights in order of days (ordinals); of two on one day the later one counts.

    ``unfit`` where there are none because those on record are outside the range of the reference.
    """

    days: tuple[int, ...]
    points: tuple[Point, ...]
    unfit: bool = False


def heights_of(points: Sequence[Point]) -> Heights:
    """The usable heights of the clinic's height series."""
    known = [point for point in points if usable(point, "cm")]
    low, high = HEIGHT_RANGE
    by_day = {day_number(point): point for point in known if low <= number(point) <= high}
    days = sorted(by_day)
    return Heights(tuple(days), tuple(by_day[day] for day in days), unfit=bool(known) and not days)


def height_for(heights: Heights, day: int, age: float | None, words: Words) -> Point | str:
    """The height for a measurement on a day (ordinal) at an age in years, or why there is none.

    Without an age only a height of the same day will do.
    """
    if heights.unfit:
        low, high = (int(limit) for limit in HEIGHT_RANGE)
        return words("No number: no height between {low} and {high} cm is on record.", low=low, high=high)
    if not heights.days:
        return words("No number: no height is on record.")
    at = bisect_left(heights.days, day)
    if at < len(heights.days) and heights.days[at] == day:
        return heights.points[at]
    if age is None:
        return words("No number: no height of the same day, and the birth date is not known.")
    nearest = min(
        range(max(at - 1, 0), min(at + 1, len(heights.days))), key=lambda i: abs(heights.days[i] - day)
    )
    if abs(heights.days[nearest] - day) <= (CHILD_DAYS if age < ADULT_YEARS else YEAR_DAYS):
        return heights.points[nearest]
    earlier = bisect_right(heights.days, day) - 1
    if age >= GROWN_YEARS and earlier >= 0:
        return heights.points[earlier]
    if age < ADULT_YEARS:
        return words("No number: no height within 90 days.")
    return words("No number: no height within a year.")
