"""The intake: the bridge's own encrypted file of raw things received, as they came, before anything else is
done.

One process writes it (through `IntakeCommitter`), the worker and `inbox list` read it. Entries whose bytes
the main store holds too may be trimmed: their id, digest and answer stay, so that a duplicate stays known
for ever.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NoReturn

from clinic_app.model.entries import Landed, RawEntry, Received
from clinic_app.model.errors import EnvironmentFault
from clinic_app.store import sqlcipher

VERSION: Final = 1
REUSED: Final = "CONTROL-ID-REUSED"
TRIMMED_THROUGH: Final = "trimmed-through"
LOG_PAGES: Final = 4000
"""Pages (4 KiB) that the write-ahead log may hold before it is folded into the file."""
TRIM_STEP: Final = 100
"""Entries looked at in one trimming transaction, so that no acknowledgement waits for it."""

# Rows are never deleted (trimming keeps them), so ids are never used again without AUTOINCREMENT, whose own
# table
# would cost every commit one more page.
_TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS entry (
        id INTEGER PRIMARY KEY,
        channel TEXT NOT NULL, sender TEXT NOT NULL, control_id TEXT NOT NULL, digest BLOB NOT NULL,
        type TEXT NOT NULL, received_at TEXT NOT NULL, flag TEXT NOT NULL, answer BLOB NOT NULL, raw BLOB
    )""",
    "CREATE UNIQUE INDEX IF NOT EXISTS entry_identity ON entry (channel, sender, control_id, digest)",
    "CREATE TABLE IF NOT EXISTS cursor (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
)
# One statement for the usual case: new, or the control id known with other bytes (flagged), or the very same
# (no row).
_LAND: Final = f"""
    INSERT INTO entry (channel, sender, control_id, digest, type, received_at, flag, answer, raw)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6,
        CASE WHEN ?7 = '' AND ?3 <> '' AND EXISTS
            (SELECT 1 FROM entry WHERE channel=?1 AND sender=?2 AND control_id=?3)
        THEN '{REUSED}' ELSE ?7 END, ?8, ?9)
    ON CONFLICT (channel, sender, control_id, digest) DO NOTHING
"""
_KNOWN: Final = "SELECT id, answer FROM entry WHERE channel=? AND sender=? AND control_id=? AND digest=?"
_ERRORS: Final[tuple[type[Exception], ...]] = (sqlcipher.DRIVER.Error, OSError)
_COLUMNS: Final = "id, channel, sender, control_id, type, received_at, raw, flag"


def create_intake(path: Path, key: bytes) -> None:
    """Make a new, empty intake file with its key check. Raises EnvironmentFault STORE-EXISTS, STORE-FULL …"""
    connection = sqlcipher.create(path, key)
    connection.close()
    IntakeFile(path, key).close()


class IntakeFile:
    """The writing side, used by the committer's thread alone; implements `intake_committer.Ledger`.

    Raises EnvironmentFault on opening: STORE-MISSING, STORE-KEY, STORE-CORRUPT, STORE-NEWER, STORE-LOCKED.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._connection = sqlcipher.connect(path, key)
        self._transaction = _Transaction(self._connection, path)
        with self._faults_close():
            _refuse_newer(self._connection, path)
            with self.transaction():
                for statement in _TABLES:
                    self._connection.execute(statement)
            # Folding the log in (two more fsyncs) then takes a quarter of its usual share of the commits.
            self._connection.execute(f"PRAGMA wal_autocheckpoint={LOG_PAGES}")

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing; durable (fsync of the write-ahead log) when left."""
        return self._transaction

    def land(self, received: Received) -> Landed:
        """Add one; the same channel, sender, control id and bytes get the id and answer of the first time."""
        digest = sha256(received.raw).digest()
        identity = (received.channel, received.sender, received.control_id, digest)
        when = _text(received.received_at)
        values = (*identity, received.type, when, received.flag, received.answer, received.raw)
        added = self._connection.execute(_LAND, values)
        if added.rowcount and added.lastrowid:
            return Landed(added.lastrowid, received.answer, False)
        known = self._connection.execute(_KNOWN, identity).fetchone()
        assert known is not None  # noqa: S101 - the conflict was with it, in this transaction
        return Landed(known[0], known[1], True)

    def set_cursor(self, name: str, value: str) -> None:
        """Set a cursor, in the open transaction."""
        self._connection.execute(
            "INSERT INTO cursor (name, value) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value=excluded.value",
            (name, value),
        )

    def cursors(self) -> dict[str, str]:
        """All cursors."""
        with sqlcipher.faults(self._path):
            return dict(self._connection.execute("SELECT name, value FROM cursor").fetchall())

    def trim(self, upto: int, before: datetime) -> int:
        """Let go of the bytes of the next few entries up to ``upto`` that came before ``before``; how
        many.
        """
        start = int(self.cursors().get(TRIMMED_THROUGH, "0"))
        rows = self._connection.execute(
            "SELECT id, received_at FROM entry WHERE id > ? AND id <= ? ORDER BY id LIMIT ?",
            (start, upto, TRIM_STEP),
        ).fetchall()
        limit = _text(before)
        # Ids follow the time of arrival closely; the first one that is too young ends the step.
        old = []
        for entry_id, received_at in rows:
            if received_at >= limit:
                break
            old.append(entry_id)
        if old:
            self._connection.execute("UPDATE entry SET raw=NULL WHERE id BETWEEN ? AND ?", (old[0], old[-1]))
            self.set_cursor(TRIMMED_THROUGH, str(old[-1]))
        return len(old)

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    @contextmanager
    def _faults_close(self) -> Iterator[None]:
        done = False
        try:
            yield
            done = True
        finally:
            if not done:
                self._connection.close()


