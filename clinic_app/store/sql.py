"""The main store on SQLCipher: `create_store`, `open_store`, and the views that it opens."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.pool import PoolProxiedConnection

from clinic_app.model.access import AccessRow, Change
from clinic_app.model.consents import consent_of
from clinic_app.model.entries import EntryState, Finding, Hold, InboxEntry, RawEntry
from clinic_app.model.facts import Fact, FactKind, Statement
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.model.people import FeedState, Link, PatientRow
from clinic_app.model.roster import OutsideState
from clinic_app.store import entries, facts, log, people, sqlcipher, tables
from clinic_app.store.engine import make_engine, transaction
from clinic_app.store.identifiers import IdentifierBook
from clinic_app.store.outbox import SqlOutboxUnit, SqlOutboxView
from clinic_app.store.roster import SqlRoster
from clinic_app.store.schema import steps_missing
from clinic_app.store.turns import Turns


class _PeopleView:
    """The part of a snapshot that speaks of people; see `clinic_app.ports.store.Snapshot` for what each
    method promises.
    """

    def __init__(self, connection: Connection, book: IdentifierBook) -> None:
        self._connection = connection
        self._book = book

    def account_roles(self, account: str) -> tuple[str, ...]:
        """Roles of an account."""
        query = select(tables.account.c.roles).where(tables.account.c.name == account)
        return tuple((self._connection.execute(query).scalar() or "").split())

    def person(self, identifier: Identifier) -> tuple[Identifier, ...]:
        """Identifiers of one person."""
        return people.person(self._connection, self._book, identifier)

    def known(self, identifier: Identifier) -> bool:
        """Whether a patient fact makes it known."""
        return people.known(self._connection, self._book, identifier)

    def birth_dates(self, identifier: Identifier) -> tuple[Moment, ...]:
        """Anchors, then confirmed dates."""
        return people.birth_dates(self._connection, self._book, identifier)

    def identifiers_with_value(self, value: str) -> tuple[Identifier, ...]:
        """Known EHR identifiers with this value."""
        return people.identifiers_with_value(self._connection, self._book, value)

    def facts(self, people: Sequence[Identifier], kinds: Sequence[str] = ()) -> Sequence[Fact]:
        """Visible versions in order of id."""
        return facts.read_facts(self._connection, self._book, people, kinds)

    def patients(self, on: datetime) -> Sequence[PatientRow]:
        """The patient list of a day."""
        return people.patients(self._connection, self._book, on.date())

    def links(self, identifier: Identifier) -> Sequence[Link]:
        """Link rows, oldest first."""
        return people.links(self._connection, self._book, identifier)

    def merged(self) -> Sequence[Link]:
        """Active links between EHR identifiers, newest first."""
        return people.merged(self._connection, self._book)

    def consent(self, people: Sequence[Identifier], purpose: str) -> bool | None:
        """The current consent of a person."""
        return consent_of(self.facts(people, (FactKind.CONSENT,)), purpose)

    def refused(self, purpose: str) -> Sequence[Identifier]:
        """Identifiers with a consent fact that says no."""
        return people.refused(self._connection, self._book, purpose)


class SqlSnapshot(SqlOutboxView, _PeopleView):
    """One transaction's view; see `clinic_app.ports.store.Snapshot` for what each method promises."""

    @property
    def roster(self) -> SqlRoster:
        """The roster."""
        return SqlRoster(self._connection)

    def outside(self, since: datetime) -> OutsideState:
        """What came for other people."""
        return self.roster.outside(since)

    def inbox(
        self, states: Sequence[EntryState] = (), limit: int = 1000, before: int = 0
    ) -> Sequence[InboxEntry]:
        """Entries without bytes, newest first."""
        return entries.newest(self._connection, states, limit, before)

    def inbox_entry(self, entry_id: int) -> InboxEntry | None:
        """One entry with its bytes."""
        return entries.entry(self._connection, entry_id)

    def entry_subject(self, entry_id: int) -> Identifier | None:
        """Whom an entry speaks of."""
        return entries.subject_of(self._connection, self._book, entry_id)

    def entry_withheld(self, entry_id: int) -> bool:
        """Whether the entry's facts stand behind a hold."""
        return facts.is_withheld(self._connection, entry_id)

    def last_entry_id(self) -> int:
        """Greatest entry id."""
        return entries.last_id(self._connection)

    def feeds(self) -> Sequence[FeedState]:
        """Health per channel."""
        return entries.feeds(self._connection)

    def changes_after(self, sequence: int) -> Sequence[Change]:
        """Change rows with a greater sequence."""
        return log.changes_after(self._connection, sequence)

    def last_change(self) -> int:
        """Greatest change sequence."""
        return log.last_change(self._connection)

    def accesses(self, people: Sequence[Identifier], limit: int = 200) -> Sequence[AccessRow]:
        """Who looked, newest first."""
        return log.accesses(self._connection, self._book, people, limit)

    def entries_of(self, subject: Identifier, states: Sequence[EntryState]) -> Sequence[InboxEntry]:
        """Entries that speak of this identifier, with bytes."""
        return entries.of_subject(self._connection, self._book, subject, states)

    def held_with(self, codes: Sequence[str], limit: int = 10000) -> Sequence[InboxEntry]:
        """Held entries with one of these codes, with bytes."""
        return entries.held_with(self._connection, codes, limit)


