"""Typed adapter for sqlcipher3: opening encrypted files, and what their errors mean (the only file that
imports it).

A wrong key and a damaged first page give the same SQLite error, so each database has a small sidecar
``<db>.keycheck`` (salt and keyed digest) that tells them apart. A database is never created or replaced
because it could not be opened.
"""

import errno
import hmac
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, cast

from sqlcipher3 import dbapi2 as _driver

from clinic_app.model.errors import CommonGroundError, EnvironmentFault, ProgramFault

DRIVER: ModuleType = _driver
"""The DB-API module, for ``create_engine(module=…)``."""

KEY_BYTES = 32
BUSY_SECONDS = 5.0
"""How long a connection waits for a lock before STORE-LOCKED."""

_LABEL = b"common-ground key check 1"
_LOCKED = ("SQLITE_BUSY", "SQLITE_LOCKED")
_FULL = ("SQLITE_FULL",)
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_UNWRITABLE = ("SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_PERM")


class Cursor(Protocol):
    """The part of a DB-API cursor that we use."""

    rowcount: int
    lastrowid: int | None

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row."""
        ...

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows that are left."""
        ...

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        """The rows that are left, one by one."""
        ...


class Connection(Protocol):
    """The part of a sqlcipher3 connection that we use; transactions are begun and ended by explicit
    statements.
    """

    in_transaction: bool

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Cursor:
        """Run one statement."""
        ...

    def executemany(self, sql: str, rows: Sequence[Sequence[Any]], /) -> Cursor:
        """Run one statement for each row of parameters."""
        ...

    def commit(self) -> None:
        """End the open transaction, durably."""
        ...

    def rollback(self) -> None:
        """Undo the open transaction."""
        ...

    def interrupt(self) -> None:
        """Stop the running statement; may be called from another thread."""
        ...

    def close(self) -> None:
        """Release the file."""
        ...


def connect(path: Path, key: bytes, busy_seconds: float = BUSY_SECONDS) -> Connection:
    """Open an existing encrypted database: autocommit mode (begin by hand), WAL, synchronous FULL, foreign
    keys on.

    The connection may be handed from thread to thread, never used by two at once. Raises EnvironmentFault:
    STORE-MISSING, STORE-KEY, STORE-CORRUPT, STORE-LOCKED, STORE-FULL, STORE-UNWRITABLE, KEY-MALFORMED.
    """
    _check_key_form(key)
    if not path.is_file():
        raise EnvironmentFault(
            "STORE-MISSING",
            f"there is no database at {path.name}",
            "Check --home, or run: commonground init.",
        )
    checked = _key_agrees(path, key)
    with faults(path, key_checked=checked):
        return _open(path, key, busy_seconds)


def create(path: Path, key: bytes) -> Connection:
    """Make a new, empty encrypted database (mode 0600) with its key check, and open it.

    Raises EnvironmentFault STORE-EXISTS where a database is there already: nothing is ever overwritten.
    """
    _check_key_form(key)
    if path.exists() and path.stat().st_size:
        raise EnvironmentFault(
            "STORE-EXISTS", f"{path.name} is there already", "Use it, or choose another home."
        )
    with faults(path):
        _write_key_check(path, key)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = _open(path, key, BUSY_SECONDS)
        connection.execute(
            "PRAGMA user_version=1"
        )  # writes the first page: the file is now a database under this key
        return connection


def key_check_path(path: Path) -> Path:
    """The sidecar file that tells a wrong key from a damaged database."""
    return path.with_name(path.name + ".keycheck")


@contextmanager
def faults(path: Path, key_checked: bool = True) -> Iterator[None]:
    """Turn sqlcipher3 and operating-system errors inside the block into our faults."""
    try:
        yield
    except _driver.Error as error:
        raise fault_of(error, path, key_checked) from error
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise (_full(path) if full else _unwritable(path, error.strerror or "")) from error