class _Transaction:
    """`IntakeFile.transaction`: every acknowledgement passes here, so it is written out.

    Two generators around each commit, one for the faults and one for the transaction, cost a tenth of it.
    """

    __slots__ = ("_connection", "_path")

    def __init__(self, connection: sqlcipher.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def __enter__(self) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except _ERRORS as error:
            self._tell(error)

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        try:
            self._end(whole=error is None)
        except _ERRORS as fault:
            self._tell(fault)
        if isinstance(error, _ERRORS):
            self._tell(error)

    def _end(self, whole: bool) -> None:
        try:
            if whole:
                self._connection.execute("COMMIT")
        finally:
            # SQLite has rolled back by itself after some errors, such as a full disk.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _tell(self, error: Exception) -> NoReturn:
        with sqlcipher.faults(self._path):
            raise error


class IntakeView:
    """Reads the intake from any process; implements `clinic_app.ports.intake.IntakeReader`.

    Each call is a short read of its own, so that it never keeps the writer's log from being folded in.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._connection = sqlcipher.connect(path, key)
        with sqlcipher.faults(path):
            _refuse_newer(self._connection, path)
            self._connection.execute("PRAGMA query_only=ON")

    def after(self, entry_id: int, limit: int) -> Sequence[RawEntry]:
        """Entries with greater ids, in order of id; trimmed ones are left out."""
        return self._entries("id > ? AND raw IS NOT NULL ORDER BY id LIMIT ?", entry_id, limit)

    def entry(self, entry_id: int) -> RawEntry | None:
        """One entry with its bytes; None where it is unknown or trimmed."""
        found = self._entries("id = ? AND raw IS NOT NULL", entry_id)
        return found[0] if found else None

    def last_id(self) -> int:
        """The greatest id landed, 0 where the intake is empty."""
        with sqlcipher.faults(self._path):
            row = self._connection.execute("SELECT max(id) FROM entry").fetchone()
        return int(row[0]) if row and row[0] is not None else 0

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def _entries(self, where: str, *values: int) -> Sequence[RawEntry]:
        with sqlcipher.faults(self._path):
            rows = self._connection.execute(f"SELECT {_COLUMNS} FROM entry WHERE {where}", values).fetchall()
        return [_entry(row) for row in rows]


def _entry(row: tuple[Any, ...]) -> RawEntry:
    entry_id, channel, sender, control_id, type_, received_at, raw, flag = row
    return RawEntry(
        entry_id, channel, sender, control_id, type_, datetime.fromisoformat(received_at), raw, flag
    )


def _text(when: datetime) -> str:
    """UTC with microseconds, so that the texts order as the times do."""
    return when.astimezone(UTC).isoformat(timespec="microseconds")


def _refuse_newer(connection: sqlcipher.Connection, path: Path) -> None:
    row = connection.execute("PRAGMA user_version").fetchone()
    if row is not None and row[0] > VERSION:
        raise EnvironmentFault(
            "STORE-NEWER",
            f"{path.name} was written by a newer version of this program",
            "Use that version, or a newer one.",
        )
