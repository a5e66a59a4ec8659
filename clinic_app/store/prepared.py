"""Statements of the worker's hot path, compiled once.

SQLAlchemy spends about a tenth of a millisecond on building and looking up one statement; recording an entry
takes a dozen of them. A prepared statement is written with `bindparam` like any other, compiled once per
dialect, and then sent to the driver as text with its parameters in order.
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
        """Execute once."""
        sql, names, constants = self._form(connection)
        return connection.exec_driver_sql(sql, self._ordered(names, {**constants, **values}))

    def run_many(
        self, connection: Connection, rows: Sequence[Mapping[str, Any]]
    ) -> CursorResult[*tuple[Any, ...]]:
        """Execute once per row; ``rowcount`` is the sum."""
        sql, names, _ = self._form(connection)
        return connection.exec_driver_sql(sql, [self._ordered(names, row) for row in rows])

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
