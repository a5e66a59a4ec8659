"""Fuzzing of the frame reader, the conversation, the tokenizer, and every translator.

    python -m tests.faults.fuzz INPUTS [SEED]

Inputs that reach a branch that none reached before are kept and changed further; the branches that the kept
inputs reach together are counted by coverage.py. The same seed makes the same inputs. It prints one JSON
object; its exit status is 1 where anything was raised or took longer than a second of this process.
"""

import base64
import json
import random
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

import coverage

import bridges
from bridges.hl7.acknowledge import examine
from tests.faults.fuzz_messages import Mutator, seeds, words_of
from tests.faults.fuzz_targets import SLOWEST, converse, profiles, read_message

ROOM = Path(bridges.__file__).parent
READERS = (
    *sorted((ROOM / "hl7").glob("translate*.py")),
    *(
        ROOM / "hl7" / f"{name}.py"
        for name in (
            "acknowledge",
            "batches",
            "charsets",
            "conditions",
            "cultures",
            "datetimes",
            "escapes",
            "orders",
            "patient",
            "placed_results",
            "quantities",
            "reading",
            "susceptibilities",
            "tokenizer",
            "z_segments",
        )
    ),
    ROOM / "mllp" / "framing.py",
    ROOM / "mllp" / "session.py",
)
SLOW = 1.0
BATCH = 40
LARGEST_KEPT = 20_000
Target = Callable[[bytes], None]
Arc = tuple[str, int, int]