class SqlUnit(SqlOutboxUnit, SqlSnapshot):
    """One unit of work; see `clinic_app.ports.store.WriteUnit`."""

    def add_account(self, account: str, roles: Sequence[str]) -> None:
        """Add or replace an account's roles."""
        self._connection.execute(delete(tables.account).where(tables.account.c.name == account))
        self._connection.execute(insert(tables.account), {"name": account, "roles": " ".join(roles)})

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
        entries.put(
            self._connection,
            self._book,
            entry,
            state,
            holds,
            findings,
            subject,
            birth_date,
            profile_version,
            reason,
        )

    def add_statements(
        self, entry_id: int, statements: Sequence[Statement], profile_version: str, at: datetime
    ) -> int:
        """Record versions; returns how many became visible that were not."""
        return facts.add_statements(self._connection, self._book, entry_id, statements, profile_version, at)

    def retract_entry_facts(self, entry_id: int, keep: Iterable[tuple[str, str]], at: datetime) -> int:
        """Withdraw what the entry no longer produces."""
        return facts.retract(self._connection, entry_id, keep)

    def withhold(self, entry_id: int, withheld: bool) -> None:
        """Put the entry's facts behind a hold, or bring them back."""
        facts.set_withheld(self._connection, entry_id, withheld)

    def confirm_birth_date(self, identifier: Identifier, birth_date: Moment, by: str, at: datetime) -> None:
        """Record a confirmed birth date."""
        people.confirm_birth_date(self._connection, self._book, identifier, birth_date, by, at)

    def link(self, link: Link) -> None:
        """Record a link, or its undoing."""
        people.add_link(self._connection, self._book, link)

    def append_change(
        self, people: Sequence[Identifier], kinds: Sequence[str], codes: Sequence[str], at: datetime
    ) -> int:
        """Append the change row of this commit."""
        return log.append_change(self._connection, people, kinds, codes, at)

    def append_access(self, row: AccessRow) -> None:
        """Append an access row."""
        log.append_access(self._connection, self._book, row)


class SqlStore:
    """The main store of one home; made by `open_store` or `create_store`."""

    def __init__(self, engine: Engine, path: Path, gives_way: bool = False) -> None:
        self._turns = Turns(path)
        self._gives_way = gives_way
        self._engine = engine
        self._path = path
        self._numbers: dict[Identifier, int] = {}
        self._watcher: PoolProxiedConnection | None = None
        self._watching = threading.Lock()

    @contextmanager
    def snapshot(self) -> Iterator[SqlSnapshot]:
        """A read view."""
        with transaction(self._engine, self._path, writing=False) as connection:
            book = IdentifierBook(self._numbers, connection)
            yield SqlSnapshot(connection, book)
            book.keep()

    @contextmanager
    def unit(self) -> Iterator[SqlUnit]:
        """A unit of work, holding the write lock."""
        turn = self._turns.giving_way() if self._gives_way else self._turns.asking()
        with transaction(self._engine, self._path, True, turn) as connection:
            book = IdentifierBook(self._numbers, connection)
            yield SqlUnit(connection, book)
        book.keep()

    def version(self) -> int:
        """SQLite's data_version, as one connection that never writes sees it."""
        with self._watching:
            if self._watcher is None:
                # Without a transaction: inside one it would never see another commit.
                self._watcher = self._engine.raw_connection()
            cursor = self._watcher.cursor()
            try:
                cursor.execute("PRAGMA data_version")
                return int(cursor.fetchall()[0][0])
            finally:
                cursor.close()

    def empty_log(self) -> bool:
        """Cut the write-ahead log, which still holds former pages, to nothing; False where somebody reads."""
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return bool(cursor.fetchall()[0][0] == 0)
        finally:
            connection.close()

    def close(self) -> None:
        """Release all connections."""
        with self._watching:
            if self._watcher is not None:
                self._watcher.close()
                self._watcher = None
        self._engine.dispose()


def open_store(
    path: Path, key: bytes, busy_seconds: float = sqlcipher.BUSY_SECONDS, gives_way: bool = False
) -> SqlStore:
    """Open the main store, bringing an older schema up to date first. ``gives_way``: for the worker, which
    lets everybody else write first.

    Raises EnvironmentFault STORE-MISSING, STORE-KEY, STORE-CORRUPT, STORE-NEWER, STORE-LOCKED, STORE-FULL.
    """
    engine = make_engine(path, key, busy_seconds)
    try:
        with transaction(engine, path, writing=False) as connection:
            behind = steps_missing(connection)
        if behind:
            _upgrade(engine, path)
    except BaseException:
        engine.dispose()
        raise
    return SqlStore(engine, path, gives_way)


def create_store(path: Path, key: bytes) -> SqlStore:
    """Make a new, empty main store. Raises EnvironmentFault STORE-EXISTS where one is there."""
    sqlcipher.create(path, key).close()
    return open_store(path, key)


def _upgrade(engine: Engine, path: Path) -> None:
    from clinic_app.store.migrate import upgrade  # noqa: PLC0415 - Alembic costs a fifth of a second at every start

    with transaction(engine, path, writing=True) as connection:
        upgrade(connection)
