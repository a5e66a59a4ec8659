"""The checker process: hl7apy's opinion of what came, at the lowest priority and never ahead of applying.

First one message of each shape (sender, type, list of segments), so that a new dialect is looked at within
seconds; all the rest when nothing new comes.
"""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final, Protocol, TextIO

from bridges.hl7.history import PREFIX
from clinic_app.app.worker import PROGRAM_FAULT, Leash, OpenIntake, Reports, attempt
from clinic_app.model.entries import BATCH, DROP, LOAD, Finding, RawEntry
from clinic_app.model.errors import EnvironmentFault
from clinic_app.system.locks import RoleLock

_NONE: Final = (BATCH, PREFIX)
"""Types of entries that are no HL7 message by themselves."""
_SHAPES: Final = "shapes"
EVERY: Final = "all"
"""Name of the walk that looks at every entry."""
_PAGE: Final = 50
_POLL_SECONDS: Final = 2.0
_RETRY_SECONDS: Final = 10.0


class Results(Protocol):
    """Where findings are kept."""

    def knows(self, shape: str) -> bool:
        """Whether a message of this shape has been checked."""
        ...

    def checked(self, entry_id: int) -> bool:
        """Whether this entry has been checked."""
        ...

    def place(self, name: str) -> int:
        """How far a walk has come."""
        ...

    def keep(self, entry_id: int, shape: str, findings: Sequence[Finding]) -> None:
        """Keep what the check said."""
        ...

    def move(self, name: str, entry_id: int) -> None:
        """Remember how far a walk has come."""
        ...

    def counts(self) -> tuple[int, int]:
        """Checked entries, and those with findings."""
        ...

    def close(self) -> None:
        """Release the file."""
        ...


@dataclass(frozen=True, slots=True)
class CheckerParts:
    """What a checker needs; ``check`` is `bridges.hl7.conformance.check`."""

    open_intake: Callable[[], OpenIntake]
    open_results: Callable[[], Results]
    check: Callable[[bytes], Sequence[Finding]]


def run_checker(parts: CheckerParts, lock: RoleLock, pipe: BinaryIO, reports: TextIO) -> None:
    """Check until the pipe ends. Status lines: state, code, checked, differing, lag (entries not looked
    at).
    """
    if sys.platform != "win32":
        os.nice(19)
    leash, told = Leash(pipe), Reports(reports)
    while not leash.ended:
        try:
            with lock:
                _check_until_end(parts, leash, told)
        except EnvironmentFault as fault:
            told.tell("waiting", fault.code)
            leash.wait(_RETRY_SECONDS)


def shape_of(entry: RawEntry) -> str:
    """Sender, type and the names of the segments in their order, repetitions once."""
    names: list[str] = []
    for line in entry.raw.replace(b"\n", b"\r").split(b"\r"):
        name = line[:3].decode("latin-1")
        if name and name not in names[-1:]:
            names.append(name)
    return "\x1f".join((entry.sender, entry.type, *names))


def _check_until_end(parts: CheckerParts, leash: Leash, told: Reports) -> None:
    intake = parts.open_intake()
    try:
        results = parts.open_results()
        try:
            checker = _Checker(intake, results, parts.check)
            while not leash.ended:
                busy = checker.new_shapes() or checker.one_more()
                checked, differing = results.counts()
                told.tell(
                    "working" if busy else "idle", checked=checked, differing=differing, lag=checker.lag()
                )
                if not busy:
                    leash.wait(_POLL_SECONDS)
        finally:
            results.close()
    finally:
        intake.close()


class _Checker:
    def __init__(
        self, intake: OpenIntake, results: Results, check: Callable[[bytes], Sequence[Finding]]
    ) -> None:
        self._intake = intake
        self._results = results
        self._check = check

    def new_shapes(self) -> bool:
        """Look at the next page of what came: check what has a new shape. Whether there was anything."""
        entries = self._intake.after(self._results.place(_SHAPES), _PAGE)
        for entry in entries:
            if is_message(entry) and not self._results.knows(shape_of(entry)):
                self._keep(entry)
        if entries:
            self._results.move(_SHAPES, entries[-1].id)
        return bool(entries)

    def one_more(self) -> bool:
        """Check the next entry that was passed over; whether there was one."""
        entries = self._intake.after(self._results.place(EVERY), 1)
        for entry in entries:
            if is_message(entry) and not self._results.checked(entry.id):
                self._keep(entry)
            self._results.move(EVERY, entry.id)
        return bool(entries)

    def lag(self) -> int:
        """How many entries the slow walk has still to look at."""
        return max(0, self._intake.last_id() - self._results.place(EVERY))

    def _keep(self, entry: RawEntry) -> None:
        said = attempt(lambda: self._check(entry.raw))
        if isinstance(said, Exception):
            # A bug in a remark must not make the checker start again and again at the same entry.
            said = [Finding(PROGRAM_FAULT, f"the check itself failed ({type(said).__name__})")]
        self._results.keep(entry.id, shape_of(entry), said)


def is_message(entry: RawEntry) -> bool:
    """Whether it is a whole HL7 message (a resource of the portal and broken frames are none)."""
    channel = entry.channel.partition(":")[0]
    return channel in ("mllp", DROP, LOAD) and bool(entry.type) and not entry.type.startswith(_NONE)
