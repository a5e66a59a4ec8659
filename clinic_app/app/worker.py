"""The worker process: translates what landed and records it in the main store, in order, whatever happens.

It gets the keys through its pipe, waits there for nudges, and ends when the pipe does.
"""

import base64
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, Final, Protocol, TextIO, TypeVar

from clinic_app.model.entries import Finding, Hold, RawEntry, Translation
from clinic_app.model.errors import CommonGroundError, EnvironmentFault, ProgramFault, UseFault
from clinic_app.model.identity import Identifier
from clinic_app.ports.intake import IntakeReader
from clinic_app.system.locks import RoleLock

_log = logging.getLogger("commonground.worker")
PROGRAM_FAULT: Final = "PROGRAM-FAULT"
_POLL_SECONDS = 1.0
_RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
_LOCK_SECONDS = 0.010
_MOST_AT_ONCE = 64
_TEND_EVERY = 200
_REPORT_SECONDS = 0.5
_LOOKING: Final = "looking again at held entries"

T = TypeVar("T")


class Recorder(Protocol):
    """The main store as the worker needs it; each call is one short unit of work."""

    def last_id(self) -> int:
        """The greatest entry id that is recorded."""
        ...

    def record(self, batch: Sequence[tuple[RawEntry, Translation]]) -> Sequence[Identifier]:
        """Record these together; the identifiers that became known by it."""
        ...

    def reconsider(self, identifier: Identifier) -> None:
        """Look again at what waited for this identifier."""
        ...

    def catch_up(self) -> None:
        """Look again at what may have been missed by a worker that was killed between two units."""
        ...

    def tend(self) -> Sequence[Identifier]:
        """What is to be done now and then while nothing lands: follow the roster, erase what is due. The
        identifiers that became known by it.
        """
        ...

    def queue_outbound(self) -> bool:
        """Queue what goes back to the EHR after the newest changes; whether there is more to look at."""
        ...

    def close(self) -> None:
        """Release the store."""
        ...


class OpenIntake(IntakeReader, Protocol):
    """A reader that is closed at the end."""

    def close(self) -> None:
        """Release the file."""
        ...


@dataclass(frozen=True, slots=True)
class WorkerParts:
    """What a worker needs; the two openers are called again after each fault of the environment."""

    open_intake: Callable[[], OpenIntake]
    open_recorder: Callable[[], Recorder]
    translate: Callable[[RawEntry], Translation]


class Leash:
    """The pipe from the bridge, read by a thread of its own: any byte is a nudge, its end is ours.

    Attributes:
        ended: whether the bridge is gone, or wants us to end.
    """

    def __init__(self, pipe: BinaryIO) -> None:
        """``pipe`` must be unbuffered, so that nothing is locked when the process ends."""
        self.ended = False
        self._pipe = pipe
        self._nudged = threading.Event()
        threading.Thread(target=self._read, name="leash", daemon=True).start()

    def wait(self, seconds: float) -> None:
        """Until the next nudge or the end, at most so long."""
        self._nudged.wait(seconds)
        self._nudged.clear()
        if self.ended:
            self._nudged.set()

    def _read(self) -> None:
        while self._pipe.read(4096):
            self._nudged.set()
        self.ended = True
        self._nudged.set()


def standard_pipe() -> BinaryIO:
    """Standard input, unbuffered."""
    return open(0, "rb", buffering=0, closefd=False)  # noqa: SIM115 - it lives as long as the process


