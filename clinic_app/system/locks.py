"""One lock file per role: the operating system frees it when its holder ends, however it ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clinic_app.model.errors import EnvironmentFault
from clinic_app.system.atomic import OWNER_ONLY, unwritable
from clinic_app.system.paths import Home

if sys.platform == "win32":
    import msvcrt

    # Windows locks bytes and forbids others to read them: lock one far behind the process number.
    _FAR = 1 << 30

    def _try_lock(descriptor: int, *, wait: bool) -> bool:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(descriptor: int, *, wait: bool) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True


class RoleLock:
    """Held by the one process that plays a role on a home; a context manager.

    Attributes:
        path: the lock file; it stays after release, its lock does not.
    """

    def __init__(self, home: Home, role: str) -> None:
        """Name the home and a role such as ``bridge``; nothing is locked yet."""
        self.path = home.lock(role)
        self._role = role
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock and note this process in it.

        Raises EnvironmentFault ALREADY-RUNNING, or FILE-UNWRITABLE where the file cannot be opened.
        """
        descriptor = _open(self.path)
        if not _try_lock(descriptor, wait=False):
            os.close(descriptor)
            raise _already_running(self._role, self.holder())
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
        self._descriptor = descriptor

    def release(self) -> None:
        """Free the lock; does nothing where it is not held."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def held(self) -> bool:
        """Whether a living process, this one included, holds the lock now."""
        if not self.path.exists():
            return False
        descriptor = _open(self.path)
        try:
            return not _try_lock(descriptor, wait=False)
        finally:
            os.close(descriptor)

    def holder(self) -> int:
        """The process number of the holder; 0 where nobody has noted one."""
        try:
            text = self.path.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            return 0
        return int(text) if text.isdigit() else 0

    def __enter__(self) -> "RoleLock":
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


@contextmanager
def waiting_lock(path: Path) -> Iterator[None]:
    """Hold a lock for a short piece of work, after whoever holds it now."""
    descriptor = _open(path)
    try:
        _try_lock(descriptor, wait=True)
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, OWNER_ONLY)
    except OSError as error:
        raise unwritable(path, error) from error


def _already_running(role: str, process: int) -> EnvironmentFault:
    which = f" (process {process})" if process else ""
    return EnvironmentFault(
        "ALREADY-RUNNING",
        f"a {role} already runs on this home{which}",
        "Use the one that runs, or end it first.",
    )
