"""Search parameters of the FHIR interface. A parameter that is not obeyed is refused, never passed over in
silence."""

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bridges.portal.exchange import Refusal
from bridges.portal.store.resources import Query, stamp_of

MOST = 1000
DEFAULT = 50
PAGE = "_page"
_WITHOUT_EFFECT = frozenset({"_format", "_pretty", "_total", "_totalMethod"})
_PREFIXES = ("eq", "ne", "ge", "gt", "le", "lt", "sa", "eb")
_PATIENT = re.compile(r"(?:.*/)?(?:Patient/)?([A-Za-z0-9\-.]{1,64})")
_WHEN = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?)?)?"
)
_OF_A_PATIENT = frozenset({"QuestionnaireResponse", "Observation", "Goal", "Consent"})


def read_search(kind: str, asked: Sequence[tuple[str, str]]) -> tuple[Query, bool]:
    """The query that the parameters ask for, and whether only the number is wanted; raises Refusal."""
    reading = _Reading(kind)
    for name, value in asked:
        reading.take(name, value)
    return reading.query(), reading.number_only


class _Reading:
    """Gathers parameters; the last ``_count`` and ``_sort`` count, ranges add up."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._count = DEFAULT
        self._descending = False
        self._ids: tuple[str, ...] = ()
        self._patients: tuple[str, ...] = ()
        self._identifiers: tuple[tuple[str | None, str], ...] = ()
        self._since = ""
        self._until = ""
        self._outside: list[tuple[str, str]] = []
        self._after = ""
        self.number_only = False

    def take(self, name: str, value: str) -> None:
        """Add one parameter; raises Refusal for one that is not obeyed here."""
        if name in _WITHOUT_EFFECT:
            return
        if name == "_lastUpdated":
            self._range(value)
        elif name == "_count":
            self._count = _number(value)
            self.number_only = self.number_only or self._count == 0
        elif name == "_summary" and value in ("count", "false"):
            self.number_only = self.number_only or value == "count"
        elif name == "_sort" and value in ("_lastUpdated", "-_lastUpdated"):
            self._descending = value.startswith("-")
        elif name == PAGE:
            self._after = _page(value)
        elif name == "_id":
            self._ids = tuple(value.split(","))
        elif name in ("patient", "subject") and self._kind in _OF_A_PATIENT:
            self._patients = tuple(_patient(part) for part in value.split(","))
        elif name == "identifier" and self._kind == "Patient":
            self._identifiers = tuple(_token(part) for part in value.split(","))
        else:
            raise Refusal(400, "not-supported", f"The search parameter {name[:40]} is not supported here.")

    def query(self) -> Query:
        """All parameters together."""
        return Query(
            self._kind,
            self._ids,
            self._patients,
            self._identifiers,
            self._since,
            self._until,
            tuple(self._outside),
            self._after,
            self._descending,
            max(1, self._count),
        )

    def _range(self, value: str) -> None:
        prefix, text = (value[:2], value[2:]) if value[:2] in _PREFIXES else ("eq", value)
        begin, end = bounds(text)
        if prefix == "ne":
            self._outside.append((begin, end))
        if prefix in ("eq", "ge"):
            self._since = max(self._since, begin)
        if prefix in ("gt", "sa"):
            self._since = max(self._since, end)
        if prefix in ("eq", "le"):
            self._until = min(self._until or end, end)
        if prefix in ("lt", "eb"):
            self._until = min(self._until or begin, begin)


def bounds(text: str) -> tuple[str, str]:
    """First instant that a date or time of any precision means, and the first behind it; raises Refusal."""
    found = _WHEN.fullmatch(text.replace(" ", "+"))  # a plus sign that was not escaped in the address
    try:
        if found is None:
            raise ValueError(text)
        year, month, day, hour, minute, second, fraction, zone = found.groups()
        begin = datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            tzinfo=UTC,
        )
        if zone and zone != "Z":
            begin -= datetime.strptime(zone, "%z").utcoffset() or timedelta()
        if fraction:
            begin += timedelta(milliseconds=int((fraction + "00")[:3]))
            end = begin + timedelta(milliseconds=1)
        elif hour:
            end = begin + (timedelta(seconds=1) if second else timedelta(minutes=1))
        elif day:
            end = begin + timedelta(days=1)
        else:
            months = 1 if month else 12
            end = begin.replace(
                year=begin.year + (begin.month - 1 + months) // 12, month=(begin.month - 1 + months) % 12 + 1
            )
    except (ValueError, OverflowError) as error:
        raise Refusal(400, "invalid", "The value of _lastUpdated is not a FHIR date or time.") from error
    return stamp_of(begin), stamp_of(end)


def page_token(updated: str) -> str:
    """The page behind this last update, as an opaque text."""
    return base64.urlsafe_b64encode(updated.encode()).decode().rstrip("=")


def _page(token: str) -> str:
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("ascii")
        return stamp_of(datetime.fromisoformat(text))
    except (ValueError, binascii.Error) as error:
        raise Refusal(400, "invalid", "The page is none of ours.") from error


def _number(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise Refusal(400, "invalid", "_count is not a whole number.")
    return min(int(value), MOST)


def _patient(value: str) -> str:
    found = _PATIENT.fullmatch(value)
    if found is None:
        raise Refusal(400, "invalid", "The patient is named neither as ID nor as Patient/ID.")
    return found[1]


def _token(value: str) -> tuple[str | None, str]:
    system, bar, code = value.rpartition("|")
    return (system, code) if bar else (None, value)
