"""The intake: the bridge's own encrypted file of raw things received, as they came, before anything else is
done.

One process writes it (through `IntakeCommitter`), the worker and `inbox list` read it. Entries whose bytes
the main store holds too may be trimmed: their id, digest and answer stay, so that a duplicate stays known
for ever.
"""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NoReturn

from clinic_app.model.entries import Landed, RawEntry, Received
from clinic_app.model.errors import EnvironmentFault
from clinic_app.store import intake_identities, sqlcipher
from clinic_app.store.intake_identities import Identities

VERSION: Final = 3
REUSED: Final = "CONTROL-ID-REUSED"
TRIMMED_THROUGH: Final = "trimmed-through"
TRIM_STEP: Final = 100
"""Entries looked at in one trimming transaction, so that no acknowledgement waits for it."""
PACKED: Final = range(200, 64 * 1024 + 1)
"""Bytes of this length are deflated: a page written costs more than packing what fills it. Larger ones are
rare, and would keep everybody's answer waiting."""

# Rows are never deleted (trimming keeps them), so ids are never used again without AUTOINCREMENT, whose own
# table would cost every commit one more page.
_FIRST: Final = (
    """CREATE TABLE IF NOT EXISTS entry (
        id INTEGER PRIMARY KEY,
        channel TEXT NOT NULL, sender TEXT NOT NULL, control_id TEXT NOT NULL, digest BLOB NOT NULL,
        type TEXT NOT NULL, received_at TEXT NOT NULL, flag TEXT NOT NULL, answer BLOB NOT NULL, raw BLOB
    )""",
    "CREATE TABLE IF NOT EXISTS cursor (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
)
_SECOND: Final = (
    "ALTER TABLE entry ADD COLUMN packed INTEGER NOT NULL DEFAULT 0",
    intake_identities.TABLE,
    intake_identities.FILL,
    f"INSERT INTO cursor SELECT '{intake_identities.INDEXED_THROUGH}', ifnull(max(id), 0) FROM entry",
    "DROP INDEX IF EXISTS entry_identity",
    "PRAGMA user_version=2",
)
"""From version 1, in which an index over the entries knew what had landed, and bytes were stored as they
are."""
_THIRD: Final = (
    # Of few entries, so the others do not carry a column for it.
    "CREATE TABLE part (entry_id INTEGER PRIMARY KEY, part_of INTEGER NOT NULL)",
    "PRAGMA user_version=3",
)
"""From version 2, which kept no messages of batches apart."""

