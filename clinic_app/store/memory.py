"""The reference store: plain Python, obviously right, which every database must match (`tests/spec`)."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from clinic_app.model.access import SYSTEM, AccessRow, Change
from clinic_app.model.bodies import Appointment, ConsentDecision, Demographics
from clinic_app.model.consents import consent_of, current
from clinic_app.model.entries import EntryState, Finding, Hold, InboxEntry, RawEntry
from clinic_app.model.facts import Fact, FactKind, Statement
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.model.people import FeedState, Link, PatientRow
from clinic_app.model.roster import NOT_ROSTERED, OutsideState
from clinic_app.store import memory_links
from clinic_app.store.anchor import anchor
from clinic_app.store.memory_outbox import MemoryOutboxUnit, MemoryOutboxView, OutboxBook
from clinic_app.store.memory_roster import MemoryRoster, RosterState
from clinic_app.store.order import in_order, list_name

_HERE = 0


@dataclass(frozen=True, slots=True)
class _Entry:
    shown: InboxEntry
    subject: Identifier | None
    birth_date: Moment | None
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class _Recorded:
    """A fact as first recorded, and every entry that states it (True: it still does)."""

    fact: Fact
    stated_by: dict[int, bool]
    positions: dict[int, str]


@dataclass(slots=True)
class _State:
    accounts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    entries: dict[int, _Entry] = field(default_factory=dict)
    recorded: list[_Recorded] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    confirmed: list[tuple[Identifier, Moment]] = field(default_factory=list)
    accesses: list[AccessRow] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    roster: RosterState = field(default_factory=RosterState)
    outbox: OutboxBook = field(default_factory=OutboxBook)

    def copy(self) -> "_State":
        return _State(
            dict(self.accounts),
            dict(self.entries),
            [_Recorded(one.fact, dict(one.stated_by), dict(one.positions)) for one in self.recorded],
            list(self.links),
            list(self.confirmed),
            list(self.accesses),
            list(self.changes),
            self.roster.copy(),
            self.outbox.copy(),
        )

    def drop(self, entry_id: int, wanted: bool) -> None:
        """Take an entry out of the inbox: one that is wanted back, or another person's but the newest."""
        there = self.entries.get(entry_id)
        others = there is not None and there.shown.code == NOT_ROSTERED and entry_id != max(self.entries)
        if wanted or others:
            del self.entries[entry_id]

    def visible(self, one: _Recorded) -> list[int]:
        return [
            entry_id
            for entry_id, stated in one.stated_by.items()
            if stated and (entry_id == _HERE or not self.entries[entry_id].withheld)
        ]


