"""The view that the gate hands out: of the people and kinds that were asked for and allowed, nothing else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from clinic_app.model.access import AccessRow, Change
from clinic_app.model.entries import EntryState, InboxEntry
from clinic_app.model.facts import Fact
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.model.people import FeedState, Link, PatientRow
from clinic_app.model.roster import OutsideState
from clinic_app.ports.store import Snapshot
from clinic_app.services.outbox_scope import OutboxPassingOn


class _PassingOn(OutboxPassingOn):
    """What is handed on as the store has it: none of it is clinical content."""

    _inner: Snapshot

    def __init__(self, inner: Snapshot) -> None:
        self._inner = inner

    def account_roles(self, account: str) -> tuple[str, ...]:
        """As the store has it."""
        return self._inner.account_roles(account)

    def person(self, identifier: Identifier) -> tuple[Identifier, ...]:
        """As the store has it."""
        return self._inner.person(identifier)

    def known(self, identifier: Identifier) -> bool:
        """As the store has it."""
        return self._inner.known(identifier)

    def birth_dates(self, identifier: Identifier) -> tuple[Moment, ...]:
        """As the store has it."""
        return self._inner.birth_dates(identifier)

    def identifiers_with_value(self, value: str) -> tuple[Identifier, ...]:
        """As the store has it."""
        return self._inner.identifiers_with_value(value)

    def links(self, identifier: Identifier) -> Sequence[Link]:
        """As the store has it."""
        return self._inner.links(identifier)

    def merged(self) -> Sequence[Link]:
        """As the store has it."""
        return self._inner.merged()

    def inbox(
        self, states: Sequence[EntryState] = (), limit: int = 1000, before: int = 0
    ) -> Sequence[InboxEntry]:
        """As the store has it."""
        return self._inner.inbox(states, limit, before)

    def entry_subject(self, entry_id: int) -> Identifier | None:
        """As the store has it."""
        return self._inner.entry_subject(entry_id)

    def entry_withheld(self, entry_id: int) -> bool:
        """As the store has it."""
        return self._inner.entry_withheld(entry_id)

    def last_entry_id(self) -> int:
        """As the store has it."""
        return self._inner.last_entry_id()

    def feeds(self) -> Sequence[FeedState]:
        """As the store has it."""
        return self._inner.feeds()

    def outside(self, since: datetime) -> OutsideState:
        """As the store has it."""
        return self._inner.outside(since)

    def consent(self, people: Sequence[Identifier], purpose: str) -> bool | None:
        """As the store has it."""
        return self._inner.consent(people, purpose)

    def refused(self, purpose: str) -> Sequence[Identifier]:
        """As the store has it."""
        return self._inner.refused(purpose)

    def changes_after(self, sequence: int) -> Sequence[Change]:
        """As the store has it."""
        return self._inner.changes_after(sequence)

    def last_change(self) -> int:
        """As the store has it."""
        return self._inner.last_change()


class ScopedSnapshot(_PassingOn):
    """A snapshot whose facts and access rows are only those of `people`, and facts only of `kinds`."""

    def __init__(
        self, inner: Snapshot, people: frozenset[Identifier], kinds: frozenset[str], raw: bool = False
    ) -> None:
        super().__init__(inner)
        self._raw = raw
        self._people = people
        self._kinds = kinds

    def facts(self, people: Sequence[Identifier], kinds: Sequence[str] = ()) -> Sequence[Fact]:
        """Facts within the scope."""
        wanted = self._kinds.intersection(kinds) if kinds else self._kinds
        return self._inner.facts(self._within(people), sorted(wanted)) if wanted else []

    def accesses(self, people: Sequence[Identifier], limit: int = 200) -> Sequence[AccessRow]:
        """Access rows within the scope."""
        return self._inner.accesses(self._within(people), limit)

    def _within(self, people: Sequence[Identifier]) -> list[Identifier]:
        return [one for one in people if one in self._people]

    def patients(self, on: datetime) -> Sequence[PatientRow]:
        """Rows of people within the scope."""
        return [row for row in self._inner.patients(on) if row.identifier in self._people]

    def inbox_entry(self, entry_id: int) -> InboxEntry | None:
        """An entry, with its bytes only where these were asked for and allowed."""
        entry = self._inner.inbox_entry(entry_id)
        return entry if entry is None or self._raw else replace(entry, raw=b"")