def read_keys(pipe: BinaryIO) -> Mapping[str, bytes]:
    """The keys from the pipe's first line. Raises UseFault USE where this was not started by a bridge."""
    try:
        keys = json.loads(pipe.readline())["keys"]
        return {name: base64.b64decode(text, validate=True) for name, text in keys.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UseFault(
            "USE", "This command is started by the bridge, not by hand", "Run `commonground bridge`."
        ) from error


def run_worker(parts: WorkerParts, lock: RoleLock, pipe: BinaryIO, reports: TextIO) -> None:
    """Work until the pipe ends. ``reports`` gets status lines in JSON: state, code, recorded."""
    worker = _Worker(parts, Leash(pipe), Reports(reports))
    try:
        worker.run(lock)
    except BrokenPipeError:
        # Nobody reads our status any more: the bridge is gone. Standard output must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), reports.fileno())


class Reports:
    """Status lines for the bridge, not more often than somebody can look."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._last: tuple[str, str] | None = None
        self._at = 0.0

    def tell(self, state: str, code: str = "", **figures: int) -> None:
        """Say the state at once where it is new, else now and then."""
        now = time.monotonic()
        if (state, code) == self._last and now - self._at < _REPORT_SECONDS:
            return
        self._last, self._at = (state, code), now
        self._out.write(json.dumps({"state": state, "code": code, **figures}) + "\n")
        self._out.flush()


class _Worker:
    def __init__(self, parts: WorkerParts, leash: Leash, reports: Reports) -> None:
        self._parts = parts
        self._leash = leash
        self._reports = reports
        self._intake: OpenIntake | None = None
        self._recorder: Recorder | None = None
        self._recorded = 0
        self._at_once = 1
        self._each = 0.0
        self._failures = 0
        self._steps = 0

    def run(self, lock: RoleLock) -> None:
        """Take the lock (a worker of a killed bridge may still be ending), then work."""
        held = False
        try:
            while not self._leash.ended:
                try:
                    if not held:
                        lock.acquire()
                        held = True
                    busy = self._step()
                except EnvironmentFault as fault:
                    self._wait_out(fault)
                    continue
                self._failures = 0
                self._reports.tell("working" if busy else "idle", recorded=self._recorded)
                if not busy:
                    self._leash.wait(_POLL_SECONDS)
        finally:
            self._close()
            lock.release()

    def _wait_out(self, fault: EnvironmentFault) -> None:
        """The store is away, locked or full: say so, wait, open anew. What landed stays in the intake."""
        _log.warning("%s", fault)
        self._close()
        self._reports.tell("waiting", fault.code, recorded=self._recorded)
        self._leash.wait(_RETRY_SECONDS[min(self._failures, len(_RETRY_SECONDS) - 1)])
        self._failures += 1

    def _step(self) -> bool:
        """Record the next few entries; whether there were any."""
        if self._intake is None or self._recorder is None:
            intake, recorder = self._open()
        else:
            intake, recorder = self._intake, self._recorder
        entries = intake.after(self._recorded, self._at_once)
        if not entries:
            return self._tend(recorder)
        batch = [(entry, self._understand(entry)) for entry in entries]
        began = time.monotonic()
        known = self._record(recorder, batch)
        self._adapt(time.monotonic() - began, len(batch))
        self._recorded = entries[-1].id
        self._look_again(recorder, known)
        self._steps += 1
        if self._steps % _TEND_EVERY == 0:  # however long the backlog is
            self._tend(recorder)
        return True

    def _tend(self, recorder: Recorder) -> bool:
        """What waits for a quiet moment; whether there is more of it to do at once."""
        known = attempt(recorder.tend)
        if isinstance(known, Exception):
            _log.error("%s: tending the roster failed", PROGRAM_FAULT, exc_info=known)
        else:
            self._look_again(recorder, known)
        return bool(_logged(recorder.queue_outbound, "queueing for the EHR"))

    def _look_again(self, recorder: Recorder, known: Sequence[Identifier]) -> None:
        for identifier in known:
            _logged(partial(recorder.reconsider, identifier), _LOOKING)

    def _open(self) -> tuple[OpenIntake, Recorder]:
        self._close()
        self._intake = self._parts.open_intake()
        self._recorder = self._parts.open_recorder()
        _logged(self._recorder.catch_up, _LOOKING)
        self._recorded = self._recorder.last_id()
        if self._intake.last_id() < self._recorded:
            raise EnvironmentFault(
                "INTAKE-BEHIND",
                "the intake is older than the main store, so new entries cannot be told from old ones",
                "Restore both from the same backup; senders are answered meanwhile.",
            )
        return self._intake, self._recorder

    def _close(self) -> None:
        with suppress(CommonGroundError):
            for part in (self._intake, self._recorder):
                if part is not None:
                    part.close()
        self._intake = self._recorder = None

    def _adapt(self, seconds: float, count: int) -> None:
        """Keep the time for which the main store's write lock is held under its bound: as many entries as
        take three quarters of it by the time that each took lately, growing one by one.
        """
        each = seconds / count
        self._each = max(each, self._each + (each - self._each) / 8) if self._each else each
        fitting = int(_LOCK_SECONDS * 0.75 / self._each) if self._each else _MOST_AT_ONCE
        self._at_once = max(1, min(fitting, self._at_once + 1, _MOST_AT_ONCE))

    def _understand(self, entry: RawEntry) -> Translation:
        result = attempt(lambda: self._parts.translate(entry))
        return result if isinstance(result, Translation) else _held_for(entry, result)

    def _record(
        self, recorder: Recorder, batch: Sequence[tuple[RawEntry, Translation]]
    ) -> Sequence[Identifier]:
        """Record together; where one entry is the trouble, alone, and that one as held."""
        result = attempt(lambda: recorder.record(batch))
        if not isinstance(result, Exception):
            return result
        if len(batch) > 1:
            return [known for pair in batch for known in self._record(recorder, [pair])]
        entry, _ = batch[0]
        held = attempt(lambda: recorder.record([(entry, _held_for(entry, result))]))
        if isinstance(held, Exception):
            # Going on would leave a gap behind the last recorded id: stop here, visibly.
            what = f"entry {entry.id} can be neither recorded nor held ({type(held).__name__})"
            raise ProgramFault("WORKER-STUCK", what, "Report this; entries wait in the intake.") from held
        return held


def attempt(work: Callable[[], T]) -> T | Exception:
    """Do it; a bug of ours must not stop the feed, so it is given back instead of raised."""
    try:
        return work()
    except EnvironmentFault:
        raise
    except Exception as error:  # noqa: BLE001 - the worker's process boundary, one of the three
        return error


def _logged(work: Callable[[], T], what: str) -> T | None:
    """Do what is no entry's own recording; a bug there is logged, and the feed goes on."""
    result = attempt(work)
    if isinstance(result, Exception):
        _log.error("%s: %s failed", PROGRAM_FAULT, what, exc_info=result)
        return None
    return result


def _held_for(entry: RawEntry, error: Exception) -> Translation:
    """Hold an entry that a bug of ours kept from being read; its kind is told, never its text (it may quote
    data).
    """
    _log.error("%s: entry %d was held", PROGRAM_FAULT, entry.id, exc_info=error)
    reason = f"A fault of this program ({type(error).__name__}) kept this entry from being read"
    hold = Hold(
        PROGRAM_FAULT, reason, "Report it; after an update, replay it with `commonground inbox replay`."
    )
    finding = Finding(PROGRAM_FAULT, type(error).__name__)
    return Translation(None, holds=(hold,), findings=(finding,))