class _PeopleView:
    """The part of a snapshot that speaks of people; see `clinic_app.ports.store.Snapshot`."""

    def __init__(self, state: _State) -> None:
        self._state = state
        self._outbox = state.outbox

    def account_roles(self, account: str) -> tuple[str, ...]:
        """Roles of an account."""
        return self._state.accounts.get(account, ())

    def person(self, identifier: Identifier) -> tuple[Identifier, ...]:
        """Identifiers of one person."""
        return memory_links.person(self._state.links, identifier)

    def known(self, identifier: Identifier) -> bool:
        """Whether a patient fact makes it known."""
        return any(True for _ in self._demographics(identifier))

    def _demographics(self, identifier: Identifier) -> Iterator[Statement]:
        """Patient statements that an entry still makes, withheld or not."""
        for one in self._state.recorded:
            stated = one.fact.statement
            if (stated.subject, stated.kind) == (identifier, FactKind.PATIENT) and any(
                one.stated_by.values()
            ):
                yield stated

    def birth_dates(self, identifier: Identifier) -> tuple[Moment, ...]:
        """Anchors, then confirmed dates."""
        people = [one for one in self.person(identifier) if not one.from_portal]
        confirmed = [date.text for one, date in self._state.confirmed if one in people]
        anchors = [self._anchor(one, confirmed) for one in people]
        dates = [*(date for date in anchors if date is not None), *confirmed]
        return tuple(Moment(date) for date in dict.fromkeys(dates))

    def _anchor(self, identifier: Identifier, confirmed: Sequence[str]) -> str | None:
        introduced: dict[str, str] = {}
        for stated in self._demographics(identifier):
            if isinstance(body := stated.body, Demographics) and body.birth_date is not None:
                date = body.birth_date.text
                introduced[date] = min(stated.sent_at, introduced.get(date, stated.sent_at))
        speaking = [
            (entry.birth_date.text, 1)
            for entry in self._state.entries.values()
            if entry.subject == identifier and entry.birth_date is not None
        ]
        return anchor(introduced, confirmed, lambda: speaking)

    def identifiers_with_value(self, value: str) -> tuple[Identifier, ...]:
        """Known EHR identifiers with this value."""
        return tuple(one for one in self._ehr_identifiers() if one.value == value)

    def _ehr_identifiers(self) -> list[Identifier]:
        subjects = {one.fact.statement.subject for one in self._state.recorded}
        return sorted(one for one in subjects if not one.from_portal and self.known(one))

    def facts(self, people: Sequence[Identifier], kinds: Sequence[str] = ()) -> Sequence[Fact]:
        """Visible versions in order of id."""
        found = []
        for one in self._state.recorded:
            stated = one.fact.statement
            visible = self._state.visible(one)
            if visible and stated.subject in people and (not kinds or stated.kind in kinds):
                by = min(visible)
                shown = replace(stated, position=one.positions[by])
                found.append(replace(one.fact, inbox_id=by, statement=shown))
        return found

    def patients(self, on: datetime) -> Sequence[PatientRow]:
        """The patient list of a day."""
        people = {self.person(one) for one in self._ehr_identifiers()}
        rows = (self._patient(person, on) for person in people)
        return in_order([row for row in rows if row is not None], on.date())

    def _patient(self, person: Sequence[Identifier], on: datetime) -> PatientRow | None:
        things = current(self.facts(person))
        said = [
            (stated.sent_at, stated.content_hash, stated.body)
            for stated in things
            if isinstance(stated.body, Demographics) and not stated.subject.from_portal
        ]
        if not said:
            return None
        body = max(said, key=lambda one: one[:2])[2]
        shown = [one for one in person if not one.from_portal and self.facts((one,), (FactKind.PATIENT,))]
        booked = [
            (found.start.text, found.location)
            for stated in things
            if isinstance(found := stated.body, Appointment) and found.start is not None
            if found.state == "booked" and found.start.text >= on.date().isoformat()
        ]
        start, place = min(booked) if booked else (None, "")
        sent = [
            entry.shown.received_at
            for entry in self._state.entries.values()
            if entry.subject is not None
            if entry.subject in person and entry.subject.from_portal and not entry.withheld
        ]
        return PatientRow(
            shown[0],
            list_name(body),
            body.birth_date,
            body.sex,
            None if start is None else Moment(start),
            place,
            max(sent) if sent else None,
        )

    def links(self, identifier: Identifier) -> Sequence[Link]:
        """Link rows, oldest first."""
        return [link for link in self._state.links if identifier in (link.first, link.second)]

    def merged(self) -> Sequence[Link]:
        """Active links between EHR identifiers, newest first."""
        return memory_links.merged(self._state.links)

    def consent(self, people: Sequence[Identifier], purpose: str) -> bool | None:
        """The current consent of a person."""
        return consent_of(self.facts(people), purpose)

    def refused(self, purpose: str) -> Sequence[Identifier]:
        """Identifiers with a consent fact that says no."""
        subjects = {one.fact.statement.subject for one in self._state.recorded}
        return sorted(
            fact.statement.subject
            for fact in self.facts(list(subjects))
            if isinstance(body := fact.statement.body, ConsentDecision)
            if body.purpose == purpose and not body.allowed
        )


