"""One holder per role, and the system frees the lock of a killed one."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from clinic_app.model.errors import EnvironmentFault
from clinic_app.system.locks import RoleLock, waiting_lock
from clinic_app.system.paths import Home

HOLDER = """
import sys, time
from pathlib import Path
from clinic_app.system.locks import RoleLock
from clinic_app.system.paths import Home
RoleLock(Home(Path(sys.argv[1])), "bridge").acquire()
print("held", flush=True)
sys.stdin.read()
"""
ROOT = Path(__file__).parents[4]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home.at(tmp_path / "home")
    made.create()
    return made


def test_held_by_this_process(home: Home) -> None:
    lock = RoleLock(home, "bridge")
    assert not lock.held()
    with lock:
        assert lock.held()
        assert lock.holder() == os.getpid()
        with pytest.raises(EnvironmentFault, match=rf"ALREADY-RUNNING.*a bridge .*\(process {os.getpid()}\)"):
            RoleLock(home, "bridge").acquire()
        RoleLock(home, "portal").acquire()
    assert not lock.held()
    assert lock.holder() == 0
    lock.release()


def test_a_second_try_succeeds_after_release(home: Home) -> None:
    for _ in range(2):
        with RoleLock(home, "bridge"):
            pass


def test_a_killed_holder_leaves_no_lock(home: Home) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        lock = RoleLock(home, "bridge")
        assert lock.held()
        assert lock.holder() == other.pid
        other.kill()
        other.wait()
    assert not lock.held()
    lock.acquire()
    assert lock.holder() == os.getpid()
    lock.release()


def test_an_unreadable_note_is_no_holder(home: Home) -> None:
    home.lock("bridge").write_bytes(b"\xffx")
    assert RoleLock(home, "bridge").holder() == 0
    home.lock("bridge").write_bytes(b"-1")
    assert RoleLock(home, "bridge").holder() == 0


def test_holder_without_a_note_is_named_without_number(home: Home) -> None:
    with RoleLock(home, "bridge") as lock:
        lock.path.write_bytes(b"")
        with pytest.raises(EnvironmentFault, match="already runs on this home\\. "):
            RoleLock(home, "bridge").acquire()


def test_a_lock_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="FILE-UNWRITABLE"):
        RoleLock(Home(tmp_path / "none"), "bridge").acquire()


def test_the_waiting_lock_lets_one_in_at_a_time(tmp_path: Path) -> None:
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait()
        with waiting_lock(tmp_path / "lock"):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with waiting_lock(tmp_path / "lock"):
        inside.set()
        thread.join(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
