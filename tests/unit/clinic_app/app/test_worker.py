"""The worker: everything in order and once, whatever the store or a translator does."""

import io
import json
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import pytest

from clinic_app.app.worker import Leash, WorkerParts, read_keys, run_worker
from clinic_app.model.entries import RawEntry, Translation
from clinic_app.model.errors import EnvironmentFault, ProgramFault, UseFault
from clinic_app.model.identity import Identifier
from clinic_app.system.locks import RoleLock
from clinic_app.system.paths import Home

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PATIENT = Identifier("HOSP", "7")


def entry(entry_id: int, flag: str = "") -> RawEntry:
    return RawEntry(entry_id, "mllp", "LAB", str(entry_id), "ORU^R01", NOW, b"MSH|", flag)


@dataclass
class FakeIntake:
    entries: list[RawEntry] = field(default_factory=list)

    def after(self, entry_id: int, limit: int) -> Sequence[RawEntry]:
        return [one for one in self.entries if one.id > entry_id][:limit]

    def entry(self, entry_id: int) -> RawEntry | None:
        return next((one for one in self.entries if one.id == entry_id), None)

    def last_id(self) -> int:
        return max((one.id for one in self.entries), default=0)

    def close(self) -> None:
        pass


@dataclass
class FakeRecorder:
    """A main store in memory that can be told to fail."""

    recorded: list[tuple[int, str]] = field(default_factory=list)
    reconsidered: list[Identifier] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    poison: set[int] = field(default_factory=set)
    on_record: Callable[[], None] = lambda: None
    closed: int = 0
    caught_up: int = 0
    tended: int = 0
    on_tend: Callable[[], Sequence[Identifier]] = tuple
    on_queue: Callable[[], bool] = bool

    def last_id(self) -> int:
        return max((entry_id for entry_id, _ in self.recorded), default=0)

    def record(self, batch: Sequence[tuple[RawEntry, Translation]]) -> Sequence[Identifier]:
        if self.faults:
            raise self.faults.pop()
        if any(one.id in self.poison and not said.holds for one, said in batch):
            raise ValueError("a bug")
        self.recorded += [(one.id, said.holds[0].code if said.holds else "") for one, said in batch]
        self.on_record()
        return [PATIENT] if any(said.introduces for _, said in batch) else []

    def reconsider(self, identifier: Identifier) -> None:
        self.reconsidered.append(identifier)

    def catch_up(self) -> None:
        self.caught_up += 1

    def tend(self) -> Sequence[Identifier]:
        return self.on_tend()

    def queue_outbound(self) -> bool:
        return self.on_queue()

    def close(self) -> None:
        self.closed += 1


class Bench:
    """A worker in a thread, with a pipe in hand.

    Attributes:
        intake: what landed. store: the main store. reports: what the worker says of itself.
    """

    def __init__(self, home: Home) -> None:
        self.intake = FakeIntake()
        self.store = FakeRecorder()
        self.opens: list[Exception] = []
        self.reports = io.StringIO()
        self.lock = RoleLock(home, "worker")
        reading, self._writing = os.pipe()
        self._pipe: BinaryIO = os.fdopen(reading, "rb", buffering=0)
        self.translate: Callable[[RawEntry], Translation] = lambda entry: Translation(PATIENT)
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        self._thread.start()

    def nudge(self) -> None:
        os.write(self._writing, b"\n")

    def end(self) -> None:
        os.close(self._writing)
        self._thread.join(20)
        assert not self._thread.is_alive()
        self._pipe.close()

    def until(self, count: int) -> None:
        """Let it work until so many entries are recorded, then end it."""
        done = threading.Event()
        self.store.on_record = lambda: done.set() if len(self.store.recorded) >= count else None
        self.start()
        assert done.wait(20)
        self.end()

    def states(self) -> list[Mapping[str, object]]:
        return [json.loads(line) for line in self.reports.getvalue().splitlines()]

    def _run(self) -> None:
        parts = WorkerParts(lambda: self.intake, self._open, lambda entry: self.translate(entry))
        run_worker(parts, self.lock, self._pipe, self.reports)

    def _open(self) -> FakeRecorder:
        if self.opens:
            raise self.opens.pop()
        return self.store


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    made.run.mkdir()
    return made


@pytest.fixture(name="at")
def _at(home: Home) -> Bench:
    return Bench(home)


def test_everything_is_recorded_once_and_in_order(at: Bench) -> None:
    at.intake.entries = [entry(n) for n in range(1, 201)]
    at.until(200)
    assert at.store.recorded == [(n, "") for n in range(1, 201)]
    assert not at.lock.held()


def test_it_goes_on_after_what_is_recorded(at: Bench) -> None:
    at.store.recorded = [(1, ""), (2, "")]
    at.intake.entries = [entry(n) for n in range(1, 4)]
    at.until(3)
    assert at.store.recorded == [(1, ""), (2, ""), (3, "")]
    assert at.store.caught_up == 1


def test_a_nudge_wakes_it(at: Bench) -> None:
    done = threading.Event()
    at.store.on_record = done.set
    at.start()
    for n in range(1, 4):
        at.intake.entries.append(entry(n))
        at.nudge()
        assert done.wait(20)
        done.clear()
    at.end()
    assert [entry_id for entry_id, _ in at.store.recorded] == [1, 2, 3]


