"""The committer: groups, culprits, callers that go away, a thread that dies."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clinic_app.model.entries import Landed, Received
from clinic_app.model.errors import CommonGroundError, EnvironmentFault
from clinic_app.store.intake import IntakeFile, IntakeView, create_intake
from clinic_app.store.intake_committer import GROUP, IntakeCommitter

KEY = bytes(range(32))
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def received(control_id: str, raw: bytes = b"") -> Received:
    return Received("mllp", "LAB|HOSP", control_id, "ORU^R01", NOW, raw or control_id.encode(), b"AA")


@dataclass
class FakeLedger:
    """A ledger in memory whose transactions wait for a gate and fail on chosen control ids."""

    fails: dict[str, Exception] = field(default_factory=dict)
    gate: threading.Event = field(default_factory=threading.Event)
    groups: list[list[str]] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    saved: dict[str, str] = field(default_factory=dict)
    closed: bool = False
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

    def set_cursor(self, name: str, value: str) -> None:
        self.saved[name] = value

    def cursors(self) -> dict[str, str]:
        return dict(self.saved)

    def trim(self, upto: int, before: datetime) -> int:
        self._open.append(f"trim {upto}")
        return 1

    def close(self) -> None:
        self.closed = True


FULL = EnvironmentFault("STORE-FULL", "there is no room", "Free disk space.")


def test_what_queues_during_a_commit_is_committed_together() -> None:
    ledger = FakeLedger()
    committer = IntakeCommitter(ledger)
    first = committer.submit([received("0")])
    while not ledger._open:  # the first commit is on its way
        time.sleep(0.005)
    others = [committer.submit([received(str(n))]) for n in range(1, 4)]
    ledger.gate.set()
    wait([first, *others], 10)
    assert ledger.groups == [["0"], ["1", "2", "3"]]
    committer.close()
    assert ledger.closed


def test_a_group_is_bounded() -> None:
    ledger = FakeLedger()
    committer = IntakeCommitter(ledger)
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
def test_only_the_culprit_fails(error: Exception, code: str) -> None:
    ledger = FakeLedger(fails={"2": error})
    committer = IntakeCommitter(ledger)
    futures = {name: committer.submit([received(name)]) for name in "0123"}
    ledger.gate.set()
    wait(futures.values(), 10)
    with pytest.raises(CommonGroundError, match=code):
        futures.pop("2").result()
    assert [futures[name].result()[0].answer for name in futures] == [b"AA"] * 3
    assert sorted(ledger.stored) == ["0", "1", "3"]
    committer.close()


def test_a_cursor_is_known_only_when_durable() -> None:
    ledger = FakeLedger(fails={"bad": FULL}, saved={"portal": "1"})
    ledger.gate.set()
    committer = IntakeCommitter(ledger)
    assert (committer.cursor("portal"), committer.cursor("other")) == ("1", "")
    with pytest.raises(CommonGroundError):
        committer.submit([received("bad")], cursor=("portal", "2")).result(10)
    assert committer.cursor("portal") == "1"
    committer.submit([], cursor=("portal", "3")).result(10)
    assert committer.cursor("portal") == "3"
    committer.close()


def test_a_caller_that_goes_away_while_waiting_is_left_out() -> None:
    ledger = FakeLedger()
    committer = IntakeCommitter(ledger)
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


def test_closing_commits_what_is_queued_and_then_refuses() -> None:
    ledger = FakeLedger()
    committer = IntakeCommitter(ledger)
    futures = [committer.submit([received(str(n))]) for n in range(5)]
    ledger.gate.set()
    committer.close()
    committer.close()
    assert all(future.done() for future in futures)
    assert sorted(ledger.stored) == ["0", "1", "2", "3", "4"]
    with pytest.raises(CommonGroundError, match="INTAKE-FAILED"):
        committer.submit([received("late")]).result(10)


def test_trimming_goes_through_the_same_thread() -> None:
    ledger = FakeLedger()
    ledger.gate.set()
    committer = IntakeCommitter(ledger)
    assert committer.trim(7, NOW).result(10) == 1
    assert ledger.stored == ["trim 7"]
    committer.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_fails_everybody_who_waits_and_is_told() -> None:
    ledger = FakeLedger(fails={"bug": ZeroDivisionError()})
    died = threading.Event()
    committer = IntakeCommitter(ledger, on_death=died.set)
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


def test_over_the_real_file_from_many_threads(tmp_path: Path) -> None:
    path = tmp_path / "intake.db"
    create_intake(path, KEY)
    committer = IntakeCommitter(IntakeFile(path, KEY))
    ids: list[int] = []

    def send(base: int) -> None:
        for n in range(20):
            ids.append(committer.submit([received(f"{base + n}")]).result(30)[0].id)

    threads = [threading.Thread(target=send, args=(base,)) for base in (0, 100, 200, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    committer.submit([], cursor=("portal", "9")).result(10)
    committer.close()
    assert len(ids) == 80
    assert len(set(ids)) == 60  # two of the threads sent the same
    view = IntakeView(path, KEY)
    assert view.last_id() == 60
    view.close()
    again = IntakeCommitter(IntakeFile(path, KEY))
    assert again.cursor("portal") == "9"
    again.close()