def fault_of(error: BaseException, path: Path, key_checked: bool = True) -> CommonGroundError:
    """What a sqlcipher3 error means to a person; ``key_checked`` False says that the key could not be
    verified before.
    """
    name = str(getattr(error, "sqlite_errorname", ""))
    if name.startswith(_LOCKED):
        return EnvironmentFault(
            "STORE-LOCKED", f"{path.name} is busy with another program", "Wait a moment and try again."
        )
    if name.startswith(_FULL):
        return _full(path)
    if name.startswith(_DAMAGED):
        return _unreadable(path, key_checked)
    if name.startswith(_UNWRITABLE) or (isinstance(error, _driver.OperationalError) and not name):
        return _unwritable(path, name or "cannot open")
    return ProgramFault(
        "STORE-BUG", f"a database statement failed ({name or type(error).__name__})", "Report this."
    )


def _full(path: Path) -> EnvironmentFault:
    return EnvironmentFault(
        "STORE-FULL", f"there is no room left to write {path.name}", "Free disk space; work resumes."
    )


def _unwritable(path: Path, why: str) -> EnvironmentFault:
    return EnvironmentFault(
        "STORE-UNWRITABLE",
        f"{path.name} cannot be read or written ({why})",
        "Check the disk and the file's rights.",
    )


def _unreadable(path: Path, key_checked: bool) -> EnvironmentFault:
    if not key_checked:
        return EnvironmentFault(
            "STORE-KEY",
            f"{path.name} cannot be read with this key, and its key check file is missing",
            "Restore the right key; if the key is right, the file is damaged: restore the last backup.",
        )
    return EnvironmentFault(
        "STORE-CORRUPT",
        f"{path.name} is damaged; it was left as it is",
        "Keep the file, and restore the last backup beside it.",
    )


def _check_key_form(key: bytes) -> None:
    if len(key) != KEY_BYTES:
        raise EnvironmentFault(
            "KEY-MALFORMED", f"a database key has {KEY_BYTES} bytes", "Restore the key of this home."
        )


def _open(path: Path, key: bytes, busy_seconds: float) -> Connection:
    # mode=rw: opening never creates. The key comes first, as raw bytes (a passphrase costs 200 ms).
    raw = _driver.connect(
        path.absolute().as_uri() + "?mode=rw",
        uri=True,
        isolation_level=None,
        timeout=busy_seconds,
        check_same_thread=False,
    )
    connection = cast("Connection", raw)
    try:
        connection.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
        connection.execute(
            "PRAGMA cipher_log_level=NONE"
        )  # else errors of SQLCipher go to our standard error
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.execute("PRAGMA journal_mode=WAL").fetchone()
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        # What is deleted is overwritten: other people's messages leave no trace in free pages.
        connection.execute("PRAGMA secure_delete=ON").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _digest(key: bytes, salt: bytes) -> bytes:
    return hmac.digest(key, _LABEL + salt, "sha256")


def _key_agrees(path: Path, key: bytes) -> bool:
    """True: the sidecar agrees; False: there is none to ask. Raises STORE-KEY where it disagrees."""
    sidecar = key_check_path(path)
    try:
        salt_text, _, digest_text = sidecar.read_text("ascii").strip().partition(" ")
        salt, digest = bytes.fromhex(salt_text), bytes.fromhex(digest_text)
    except (OSError, ValueError):
        return False
    if not hmac.compare_digest(_digest(key, salt), digest):
        raise EnvironmentFault(
            "STORE-KEY",
            f"this key does not belong to {path.name}",
            "Use the key that was made with this home.",
        )
    return True


def _write_key_check(path: Path, key: bytes) -> None:
    salt = secrets.token_bytes(16)
    sidecar = key_check_path(path)
    with suppress(FileNotFoundError):
        sidecar.unlink()
    descriptor = os.open(sidecar, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, f"{salt.hex()} {_digest(key, salt).hex()}\n".encode("ascii"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
