"""The intake's one writing thread: commits together whatever queued during the last fsync (DESIGN decision
1).
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from clinic_app.model.entries import Landed, Received
from clinic_app.model.errors import CommonGroundError, EnvironmentFault

GROUP = 256
"""Most submissions in one transaction."""
GROUP_BYTES = 8 * 1024 * 1024
"""A transaction takes no further submission beyond so many bytes."""


class Ledger(Protocol):
    """The file under the committer; used by its thread alone."""

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, durable when left. Raises EnvironmentFault or ProgramFault."""
        ...

    def land(self, received: Received) -> Landed:
        """Add one, or find the same that landed before."""
        ...

    def set_cursor(self, name: str, value: str) -> None:
        """Set a cursor."""
        ...

    def cursors(self) -> dict[str, str]:
        """All cursors."""
        ...

    def trim(self, upto: int, before: datetime) -> int:
        """Let go of bytes of some entries up to this id that came before this time; how many."""
        ...

    def close(self) -> None:
        """Release the file."""
        ...


@dataclass(slots=True)
class _Job:
    """One submission; ``work`` runs inside a transaction."""

    work: Callable[[Ledger], Any]
    size: int
    cursor: tuple[str, str] | None = None
    done: "Future[Any]" = field(default_factory=Future)


class IntakeCommitter:
    """Implements `clinic_app.ports.intake.IntakeWriter` over a ledger."""

    def __init__(
        self,
        ledger: Ledger,
        on_commit: Callable[[], None] = lambda: None,
        on_death: Callable[[], None] = lambda: None,
    ) -> None:
        """Start the thread. It calls ``on_commit`` after each commit, ``on_death`` should it end unasked."""
        self._ledger = ledger
        self._on_commit = on_commit
        self._on_death = on_death
        self._cursors = ledger.cursors()
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)
        self._thread.start()

    def submit(
        self, received: Sequence[Received], cursor: tuple[str, str] | None = None
    ) -> "Future[Sequence[Landed]]":
        """Land these together; see `IntakeWriter.submit`."""
        job = _Job(
            lambda ledger: [ledger.land(one) for one in received],
            sum(len(one.raw) for one in received),
            cursor,
        )
        return self._enqueue(job)

    def cursor(self, name: str) -> str:
        """The cursor's last durable value, empty where there is none."""
        return self._cursors.get(name, "")

    def trim(self, upto: int, before: datetime) -> "Future[int]":
        """Let go of the bytes of a few entries up to this id that came before this time; how many (0: no
        more).

        Ids, digests and answers stay, so that duplicates stay known. Only for entries that another file
        holds.
        """
        return self._enqueue(_Job(lambda ledger: ledger.trim(upto, before), 0))

    def close(self) -> None:
        """Commit what is queued, then stop and release the file. May be called twice."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _enqueue(self, job: _Job) -> "Future[Any]":
        with self._lock:
            if self._closed:
                job.done.set_exception(_failed("the intake is closed"))
            else:
                self._queue.put(job)
        return job.done

    def _run(self) -> None:
        group: list[_Job] = []
        finished = False
        try:
            for group in self._groups():
                self._commit(group)
            finished = True
        finally:
            # Only a bug leads here unfinished: nobody may wait for ever, nobody may get a positive answer.
            self._abandon(group)
            self._ledger.close()
            if not finished:
                self._on_death()

    def _groups(self) -> Iterator[list[_Job]]:
        while (job := self._queue.get()) is not None:
            group, size, last = [job], job.size, False
            while len(group) < GROUP and size < GROUP_BYTES:
                try:
                    more = self._queue.get_nowait()
                except Empty:
                    break
                if more is None:
                    last = True
                    break
                group.append(more)
                size += more.size
            # A job whose caller has gone away is left out; afterwards it can no longer be cancelled.
            if live := [job for job in group if job.done.set_running_or_notify_cancel()]:
                yield live
            if last:
                return

    def _commit(self, group: Sequence[_Job]) -> None:
        fault = self._attempt(group)
        if fault is not None and len(group) > 1:
            for job in group:
                self._commit([job])
        elif fault is not None:
            group[0].done.set_exception(fault)

    def _attempt(self, group: Sequence[_Job]) -> CommonGroundError | None:
        """Commit these together and tell their callers; the fault where nothing of it became durable."""
        try:
            with self._ledger.transaction():
                results = [self._one(job) for job in group]
        except CommonGroundError as error:
            return _translated(error)
        except (ValueError, OverflowError) as error:
            # A value that the file cannot hold, such as half a surrogate pair: its entry alone is refused.
            return _failed(f"an entry cannot be written ({type(error).__name__})")
        for job, landed in zip(group, results, strict=True):
            if job.cursor is not None:
                self._cursors[job.cursor[0]] = job.cursor[1]
            job.done.set_result(landed)
        self._on_commit()
        return None

    def _one(self, job: _Job) -> object:
        landed: object = job.work(self._ledger)
        if job.cursor is not None:
            self._ledger.set_cursor(*job.cursor)
        return landed

    def _abandon(self, group: Sequence[_Job]) -> None:
        with self._lock:
            self._closed = True
        left = list(group)
        while not self._queue.empty():
            job = self._queue.get()
            left += [job] if job is not None else []
        for job in left:
            if not job.done.done():
                job.done.set_exception(_failed("the intake's writer ended"))


def _translated(error: CommonGroundError) -> EnvironmentFault:
    if error.code == "STORE-FULL":
        return EnvironmentFault(
            "INTAKE-FULL",
            "there is no room left to store what is received; it is answered as not accepted",
            "Free disk space; senders will send again.",
        )
    return _failed(error.what)


def _failed(why: str) -> EnvironmentFault:
    return EnvironmentFault(
        "INTAKE-FAILED",
        f"something received could not be stored ({why}); it is answered as not accepted",
        "See the log and `commonground doctor`; senders will send again.",
    )
