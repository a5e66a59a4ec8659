"""A frame of several messages lands whole, and each message by itself, before anything is answered."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue

import pytest

from bridges.hl7.acknowledge import Accepts
from bridges.mllp.unpacking import AT_ONCE, Unpacking
from clinic_app.model.entries import BATCH, Landed, Received
from clinic_app.model.errors import CommonGroundError, EnvironmentFault, ProgramFault
from clinic_app.store.intake import IntakeFile, IntakeView, create_intake
from clinic_app.store.intake_committer import IntakeCommitter
from clinic_app.system.loop_thread import LoopThread

KEY = bytes(range(32))
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
BHS, BTS = b"BHS|^~\\&|LAB|HOSP|CG|CLINIC|2026||||B1\r", b"BTS|2\r"


def msh(control_id: str) -> bytes:
    return f"MSH|^~\\&|LAB|HOSP|CG|CLINIC|2026||ORU^R01|{control_id}|P|2.5\rPID|1||7\r".encode()


def frame(raw: bytes) -> Received:
    return Received("mllp", "LAB|HOSP", "A1", "ORU^R01", NOW, raw, b"the first message's answer")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    create_intake(tmp_path / "intake.db", KEY)
    return tmp_path / "intake.db"


@pytest.fixture
def thread() -> Iterator[LoopThread]:
    with LoopThread("intake", 0.0) as made:
        yield made


@pytest.fixture
def committer(path: Path, thread: LoopThread) -> Iterator[IntakeCommitter]:
    made = IntakeCommitter(IntakeFile(path, KEY), thread.loop)
    yield made
    made.close()


@pytest.fixture
def unpacking(committer: IntakeCommitter) -> Iterator[Unpacking]:
    made = Unpacking(committer)
    yield made
    made.close()


def stored(path: Path) -> list[tuple[int, str, str, int]]:
    view = IntakeView(path, KEY)
    found = [(one.id, one.type, one.control_id, one.part_of) for one in view.after(0, 1000)]
    view.close()
    return found


def test_frame_and_messages_are_entries_and_the_answer_is_the_frames(
    unpacking: Unpacking, path: Path
) -> None:
    raw = BHS + msh("A1") + msh("A2") + BTS
    landed = unpacking.submit((frame(raw),)).result()
    assert landed[0].answer.startswith(b"BHS|^~\\&|CG|CLINIC|LAB|HOSP")
    assert stored(path) == [(1, BATCH, "batch B1", 0), (2, "ORU^R01", "A1", 1), (3, "ORU^R01", "A2", 1)]
    view = IntakeView(path, KEY)
    assert [one.raw for one in view.after(0, 9)] == [raw, msh("A1"), msh("A2")]
    assert view.entry(3) == view.after(2, 1)[0]
    view.close()


def test_the_same_frame_again_adds_nothing_and_is_answered_alike(unpacking: Unpacking, path: Path) -> None:
    raw = BHS + msh("A1") + msh("A2") + BTS
    first, second = (unpacking.submit((frame(raw),)).result()[0] for _ in range(2))
    assert (second.id, second.answer, second.repeated) == (first.id, first.answer, True)
    assert len(stored(path)) == 3


def test_without_an_envelope_the_first_message_is_answered(unpacking: Unpacking, path: Path) -> None:
    landed = unpacking.submit((frame(msh("A1") + msh("A2")),)).result()
    assert landed[0].answer == b"the first message's answer"
    assert stored(path)[0] == (1, BATCH, "", 0)


def test_a_message_that_came_in_a_batch_is_known_when_it_comes_alone(unpacking: Unpacking) -> None:
    unpacking.submit((frame(msh("A1") + msh("A2")),)).result()
    alone = replace(frame(msh("A2")), control_id="A2", answer=b"")
    landed = unpacking.submit((alone,)).result()[0]
    assert (landed.id, landed.repeated) == (3, True)
    assert b"MSA|AA|A2" in landed.answer  # whoever sends it again is answered


def test_what_a_killed_bridge_left_out_is_added(
    unpacking: Unpacking, committer: IntakeCommitter, path: Path
) -> None:
    raw = BHS + msh("A1") + msh("A2") + BTS
    full = Unpacking(_Full(committer))
    with pytest.raises(EnvironmentFault):
        full.submit((frame(raw),)).result()
    full.close()
    assert len(stored(path)) == 1
    unpacking.submit((frame(raw),)).result()
    assert [one[3] for one in stored(path)] == [0, 1, 1]


def test_a_large_batch_lands_in_small_transactions(committer: IntakeCommitter, path: Path) -> None:
    counting = _Full(committer, room=9)
    large = Unpacking(counting)
    messages = [msh(f"A{number}") for number in range(AT_ONCE + 1)]
    large.submit((frame(b"".join(messages)),)).result()
    large.close()
    assert counting.sizes == [1, AT_ONCE, 1]
    assert len(stored(path)) == len(messages) + 1


def landed_by(unpacking: Unpacking, thread: LoopThread, received: Received) -> Landed | CommonGroundError:
    """What the listener, on the intake's loop, is told."""
    told: SimpleQueue[Landed | CommonGroundError] = SimpleQueue()
    thread.loop.call_soon_threadsafe(unpacking.land, received, told.put)
    thread.loop.call_soon_threadsafe(unpacking.commit)
    return told.get(timeout=20)


