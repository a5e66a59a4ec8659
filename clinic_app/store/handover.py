"""From the loading command to the bridge, who alone writes the intake: an encrypted file of things to land.

What is in it lands whether the one who put it there still waits or not; the receipts are kept until they are
asked for. A bridge that is killed between landing and receipt lands it again, and the intake knows it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from clinic_app.model.entries import Landed, Received
from clinic_app.store import sqlcipher

_TABLES = (
    """CREATE TABLE IF NOT EXISTS waiting (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        channel TEXT NOT NULL, sender TEXT NOT NULL, control_id TEXT NOT NULL, type TEXT NOT NULL,
        received_at TEXT NOT NULL, raw BLOB NOT NULL
    )""",
    """CREATE TABLE IF NOT EXISTS receipt (
        number INTEGER PRIMARY KEY, entry_id INTEGER NOT NULL, repeated INTEGER NOT NULL
    )""",
)
_PUT = (
    "INSERT INTO waiting (channel, sender, control_id, type, received_at, raw)"
    " VALUES (?, ?, ?, ?, ?, ?) RETURNING number"
)


class HandOver:
    """One file, opened by either side; made when first opened.

    Raises EnvironmentFault: STORE-KEY, STORE-CORRUPT, STORE-LOCKED, STORE-FULL, STORE-UNWRITABLE.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._connection = sqlcipher.connect(path, key) if path.exists() else sqlcipher.create(path, key)
        with self._unit():
            for statement in _TABLES:
                self._connection.execute(statement)

    def put(self, received: Sequence[Received]) -> Sequence[int]:
        """Give these over, durably; their numbers, by which receipts are asked for."""
        numbers = []
        with self._unit():
            for one in received:
                when = one.received_at.isoformat()
                values = (one.channel, one.sender, one.control_id, one.type, when, one.raw)
                row = self._connection.execute(_PUT, values).fetchone()
                assert row is not None  # noqa: S101 - the row was inserted
                numbers.append(int(row[0]))
        return numbers

    def waiting(self, limit: int) -> Sequence[tuple[int, Received]]:
        """The next things to land, in the order in which they were given."""
        with sqlcipher.faults(self._path):
            rows = self._connection.execute(
                "SELECT number, channel, sender, control_id, type, received_at, raw FROM waiting"
                " ORDER BY number LIMIT ?",
                (limit,),
            ).fetchall()
        return [
            (number, Received(channel, sender, control_id, kind, datetime.fromisoformat(when), raw))
            for number, channel, sender, control_id, kind, when, raw in rows
        ]

    def settle(self, numbers: Sequence[int], landed: Sequence[Landed]) -> None:
        """These have landed: keep the receipts, and let go of the bytes."""
        with self._unit():
            for number, one in zip(numbers, landed, strict=True):
                values = (number, one.id, int(one.repeated))
                self._connection.execute("INSERT OR REPLACE INTO receipt VALUES (?, ?, ?)", values)
                self._connection.execute("DELETE FROM waiting WHERE number=?", (number,))

    def receipts(self, upto: int) -> dict[int, tuple[int, bool]]:
        """Entry, and whether it had landed before, by number; handed out once."""
        with self._unit():
            rows = self._connection.execute("SELECT * FROM receipt WHERE number<=?", (upto,)).fetchall()
            self._connection.execute("DELETE FROM receipt WHERE number<=?", (upto,))
        return {number: (entry_id, bool(repeated)) for number, entry_id, repeated in rows}

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    @contextmanager
    def _unit(self) -> Iterator[None]:
        with sqlcipher.faults(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
