"""A power cut at any moment: what was acknowledged is there, once, and the intake goes on."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from bridges.mllp.client import Client
from clinic_app.model.entries import Received
from clinic_app.model.errors import CommonGroundError
from clinic_app.store.intake import IntakeFile, IntakeView, create_intake
from clinic_app.store.sqlcipher import key_check_path
from clinic_app.system.clock import SystemClock
from clinic_app.system.paths import Home
from tests.faults.bare_bridge import KEY
from tests.faults.power import Answer, Disk, Event, Sync, Truncate, Write, cuts, escaped, events_of, lay_out
from tests.faults.rig import eventually

STRACE = shutil.which("strace")
needs_strace = pytest.mark.skipif(STRACE is None or sys.platform != "linux", reason="strace is not here")
SHORT, LONG = 120, 2500
CONNECTIONS, MESSAGES, NOISE = 4, 180, 3000


def message(control_id: str) -> bytes:
    """An ORU of nobody, with noise that packing makes little smaller."""
    noise = Random(control_id).randbytes(NOISE).hex()
    return f"MSH|^~\\&|LAB|HOSP|||20260301||ORU^R01|{control_id}|P|2.5\rNTE|1||{noise}\r".encode()


@dataclass(frozen=True, slots=True)
class Run:
    """A traced run: what happened, the files before it, and their key check."""

    events: Sequence[Event]
    begin: dict[str, bytes]
    key_check: Path


def traced(folder: Path, *words: str) -> Run:
    """Messages from several connections to a traced bridge, far more than its log holds."""
    home = Home(folder / "home")
    home.root.mkdir()
    home.run.mkdir()
    create_intake(home.intake_db, KEY)
    files = [home.intake_db, home.intake_db.with_name("intake.db-wal")]
    begin = {file.name: file.read_bytes() for file in files if file.exists()}
    trace, ready = folder / "trace", folder / "ready.json"
    watched = "trace=pwrite64,ftruncate,fsync,fdatasync,sendto"
    command = [str(STRACE), "-f", "-y", "-xx", "-s", "200000", "-e", watched, "-o", str(trace)]
    command += [sys.executable, "-m", "tests.faults.bare_bridge", str(home.root), str(ready), *words]
    process = subprocess.Popen(command)
    try:
        eventually(ready.exists)
        host, _, port = json.loads(ready.read_text())["mllp"].rpartition(":")
        senders = [threading.Thread(target=_send, args=(host, int(port), n)) for n in range(CONNECTIONS)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        last = escaped(f"MSA|AA|C{CONNECTIONS - 1}N{MESSAGES - 1}")
        eventually(lambda: last in trace.read_text("latin-1"))
    finally:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        subprocess.run(["kill", "-KILL", *children], check=False)
        process.wait(60)
    return Run(list(events_of(trace.read_text("latin-1"), files)), begin, key_check_path(home.intake_db))


def _send(host: str, port: int, number: int) -> None:
    with Client(host, port) as client:
        for n in range(MESSAGES):
            assert client.send(message(f"C{number}N{n}")).code == "AA"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return traced(tmp_path_factory.mktemp("power"))


def lost(run: Run, points: int, folder: Path) -> list[str]:
    """Control ids that were acknowledged before some cut and are not in the intake after it."""
    gone: list[str] = []
    for answered, files in cuts(run.events, run.begin, points, seed=20260301):
        lay_out(files, run.key_check, folder)
        path = folder / "intake.db"
        try:
            IntakeFile(path, KEY).close()
        except CommonGroundError:  # damaged: everything in it is gone
            gone += answered
            continue
        view = IntakeView(path, KEY)
        stored = {entry.control_id: entry.raw for entry in view.after(0, 100_000)}
        count = len(view.after(0, 100_000))
        view.close()
        assert count == len(stored), "something is there twice"
        gone += [name for name in answered if stored.get(name) != message(name)]
        _goes_on(path, sorted(stored)[:3])
    return gone


def _goes_on(path: Path, known: Sequence[str]) -> None:
    """What is there is a duplicate, what is new is taken."""
    file = IntakeFile(path, KEY)
    now = SystemClock().now()
    with file.transaction():
        for name in known:
            one = Received("mllp", "LAB|HOSP", name, "ORU^R01", now, message(name))
            assert file.land(one).repeated
        assert not file.land(Received("mllp", "LAB|HOSP", "new", "ORU^R01", now, b"MSH|new")).repeated
    file.close()


@needs_strace
def test_nothing_acknowledged_is_lost_by_a_power_cut(run: Run, tmp_path: Path) -> None:
    kinds = [type(event) for event in run.events]
    assert kinds.count(Answer) == CONNECTIONS * MESSAGES
    folded = [one for one in run.events if isinstance(one, Write) and one.file == "intake.db"]
    assert folded, "the log was folded into the file in between"
    assert lost(run, SHORT, tmp_path / "cut") == []


@needs_strace
def test_an_intake_that_does_not_sync_is_found_out(tmp_path: Path) -> None:
    forgetful = traced(tmp_path, "off")
    assert lost(forgetful, 25, tmp_path / "cut")


@needs_strace
@pytest.mark.proof
@pytest.mark.timeout(3600)
def test_power_cuts_at_thousands_of_points(run: Run, tmp_path: Path, full_proof: bool) -> None:
    points = LONG if full_proof else SHORT * 3
    gone = lost(run, points, tmp_path / "cut")
    answers = sum(isinstance(one, Answer) for one in run.events)
    print(
        f"power cut at {points} points of {len(run.events)} events, {answers} acknowledged: {len(gone)} lost"
    )
    assert gone == []


def test_what_is_synced_stays_and_what_is_not_may_be_torn() -> None:
    disk = Disk({"f": bytearray(b"old")})
    disk.take(Write("f", 0, b"new"))
    disk.take(Sync("f"))
    disk.take(Write("f", 2, bytes([1]) * 3 * 512))
    seen = {disk.after_the_cut(Random(seed))["f"] for seed in range(60)}
    assert all(one.startswith(b"ne") for one in seen)
    assert b"new" in seen
    assert max(map(len, seen)) == 2 + 3 * 512
    assert len(seen) > 5
    disk.take(Truncate("f", 1))
    disk.take(Sync("f"))
    assert disk.after_the_cut(Random(0)) == {"f": b"n"}
    disk.take(Truncate("g", 2))
    disk.take(Sync("g"))
    assert disk.after_the_cut(Random(0))["g"] == b"\0\0"


def test_a_trace_is_read() -> None:
    log, answer = escaped("/h/intake.db-wal"), "\x0bMSH\rMSA|AA|M1\r"
    trace = "\n".join(
        (
            f'7 pwrite64(5<{log}>, "\\x61\\x62", 2, 24) = 2',
            '7 pwrite64(5</other>, "\\x61", 1, 0) = 1',
            f"7 fdatasync(5<{log}>) = 0",
            f"7 ftruncate(5<{log}>, 0) = 0",
            f'7 sendto(9<socket>, "{escaped(answer)}", 9) = 9',
            "7 exited with 0",
        )
    )
    assert list(events_of(trace, [Path("/h/intake.db-wal")])) == [
        Write("intake.db-wal", 24, b"ab"),
        Sync("intake.db-wal"),
        Truncate("intake.db-wal", 0),
        Answer("M1"),
    ]
