"""What came from each sender and what became of it: a summary for the talk with the EHR's vendor.

It names codes, units and places, never what was said about a person.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from clinic_app.model.entries import EntryState, Finding, InboxEntry

_PLACES_SHOWN = 3
_PLACE = re.compile(
    r"\b(?P<field>[A-Z][A-Z0-9]{2})(?:\[[0-9]+\])?(?P<number>-[0-9]+(?:\.[0-9]+)*)"
    r"|\b(?P<segment>[A-Z][A-Z0-9]{2})(?:\[[0-9]+\]| as sent)"
)
_CODE = re.compile(r"\bcode (.+?) (?:is not in the profile|has no words and is unknown)")
_UNIT = re.compile(r"-6: the unit (.+) is not in the profile|-6: (.+) is no unit for ")


@dataclass(frozen=True, slots=True)
class Tally:
    """One reason or finding by its code.

    Attributes:
        count: how often it was said.
        entries: in how many entries.
        places: the places it was said of most, as ``OBX-3``; the numbers of segments are left out.
        example: one inbox id.
    """

    code: str
    count: int
    entries: int
    places: tuple[str, ...]
    example: int


@dataclass(frozen=True, slots=True)
class TypeSummary:
    """One message type of a sender.

    Attributes:
        received: how many came.
        states: how many of them are in which state now.
        reasons: why entries are held, most frequent first.
        findings: remarks, those of the structure check among them.
    """

    type: str
    received: int
    states: Mapping[EntryState, int]
    reasons: tuple[Tally, ...]
    findings: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class SenderSummary:
    """One sender: its message types, and the codes and units that the profile does not know, by count."""

    sender: str
    types: tuple[TypeSummary, ...]
    codes: tuple[tuple[str, int], ...]
    units: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class CheckLag:
    """How far the structure check is behind: entries not looked at, and when the oldest of them came."""

    waiting: int = 0
    oldest: datetime | None = None


@dataclass(slots=True)
class _Saying:
    count: int = 0
    entries: set[int] = field(default_factory=set)
    places: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Type:
    states: Counter[EntryState] = field(default_factory=Counter)
    reasons: dict[str, _Saying] = field(default_factory=dict)
    findings: dict[str, _Saying] = field(default_factory=dict)


@dataclass(slots=True)
class _Sender:
    types: dict[str, _Type] = field(default_factory=dict)
    codes: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)


def summarise(
    entries: Iterable[InboxEntry], remarks: Mapping[int, Sequence[Finding]]
) -> tuple[SenderSummary, ...]:
    """The entries by sender and type.

    Args:
        entries: without bytes, in any order.
        remarks: what the structure check said, by entry id.
    """
    senders: dict[str, _Sender] = {}
    for entry in entries:
        _count(senders.setdefault(entry.sender, _Sender()), entry, remarks.get(entry.id, ()))
    return tuple(_sender(name, senders[name]) for name in sorted(senders))


def reasons_of(entry: InboxEntry) -> tuple[Finding, ...]:
    """Every hold of an entry: the one that it shows, and those beside it."""
    if entry.state is not EntryState.HELD:
        return ()
    further = (finding for finding in entry.findings if finding.held)
    return (Finding(entry.code, entry.reason, held=True), *further)


def _count(sender: _Sender, entry: InboxEntry, remarks: Sequence[Finding]) -> None:
    kind = sender.types.setdefault(entry.type, _Type())
    kind.states[entry.state] += 1
    reasons = reasons_of(entry)
    findings = [finding for finding in (*entry.findings, *remarks) if not finding.held]
    for reason in reasons:
        _note(kind.reasons, reason, entry.id)
    for finding in findings:
        _note(kind.findings, finding, entry.id)
    for said in (*reasons, *findings):
        code, unit = _CODE.search(said.text), _UNIT.search(said.text)
        if code:
            sender.codes[code[1]] += 1
        elif unit:
            sender.units[unit[1] or unit[2]] += 1


def _note(sayings: dict[str, _Saying], said: Finding, entry_id: int) -> None:
    saying = sayings.setdefault(said.code, _Saying())
    saying.count += 1
    saying.entries.add(entry_id)
    place = _PLACE.search(said.text)
    if place:
        saying.places[place["segment"] or place["field"] + place["number"]] += 1


def _sender(name: str, sender: _Sender) -> SenderSummary:
    types = tuple(_type(kind, sender.types[kind]) for kind in sorted(sender.types))
    return SenderSummary(name, types, _most(sender.codes), _most(sender.units))


def _type(name: str, kind: _Type) -> TypeSummary:
    reasons, findings = _tallies(kind.reasons), _tallies(kind.findings)
    return TypeSummary(name, sum(kind.states.values()), dict(kind.states), reasons, findings)


def _tallies(sayings: Mapping[str, _Saying]) -> tuple[Tally, ...]:
    tallies = [
        Tally(
            code,
            said.count,
            len(said.entries),
            tuple(place for place, _ in _most(said.places)[:_PLACES_SHOWN]),
            max(said.entries),
        )
        for code, said in sayings.items()
    ]
    return tuple(sorted(tallies, key=lambda tally: (-tally.count, tally.code)))


def _most(counter: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counter.items(), key=lambda pair: (-pair[1], pair[0])))
