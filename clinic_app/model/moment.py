"""Points in time that keep the precision with which they were sent."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import total_ordering

_SHAPE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<hour>\d\d)(?::(?P<minute>\d\d)(?::(?P<second>\d\d)(?P<fraction>\.\d{1,6})?)?)?"
    r"(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?"
)


@total_ordering
@dataclass(frozen=True, slots=True)
class Moment:
    """An ISO 8601 date or time of any precision from year to microsecond: ``2024``, ``2024-03``,
    ``2024-03-10T15:30+01:00``.

    Ordered by the earliest instant that it can mean (a time without zone counts as UTC); equal only if
    written the same.
    Raises ValueError for anything that is not a date of the calendar.
    """

    text: str

    def __post_init__(self) -> None:
        """Refuse what is no date of the calendar."""
        if self.start.year < 1:  # pragma: no cover - `start` raises ValueError by itself
            raise ValueError(self.text)

    @classmethod
    def of(cls, when: datetime) -> "Moment":
        """The moment of a datetime with zone, in whole seconds."""
        return cls(when.isoformat(timespec="seconds").replace("+00:00", "Z"))

    @property
    def start(self) -> datetime:
        """Earliest instant that it can mean, with zone."""
        return _start(self.text)

    @property
    def day(self) -> date:
        """The calendar day as the sender wrote it (first of the month or year where no day was sent)."""
        text = self.text
        year, month, day = text[0:4], text[5:7] or "01", text[8:10] or "01"
        return date(int(year), int(month), int(day))

    @property
    def has_day(self) -> bool:
        """Whether at least the day was sent."""
        return len(self.text) >= 10

    @property
    def has_time(self) -> bool:
        """Whether a time of day was sent."""
        return "T" in self.text

    def agrees_with(self, other: "Moment") -> bool:
        """Whether both can mean the same day: the shorter date is the beginning of the longer one."""
        mine, theirs = self.text[:10], other.text[:10]
        return mine.startswith(theirs) or theirs.startswith(mine)

    def __lt__(self, other: object) -> bool:
        """Order by earliest instant, then by text, so that the order is total."""
        if not isinstance(other, Moment):
            return NotImplemented
        return (self.start, self.text) < (other.start, other.text)


def _start(text: str) -> datetime:
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise ValueError(f"not a date or time: {text!r}")
    part = found.groupdict()
    fraction = int(((part["fraction"] or ".0")[1:] + "000000")[:6])
    naive = datetime(
        int(part["year"]),
        int(part["month"] or 1),
        int(part["day"] or 1),
        int(part["hour"] or 0),
        int(part["minute"] or 0),
        int(part["second"] or 0),
        fraction,
        tzinfo=UTC,
    )
    zone = part["zone"]
    if zone in (None, "Z"):
        return naive
    sign = 1 if zone[0] == "+" else -1
    return naive - sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
