"""The drop folder: complete files only, durable before they are moved, nothing overwritten or lost."""

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bridges.mllp.unpacking import Unpacking
from clinic_app.app.drop import DONE, FAILED, Drop, run_drop
from clinic_app.model.entries import Landed, RawEntry, Received
from clinic_app.model.errors import EnvironmentFault
from clinic_app.ports.intake import IntakeWriter
from clinic_app.store.intake import IntakeFile, IntakeView, create_intake
from clinic_app.store.intake_committer import IntakeCommitter
from clinic_app.system.loop_thread import LoopThread
from tests.unit.clinic_app.app.made_home import adt

KEY = bytes(range(32))
BHS = b"BHS|^~\\&|LAB|DEMO|CG|CLINIC|2026||||B1\r"


class Clock:
    def now(self) -> datetime:
        return datetime(2026, 3, 1, tzinfo=UTC)


@dataclass
class Place:
    """A drop folder with a real intake; ``seconds`` is the time that has passed."""

    root: Path
    intake: IntakeWriter
    seconds: float = 0.0
    drop: Drop = field(init=False)

    def __post_init__(self) -> None:
        self.folder = self.root / "drop"
        self.folder.mkdir(exist_ok=True)
        self.again()

    def again(self, most: int = 10_000) -> None:
        """As after a new start of the bridge."""
        self.drop = Drop(self.folder, self.intake, Clock(), most, lambda: self.seconds)

    def leave(self, name: str, data: bytes) -> None:
        (self.folder / name).write_bytes(data)

    def pass_by(self, seconds: float = 3.0) -> None:
        """Look, let time pass, and look again."""
        self.drop.look()
        self.seconds += seconds
        self.drop.look()

    def landed(self) -> list[RawEntry]:
        view = IntakeView(self.root / "intake.db", KEY)
        found = view.after(0, 1000)
        view.close()
        return list(found)

    def names(self, folder: str = "") -> list[str]:
        where = self.folder / folder
        return sorted(one.name for one in where.iterdir() if one.is_file()) if where.exists() else []


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    create_intake(tmp_path / "intake.db", KEY)
    with LoopThread("intake", 0.0) as thread:
        committer = IntakeCommitter(IntakeFile(tmp_path / "intake.db", KEY), thread.loop)
        unpacking = Unpacking(committer)
        yield Place(tmp_path, unpacking)
        unpacking.close()
        committer.close()


def test_a_file_is_taken_when_it_has_stood_still(place: Place) -> None:
    place.leave("a.hl7", adt("A1")[:40])
    place.pass_by(1.0)
    place.leave("a.hl7", adt("A1"))
    place.pass_by(1.0)
    assert place.landed() == []
    place.pass_by(2.0)
    assert [(one.channel, one.control_id, one.raw) for one in place.landed()] == [("drop", "A1", adt("A1"))]
    assert (place.names(), place.names(DONE)) == ([], ["a.hl7"])
    assert (place.folder / DONE / "a.hl7").read_bytes() == adt("A1")
    assert (place.drop.taken, place.drop.failed) == (1, 0)


@pytest.mark.parametrize(
    "data",
    [
        adt("A1") + adt("A2"),
        (adt("A1") + adt("A2")).replace(b"\r", b"\n"),
        (adt("A1") + adt("A2")).replace(b"\r", b"\r\n"),
        b"\x0b" + adt("A1") + b"\x1c\r\x0b" + adt("A2") + b"\x1c\r",
        b"FHS|^~\\&|LAB\r" + BHS + adt("A1") + adt("A2") + b"BTS|2\rFTS|1\r",
        b"\xef\xbb\xbf\r\n" + adt("A1") + b"\r\n\r\n" + adt("A2"),
    ],
)
def test_files_of_every_form(place: Place, data: bytes) -> None:
    place.leave("many.txt", data)
    place.pass_by()
    batch, *parts = place.landed()
    assert (batch.type, batch.raw) == ("BATCH", data)
    assert [(one.control_id, one.part_of, one.type) for one in parts] == [
        ("A1", batch.id, "ADT^A28"),
        ("A2", batch.id, "ADT^A28"),
    ]
    assert place.names(DONE) == ["many.txt"]


def test_a_single_message_lands_without_its_framing(place: Place) -> None:
    place.leave("one", b"\x0b" + adt("A1") + b"\x1c\r")
    place.pass_by()
    assert [one.raw for one in place.landed()] == [adt("A1")]


def test_a_text_in_utf_16_stays_whole(place: Place) -> None:
    data = adt("A1").decode().encode("utf-16")
    place.leave("wide.hl7", data)
    place.pass_by()
    assert [(one.control_id, one.raw) for one in place.landed()] == [("A1", data)]


@pytest.mark.parametrize("name", [".a.hl7", "a.hl7.tmp", "a.hl7.PART", "a.filepart"])
def test_what_is_still_being_written_under_another_name_is_left_alone(place: Place, name: str) -> None:
    place.leave(name, adt("A1"))
    place.pass_by(600)
    assert (place.landed(), place.names()) == ([], [name])


