"""Which things have landed: so that what comes again is stored once, and a control id that is used again is
seen.

All that ever landed is in the table ``identity``, but the newest entries are written there only from time
to time, many at once: a page of an index more in every commit would cost each acknowledgement a tenth. Until
then they are known in memory, and after a crash they are read from the entries themselves, which are durable.
"""

from typing import Final

from clinic_app.store import sqlcipher

Key = tuple[str, str, str]
"""Channel, sender, control id."""

INDEXED_THROUGH: Final = "indexed-through"
"""Cursor: up to this entry, all are in the table."""
BEHIND: Final = 1024
"""So many entries may be known in memory only."""

TABLE: Final = """CREATE TABLE identity (
    channel TEXT NOT NULL, sender TEXT NOT NULL, control_id TEXT NOT NULL, digest BLOB NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (channel, sender, control_id, digest)
) WITHOUT ROWID"""
FILL: Final = "INSERT INTO identity SELECT channel, sender, control_id, digest, id FROM entry"
SET_THROUGH: Final = f"INSERT OR REPLACE INTO cursor (name, value) VALUES ('{INDEXED_THROUGH}', ?)"

_THROUGH: Final = f"""
    SELECT ifnull(max(CAST(value AS INTEGER)), 0) FROM cursor WHERE name = '{INDEXED_THROUGH}'
"""
_UNINDEXED: Final = f"SELECT channel, sender, control_id, digest, id FROM entry WHERE id > ({_THROUGH})"
_SAME: Final = "SELECT id FROM identity WHERE channel=? AND sender=? AND control_id=? AND digest=?"
_ADD: Final = "INSERT INTO identity (channel, sender, control_id, digest, id) VALUES (?, ?, ?, ?, ?)"


class Identities:
    """Over the writing connection, used by its thread alone.

    What a transaction added counts at once within it, and for good only after `keep`; `forget` takes it back.
    """

    def __init__(self, connection: sqlcipher.Connection) -> None:
        self._connection = connection
        self._recent: dict[Key, dict[bytes, int]] = {}
        self._open: list[tuple[Key, bytes, int]] = []
        self._count = 0
        self._last = int(connection.execute(_THROUGH).fetchall()[0][0])
        for channel, sender, control_id, digest, entry_id in connection.execute(_UNINDEXED).fetchall():
            self.add((channel, sender, control_id), digest, entry_id)
        self.keep()

    @property
    def behind(self) -> bool:
        """Whether it is time for `write_behind`."""
        return self._count >= BEHIND

    def is_recent(self, key: Key) -> bool:
        """Whether this key is among those known in memory; if not, the table alone knows."""
        return key in self._recent

    def same(self, key: Key, digest: bytes) -> int | None:
        """The entry with this key and these bytes, None where there is none."""
        found = self._recent.get(key, {}).get(digest)
        if found is None:
            row = self._connection.execute(_SAME, (*key, digest)).fetchone()
            found = row[0] if row else None
        return found

    def add(self, key: Key, digest: bytes, entry_id: int) -> None:
        """An entry was added in the open transaction."""
        self._recent.setdefault(key, {})[digest] = entry_id
        self._open.append((key, digest, entry_id))

    def keep(self) -> None:
        """The transaction is durable."""
        self._count += len(self._open)
        # Not before: ids of what came to nothing are given again.
        self._last = max((entry_id for _, _, entry_id in self._open), default=self._last)
        self._open.clear()

    def forget(self) -> None:
        """The transaction came to nothing."""
        for key, digest, _ in self._open:
            same_key = self._recent[key]
            del same_key[digest]
            if not same_key:
                del self._recent[key]
        self._open.clear()

    def write_behind(self) -> None:
        """Add to the table what is known in memory only; inside a transaction, followed by `let_go`."""
        rows = [(*key, digest, n) for key, known in self._recent.items() for digest, n in known.items()]
        # In the order of the table, neighbours share their pages.
        self._connection.executemany(_ADD, sorted(rows))
        self._connection.execute(SET_THROUGH, (str(self._last),))

    def let_go(self) -> None:
        """What was written is durable: memory is free for the next ones."""
        self._recent.clear()
        self._count = 0