class MemorySnapshot(MemoryOutboxView, _PeopleView):
    """A view of the state; see `clinic_app.ports.store.Snapshot` for what each method promises."""

    @property
    def roster(self) -> MemoryRoster:
        """The roster."""
        return MemoryRoster(self._state.roster, self._state.drop)

    def outside(self, since: datetime) -> OutsideState:
        """What came for other people."""
        return self.roster.outside(since)

    def inbox(
        self, states: Sequence[EntryState] = (), limit: int = 1000, before: int = 0
    ) -> Sequence[InboxEntry]:
        """Entries without bytes, newest first."""
        found = [
            replace(entry.shown, raw=b"")
            for id_, entry in sorted(self._state.entries.items(), reverse=True)
            if (not states or entry.shown.state in states) and (not before or id_ < before)
        ]
        return found[:limit]

    def inbox_entry(self, entry_id: int) -> InboxEntry | None:
        """One entry with its bytes."""
        entry = self._state.entries.get(entry_id)
        return None if entry is None else entry.shown

    def entry_subject(self, entry_id: int) -> Identifier | None:
        """Whom an entry speaks of."""
        entry = self._state.entries.get(entry_id)
        return None if entry is None else entry.subject

    def entry_withheld(self, entry_id: int) -> bool:
        """Whether the entry's facts stand behind a hold."""
        entry = self._state.entries.get(entry_id)
        return entry is not None and entry.withheld

    def last_entry_id(self) -> int:
        """Greatest entry id."""
        return max(self._state.entries, default=0)

    def feeds(self) -> Sequence[FeedState]:
        """Health per channel."""
        shown = [entry.shown for entry in self._state.entries.values()]
        return [
            FeedState(
                channel,
                max(entry.received_at for entry in shown if entry.channel == channel),
                sum(entry.channel == channel for entry in shown),
                sum((entry.channel, entry.state) == (channel, EntryState.HELD) for entry in shown),
                sum((entry.channel, entry.state) == (channel, EntryState.RECEIVED) for entry in shown),
            )
            for channel in sorted({entry.channel for entry in shown})
        ]

    def changes_after(self, sequence: int) -> Sequence[Change]:
        """Change rows with a greater sequence."""
        return [change for change in self._state.changes if change.sequence > sequence]

    def last_change(self) -> int:
        """Greatest change sequence."""
        return self._state.changes[-1].sequence if self._state.changes else 0

    def accesses(self, people: Sequence[Identifier], limit: int = 200) -> Sequence[AccessRow]:
        """Who looked, newest first."""
        rows = [
            row
            for row in reversed(self._state.accesses)
            if row.account != SYSTEM and not set(people).isdisjoint(row.people)
        ]
        return rows[:limit]

    def entries_of(self, subject: Identifier, states: Sequence[EntryState]) -> Sequence[InboxEntry]:
        """Entries that speak of this identifier, with bytes."""
        return [
            entry.shown
            for _, entry in sorted(self._state.entries.items())
            if entry.subject == subject and (not states or entry.shown.state in states)
        ]

    def held_with(self, codes: Sequence[str], limit: int = 10000) -> Sequence[InboxEntry]:
        """Held entries with one of these codes, with bytes."""
        held = [
            entry.shown
            for _, entry in sorted(self._state.entries.items())
            if entry.shown.state is EntryState.HELD and entry.shown.code in codes
        ]
        return held[:limit]


