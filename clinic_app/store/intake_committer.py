"""The intake's one writer: commits together whatever came while the last commit was on its way.

DESIGN decision 1; docs/decisions/017 says on whose thread it runs.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from clinic_app.model.entries import Landed, Received
from clinic_app.model.errors import CommonGroundError, EnvironmentFault

GROUP = 256
"""Most submissions in one transaction."""
GROUP_BYTES = 8 * 1024 * 1024
"""A transaction takes no further submission beyond so many bytes."""
_log = logging.getLogger("commonground.intake")


class Ledger(Protocol):
    """The file under the committer; used by its thread alone."""

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, durable when left. Raises EnvironmentFault or ProgramFault."""
        ...

    def land(self, received: Received) -> Landed:
        """Add one, or find the same that landed before."""
        ...

    def land_alone(self, received: Received) -> Landed:
        """The same outside of a transaction, durable on return."""
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

    def tidy(self) -> None:
        """What can be done after the answers went out; outside of a transaction, nothing of it is lost if it
        fails.
        """
        ...

    def close(self) -> None:
        """Release the file."""
        ...


def _nobody(_outcome: object) -> None:
    """Tell no one."""


@dataclass(slots=True)
class _Job:
    """One submission; ``work`` runs inside a transaction, ``then`` is given what came of it."""

    work: Callable[[Ledger], Any]
    size: int
    then: Callable[[Any], None] = _nobody
    cursor: tuple[str, str] | None = None
    single: Received | None = None  # all that ``work`` lands, where it is but one
    wanted: Callable[[], bool] = lambda: True  # a caller may have gone away before it was its turn


