"""The committer: groups, culprits, callers that go away, a thread that dies."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from clinic_app.model.entries import Landed, Received
from clinic_app.model.errors import CommonGroundError, EnvironmentFault
from clinic_app.store.intake import IntakeFile, IntakeView, create_intake
from clinic_app.store.intake_committer import GROUP, IntakeCommitter
from clinic_app.system.loop_thread import LoopThread

T = TypeVar("T")
KEY = bytes(range(32))
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def received(control_id: str, raw: bytes = b"") -> Received:
    return Received("mllp", "LAB|HOSP", control_id, "ORU^R01", NOW, raw or control_id.encode(), b"AA")


FULL = EnvironmentFault("STORE-FULL", "there is no room", "Free disk space.")


@pytest.fixture
def thread() -> Iterator[LoopThread]:
    with LoopThread("intake") as made:
        yield made


@dataclass
class FakeLedger:
    """A ledger in memory whose transactions wait for a gate and fail on chosen control ids."""

    fails: dict[str, Exception] = field(default_factory=dict)
    gate: threading.Event = field(default_factory=threading.Event)
    groups: list[list[str]] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    saved: dict[str, str] = field(default_factory=dict)
    closed: bool = False
    tidied: int = 0
    untidy: bool = False
    _open: list[str] = field(default_factory=list)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._open = []
        yield
        self.gate.wait(10)
        self.groups.append(self._open)
        self.stored += self._open

    def land(self, received: Received) -> Landed:
        if received.control_id in self.fails:
            raise self.fails[received.control_id]
        self._open.append(received.control_id)
        return Landed(len(self.stored) + len(self._open), received.answer, False)

    def land_alone(self, received: Received) -> Landed:
        with self.transaction():
            return self.land(received)

    def tidy(self) -> None:
        self.tidied += 1
        if self.untidy:
            raise FULL

    def set_cursor(self, name: str, value: str) -> None:
        self.saved[name] = value

    def cursors(self) -> dict[str, str]:
        return dict(self.saved)

    def trim(self, upto: int, before: datetime) -> int:
        self._open.append(f"trim {upto}")
        return 1

    def close(self) -> None:
        self.closed = True


def test_what_queues_during_a_commit_is_committed_together(thread: LoopThread) -> None:
    ledger = FakeLedger()
    committer = IntakeCommitter(ledger, thread.loop)
    first = committer.submit([received("0")])
    while not ledger._open:  # the first commit is on its way
        time.sleep(0.005)
    others = [committer.submit([received(str(n))]) for n in range(1, 4)]
    ledger.gate.set()
    wait([first, *others], 10)
    assert ledger.groups == [["0"], ["1", "2", "3"]]
    committer.close()
    assert ledger.closed


def test_a_group_is_bounded(thread: LoopThread) -> None:
    ledger = FakeLedger()
    committer = IntakeCommitter(ledger, thread.loop)
    futures = [committer.submit([received(str(n))]) for n in range(GROUP * 2)]
    ledger.gate.set()
    wait(futures, 10)
    assert max(map(len, ledger.groups)) <= GROUP
    committer.close()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (FULL, "INTAKE-FULL"),
        (EnvironmentFault("STORE-LOCKED", "busy", "Wait."), "INTAKE-FAILED"),
        (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogate"), "INTAKE-FAILED"),
        (OverflowError(), "INTAKE-FAILED"),
    ],
)
def test_only_the_culprit_fails(thread: LoopThread, error: Exception, code: str) -> None:
    ledger = FakeLedger(fails={"2": error})
    committer = IntakeCommitter(ledger, thread.loop)
    futures = {name: committer.submit([received(name)]) for name in "0123"}
    ledger.gate.set()
    wait(futures.values(), 10)
    with pytest.raises(CommonGroundError, match=code):
        futures.pop("2").result()
    assert [futures[name].result()[0].answer for name in futures] == [b"AA"] * 3
    assert sorted(ledger.stored) == ["0", "1", "3"]
    committer.close()


def test_a_cursor_is_known_only_when_durable(thread: LoopThread) -> None:
    ledger = FakeLedger(fails={"bad": FULL}, saved={"portal": "1"})
    ledger.gate.set()
    committer = IntakeCommitter(ledger, thread.loop)
    assert (committer.cursor("portal"), committer.cursor("other")) == ("1", "")
    with pytest.raises(CommonGroundError):
        committer.submit([received("bad")], cursor=("portal", "2")).result(10)
    assert committer.cursor("portal") == "1"
    committer.submit([], cursor=("portal", "3")).result(10)
    assert committer.cursor("portal") == "3"
    committer.close()


def test_a_caller_that_goes_away_while_waiting_is_left_out(thread: LoopThread) -> None:
    ledger = FakeLedger()
    committer = IntakeCommitter(ledger, thread.loop)
    first = committer.submit([received("0")])
    while not ledger._open:
        time.sleep(0.005)
    gone = committer.submit([received("gone")])
    assert gone.cancel()
    ledger.gate.set()
    committer.submit([received("1")]).result(10)
    assert first.result(10)
    assert ledger.stored == ["0", "1"]
    committer.close()


def test_closing_commits_what_is_queued_and_then_refuses(thread: LoopThread) -> None:
    ledger = FakeLedger()
    committer = IntakeCommitter(ledger, thread.loop)
    futures = [committer.submit([received(str(n))]) for n in range(5)]
    ledger.gate.set()
    committer.close()
    committer.close()
    assert all(future.done() for future in futures)
    assert sorted(ledger.stored) == ["0", "1", "2", "3", "4"]
    with pytest.raises(CommonGroundError, match="INTAKE-FAILED"):
        committer.submit([received("late")]).result(10)


def test_trimming_goes_through_the_same_thread(thread: LoopThread) -> None:
    ledger = FakeLedger()
    ledger.gate.set()
    committer = IntakeCommitter(ledger, thread.loop)
    assert committer.trim(7, NOW).result(10) == 1
    assert ledger.stored == ["trim 7"]
    committer.close()


def test_a_bug_fails_everybody_who_waits_and_is_told(thread: LoopThread) -> None:
    ledger = FakeLedger(fails={"bug": ZeroDivisionError()})
    died = threading.Event()
    committer = IntakeCommitter(ledger, thread.loop, on_death=died.set)
    futures = [committer.submit([received("0")])]
    while not ledger._open:
        time.sleep(0.005)
    futures += [committer.submit([received(name)]) for name in ("1", "bug")]
    ledger.gate.set()
    assert died.wait(10)
    assert futures[0].result(10)
    for future in futures[1:]:
        with pytest.raises(CommonGroundError, match="INTAKE-FAILED"):
            future.result(10)
    with pytest.raises(CommonGroundError):
        committer.submit([received("late")]).result(10)
    committer.close()
    assert ledger.closed


def on_loop(thread: LoopThread, work: Callable[[], T]) -> T:
    async def there() -> T:
        return work()

    return thread.run(there()).result(10)


def test_what_one_turn_of_the_loop_brings_is_committed_together(thread: LoopThread) -> None:
    ledger = FakeLedger()
    ledger.gate.set()
    committer = IntakeCommitter(ledger, thread.loop)
    told: list[object] = []

    def two_and_one() -> None:
        committer.land(received("1"), told.append)
        committer.land(received("2"), told.append)

    on_loop(thread, two_and_one)
    committer.submit([received("3")]).result(10)
    assert ledger.groups == [["1", "2"], ["3"]]
    assert told == [Landed(1, b"AA", False), Landed(2, b"AA", False)]
    assert ledger.tidied == 2
    committer.close()


def test_who_knows_that_nobody_else_comes_has_it_committed_at_once(thread: LoopThread) -> None:
    ledger = FakeLedger(untidy=True)  # what is left for later may fail: nobody's answer depends on it
    ledger.gate.set()
    committer = IntakeCommitter(ledger, thread.loop)
    told: list[object] = []

    def one_by_one() -> list[int]:
        seen = []
        for name in ("1", "2"):
            committer.land(received(name), told.append)
            committer.commit()
            seen.append(len(told))
        committer.commit()
        return seen

    assert on_loop(thread, one_by_one) == [1, 2]
    assert ledger.groups == [["1"], ["2"]]
    committer.close()


def test_one_who_fails_at_hearing_it_keeps_nobody_else_from_being_told(thread: LoopThread) -> None:
    ledger = FakeLedger()
    ledger.gate.set()
    committer = IntakeCommitter(ledger, thread.loop)
    told: list[object] = []
    faults: list[object] = []

    def deaf(_outcome: object) -> None:
        raise ZeroDivisionError

    def both() -> None:
        thread.loop.set_exception_handler(lambda _, context: faults.append(context["exception"]))
        committer.land(received("1"), deaf)
        committer.land(received("2"), told.append)

    on_loop(thread, both)
    committer.close()
    assert on_loop(thread, lambda: list(told)) == [Landed(2, b"AA", False)]
    assert isinstance(faults[0], ZeroDivisionError)


def test_over_the_real_file_from_many_threads(thread: LoopThread, tmp_path: Path) -> None:
    path = tmp_path / "intake.db"
    create_intake(path, KEY)
    committer = IntakeCommitter(IntakeFile(path, KEY), thread.loop)
    ids: list[int] = []

    def send(base: int) -> None:
        for n in range(20):
            ids.append(committer.submit([received(f"{base + n}")]).result(30)[0].id)

    threads = [threading.Thread(target=send, args=(base,)) for base in (0, 100, 200, 200)]
    for sending in threads:
        sending.start()
    for sending in threads:
        sending.join()
    committer.submit([], cursor=("portal", "9")).result(10)
    committer.close()
    assert len(ids) == 80
    assert len(set(ids)) == 60  # two of the threads sent the same
    view = IntakeView(path, KEY)
    assert view.last_id() == 60
    view.close()
    again = IntakeCommitter(IntakeFile(path, KEY), thread.loop)
    assert again.cursor("portal") == "9"
    again.close()