def test_only_plain_files_are_taken(place: Place) -> None:
    (place.folder / "folder").mkdir()
    secret = place.root / "elsewhere"
    secret.write_bytes(adt("A1"))
    (place.folder / "link").symlink_to(secret)
    place.pass_by()
    assert (place.landed(), secret.exists()) == ([], True)


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"a letter", "DROP-NOT-HL7"), (adt("A1") * 90, "DROP-TOO-LARGE"), (b"", "DROP-NOT-HL7")],
)
def test_what_cannot_be_taken_is_put_aside_with_the_reason(place: Place, data: bytes, code: str) -> None:
    place.leave("x.hl7", data)
    place.pass_by()
    place.seconds += 60
    place.drop.look()
    assert place.landed() == []
    assert place.names(FAILED) == ["x.hl7", "x.hl7.txt"]
    said = (place.folder / FAILED / "x.hl7.txt").read_text()
    assert said.startswith(f"{code}: ")
    assert "kept as it is" in said
    assert (place.folder / FAILED / "x.hl7").read_bytes() == data


def test_an_empty_file_has_time_to_be_filled(place: Place) -> None:
    place.leave("x.hl7", b"")
    place.pass_by(30)
    assert place.names() == ["x.hl7"]
    place.leave("x.hl7", adt("A1"))
    place.pass_by()
    assert place.names(DONE) == ["x.hl7"]


def test_nothing_is_overwritten(place: Place) -> None:
    for control in ("A1", "A2", "A3"):
        place.leave("feed.hl7", adt(control))
        place.leave("noend", adt(control))
        place.leave("bad.hl7", control.encode())
        place.pass_by()
    assert place.names(DONE) == ["feed-2.hl7", "feed-3.hl7", "feed.hl7", "noend", "noend-2", "noend-3"]
    assert len(place.names(FAILED)) == 6
    assert (place.folder / DONE / "feed-3.hl7").read_bytes() == adt("A3")


def test_a_bridge_killed_before_the_move_takes_the_file_again_and_lands_nothing_twice(place: Place) -> None:
    data = BHS + adt("A1") + adt("A2") + b"BTS|2\r"
    place.leave("a.hl7", data)
    place.pass_by()
    before = place.landed()
    (place.folder / DONE / "a.hl7").rename(place.folder / "a.hl7")
    place.again()
    place.pass_by()
    assert place.landed() == before
    assert place.names(DONE) == ["a.hl7"]


def test_a_bridge_killed_between_the_reason_and_the_move(place: Place) -> None:
    (place.folder / FAILED).mkdir()
    (place.folder / FAILED / "x.hl7.txt").write_text("half")
    place.leave("x.hl7", b"a letter")
    place.pass_by()
    assert place.names(FAILED) == ["x.hl7", "x.hl7.txt"]
    assert (place.folder / FAILED / "x.hl7.txt").read_text().startswith("DROP-NOT-HL7")


class Full:
    """An intake without room."""

    def submit(
        self, received: Sequence[Received], cursor: tuple[str, str] | None = None
    ) -> Future[Sequence[Landed]]:
        done: Future[Sequence[Landed]] = Future()
        done.set_exception(EnvironmentFault("INTAKE-FULL", "there is no room", "Free space."))
        return done

    def cursor(self, name: str) -> str:
        return ""

    def close(self) -> None:
        """Nothing is open."""


def test_what_could_not_be_stored_stays_where_it_is(place: Place) -> None:
    place.leave("a.hl7", adt("A1"))
    full, place.intake = place.intake, Full()
    place.again()
    with pytest.raises(EnvironmentFault, match="INTAKE-FULL"):
        place.pass_by()
    assert place.names() == ["a.hl7"]
    place.intake = full
    place.again()
    place.pass_by()
    assert place.names(DONE) == ["a.hl7"]


def test_a_folder_that_is_not_there_and_files_that_cannot_be_read(place: Place, tmp_path: Path) -> None:
    gone = Drop(tmp_path / "nowhere", place.intake, Clock(), 1000, lambda: 0.0)
    with pytest.raises(EnvironmentFault, match="DROP-MISSING"):
        gone.look()
    place.leave("a.hl7", adt("A1"))
    (place.folder / DONE).write_text("no folder")
    with pytest.raises(EnvironmentFault, match="FILE-UNWRITABLE") as raised:
        place.pass_by()
    assert "a.hl7" not in str(raised.value), "the name of a file may name a person"
    if os.geteuid() != 0:
        (place.folder / "a.hl7").chmod(0)
        with pytest.raises(EnvironmentFault, match="DROP-UNREADABLE"):
            place.pass_by()


def test_the_watch_tells_what_it_did_and_what_is_wrong(place: Place) -> None:
    told: list[Mapping[str, object]] = []
    stop = asyncio.Event()

    def report(news: Mapping[str, object]) -> None:
        told.append(news)
        place.seconds += 3
        if len(told) == 2:
            place.folder.rename(place.root / "away")
        if len(told) == 3:
            stop.set()

    place.leave("a.hl7", adt("A1"))
    asyncio.run(run_drop(place.drop, report, stop, pause=0.0))
    assert told == [
        {"code": "", "taken": 0, "failed": 0},
        {"code": "", "taken": 1, "failed": 0},
        {"code": "DROP-MISSING", "taken": 1, "failed": 0},
    ]