class IntakeCommitter:
    """Implements `clinic_app.ports.intake.IntakeWriter` and `Landing` over a ledger.

    All that it does is done on one event loop, which should have a thread of its own: commits happen there,
    between reading what came and writing the answers. Nothing is shared, so nothing is locked; the other
    threads' calls are handed over by the loop.
    """

    def __init__(
        self,
        ledger: Ledger,
        loop: asyncio.AbstractEventLoop,
        on_commit: Callable[[], None] = lambda: None,
        on_death: Callable[[], None] = lambda: None,
    ) -> None:
        """``on_commit`` is called after each commit, ``on_death`` once, if a bug ends it; both on the
        loop.
        """
        self._ledger = ledger
        self._loop = loop
        self._on_commit, self._on_death = on_commit, on_death
        self._cursors = ledger.cursors()
        self._jobs: deque[_Job] = deque()
        self._told: deque[tuple[_Job, object]] = deque()
        self._scheduled = self._closed = self._ended = False

    def land(self, received: Received, then: Callable[[Landed | CommonGroundError], None]) -> None:
        """On the loop: see `clinic_app.ports.intake.Landing.land`."""
        job = _Job(lambda ledger: ledger.land(received), len(received.raw), then, single=received)
        self._take(job)

    def commit(self) -> None:
        """On the loop: see `clinic_app.ports.intake.Landing.commit`."""
        if self._jobs:
            self._flush()

    def submit(
        self, received: Sequence[Received], cursor: tuple[str, str] | None = None
    ) -> "Future[Sequence[Landed]]":
        """Land these together; see `IntakeWriter.submit`."""
        size = sum(len(one.raw) for one in received)
        return self._hand_over(lambda ledger: [ledger.land(one) for one in received], size, cursor)

    def cursor(self, name: str) -> str:
        """The cursor's last durable value, empty where there is none."""
        return self._cursors.get(name, "")

    def trim(self, upto: int, before: datetime) -> "Future[int]":
        """Let go of the bytes of a few entries up to this id that came before this time; how many (0: no
        more).

        Ids, digests and answers stay, so that duplicates stay known. Only for entries that another file
        holds.
        """
        return self._hand_over(lambda ledger: ledger.trim(upto, before), 0)

    def close(self) -> None:
        """From another thread: commit what is queued, then stop and release the file. May be called twice."""
        if not self._ended:
            done: Future[None] = Future()
            self._loop.call_soon_threadsafe(self._end, done)
            done.result()
            self._ended = True

    def _hand_over(
        self, work: Callable[[Ledger], Any], size: int, cursor: tuple[str, str] | None = None
    ) -> "Future[Any]":
        future: Future[Any] = Future()
        job = _Job(work, size, _settling(future), cursor, wanted=future.set_running_or_notify_cancel)
        if self._ended:
            self._take(job)
        else:
            self._loop.call_soon_threadsafe(self._take, job)
        return future

    def _take(self, job: _Job) -> None:
        if self._closed:
            if job.wanted():
                job.then(_failed("the intake is closed"))
            return
        self._jobs.append(job)
        self._schedule()

    def _schedule(self) -> None:
        # Not at once: whatever else this turn of the loop reads from its connections joins the same commit.
        if self._jobs and not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._scheduled = False
        if self._commit_group():
            self._schedule()
            self._deliver()
            self._on_commit()
            self._tidy()

    def _commit_group(self) -> bool:
        """Commit the next jobs; whether there were any. A bug on the way is the committer's end."""
        group: list[_Job] = []
        finished = False
        try:
            group += self._group()
            if group:
                self._commit(group)
            finished = True
        finally:
            if not finished:
                self._die(group)
        return bool(group)

    def _group(self) -> list[_Job]:
        group: list[_Job] = []
        size = 0
        while self._jobs and len(group) < GROUP and size < GROUP_BYTES:
            job = self._jobs.popleft()
            # One whose caller has gone away is left out; afterwards it can no longer be taken back.
            if job.wanted():
                group.append(job)
                size += job.size
        return group

    def _commit(self, group: Sequence[_Job]) -> None:
        fault = self._attempt(group)
        if fault is not None and len(group) > 1:
            for job in group:
                self._commit([job])
        elif fault is not None:
            self._told.append((group[0], fault))

    def _attempt(self, group: Sequence[_Job]) -> CommonGroundError | None:
        """Commit these together; the fault where nothing of it became durable."""
        try:
            if len(group) == 1 and group[0].single is not None:
                results: list[object] = [self._ledger.land_alone(group[0].single)]
            else:
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
            self._told.append((job, landed))
        return None

    def _one(self, job: _Job) -> object:
        landed: object = job.work(self._ledger)
        if job.cursor is not None:
            self._ledger.set_cursor(*job.cursor)
        return landed

    def _deliver(self) -> None:
        """Tell everybody what became of theirs; one who fails at it keeps nobody else from being told."""
        whole = False
        try:
            while self._told:
                job, outcome = self._told.popleft()
                job.then(outcome)
            whole = True
        finally:
            if not whole:
                self._loop.call_soon(self._deliver)

    def _tidy(self) -> None:
        try:
            self._ledger.tidy()
        except CommonGroundError as fault:
            _log.warning("%s", fault)

    def _end(self, done: "Future[None]") -> None:
        try:
            while self._jobs and not self._closed:
                self._commit_group()
                self._deliver()
        finally:
            if not self._closed:
                self._closed = True
                self._ledger.close()
            done.set_result(None)

    def _die(self, group: Sequence[_Job]) -> None:
        """Only a bug leads here: nobody may wait for ever, nobody may get a positive answer."""
        self._closed = True
        told = {id(job) for job, _ in self._told}
        left = [job for job in group if id(job) not in told]
        left += [job for job in self._jobs if job.wanted()]
        self._jobs.clear()
        self._told.extend((job, _failed("the intake's writer ended")) for job in left)
        self._loop.call_soon(self._deliver)
        self._ledger.close()
        self._on_death()


def _settling(future: "Future[Any]") -> Callable[[Any], None]:
    def then(outcome: object) -> None:
        if isinstance(outcome, CommonGroundError):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)

    return then


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