class MemoryUnit(MemoryOutboxUnit, MemorySnapshot):
    """One unit of work on a copy of the state; see `clinic_app.ports.store.WriteUnit`."""

    def add_account(self, account: str, roles: Sequence[str]) -> None:
        """Add or replace an account's roles."""
        self._state.accounts[account] = tuple(roles)

    def put_entry(
        self,
        entry: RawEntry,
        state: EntryState,
        holds: Sequence[Hold],
        findings: Sequence[Finding],
        subject: Identifier | None,
        birth_date: Moment | None,
        profile_version: str,
        reason: str = "",
    ) -> None:
        """Insert the entry, or set what became of it."""
        first = holds[0] if holds else Hold("", reason, "")
        there = self._state.entries.get(entry.id)
        came = InboxEntry(
            entry.id,
            state,
            entry.channel,
            entry.sender,
            entry.control_id,
            entry.type,
            entry.received_at,
            raw=entry.raw,
            flag=entry.flag,
            part_of=entry.part_of,
        )
        shown = replace(
            came if there is None else there.shown,
            state=state,
            reason=first.reason,
            code=first.code,
            mend=first.mend,
            profile_version=profile_version,
            findings=tuple(findings),
        )
        self._state.entries[entry.id] = _Entry(
            shown, subject, birth_date, there is not None and there.withheld
        )

    def add_statements(
        self, entry_id: int, statements: Sequence[Statement], profile_version: str, at: datetime
    ) -> int:
        """Record versions; returns how many became visible that were not, or are new behind a hold."""
        return sum(self._add(entry_id, stated, profile_version, at) for stated in statements)

    def _add(self, entry_id: int, stated: Statement, profile_version: str, at: datetime) -> bool:
        for one in self._state.recorded:
            if _identity(one.fact.statement) == _identity(stated):
                before = bool(self._state.visible(one))
                if _HERE not in one.stated_by and entry_id != _HERE:
                    one.stated_by[entry_id] = True
                    one.positions.setdefault(entry_id, stated.position)
                return bool(self._state.visible(one)) and not before
        fact = Fact(len(self._state.recorded) + 1, entry_id, at, profile_version, stated)
        self._state.recorded.append(_Recorded(fact, {entry_id: True}, {entry_id: stated.position}))
        return True

    def retract_entry_facts(self, entry_id: int, keep: Iterable[tuple[str, str]], at: datetime) -> int:
        """Withdraw what the entry no longer produces."""
        kept = set(keep)
        gone = [
            one
            for one in self._state.recorded
            if one.stated_by.get(entry_id)
            and (one.fact.statement.key, one.fact.statement.content_hash) not in kept
        ]
        for one in gone:
            one.stated_by[entry_id] = False
        return len(gone)

    def withhold(self, entry_id: int, withheld: bool) -> None:
        """Put the entry's facts behind a hold, or bring them back."""
        self._state.entries[entry_id] = replace(self._state.entries[entry_id], withheld=withheld)

    def confirm_birth_date(self, identifier: Identifier, birth_date: Moment, by: str, at: datetime) -> None:
        """Record a confirmed birth date."""
        if (identifier, birth_date) not in self._state.confirmed:
            self._state.confirmed.append((identifier, birth_date))

    def link(self, link: Link) -> None:
        """Record a link, or its undoing."""
        self._state.links.append(link)

    def append_change(
        self, people: Sequence[Identifier], kinds: Sequence[str], codes: Sequence[str], at: datetime
    ) -> int:
        """Append the change row of this commit."""
        change = Change(self.last_change() + 1, tuple(people), tuple(kinds), tuple(codes), at)
        self._state.changes.append(change)
        return change.sequence

    def append_access(self, row: AccessRow) -> None:
        """Append an access row with the next sequence of its writer."""
        before = sum(one.writer == row.writer for one in self._state.accesses)
        people = tuple(sorted(set(row.people)))
        self._state.accesses.append(replace(row, sequence=before + 1, people=people))


def _identity(stated: Statement) -> tuple[Identifier, str, str, str, str]:
    return (stated.subject, stated.key, stated.status, stated.sent_at, stated.content_hash)


class MemoryStore:
    """A store that lasts as long as the process; a unit works on a copy that replaces the state at its
    end.
    """

    def __init__(self) -> None:
        self._state = _State()
        self._version = 0
        self._writing = threading.Lock()

    @contextmanager
    def snapshot(self) -> Iterator[MemorySnapshot]:
        """A read view."""
        yield MemorySnapshot(self._state)

    @contextmanager
    def unit(self) -> Iterator[MemoryUnit]:
        """A unit of work."""
        with self._writing:
            copy = self._state.copy()
            yield MemoryUnit(copy)
            self._state = copy
            self._version += 1

    def version(self) -> int:
        """Differs after a commit."""
        return self._version

    def close(self) -> None:
        """Nothing is held."""