def test_the_listener_is_told_when_all_is_durable(
    committer: IntakeCommitter, thread: LoopThread, path: Path
) -> None:
    unpacking = Unpacking(committer, loop=thread.loop)
    alone = landed_by(unpacking, thread, replace(frame(msh("A9")), control_id="A9"))
    batch = landed_by(unpacking, thread, frame(msh("A1") + msh("A2")))
    unpacking.close()
    assert isinstance(alone, Landed)
    assert isinstance(batch, Landed)
    assert (alone.id, batch.id) == (1, 2)
    assert [one[3] for one in stored(path)] == [0, 0, 2, 2]


def test_the_listener_is_told_what_kept_a_batch_from_landing(
    committer: IntakeCommitter, thread: LoopThread, caplog: pytest.LogCaptureFixture
) -> None:
    full = Unpacking(_Full(committer), loop=thread.loop)
    told = landed_by(full, thread, frame(msh("A1") + msh("A2")))
    full.close()
    assert isinstance(told, EnvironmentFault)
    assert told.code == "INTAKE-FULL"

    def bug(_channel: str) -> Accepts:
        raise ZeroDivisionError

    broken = Unpacking(committer, bug, thread.loop)
    told = landed_by(broken, thread, frame(msh("A1") + msh("A2")))
    broken.close()
    assert isinstance(told, ProgramFault)
    assert "PROGRAM-FAULT" in caplog.text


def test_everything_else_is_handed_on(unpacking: Unpacking, path: Path) -> None:
    broken = replace(frame(msh("A1") + msh("A2")), flag="FRAME-UNFINISHED")
    unpacking.submit((broken,)).result()
    unpacking.submit((frame(msh("A3")), frame(msh("A4") + msh("A5"))), ("place", "7")).result()
    assert len(stored(path)) == 3
    assert unpacking.cursor("place") == "7"


class _Full:
    """An intake with room for so many submissions."""

    def __init__(self, inner: IntakeCommitter, room: int = 1) -> None:
        self._inner = inner
        self._room = room
        self.sizes: list[int] = []

    def submit(
        self, received: Sequence[Received], cursor: tuple[str, str] | None = None
    ) -> Future[Sequence[Landed]]:
        if len(self.sizes) == self._room:
            raise EnvironmentFault("INTAKE-FULL", "full", "Free space.")
        self.sizes.append(len(received))
        return self._inner.submit(received, cursor)

    def land(self, received: Received, then: Callable[[Landed | CommonGroundError], None]) -> None:
        self._inner.land(received, then)

    def commit(self) -> None:
        self._inner.commit()

    def cursor(self, name: str) -> str:
        return self._inner.cursor(name)

    def close(self) -> None:
        """Nothing of its own."""
