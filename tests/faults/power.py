"""A power cut, simulated: what the disk may hold at any moment of a traced run, and what must be there.

The trace says in which order the bridge wrote, synced and answered. At a cut everything synced before is on
the disk; of what was written since, any part may be, each write also torn at the borders of 512-byte
sectors. (A write that was never synced may thus be there while an earlier one is not.)
"""

import random
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
_LINE = re.compile(r"^\d+ +(?P<call>\w+)\((?P<rest>.*)$")
_WRITE = re.compile(
    r'^\d+<(?P<path>[^>]*)>, "(?P<data>[^"]*)"(?P<cut>\.\.\.)?, \d+, (?P<at>\d+)\) += (?P<done>\d+)'
)
_TRUNCATE = re.compile(r"^\d+<(?P<path>[^>]*)>, (?P<size>\d+)\) += 0")
_SYNC = re.compile(r"^\d+<(?P<path>[^>]*)>\) += 0")
_SENT = re.compile(r'^\d+<[^>]*>, "(?P<data>[^"]*)"')
_ANSWER = re.compile(rb"MSA\|AA\|(\w+)")


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes at a place of a file."""

    file: str
    at: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    """A file got another length."""

    file: str
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    """All that was written to a file is on the disk."""

    file: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A positive acknowledgement left."""

    control_id: str


Event = Write | Truncate | Sync | Answer


def events_of(trace: str, files: Sequence[Path]) -> Iterator[Event]:
    """What a trace (strace -f -y -xx) tells of these files, in order.

    All of it is done by one thread, so no call overlaps with another one that counts here.
    """
    names = {escaped(str(file)): file.name for file in files}
    for line in trace.splitlines():
        found = _LINE.match(line)
        if found is None:
            continue
        call, rest = found.group("call", "rest")
        if call == "pwrite64" and (wrote := _WRITE.match(rest)) and wrote["path"] in names:
            assert not wrote["cut"], "the trace must hold all bytes"
            yield Write(names[wrote["path"]], int(wrote["at"]), _bytes(wrote["data"])[: int(wrote["done"])])
        elif call == "ftruncate" and (cut := _TRUNCATE.match(rest)) and cut["path"] in names:
            yield Truncate(names[cut["path"]], int(cut["size"]))
        elif call in ("fsync", "fdatasync") and (synced := _SYNC.match(rest)) and synced["path"] in names:
            yield Sync(names[synced["path"]])
        elif call == "sendto" and (sent := _SENT.match(rest)):
            yield from (Answer(name.decode()) for name in _ANSWER.findall(_bytes(sent["data"])))


def escaped(text: str) -> str:
    """A text as such a trace writes it."""
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


def _bytes(written: str) -> bytes:
    return bytes.fromhex(written.replace("\\x", ""))


@dataclass
class Disk:
    """Files as they are on the disk, and what was written since and may be lost."""

    stable: dict[str, bytearray]
    pending: dict[str, list[Write | Truncate]] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Go on by one event."""
        match event:
            case Write() | Truncate():
                self.pending.setdefault(event.file, []).append(event)
            case Sync(file):
                content = self.stable.setdefault(file, bytearray())
                for one in self.pending.pop(file, []):
                    _apply(content, one)
            case _:
                pass

    def after_the_cut(self, chance: random.Random) -> dict[str, bytes]:
        """One way in which the files may look."""
        found = {name: bytearray(content) for name, content in self.stable.items()}
        for name, waiting in self.pending.items():
            content = found.setdefault(name, bytearray())
            for one in waiting:
                survived = chance.random()
                if survived < 0.4:
                    _apply(content, one)
                elif survived < 0.7 and isinstance(one, Write):
                    _tear(content, one, chance)
        return {name: bytes(content) for name, content in found.items()}


def _apply(content: bytearray, one: Write | Truncate) -> None:
    if isinstance(one, Truncate):
        del content[one.size :]
        content.extend(bytes(max(0, one.size - len(content))))
        return
    _put(content, one.at, one.data)


def _put(content: bytearray, at: int, data: bytes) -> None:
    if len(content) < at:
        content.extend(bytes(at - len(content)))
    content[at : at + len(data)] = data


def _tear(content: bytearray, one: Write, chance: random.Random) -> None:
    """Some of its sectors."""
    begin = one.at
    while begin < one.at + len(one.data):
        end = min((begin // SECTOR + 1) * SECTOR, one.at + len(one.data))
        if chance.random() < 0.5:
            _put(content, begin, one.data[begin - one.at : end - one.at])
        begin = end


def cuts(
    events: Sequence[Event], begin: dict[str, bytes], points: int, seed: int
) -> Iterator[tuple[set[str], dict[str, bytes]]]:
    """What was answered before each of so many cuts, and the files after it; cuts lie close behind answers
    and writes, wherever they came.
    """
    chance = random.Random(seed)
    chosen = sorted(chance.choices(range(len(events) + 1), k=points))
    disk, answered, done = Disk({name: bytearray(content) for name, content in begin.items()}), set[str](), 0
    for point in chosen:
        for event in events[done:point]:
            disk.take(event)
            if isinstance(event, Answer):
                answered.add(event.control_id)
        done = point
        yield set(answered), disk.after_the_cut(chance)


def lay_out(files: dict[str, bytes], beside: Path, folder: Path) -> None:
    """Put the files into an empty folder, with the key check that lies beside the first one."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    shutil.copy(beside, folder)