class Guide:
    """Which steps from line to line of the readers were ever taken."""

    def __init__(self) -> None:
        self._names = {str(file) for file in READERS}
        self._seen: set[Arc] = set()
        self._new = False

    @contextmanager
    def watching(self) -> Iterator[Callable[[], bool]]:
        """While watching, what is given tells whether anything new was reached."""
        self._new = False
        before = sys.gettrace()
        sys.settrace(self._called)
        try:
            yield lambda: self._new
        finally:
            sys.settrace(before)

    def _called(self, frame: FrameType, event: str, _: Any) -> Any:
        name = frame.f_code.co_filename
        if event != "call" or name not in self._names:
            return None
        last, seen = frame.f_lineno, self._seen

        def step(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal last
            line = frame.f_lineno if event == "line" else -frame.f_lineno
            arc = (name, last, line)
            if arc not in seen:
                seen.add(arc)
                self._new = True
            last = line
            return step

        return step


class Gauge:
    """How much of the readers was ever reached, all in all."""

    def __init__(self) -> None:
        which = [str(file) for file in READERS]
        self._coverage = coverage.Coverage(branch=True, include=which, data_file=None, config_file=False)
        self._before = 0

    @contextmanager
    def measuring(self) -> Iterator[None]:
        """While measuring, what is reached is counted."""
        self._coverage.start()
        try:
            yield
        finally:
            self._coverage.stop()

    def grew(self) -> bool:
        """Whether anything new was reached since this was asked last."""
        data = self._coverage.get_data()
        count = sum(len(data.arcs(file) or ()) for file in data.measured_files())
        grew, self._before = count > self._before, count
        return grew


@dataclass(slots=True)
class Found:
    """What one run of fuzzing found.

    Attributes:
        inputs: how many were tried. largest: bytes of the largest. kept: those that reached something new,
        by target. slowest: seconds of this process that each step took at most, while it was measured.
        faults: what was raised or took too long, and the input (base64).
    """

    inputs: int = 0
    kept: dict[str, list[bytes]] = field(default_factory=dict)
    slowest: dict[str, float] = field(default_factory=dict)
    largest: int = 0
    faults: list[dict[str, str]] = field(default_factory=list)


class Parents:
    """What is changed next: first a type of message is chosen, so that none is forgotten, then one of it."""

    def __init__(self, chance: random.Random, first: Sequence[bytes]) -> None:
        self._chance = chance
        self._by_type: dict[tuple[str, str], list[bytes]] = {}
        for raw in first:
            self.add("read_message", raw)
            self.add("converse", raw)

    def add(self, target: str, raw: bytes) -> None:
        """One more that may be changed."""
        kind = examine(raw).type[:3] if target == "read_message" else ""
        self._by_type.setdefault((target, kind), []).append(raw)

    def one(self, target: str) -> bytes:
        """One of them, the newest more often."""
        kinds = sorted(key for key in self._by_type if key[0] == target)
        kinds += [(target, "ORU")] * (4 if target == "read_message" else 0)
        there = self._by_type[self._chance.choice(kinds)]
        return self._chance.choice(there[-20:] if self._chance.random() < 0.3 else there)


def streams(messages: Mutator, chance: random.Random, parent: bytes, other: bytes) -> bytes:
    """Bytes as a connection brings them: frames, noise, and marks where they do not belong."""
    pieces = [parent]
    for _ in range(chance.randrange(1, 6)):
        marks = (
            b"\x0b",
            b"\x1c\r",
            b"\x1c",
            b"\r",
            b"\n",
            b"\x1c\n",
            b"\x0bMSH",
            b"\x0bM",
            b"\0",
            b"GET / HTTP/1.1\r\n",
        )
        framed = (b"\x0b" + messages.changed(other, parent)[:900] + b"\x1c\r", b"x" * chance.randrange(900))
        pieces.insert(chance.randrange(len(pieces) + 1), chance.choice((*marks, *framed)))
    joined = b"".join(pieces)
    at = chance.randrange(len(joined) + 1)
    return (joined[:at] + joined[at + chance.choice((0, 0, 1, 3, 50)) :])[:20_000]


@dataclass(frozen=True, slots=True)
class Aim:
    """What is done with messages and with what connections bring, and how many seconds it may take."""

    messages: Target = read_message
    streams: Target = converse
    slow: float = SLOW


def search(inputs: int, seed: int, aim: Aim = Aim()) -> Found:
    """Try so many inputs, four of five of them messages, the others connections.

    Whole batches are tried under coverage.py, which is quick; only of a batch that reached something new it
    is looked up, slowly, which of its inputs did.
    """
    chance, found, guide, gauge = random.Random(seed), Found(), Guide(), Gauge()
    first = seeds()
    mutator = Mutator(chance, words_of(READERS, profiles()), profiles())
    parents = Parents(chance, first)
    found.kept = {"read_message": [], "converse": []}
    batch = [(target, raw) for raw in (b"", *first) for target in (aim.messages, aim.streams)]
    while found.inputs < inputs:
        with gauge.measuring():
            for target, raw in batch:
                _try(target, raw, found, aim.slow)
        if gauge.grew():
            for target, raw in batch:
                if len(raw) > LARGEST_KEPT:
                    continue
                with guide.watching() as new, suppress(Exception):
                    target(raw)
                if new():
                    kind = "converse" if target is aim.streams else "read_message"
                    found.kept[kind].append(raw)
                    parents.add(kind, raw)
        batch = []
        for number in range(BATCH):
            target = aim.streams if number % 5 == 4 else aim.messages
            parent = parents.one("converse" if target is aim.streams else "read_message")
            other = chance.choice(first)
            changed = mutator.changed(parent, other)
            batch.append(
                (target, streams(mutator, chance, parent, other) if target is aim.streams else changed)
            )
    return found


def _try(target: Target, raw: bytes, found: Found, slow: float) -> None:
    found.inputs += 1
    found.largest = max(found.largest, len(raw))
    SLOWEST.clear()
    told = ""
    try:
        target(raw)
    except Exception as error:  # noqa: BLE001 - whatever is raised is what is looked for
        where = traceback.extract_tb(error.__traceback__)[-1]
        told = (
            f"{target.__name__}: {type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
        )
    for step, seconds in SLOWEST.items():
        found.slowest[step] = max(found.slowest.get(step, 0.0), seconds)
        if seconds > slow:
            told = told or f"{step}: {seconds:.2f} s for {len(raw)} bytes"
    if told:
        found.faults.append({"raised": told, "input": base64.b64encode(raw).decode()})


def branches(found: Found) -> dict[str, float]:
    """Share of the branches that the kept inputs reach, by file (percent), as coverage.py counts them.

    They are counted in a process of its own, which imports the readers while coverage.py looks on.
    """
    with TemporaryDirectory() as folder:
        inputs, data, report = (Path(folder) / name for name in ("inputs.json", "data", "report.json"))
        encoded = {
            name: [base64.b64encode(raw).decode() for raw in raws] for name, raws in found.kept.items()
        }
        inputs.write_text(json.dumps(encoded), "utf-8")
        which = ",".join(map(str, READERS))
        python = [sys.executable, "-m", "coverage"]
        run = ["run", "--rcfile=", "--branch", f"--data-file={data}", f"--include={which}"]
        subprocess.run([*python, *run, "-m", "tests.faults.fuzz", "replay", str(inputs)], check=True)
        told = ["json", "--rcfile=", "--quiet", f"--data-file={data}", "-o", str(report)]
        subprocess.run([*python, *told], check=True)
        files = json.loads(report.read_text("utf-8"))["files"]
    shares = {}
    for name, file in files.items():
        summary = file["summary"]
        share = 100 * summary["covered_branches"] / max(1, summary["num_branches"])
        shares["/".join(Path(name).parts[-2:])] = round(share, 1)
        lacking = [f"{a}->{b}" for a, b in file["missing_branches"]]
        if lacking:
            print(Path(name).name, *lacking, file=sys.stderr)
    return shares


def replay(file: Path) -> None:
    """Do with each input of a file what was done when it was found."""
    kept = json.loads(file.read_text("utf-8"))
    for name, target in (("read_message", read_message), ("converse", converse)):
        for encoded in kept[name]:
            with suppress(Exception):  # told already
                target(base64.b64decode(encoded))


def main(words: list[str]) -> int:
    """Run, and say what was found."""
    if words[0] == "replay":
        replay(Path(words[1]))
        return 0
    found = search(int(words[0]), int(words[1]) if len(words) > 1 else 20261127)
    told = {
        "inputs": found.inputs,
        "kept": {name: len(raws) for name, raws in found.kept.items()},
        "largest_bytes": found.largest,
        "slowest_seconds": {step: round(seconds, 3) for step, seconds in found.slowest.items()},
        "faults": found.faults,
        "branches": branches(found),
    }
    print(json.dumps(told, indent=1))
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
