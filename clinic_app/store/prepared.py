"""Statements of the worker's hot path, compiled once.

SQLAlchemy spends about a tenth of a millisecond on building and looking up one statement, and a third of that
on its result; recording an entry takes a dozen of them. A prepared statement is written with `bindparam` like
any other, compiled once per dialect, and then sent to the driver's cursor as text with its parameters in
order, within the connection's transaction. Errors are the driver's own (`engine.transaction` knows both).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.sql.elements import ClauseElement


class Prepared:
    """One statement with named parameters (`bindparam`); values go to the driver as they are."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, tuple[str, ...], Mapping[str, Any]]] = {}

    def run(self, connection: Connection, **values: Any) -> CursorResult[*tuple[Any, ...]]:
        """Execute once; the rows know their columns' names."""
        sql, names, constants = self._form(connection)
        return connection.exec_driver_sql(sql, self._ordered(names, {**constants, **values}))

    def rows(self, connection: Connection, **values: Any) -> list[tuple[Any, ...]]:
        """Execute once; plain rows, none for a statement that gives none."""
        sql, names, constants = self._form(connection)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(sql, self._ordered(names, {**constants, **values}))
            return list(cursor.fetchall()) if cursor.description else []
        finally:
            cursor.close()

    def value(self, connection: Connection, **values: Any) -> Any:
        """Execute once; the first column of the first row, None where there is no row."""
        rows = self.rows(connection, **values)
        return rows[0][0] if rows else None

    def write_many(
        self, connection: Connection, names: Sequence[str], rows: Sequence[tuple[Any, ...]]
    ) -> int:
        """Execute once per row, whose values stand in the order of ``names``; how many rows were written."""
        sql, wanted, _ = self._form(connection)
        assert tuple(names) == wanted  # noqa: S101 - else values would stand under other columns
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(sql, rows)
            return int(cursor.rowcount)
        finally:
            cursor.close()

    def _ordered(self, names: Sequence[str], values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple([values[name] for name in names])

    def _form(self, connection: Connection) -> tuple[str, tuple[str, ...], Mapping[str, Any]]:
        dialect = connection.dialect
        form = self._compiled.get(dialect.name)
        if form is None:
            assert isinstance(self._statement, ClauseElement)  # noqa: S101 - for the type checker
            compiled: Any = self._statement.compile(dialect=dialect)
            constants = {name: value for name, value in compiled.params.items() if value is not None}
            form = self._compiled[dialect.name] = (str(compiled), tuple(compiled.positiontup), constants)
        return form
