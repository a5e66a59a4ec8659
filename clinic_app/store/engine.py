"""The SQLAlchemy engine over SQLCipher, with transactions that are really ours.

sqlcipher3 by itself begins transactions late and leaves DDL outside; so it runs in autocommit mode and a
``begin`` event issues BEGIN IMMEDIATE for units of work (the write lock from the start: no upgrade, hence no
SQLITE_BUSY in the middle) and BEGIN for snapshots.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from clinic_app.store import sqlcipher

_WRITING = "commonground_writing"
_CACHE_KIB = 16_000


def make_engine(path: Path, key: bytes, busy_seconds: float = sqlcipher.BUSY_SECONDS) -> Engine:
    """An engine whose connections open the existing encrypted file; raises when the first one is needed."""

    def connection() -> sqlcipher.Connection:
        made = sqlcipher.connect(path, key, busy_seconds)
        made.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
        return made

    engine = create_engine(
        "sqlite://",
        creator=connection,
        module=sqlcipher.DRIVER,
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=12,
    )
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def transaction(
    engine: Engine, path: Path, writing: bool, turn: AbstractContextManager[None] | None = None
) -> Iterator[Connection]:
    """One transaction: committed at the end of a writing block, rolled back otherwise; errors become our
    faults. ``turn`` is held while it begins.
    """
    try:
        with engine.connect() as connection:
            connection = connection.execution_options(**{_WRITING: writing})
            with turn or nullcontext():
                begun = connection.begin()
            with begun as ours:
                yield connection
                if not writing:
                    ours.rollback()
    except DBAPIError as error:
        raise sqlcipher.fault_of(error.orig or error, path) from error
    except sqlcipher.DRIVER.Error as error:
        raise sqlcipher.fault_of(error, path) from error


def _begin(connection: Connection) -> None:
    options: dict[str, Any] = dict(connection.get_execution_options())
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(_WRITING) else "BEGIN")
