"""Whose turn it is to write: a person at a screen goes before the worker.

SQLite hands its write lock to whoever happens to ask at the right moment. A worker with a backlog asks again
at once, so a person whose access row must be committed before a patient opens can wait for seconds. So
whoever writes for a person holds the asking lock (a file beside the database) until the write lock is theirs,
and the worker first looks whether anybody asks. The file's lock falls by itself when its holder ends; it
orders the writers and is not needed for correctness.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        os.lseek(descriptor, 0, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


LOOK_SECONDS = 0.001
MOST_SECONDS = 0.5
"""The worker waits for askers at most so long: it is slowed by them, never stopped."""


class Turns:
    """The asking lock of one database.

    Attributes:
        path: the lock file.
    """

    def __init__(self, database: Path) -> None:
        """Name the database; the file is opened by each use anew."""
        self.path = database.with_name(database.name + ".turn")

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Ask while the block runs; if another person asks already, the worker waits for both."""
        descriptor = self._open()
        try:
            if descriptor is not None:
                _try_lock(descriptor)
            yield
        finally:
            if descriptor is not None:
                os.close(descriptor)

    @contextmanager
    def giving_way(
        self, pause: Callable[[float], None] = time.sleep, clock: Callable[[], float] = time.monotonic
    ) -> Iterator[None]:
        """Wait before the block until nobody asks, at most half a second."""
        until = clock() + MOST_SECONDS
        while self._somebody_asks() and clock() < until:
            pause(LOOK_SECONDS)
        yield

    def _somebody_asks(self) -> bool:
        descriptor = self._open()
        if descriptor is None:
            return False
        try:
            return not _try_lock(descriptor)
        finally:
            os.close(descriptor)

    def _open(self) -> int | None:
        """The file; None where it cannot be opened (full or read-only disk): then everybody just tries."""
        try:
            return os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            return None
