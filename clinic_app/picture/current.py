"""Which version of each thing is current, and what it replaced (DESIGN decision 3).

Versions order by status rank, the sender's time and the content's digest, never by arrival: any permutation
or duplication of facts gives the same result. A withdrawal takes back what was sent up to it; what is stated
as final after it stands again (docs/decisions/018).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from clinic_app.model.bodies import Visit
from clinic_app.model.facts import Fact, FactKind, FactStatus, Source
from clinic_app.picture.times import time_key
from clinic_app.picture.types import Evidence

_STANDING = frozenset({FactStatus.FINAL, FactStatus.CORRECTED})
_SOURCES = {source: place for place, source in enumerate(Source)}


@dataclass(frozen=True, slots=True)
class Thing:
    """The current version of one thing, and the versions that it replaced, oldest standing first."""

    fact: Fact
    earlier: tuple[Fact, ...] = ()

    @property
    def replaces(self) -> tuple[int, ...]:
        """Fact ids of the replaced versions."""
        return tuple(fact.id for fact in self.earlier)

    @property
    def evidence(self) -> Evidence:
        """The current version as evidence."""
        return Evidence((self.fact.id,), (self.fact.inbox_id,))


def current_things(facts: Iterable[Fact]) -> Mapping[FactKind, list[Thing]]:
    """All current things by kind, in order of effective time, then key; withdrawn things are left out.

    Versions belong together by authority and source key: a correction sent under the number that a merge left
    behind still corrects, and one that changes the kind (an answer taken back is "not answered", no longer a
    measurement) replaces all the same. Demographics belong to the one identifier that they were sent for.
    """
    groups: dict[tuple[str, str, bool, str], list[Fact]] = {}
    for fact in facts:
        statement = fact.statement
        subject = statement.subject
        patient = statement.kind is FactKind.PATIENT
        number = subject.value if patient else ""
        groups.setdefault((subject.authority, number, patient, statement.key), []).append(fact)
    things: dict[FactKind, list[Thing]] = {kind: [] for kind in FactKind}
    for group in groups.values():
        thing = Thing(group[0]) if len(group) == 1 else _newest(group)
        if thing.fact.statement.status is not FactStatus.WITHDRAWN:
            things[thing.fact.statement.kind].append(thing)
    times: dict[str, tuple[float, str]] = {}
    for found in things.values():
        found.sort(key=lambda thing: _place(thing, times))
    return things


def _newest(group: list[Fact]) -> Thing:
    """The version that stands; of facts that say exactly the same, one stands for all (`_among_equals`)."""
    distinct: dict[tuple[int, str, str], Fact] = {}
    for fact in sorted(group, key=_among_equals):
        distinct.setdefault(fact.statement.order, fact)
    versions = [distinct[order] for order in sorted(distinct)]
    if versions[-1].statement.status is FactStatus.WITHDRAWN:
        versions = _stated_again(versions)
    return Thing(versions[-1], tuple(versions[:-1]))


def _among_equals(fact: Fact) -> tuple[int, str, int]:
    """Which of several that say the same stands: by source and number, so that what the screen names as the
    source does not depend on arrival; only of complete equals the one recorded first.
    """
    statement = fact.statement
    return (_SOURCES[statement.source], statement.subject.value, fact.id)


def _stated_again(versions: list[Fact]) -> list[Fact]:
    """The versions with those last that were stated after the newest withdrawal, if anything was.

    A deleted result that is reported anew under the same number must not stay lost. Only what is final
    counts: a late preliminary brings nothing back.
    """
    taken_back = versions[-1].statement.sent_at
    again = {
        one.id: one
        for one in versions
        if one.statement.sent_at > taken_back and one.statement.status in _STANDING
    }
    if not any(map(_restores, again.values())):
        return versions
    return [one for one in versions if one.id not in again] + list(again.values())


def _restores(fact: Fact) -> bool:
    """Whether a version can bring back what was withdrawn: a mere update (ADT A08) of a cancelled visit does
    not.
    """
    body = fact.statement.body
    return not isinstance(body, Visit) or bool(body.state)


def _place(thing: Thing, times: dict[str, tuple[float, str]]) -> tuple[tuple[float, str], str, str, str]:
    """Sorting key; most things share their time with others, so each time is read once."""
    statement = thing.fact.statement
    text = "" if statement.at is None else statement.at.text
    time = times.get(text)
    if time is None:
        time = times[text] = time_key(statement.at)
    return (time, statement.key, statement.subject.authority, statement.content_hash)
