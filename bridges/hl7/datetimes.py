"""HL7 dates and times (DT, TM as part of TS, TS, DTM) as `Moment`, with exactly the precision that was sent.

Read: ``YYYY[MM[DD[HH[MM[SS[.S…]]]]]][+/-ZZZZ]``, an old TS precision component (``20240310^D``), zeros for an
    unknown month or day, and what systems really send instead: ISO 8601 with dashes, colons, ``T`` or a
    blank, and zones ``Z`` and ``+01:00``. A time without zone gets the site's, or keeps none. Source: HL7
    2.5.1 chapter 2.A.21-22 (DT, DTM), 2.3 chapter 2.8.42 (TS).
"""

import re
from datetime import UTC, timedelta, tzinfo
from functools import lru_cache

from clinic_app.model.moment import Moment

_SHAPE = re.compile(
    r"(?P<year>[0-9]{4})(?:-?(?P<month>[0-9]{2})(?:-?(?P<day>[0-9]{2})"
    r"(?:[T ]?(?P<hour>[0-9]{2})(?::?(?P<minute>[0-9]{2})(?::?(?P<second>[0-9]{2})"
    r"(?:\.(?P<fraction>[0-9]*))?)?)?)?)?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_PARTS = ("year", "month", "day", "hour", "minute", "second", "fraction")
_PRECISIONS = {"Y": 1, "L": 2, "D": 3, "H": 4, "M": 5, "S": 6}
"""Table of TS.2: how many parts are meant."""


@lru_cache(maxsize=4096)
def read(text: str, zone: tzinfo | None = UTC, precision: str = "") -> Moment | None:
    """The moment meant; None for an empty text or the explicit null.

    Args:
        text: as written, already without the component separator.
        zone: the site's, for times sent without one; None = such a time stays without.
        precision: TS.2 as sent by old systems (Y, L, D, H, M, S), may be empty.

    Raises ValueError for anything that is no date of the calendar; its message repeats nothing of the text.
    """
    text = text.strip()
    if not text or text == '""':
        return None
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise ValueError("not a date or time")
    parts = _sent(found, precision)
    shape = "-".join(parts[:3])
    if len(parts) > 3:
        shape += "T" + ":".join(parts[3:6])
    if len(parts) > 6:
        shape += "." + parts[6][:6]
    try:
        return Moment(shape + _offset(found["zone"], shape, zone) if len(parts) > 3 else shape)
    except (ValueError, OverflowError):
        raise ValueError("not a date of the calendar") from None


def sortable(text: str, zone: tzinfo | None = UTC) -> str:
    """A sender's time in UTC (which one without any zone is taken for) as text of fixed width that sorts by
    time; empty where it is missing or unreadable."""
    try:
        moment = read(text, zone)
        if moment is None:
            return ""
        return moment.start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")
    except (ValueError, OverflowError):
        return ""


def _sent(found: re.Match[str], precision: str) -> list[str]:
    """The parts that count: up to the first that is missing, or zero for an unknown month or day."""
    parts: list[str] = []
    for name in _PARTS[: _PRECISIONS.get(precision.strip().upper(), len(_PARTS))]:
        part = found[name]
        if not part or (name in ("month", "day") and part == "00"):
            break
        parts.append(part)
    return parts


def _offset(sent: str | None, local: str, zone: tzinfo | None) -> str:
    if sent == "Z":
        return "Z"
    if sent:
        if int(sent[1:3]) > 14 or int(sent[-2:]) > 59:
            raise ValueError("not a time zone")
        return f"{sent[:3]}:{sent[-2:]}"
    if zone is None:
        return ""
    offset = Moment(local).start.replace(tzinfo=zone).utcoffset() or timedelta()
    minutes = int(offset.total_seconds() / 60)
    if not minutes:
        return "Z"
    sign = "+" if minutes > 0 else "-"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