def test_who_became_known_is_reconsidered(at: Bench) -> None:
    at.translate = lambda entry: Translation(PATIENT, introduces=entry.id == 2)
    at.intake.entries = [entry(n) for n in range(1, 4)]
    at.until(3)
    assert at.store.reconsidered == [PATIENT]


def test_a_store_that_is_away_is_waited_for(at: Bench) -> None:
    at.opens = [EnvironmentFault("STORE-LOCKED", "it is busy", "Wait.")] * 2
    at.store.faults = [EnvironmentFault("STORE-FULL", "no room", "Free space.")]
    at.intake.entries = [entry(1)]
    at.until(1)
    assert at.store.recorded == [(1, "")]
    waits = [state["code"] for state in at.states() if state["state"] == "waiting"]
    assert set(waits) == {"STORE-LOCKED", "STORE-FULL"}


def test_an_intake_older_than_the_store_is_said(at: Bench) -> None:
    at.store.recorded = [(9, "")]
    at.intake.entries = [entry(1)]
    at.start()
    while not at.reports.getvalue():
        time.sleep(0.005)
    at.end()
    assert at.states()[0] == {"state": "waiting", "code": "INTAKE-BEHIND", "recorded": 9}


def test_a_translator_with_a_bug_stops_nobody(at: Bench) -> None:
    def translate(entry: RawEntry) -> Translation:
        if entry.id == 2:
            raise KeyError("what a patient's name might be")
        return Translation(PATIENT)

    at.translate = translate
    at.intake.entries = [entry(n) for n in range(1, 4)]
    at.until(3)
    assert at.store.recorded == [(1, ""), (2, "PROGRAM-FAULT"), (3, "")]


def test_an_entry_that_cannot_be_recorded_is_held_alone(at: Bench) -> None:
    at.store.poison = {5, 9}
    at.intake.entries = [entry(n) for n in range(1, 13)]
    at.until(12)
    held = [entry_id for entry_id, code in at.store.recorded if code == "PROGRAM-FAULT"]
    assert held == [5, 9]
    assert [entry_id for entry_id, _ in at.store.recorded] == list(range(1, 13))


def test_what_can_be_neither_recorded_nor_held_stops_the_worker_before_it(home: Home) -> None:
    class Stuck(FakeRecorder):
        def record(self, batch: Sequence[tuple[RawEntry, Translation]]) -> Sequence[Identifier]:
            if any(one.id == 2 for one, _ in batch):
                raise ValueError("whatever is said")
            return super().record(batch)

    store = Stuck()
    intake = FakeIntake([entry(n) for n in range(1, 4)])
    parts = WorkerParts(lambda: intake, lambda: store, lambda entry: Translation(PATIENT))
    reading, writing = os.pipe()
    pipe = os.fdopen(reading, "rb", buffering=0)
    with pytest.raises(ProgramFault, match="entry 2"):
        run_worker(parts, RoleLock(home, "worker"), pipe, io.StringIO())
    os.close(writing)
    pipe.close()
    assert store.recorded == [(1, "")]


def test_a_bug_in_looking_again_stops_nobody(at: Bench) -> None:
    def broken(identifier: Identifier) -> None:
        raise ZeroDivisionError

    at.store.reconsider = broken  # type: ignore[method-assign]
    at.translate = lambda entry: Translation(PATIENT, introduces=True)
    at.intake.entries = [entry(1), entry(2)]
    at.until(2)
    assert len(at.store.recorded) == 2


def test_while_nothing_lands_the_roster_is_tended(at: Bench) -> None:
    def tend() -> Sequence[Identifier]:
        at.store.tended += 1
        if at.store.tended == 1:
            raise ZeroDivisionError
        at.intake.entries = [entry(2)]
        return [PATIENT]

    at.store.on_tend = tend
    at.until(1)
    assert at.store.recorded == [(2, "")]
    assert set(at.store.reconsidered) == {PATIENT}


def test_what_goes_back_is_queued_while_nothing_lands_and_a_bug_in_it_stops_nobody(at: Bench) -> None:
    looks: list[int] = []

    def queue() -> bool:
        looks.append(1)
        if len(looks) == 2:
            at.intake.entries = [entry(1)]
            raise ZeroDivisionError
        return len(looks) == 1

    at.store.on_queue = queue
    at.until(1)
    assert at.store.recorded == [(1, "")]
    assert len(looks) >= 2


def test_it_waits_for_the_lock_of_a_worker_that_is_ending(at: Bench, home: Home) -> None:
    other = RoleLock(home, "worker")
    other.acquire()
    at.intake.entries = [entry(1)]
    done = threading.Event()
    at.store.on_record = done.set
    at.start()
    while "ALREADY-RUNNING" not in at.reports.getvalue():
        time.sleep(0.005)
    other.release()
    assert done.wait(20)
    at.end()


def test_keys_come_through_the_pipe() -> None:
    pipe = io.BytesIO(b'{"keys": {"main": "AAEC"}}\n\n')
    assert read_keys(pipe) == {"main": b"\x00\x01\x02"}


@pytest.mark.parametrize("line", [b"", b"\n", b"[]\n", b'{"keys": 1}\n', b'{"keys": {"main": "?"}}\n'])
def test_started_by_hand_says_so(line: bytes) -> None:
    with pytest.raises(UseFault, match="USE"):
        read_keys(io.BytesIO(line))


def test_the_leash_ends_at_once_and_stays_ended() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        leash = Leash(pipe)
        os.close(writing)
        leash.wait(20)
        leash.wait(20)
        assert leash.ended
