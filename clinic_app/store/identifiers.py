"""Identifiers and their row numbers; numbers never change, so what is committed may be remembered for
ever.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, insert, select

from clinic_app.model.identity import Identifier
from clinic_app.store.prepared import Prepared
from clinic_app.store.tables import identifier as table

_NUMBER = Prepared(
    select(table.c.id).where(table.c.authority == bindparam("authority"), table.c.value == bindparam("value"))
)


class IdentifierBook:
    """Identifier ↔ row number for one transaction, over what earlier transactions are known to have
    committed; and what one transaction need not ask twice.

    Attributes:
        persons: identifiers of one person, by any of them; a new link forgets them.
        sets: numbers of stored sets of people, by digest.
        sequences: last sequence of each writer of access rows.
    """

    def __init__(self, committed: dict[Identifier, int], connection: Connection) -> None:
        """``committed`` is shared by all transactions of a store; it only receives committed pairs."""
        self._committed = committed
        self._connection = connection
        self._new: dict[Identifier, int] = {}
        self._names: dict[int, Identifier] = {}
        self.persons: dict[Identifier, tuple[Identifier, ...]] = {}
        self.sets: dict[str, int] = {}
        self.sequences: dict[str, int] = {}

    def number(self, identifier: Identifier) -> int | None:
        """Its row number; None where it was never stored."""
        found = self._committed.get(identifier) or self._new.get(identifier)
        if found is None:
            found = _NUMBER.value(self._connection, authority=identifier.authority, value=identifier.value)
            if found is not None:
                self._new[identifier] = found
        return found

    def numbers(self, identifiers: Iterable[Identifier]) -> dict[int, Identifier]:
        """Row numbers of those that are stored, with their identifiers."""
        found = {self.number(identifier): identifier for identifier in identifiers}
        return {number: identifier for number, identifier in found.items() if number is not None}

    def ensure(self, identifier: Identifier) -> int:
        """Its row number; stored now where it was not."""
        found = self.number(identifier)
        if found is None:
            row = {"authority": identifier.authority, "value": identifier.value}
            found = int(self._connection.execute(insert(table).returning(table.c.id), row).scalar_one())
            self._new[identifier] = found
        return found

    def names(self, numbers: Iterable[int]) -> dict[int, Identifier]:
        """The identifiers of row numbers."""
        wanted = set(numbers)
        missing = wanted - self._names.keys()
        if missing:
            rows = self._connection.execute(
                select(table.c.id, table.c.authority, table.c.value).where(table.c.id.in_(sorted(missing)))
            )
            self._names.update({row.id: Identifier(row.authority, row.value) for row in rows})
        return {number: self._names[number] for number in wanted}

    def keep(self) -> None:
        """Remember what this transaction saw: to be called after its commit (or after reading)."""
        self._committed.update(self._new)