# One statement for the usual case, a control id that the table does not know; else no row comes of it.
_LAND_NEW: Final = """
    INSERT INTO entry (channel, sender, control_id, digest, type, received_at, flag, answer, packed, raw)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10
    WHERE NOT EXISTS (SELECT 1 FROM identity WHERE channel=?1 AND sender=?2 AND control_id=?3)
"""
_LAND_ANYWAY: Final = _LAND_NEW.partition("WHERE")[0]
_ERRORS: Final[tuple[type[Exception], ...]] = (sqlcipher.DRIVER.Error, OSError)
_COLUMNS: Final = "id, channel, sender, control_id, type, received_at, raw, flag"
_PACKED_SINCE, _PARTS_SINCE = 2, 3
_PART_OF: Final = "ifnull((SELECT part_of FROM part WHERE entry_id=entry.id), 0)"


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
        with self._faults_close(), sqlcipher.faults(path):
            version = _version(self._connection, path)
            if version < VERSION:
                _upgrade(self._connection, version)
            self._identities = Identities(self._connection)
        self._transaction = _Transaction(self._connection, path, self._identities)

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing; durable (fsync of the write-ahead log) when left."""
        return self._transaction

    def land(self, received: Received) -> Landed:
        """Add one; the same channel, sender, control id and bytes get the id and answer of the first time."""
        digest = received.digest or sha256(received.raw).digest()
        key = (received.channel, received.sender, received.control_id)
        if not self._identities.is_recent(key):
            entry_id = self._insert(_LAND_NEW, key, digest, received, received.flag)
            if entry_id:
                return Landed(entry_id, received.answer, False)
        known = self._identities.same(key, digest)
        if known is not None:
            row = self._connection.execute("SELECT answer FROM entry WHERE id=?", (known,)).fetchone()
            return Landed(known, row[0] if row else b"", True)
        # The control id is known with other bytes; what has none is not taken for something known.
        flag = received.flag or (REUSED if received.control_id else "")
        return Landed(self._insert(_LAND_ANYWAY, key, digest, received, flag), received.answer, False)

    def land_alone(self, received: Received) -> Landed:
        """The same as a transaction of its own, durable on return: one statement needs no begin and end."""
        whole = False
        try:
            landed = self.land(received)
            whole = True
        except _ERRORS as error:
            with sqlcipher.faults(self._path):
                raise error
        finally:
            if whole:
                self._identities.keep()
            else:
                self._identities.forget()
        return landed

    def _insert(
        self, statement: str, key: intake_identities.Key, digest: bytes, received: Received, flag: str
    ) -> int:
        """The new entry's id, 0 where none was added."""
        packed, raw = _packed(received.raw)
        when = _text(received.received_at)
        values = (*key, digest, received.type, when, flag, received.answer, packed, raw)
        added = self._connection.execute(statement, values)
        if not added.rowcount or not added.lastrowid:
            return 0
        self._identities.add(key, digest, added.lastrowid)
        if received.part_of:
            self._connection.execute("INSERT INTO part VALUES (?, ?)", (added.lastrowid, received.part_of))
        return added.lastrowid

    def tidy(self) -> None:
        """What can be done after the answers went out, in a transaction of its own."""
        if self._identities.behind:
            with self.transaction():
                self._identities.write_behind()
            self._identities.let_go()

    def set_cursor(self, name: str, value: str) -> None:
        """Set a cursor, in the open transaction."""
        self._connection.execute(
            "INSERT INTO cursor (name, value) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value=excluded.value",
            (name, value),
        )

    def cursors(self) -> dict[str, str]:
        """All cursors that somebody set."""
        with sqlcipher.faults(self._path):
            rows = self._connection.execute("SELECT name, value FROM cursor").fetchall()
        return {name: value for name, value in rows if name != intake_identities.INDEXED_THROUGH}

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

    __slots__ = ("_connection", "_identities", "_path")

    def __init__(self, connection: sqlcipher.Connection, path: Path, identities: Identities) -> None:
        self._connection = connection
        self._path = path
        self._identities = identities

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
        durable = False
        try:
            if whole:
                self._connection.execute("COMMIT")
                durable = True
        finally:
            if durable:
                self._identities.keep()
            else:
                self._identities.forget()
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
            version = _version(self._connection, path)
            self._connection.execute("PRAGMA query_only=ON")
        # A file that no bridge has opened since an update is read as it is.
        packed = "packed" if version >= _PACKED_SINCE else "0"
        self._columns = f"{_COLUMNS}, {packed}, {_PART_OF if version >= _PARTS_SINCE else '0'}"

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
            rows = self._connection.execute(
                f"SELECT {self._columns} FROM entry WHERE {where}", values
            ).fetchall()
        return [_entry(row) for row in rows]


def _entry(row: tuple[Any, ...]) -> RawEntry:
    entry_id, channel, sender, control_id, type_, received_at, raw, flag, packed, part_of = row
    raw = zlib.decompress(raw) if packed else raw
    when = datetime.fromisoformat(received_at)
    return RawEntry(entry_id, channel, sender, control_id, type_, when, raw, flag, part_of)


def _text(when: datetime) -> str:
    """UTC with microseconds, so that the texts order as the times do."""
    return when.astimezone(UTC).isoformat(timespec="microseconds")


def _packed(raw: bytes) -> tuple[int, bytes]:
    """Whether the bytes are deflated, and what to store."""
    if len(raw) in PACKED:
        packed = zlib.compress(raw, 1)
        if len(packed) < len(raw):
            return 1, packed
    return 0, raw


def _upgrade(connection: sqlcipher.Connection, version: int) -> None:
    """To the newest version in one step: all of it or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in (*(_FIRST + _SECOND if version < _PACKED_SINCE else ()), *_THIRD):
            connection.execute(statement)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _version(connection: sqlcipher.Connection, path: Path) -> int:
    """The file's version; raises EnvironmentFault STORE-NEWER where this program is too old for it."""
    row = connection.execute("PRAGMA user_version").fetchone()
    version = int(row[0]) if row else 0
    if version > VERSION:
        raise EnvironmentFault(
            "STORE-NEWER",
            f"{path.name} was written by a newer version of this program",
            "Use that version, or a newer one.",
        )
    return version
