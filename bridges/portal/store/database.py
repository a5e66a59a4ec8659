"""One connection to ``portal.db``, its schema, and units of work.

The connection is opened by the caller (SQLCipher, a key of the portal's own, WAL, synchronous FULL,
autocommit mode) and may be used from several threads: a lock lets one unit run at a time.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol

from clinic_app.model.errors import EnvironmentFault

SCHEMA_VERSION = 1
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE IF NOT EXISTS resource (
        kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, updated TEXT NOT NULL,
        patient TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, id))""",
    "CREATE UNIQUE INDEX IF NOT EXISTS resource_updated ON resource (updated)",
    "CREATE INDEX IF NOT EXISTS resource_kind ON resource (kind, updated)",
    "CREATE INDEX IF NOT EXISTS resource_patient ON resource (patient, kind, updated)",
    """CREATE TABLE IF NOT EXISTS history (
        kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, updated TEXT NOT NULL,
        body BLOB NOT NULL, PRIMARY KEY (kind, id, version))""",
    """CREATE TABLE IF NOT EXISTS identifier (
        patient TEXT NOT NULL, system TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (value, system, patient)
        ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS token (
        id INTEGER PRIMARY KEY, label TEXT NOT NULL, digest TEXT NOT NULL UNIQUE, created TEXT NOT NULL,
        revoked TEXT NOT NULL DEFAULT '')""",
    """CREATE TABLE IF NOT EXISTS invitation (
        digest TEXT PRIMARY KEY, patient TEXT NOT NULL, language TEXT NOT NULL, expires TEXT NOT NULL,
        failures INTEGER NOT NULL DEFAULT 0, used TEXT NOT NULL DEFAULT '')""",
    """CREATE TABLE IF NOT EXISTS session (
        digest TEXT PRIMARY KEY, patient TEXT NOT NULL UNIQUE, language TEXT NOT NULL, began TEXT NOT NULL,
        used TEXT NOT NULL, sent TEXT NOT NULL DEFAULT '')""",
    """CREATE TABLE IF NOT EXISTS draft (
        patient TEXT PRIMARY KEY, answers TEXT NOT NULL, updated TEXT NOT NULL)""",
)

Row = tuple[Any, ...]
Faults = Callable[[], AbstractContextManager[None]]
"""Turns the driver's errors inside its block into ours."""


class Cursor(Protocol):
    """The part of a DB-API cursor that the portal uses."""

    rowcount: int

    def fetchone(self) -> Row | None:
        """The next row."""
        ...

    def fetchall(self) -> list[Row]:
        """All rows that are left."""
        ...


class Connection(Protocol):
    """The part of a SQLCipher connection that the portal uses; units are begun and ended by statements."""

    in_transaction: bool

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Cursor:
        """Run one statement."""
        ...

    def close(self) -> None:
        """Release the file."""
        ...


class Database:
    """Units of work on one connection, one at a time."""

    def __init__(self, connection: Connection, faults: Faults = nullcontext) -> None:
        """Check or make the schema; raises EnvironmentFault STORE-NEWER for a file of a later program."""
        self._connection = connection
        self._faults = faults
        self._lock = threading.RLock()
        with self.unit() as run:
            for statement in _SCHEMA:
                run(statement)
            run("INSERT OR IGNORE INTO meta VALUES ('schema', ?)", (str(SCHEMA_VERSION),))
            found = run("SELECT value FROM meta WHERE name='schema'").fetchone()
        if found is None or int(found[0]) > SCHEMA_VERSION:
            raise EnvironmentFault(
                "STORE-NEWER",
                "portal.db was made by a newer version",
                "Install that version, or a later one.",
            )

    @contextmanager
    def unit(self) -> Iterator[Callable[..., Cursor]]:
        """A unit of work that writes: all or nothing. Yields the function that runs a statement."""
        with self._transaction("BEGIN IMMEDIATE") as run:
            yield run

    @contextmanager
    def view(self) -> Iterator[Callable[..., Cursor]]:
        """One consistent view. Yields the function that runs a statement."""
        with self._transaction("BEGIN") as run:
            yield run

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Callable[..., Cursor]]:
        with self._lock, self._faults():
            self._connection.execute(begin)
            try:
                yield self._connection.execute
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._connection.close()
