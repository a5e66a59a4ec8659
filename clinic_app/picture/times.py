"""Time as the picture needs it: fast sorting keys, calendar months, and days in words."""

from calendar import monthrange
from datetime import UTC, date, datetime

from clinic_app.model.moment import Moment
from clinic_app.model.words import Words

_FIRST = float("-inf")


def time_key(at: Moment | None) -> tuple[float, str]:
    """Sorting key that orders as `Moment` does; what has no time comes first.

    Sorting by the moments themselves parses each one many times over; here each is parsed once.
    """
    if at is None:
        return (_FIRST, "")
    if len(at.text) < 10:
        return (at.start.timestamp(), at.text)
    when = datetime.fromisoformat(at.text)
    return ((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp(), at.text)


def months_before(day: date, months: int) -> date:
    """The same day of the month so many months earlier, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def say_day(words: Words, day: date) -> str:
    """A day as people write it: ``3 March 2026``."""
    months = (
        words("January"),
        words("February"),
        words("March"),
        words("April"),
        words("May"),
        words("June"),
        words("July"),
        words("August"),
        words("September"),
        words("October"),
        words("November"),
        words("December"),
    )
    return words("{day} {month} {year}", day=day.day, month=months[day.month - 1], year=day.year)
