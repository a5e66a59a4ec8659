"""The bridge as a process: one per home, a port of its own, a clean end, and no orphan however it ends."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridges.mllp.client import Client
from tests.faults.rig import ROOT, Clinic, adt, eventually, oru


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    made = Clinic(tmp_path)
    yield made
    if made.process is not None:
        made.process.kill()
        made.process.wait()


def bridge(home: Path, port: int) -> tuple[int, str]:
    """Run a bridge that should not come up; its exit status and what it says."""
    command = [sys.executable, "-m", "clinic_app.app", "bridge", "--home", str(home), "--port", str(port)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=False)
    return done.returncode, done.stderr.decode()


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{process}/stat").exists() and ") Z " in Path(f"/proc/{process}/stat").read_text()


def test_a_second_bridge_on_the_same_home_says_so_and_disturbs_nobody(clinic: Clinic) -> None:
    clinic.start()
    status, said = bridge(clinic.home.root, 0)
    assert status == 1
    assert said.startswith("ALREADY-RUNNING: ")
    assert "Nothing was lost." in said
    with Client(*clinic.address()) as client:
        assert client.send(adt(1)).code == "AA"
    clinic.stop()


def test_a_port_in_use_says_so(clinic: Clinic, tmp_path: Path) -> None:
    clinic.start()
    (tmp_path / "other").mkdir()
    other = Clinic(tmp_path / "other")
    status, said = bridge(other.home.root, clinic.address()[1])
    assert status == 1
    assert said.startswith("PORT-IN-USE: ")
    clinic.stop()


def test_what_is_sent_is_recorded_and_its_end_is_clean(clinic: Clinic) -> None:
    clinic.start()
    with Client(*clinic.address()) as client:
        for raw in (oru(1), adt(1), oru(6)):
            assert client.send(raw).code == "AA"
    eventually(lambda: clinic.last_ids() == (3, 3))
    status = json.loads(clinic.home.status("bridge").read_text())
    host, port = clinic.address()
    assert (status["mllp"], status["pid"]) == (f"{host}:{port}", clinic.process.pid if clinic.process else 0)
    eventually(lambda: clinic.worker() != 0)
    worker = clinic.worker()
    clinic.stop()
    assert not clinic.home.status("bridge").exists()
    assert gone(worker)
    inbox, facts = clinic.recorded()
    assert sorted(inbox) == ["A1", "M1", "M6"]
    assert len(facts) == 2  # the one that came before its patient was known has been applied since


def test_a_killed_bridge_leaves_no_worker(clinic: Clinic) -> None:
    clinic.start()
    eventually(lambda: clinic.worker() != 0)
    worker = clinic.worker()
    clinic.kill_bridge()
    eventually(lambda: gone(worker))
    clinic.start()
    with Client(*clinic.address()) as client:
        assert client.send(adt(1)).code == "AA"
    eventually(lambda: clinic.last_ids() == (1, 1))
    clinic.stop()


def test_interrupt_ends_it_as_sigterm_does(clinic: Clinic) -> None:
    clinic.start()
    assert clinic.process is not None
    clinic.process.send_signal(signal.SIGINT)
    assert clinic.process.wait(30) == 0
