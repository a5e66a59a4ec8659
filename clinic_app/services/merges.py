"""Two numbers, one person: what the EHR proposes, what would be shown together, and a person's decision.

Nothing is joined by a message. A merge is a link between two identifiers: facts stay under the number that
they were sent for, so undoing it restores exactly what was there.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from clinic_app.model.access import Action
from clinic_app.model.bodies import Demographics
from clinic_app.model.consents import current
from clinic_app.model.entries import EntryState, RawEntry, Translation
from clinic_app.model.errors import CommonGroundError, UseFault
from clinic_app.model.facts import FactKind
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.model.people import Link
from clinic_app.ports.store import Snapshot
from clinic_app.services.applying import raw_entry
from clinic_app.services.gate import Gate
from clinic_app.services.judging import MERGE_PROPOSED, undecided
from clinic_app.services.link import LINK_KIND

Translate = Callable[[RawEntry], Translation]
BIRTH_DATES, SEXES, FAMILY_NAMES = "birth_date", "sex", "family"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Somebody says that ``retired`` is ``surviving`` too: the entry that says so, its sender, and when it
    came.
    """

    entry_id: int
    surviving: Identifier
    retired: Identifier
    sender: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Side:
    """What is known under one of the numbers (with all that is joined to it already).

    ``counts`` are things by kind; ``first`` and ``last`` the days between which they lie.
    """

    identifiers: tuple[Identifier, ...]
    family: str
    given: str
    birth_date: Moment | None
    sex: str
    counts: tuple[tuple[str, int], ...]
    first: Moment | None
    last: Moment | None

    @property
    def known(self) -> bool:
        """Whether anything is."""
        return bool(self.counts)


@dataclass(frozen=True, slots=True)
class Preview:
    """Both sides, and what speaks against one person: birth_date, sex, family."""

    surviving: Side
    retired: Side
    against: tuple[str, ...]


def proposals(gate: Gate, translate: Translate) -> Sequence[Proposal]:
    """What waits for a decision, oldest first, each pair once. Names nobody: an access row comes with
    `preview`.
    """
    found: dict[frozenset[Identifier], Proposal] = {}
    with gate.processing(Action.REPLAY) as view:
        for entry in view.held_with((MERGE_PROPOSED.code,)):
            said = translate(raw_entry(entry))
            if said.subject is None:
                continue
            for retired in undecided(view, said, entry.received_at):
                pair = frozenset((said.subject, retired))
                proposal = Proposal(entry.id, said.subject, retired, entry.sender, entry.received_at)
                found.setdefault(pair, proposal)
    return tuple(found.values())


def pair_of(gate: Gate, translate: Translate, entry_id: int) -> tuple[Identifier, Identifier] | None:
    """The number that stays and the one that is retired, as an entry says; None where it says no such
    thing.
    """
    with gate.processing(Action.REPLAY) as view:
        entry = view.inbox_entry(entry_id)
    said = translate(raw_entry(entry)) if entry is not None else None
    if said is None or said.subject is None or not said.merges:
        return None
    return said.subject, said.merges[0]


def waiting(gate: Gate) -> int:
    """How many entries propose a merge that nobody has decided about."""
    with gate.watching() as view:
        held = view.inbox((EntryState.HELD,))
    return sum(entry.code == MERGE_PROPOSED.code for entry in held)


def confirmed(gate: Gate) -> Sequence[Link]:
    """Merges that stand, newest first."""
    with gate.watching() as view:
        return view.merged()


def preview(gate: Gate, surviving: Identifier, retired: Identifier) -> Preview:
    """What would be shown together; leaves one access row that names both."""
    with gate.watching() as view:
        sides = (view.person(surviving), view.person(retired))
    with gate.reading(Action.LINK, (*sides[0], *sides[1])) as view:
        one, other = (_side(view, people) for people in sides)
    return Preview(one, other, tuple(_against(one, other)))


def confirm(
    gate: Gate, surviving: Identifier, retired: Identifier, now: datetime, although: bool = False
) -> None:
    """Say that both numbers are one person; the caller then reconsiders both.

    Saying it again changes nothing. Raises UseFault MERGE-OF-ITSELF, and CommonGroundError MERGE-CONTRADICTED
    where the two birth dates differ and ``although`` does not say that somebody has looked at that.
    """
    if surviving == retired:
        raise UseFault("MERGE-OF-ITSELF", "both numbers are the same", "Name two numbers.")
    with gate.writing(Action.LINK, (surviving, retired)) as unit:
        if retired in unit.person(surviving):
            return
        ours, theirs = unit.birth_dates(surviving), unit.birth_dates(retired)
        if ours and theirs and not any(a.agrees_with(b) for a in ours for b in theirs) and not although:
            raise CommonGroundError(
                "MERGE-CONTRADICTED",
                "the two numbers have different birth dates, so they were not joined",
                "Have the EHR checked; if it is one person all the same, confirm it with that said.",
            )
        people = {*unit.person(surviving), *unit.person(retired)}
        unit.link(Link(surviving, retired, gate.actor.account, now, active=True))
        unit.append_change(tuple(sorted(people)), (LINK_KIND,), (), now)


def separate(gate: Gate, surviving: Identifier, retired: Identifier, now: datetime) -> None:
    """Say that they are two people: rejects a proposal, or undoes a merge; the caller then reconsiders both.

    Where other links still join them they stay together. Raises UseFault MERGE-OF-ITSELF.
    """
    if surviving == retired:
        raise UseFault("MERGE-OF-ITSELF", "both numbers are the same", "Name two numbers.")
    with gate.writing(Action.LINK, (surviving, retired)) as unit:
        people = {*unit.person(surviving), *unit.person(retired)}
        unit.link(Link(surviving, retired, gate.actor.account, now, active=False))
        unit.append_change(tuple(sorted(people)), (LINK_KIND,), (), now)


def _side(view: Snapshot, people: Sequence[Identifier]) -> Side:
    things = current(view.facts(people))
    who = [
        (stated.sent_at, stated.content_hash, stated.body)
        for stated in things
        if isinstance(stated.body, Demographics) and not stated.subject.from_portal
    ]
    body = max(who, key=lambda one: one[:2])[2] if who else Demographics("", "", None, "unknown")
    assert isinstance(body, Demographics)
    counts = Counter(stated.kind.value for stated in things if stated.kind is not FactKind.PATIENT)
    if who:
        counts[FactKind.PATIENT.value] = len(who)
    days = sorted(
        (stated.at for stated in things if stated.at is not None and stated.at.has_day),
        key=lambda at: at.text[:10],
    )
    return Side(
        identifiers=tuple(people),
        family=body.family,
        given=body.given,
        birth_date=body.birth_date,
        sex=body.sex,
        counts=tuple(sorted(counts.items())),
        first=days[0] if days else None,
        last=days[-1] if days else None,
    )


def _against(one: Side, other: Side) -> Iterator[str]:
    """What contradicts; what one side does not say contradicts nothing."""
    if one.birth_date and other.birth_date and not one.birth_date.agrees_with(other.birth_date):
        yield BIRTH_DATES
    if "unknown" not in (one.sex, other.sex) and one.sex != other.sex:
        yield SEXES
    if one.family and other.family and one.family.casefold() != other.family.casefold():
        yield FAMILY_NAMES
