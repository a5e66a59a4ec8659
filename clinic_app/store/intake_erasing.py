"""Erasing bytes from the intake for good: from the table, from free pages, and from the write-ahead log.

Everybody else's messages leave it within a day (docs/decisions/023). Number, identity, digest and answer of
an entry stay, so that a duplicate stays known. The worker does this on a connection of its own, in
transactions so short that the committer, who writes otherwise alone, hardly waits.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from clinic_app.store import sqlcipher

_STEP: Final = 50
"""Entries in one transaction."""


def erase_from_intake(path: Path, key: bytes, entry_ids: Sequence[int]) -> bool:
    """Erase the bytes of these entries; whether the log was emptied too (else a reader was busy: ask again).

    Raises EnvironmentFault STORE-LOCKED, STORE-FULL …; what was erased until then stays erased.
    """
    with sqlcipher.faults(path):
        connection = sqlcipher.connect(path, key)
        try:
            for start in range(0, len(entry_ids), _STEP):
                erase(connection, entry_ids[start : start + _STEP])
            return empty_log(connection)
        finally:
            connection.close()


def erase(connection: sqlcipher.Connection, entry_ids: Sequence[int]) -> None:
    """Erase the bytes of these entries in one transaction, overwriting the pages that they lay on."""
    connection.execute("PRAGMA secure_delete=ON")
    with _transaction(connection):
        connection.executemany("UPDATE entry SET raw=NULL WHERE id=?", [(one,) for one in entry_ids])


def empty_log(connection: sqlcipher.Connection) -> bool:
    """Fold the write-ahead log, which still holds former pages, into the file and cut it to nothing; False
    where somebody reads from it.
    """
    row = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return row is not None and row[0] == 0


@contextmanager
def _transaction(connection: sqlcipher.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
