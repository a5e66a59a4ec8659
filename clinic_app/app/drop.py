"""Files that are left for the bridge: taken when they are complete, landed in the intake, then moved away.

A file goes to ``done`` once everything in it is durable, or to ``failed`` beside a text that says why. It is
never deleted or overwritten. A bridge that is killed at any point finds the file where it was, and what had
landed is known to the intake. File names may name people, so none is logged.
"""

import asyncio
import logging
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bridges.hl7.acknowledge import examine
from bridges.hl7.batches import split
from clinic_app.model.entries import DROP, Received
from clinic_app.model.errors import CommonGroundError, EnvironmentFault
from clinic_app.ports.clock import Clock
from clinic_app.ports.intake import IntakeWriter
from clinic_app.system.atomic import unwritable, write_atomically

DONE, FAILED = "done", "failed"
UNFINISHED: Final = (".tmp", ".part", ".partial", ".filepart", ".crdownload")
"""Endings under which programs write a file before they rename it."""
SETTLED_SECONDS: Final = 2.0
"""A file is complete when its size and time have stood so long."""
EMPTY_SECONDS: Final = 60.0
"""An empty file may only just have been begun."""
_LOOK_SECONDS: Final = 1.0
_log = logging.getLogger("commonground.drop")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file was not taken: stable code, what is wrong, what to do."""

    code: str
    what: str
    mend: str

    def text(self) -> bytes:
        """What is written beside the file."""
        return f"{self.code}: {self.what}. The file was kept as it is. {self.mend}\n".encode()


NOT_HL7 = Refusal(
    "DROP-NOT-HL7",
    "there is no HL7 message in it (no segment that begins with MSH and its delimiters)",
    "Export HL7 v2 messages, and leave the file in the drop folder again.",
)
TOO_LARGE = Refusal(
    "DROP-TOO-LARGE",
    "it is larger than bridge.max_message_bytes in commonground.toml",
    "Raise that setting, or divide the file between two messages; then leave it in the drop folder again.",
)


@dataclass(slots=True)
class _Seen:
    size: int
    written: int
    since: float


@dataclass(slots=True)
class Drop:
    """One folder.

    Attributes:
        folder: where files are left. intake: where they land (it cuts batches). clock: for the time of
            arrival. most: the largest file taken, in bytes. passed: seconds on any steady scale.
        taken, failed: files so far.
    """

    folder: Path
    intake: IntakeWriter
    clock: Clock
    most: int
    passed: Callable[[], float]
    taken: int = 0
    failed: int = 0
    _seen: dict[str, _Seen] = field(default_factory=dict)

    def look(self) -> None:
        """Take every file that is complete.

        Raises EnvironmentFault DROP-MISSING, DROP-UNREADABLE, FILE-UNWRITABLE, INTAKE-…; the files that are
        left are tried again at the next look.
        """
        names = set()
        for path, found in self._files():
            names.add(path.name)
            if self._settled(path.name, found):
                self._take(path, found)
        for gone in self._seen.keys() - names:
            del self._seen[gone]

    def _files(self) -> Iterator[tuple[Path, os.stat_result]]:
        try:
            with os.scandir(self.folder) as listing:
                names = sorted(one.name for one in listing)
        except OSError as error:
            raise EnvironmentFault(
                "DROP-MISSING",
                f"the drop folder cannot be read ({error.strerror or type(error).__name__})",
                "Make it, or correct bridge.drop in commonground.toml.",
            ) from error
        for name in names:
            if name.startswith(".") or name.lower().endswith(UNFINISHED):
                continue
            with suppress(FileNotFoundError):  # taken back meanwhile
                found = os.lstat(self.folder / name)
                if stat.S_ISREG(found.st_mode):
                    yield self.folder / name, found

    def _settled(self, name: str, found: os.stat_result) -> bool:
        before, now = self._seen.get(name), self.passed()
        if before is None or (before.size, before.written) != (found.st_size, found.st_mtime_ns):
            self._seen[name] = _Seen(found.st_size, found.st_mtime_ns, now)
            return False
        return now - before.since >= (SETTLED_SECONDS if found.st_size else EMPTY_SECONDS)

    def _take(self, path: Path, found: os.stat_result) -> None:
        if found.st_size > self.most:
            self._refuse(path, TOO_LARGE)
            return
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            raise EnvironmentFault(
                "DROP-UNREADABLE",
                f"a file in the drop folder cannot be read ({error.strerror or type(error).__name__})",
                "Give the account that runs the bridge the right to read and move the files in it.",
            ) from error
        if len(raw) != found.st_size:
            return  # it grew while it was read: the next look sees that
        received = whole_file(raw, DROP, self.clock)
        if received is None:
            self._refuse(path, NOT_HL7)
            return
        self.intake.submit((received,)).result()
        _move(path, self.folder / DONE)
        self.taken += 1

    def _refuse(self, path: Path, refusal: Refusal) -> None:
        folder = _made(self.folder / FAILED)
        name = _free_name(folder, path.name)
        try:
            write_atomically(folder / f"{name}.txt", refusal.text())
        except EnvironmentFault as fault:
            raise unwritable(folder, OSError()) from fault  # not by the file's name
        _move(path, folder, name)
        self.failed += 1
        _log.warning("%s: a file was not taken", refusal.code)


def whole_file(raw: bytes, channel: str, clock: Clock) -> Received | None:
    """A file as one thing received: a single message without its framing, anything more as it is (the intake
    cuts it); None where no message is in it.
    """
    batch = split(raw)
    if len(batch.messages) == 1 and not (batch.headers or batch.holds or batch.findings):
        raw = batch.messages[0]
    header = examine(raw)
    if not (batch.messages or batch.headers) and header.fault:
        return None
    sender = header.sender if header.sender.strip("|") else channel
    return Received(channel, sender, header.control_id, header.type, clock.now(), raw)


async def run_drop(
    drop: Drop,
    report: Callable[[Mapping[str, object]], None],
    stop: asyncio.Event,
    pause: float = _LOOK_SECONDS,
) -> None:
    """Look again and again until ``stop``; what goes wrong is told and tried again."""
    while not stop.is_set():
        code = ""
        try:
            await asyncio.to_thread(drop.look)
        except CommonGroundError as fault:
            _log.warning("%s", fault)
            code = fault.code
        report({"code": code, "taken": drop.taken, "failed": drop.failed})
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)


def _move(path: Path, folder: Path, name: str = "") -> None:
    """Move a file, durably, under a name that is free; one bridge alone works on a home."""
    _made(folder)
    try:
        path.rename(folder / (name or _free_name(folder, path.name)))
        _sync(folder)
        _sync(path.parent)
    except FileNotFoundError:
        return  # somebody took it back; what was in it has landed
    except OSError as error:
        raise unwritable(path.parent, error) from error


def _free_name(folder: Path, name: str) -> str:
    stem, dot, ending = name.rpartition(".") if "." in name else (name, "", "")
    tried, number = name, 1
    while os.path.lexists(folder / tried):
        number += 1
        tried = f"{stem}-{number}{dot}{ending}"
    return tried


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error
    return folder


def _sync(folder: Path) -> None:
    """Make a rename durable, where the system can: otherwise the file is found, and known, once more."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
