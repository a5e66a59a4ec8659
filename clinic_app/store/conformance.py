"""What the conformance check said of intake entries: a small encrypted file of its own, written by the
checker alone.

It is apart from the main store, so that a remark never takes its write lock, and replay, which compares an
entry's own findings, never sees it. Losing it loses nothing: everything in it can be found out again.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from clinic_app.model.entries import Finding
from clinic_app.store import sqlcipher

_TABLES = (
    "CREATE TABLE IF NOT EXISTS shape (name TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS checked (entry_id INTEGER PRIMARY KEY, findings TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS place (name TEXT PRIMARY KEY, entry_id INTEGER NOT NULL) WITHOUT ROWID",
)


class ConformanceFile:
    """Findings by entry id, shapes already seen, and how far the checker has come; made when first opened.

    Raises EnvironmentFault: STORE-KEY, STORE-CORRUPT, STORE-LOCKED, STORE-FULL, STORE-UNWRITABLE.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._connection = sqlcipher.connect(path, key) if path.exists() else sqlcipher.create(path, key)
        with self._unit():
            for statement in _TABLES:
                self._connection.execute(statement)

    def knows(self, shape: str) -> bool:
        """Whether a message of this shape has been checked."""
        return self._one("SELECT 1 FROM shape WHERE name=?", shape) is not None

    def checked(self, entry_id: int) -> bool:
        """Whether this entry has been checked."""
        return self._one("SELECT 1 FROM checked WHERE entry_id=?", entry_id) is not None

    def place(self, name: str) -> int:
        """How far a walk has come: the last entry id looked at, 0 at the beginning."""
        return self._one("SELECT entry_id FROM place WHERE name=?", name) or 0

    def keep(self, entry_id: int, shape: str, findings: Sequence[Finding]) -> None:
        """Keep what the check said of an entry."""
        text = json.dumps([[finding.code, finding.text] for finding in findings])
        with self._unit():
            self._connection.execute("INSERT OR REPLACE INTO checked VALUES (?, ?)", (entry_id, text))
            self._connection.execute("INSERT OR IGNORE INTO shape VALUES (?)", (shape,))

    def move(self, name: str, entry_id: int) -> None:
        """Remember how far a walk has come."""
        with self._unit():
            self._connection.execute("INSERT OR REPLACE INTO place VALUES (?, ?)", (name, entry_id))

    def findings(self, entry_id: int) -> Sequence[Finding]:
        """What the check said of this entry; empty where it agreed, or was not done yet."""
        text = self._one("SELECT findings FROM checked WHERE entry_id=?", entry_id)
        return _findings(str(text)) if text else []

    def all_findings(self) -> dict[int, Sequence[Finding]]:
        """What the check said, by entry id; without the entries that it agreed with."""
        with sqlcipher.faults(self._path):
            rows = self._connection.execute("SELECT entry_id, findings FROM checked WHERE findings <> '[]'")
            return {entry_id: _findings(text) for entry_id, text in rows}

    def counts(self) -> tuple[int, int]:
        """How many entries were checked, and how many of them have findings."""
        differing = self._one("SELECT count(*) FROM checked WHERE findings <> '[]'")
        return self._one("SELECT count(*) FROM checked") or 0, differing or 0

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def _one(self, sql: str, *values: object) -> int | None:
        with sqlcipher.faults(self._path):
            row = self._connection.execute(sql, values).fetchone()
        return None if row is None else row[0]

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


def _findings(text: str) -> Sequence[Finding]:
    return [Finding(code, words) for code, words in json.loads(text)]
