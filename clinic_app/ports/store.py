"""The main store as services see it. Only the gate hands these out (DESIGN decision 6)."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from clinic_app.model.access import AccessRow, Change
from clinic_app.model.entries import EntryState, Finding, Hold, InboxEntry, RawEntry
from clinic_app.model.facts import Fact, Statement
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.model.people import FeedState, Link, PatientRow
from clinic_app.model.roster import OutsideState
from clinic_app.ports.outbox import OutboxUnit, OutboxView
from clinic_app.ports.roster import RosterUnit, RosterView


class PeopleView(Protocol):
    """The part of a snapshot that speaks of people."""

    def account_roles(self, account: str) -> tuple[str, ...]:
        """Roles of an operating-system account; empty where it is unknown."""
        ...

    def person(self, identifier: Identifier) -> tuple[Identifier, ...]:
        """All identifiers that active links join to this one, itself included, sorted."""
        ...

    def known(self, identifier: Identifier) -> bool:
        """Whether a patient fact makes this identifier known."""
        ...

    def birth_dates(self, identifier: Identifier) -> tuple[Moment, ...]:
        """Birth dates that this person may be checked against: of each EHR identifier the one that most
        entries state (docs/decisions/011), then those a person confirmed.
        """
        ...

    def identifiers_with_value(self, value: str) -> tuple[Identifier, ...]:
        """Known EHR identifiers with this value under any authority."""
        ...

    def facts(self, people: Sequence[Identifier], kinds: Sequence[str] = ()) -> Sequence[Fact]:
        """All versions of these people's facts that stand behind no hold, of these kinds (all where none is
        named).
        """
        ...

    def patients(self, on: datetime) -> Sequence[PatientRow]:
        """The patient list: every known EHR identifier, one row per person, those with an appointment that
        day first.
        """
        ...

    def links(self, identifier: Identifier) -> Sequence[Link]:
        """Links that touch this identifier, undone ones included."""
        ...

    def merged(self) -> Sequence[Link]:
        """Active links between two EHR identifiers, newest first."""
        ...

    def consent(self, people: Sequence[Identifier], purpose: str) -> bool | None:
        """The current consent of a person for a purpose; None where no consent fact is there."""
        ...

    def refused(self, purpose: str) -> Sequence[Identifier]:
        """Identifiers with a consent fact that says no to this purpose: the only ones that `consent` can
        refuse.
        """
        ...


class Snapshot(PeopleView, OutboxView, Protocol):
    """One consistent view of the store."""

    def inbox(
        self, states: Sequence[EntryState] = (), limit: int = 1000, before: int = 0
    ) -> Sequence[InboxEntry]:
        """Entries, newest first, without their bytes; ``before`` pages by id."""
        ...

    def inbox_entry(self, entry_id: int) -> InboxEntry | None:
        """One entry with its bytes."""
        ...

    def entry_subject(self, entry_id: int) -> Identifier | None:
        """Whom an entry speaks of; None where nobody is named or the entry is not there."""
        ...

    def entry_withheld(self, entry_id: int) -> bool:
        """Whether the entry's facts stand behind a hold."""
        ...

    def last_entry_id(self) -> int:
        """Greatest entry id recorded, 0 where none is."""
        ...

    def feeds(self) -> Sequence[FeedState]:
        """Health per channel."""
        ...

    def outside(self, since: datetime) -> OutsideState:
        """What came for people who are not on the roster: counts without content."""
        ...

    def changes_after(self, sequence: int) -> Sequence[Change]:
        """Change rows with a greater sequence."""
        ...

    def last_change(self) -> int:
        """Greatest change sequence, 0 where none is."""
        ...

    def accesses(self, people: Sequence[Identifier], limit: int = 200) -> Sequence[AccessRow]:
        """Who looked at or wrote to these people, newest first, system rows left out."""
        ...


class WorkView(Snapshot, Protocol):
    """A snapshot that also gives entries with their bytes: for the program's own work, never for a screen."""

    @property
    def roster(self) -> RosterView:
        """The roster."""
        ...

    def entries_of(self, subject: Identifier, states: Sequence[EntryState]) -> Sequence[InboxEntry]:
        """Entries that speak of this identifier, with bytes, in order of id."""
        ...

    def held_with(self, codes: Sequence[str], limit: int = 10000) -> Sequence[InboxEntry]:
        """Held entries with one of these codes, with bytes, in order of id."""
        ...


class WriteUnit(WorkView, OutboxUnit, Protocol):
    """One unit of work: all or nothing; the write lock is held from its begin."""

    @property
    def roster(self) -> RosterUnit:
        """The roster, to change."""
        ...

    def add_account(self, account: str, roles: Sequence[str]) -> None:
        """Add or replace an account's roles."""
        ...

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
        """Insert the entry with its bytes, or set the state of one that is there (its bytes never change)."""
        ...

    def add_statements(
        self, entry_id: int, statements: Sequence[Statement], profile_version: str, at: datetime
    ) -> int:
        """Record versions; one already recorded under the same subject, key, status, sent time and content is
        left alone.

        Returns how many were new.
        """
        ...

    def retract_entry_facts(self, entry_id: int, keep: Iterable[tuple[str, str]], at: datetime) -> int:
        """Withdraw what the entry no longer produces: its facts whose (key, content hash) is not kept.
        Returns the count.
        """
        ...

    def withhold(self, entry_id: int, withheld: bool) -> None:
        """Set whether the entry's facts stand behind a hold (identity in doubt): then `facts` leaves them
        out.
        """
        ...

    def confirm_birth_date(self, identifier: Identifier, birth_date: Moment, by: str, at: datetime) -> None:
        """A person confirmed that this birth date belongs to this identifier."""
        ...

    def link(self, link: Link) -> None:
        """Record a link, or its undoing."""
        ...

    def append_change(
        self, people: Sequence[Identifier], kinds: Sequence[str], codes: Sequence[str], at: datetime
    ) -> int:
        """Append the change row of this commit."""
        ...

    def append_access(self, row: AccessRow) -> None:
        """Append an access row; its sequence is set by the store (next of its writer)."""
        ...


class Store(Protocol):
    """Opens snapshots and units of work. Raises EnvironmentFault: STORE-LOCKED, STORE-KEY, STORE-CORRUPT,
    STORE-FULL …
    """

    def snapshot(self) -> AbstractContextManager[WorkView]:
        """A read view, consistent until it is left."""
        ...

    def unit(self) -> AbstractContextManager[WriteUnit]:
        """A unit of work: committed when left without an exception, rolled back otherwise."""
        ...

    def version(self) -> int:
        """A number that differs after another connection has committed (a cheap pre-check before
        `changes_after`).
        """
        ...

    def close(self) -> None:
        """Release connections."""
        ...
