"""Processes of one home: one bridge, clean ends, and no orphan whatever is killed."""

import os
import signal
import socket

import pytest

from tests.flow.hl7_text import adt, control_id, send, spirometry
from tests.flow.program import Running, Site, alive, until

pytestmark = pytest.mark.xdist_group("flow")


def error_of(running: Running) -> tuple[int, str]:
    """Exit status and error line of a command that ends by itself."""
    status = running.process.wait(60)
    assert running.process.stderr is not None
    return status, running.process.stderr.read().decode()


def test_a_second_bridge_on_the_same_home_is_refused(home_site: Site) -> None:
    home_site.start_bridge()
    status, error = error_of(home_site.start("bridge", "--port", "0"))
    assert status == 1
    assert error.startswith("ALREADY-RUNNING:"), error
    assert send(home_site.mllp, adt(control_id(), "4001")) == ["AA"]


def test_a_port_in_use_is_said_so(home_site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for command in ("bridge", "portal"):
            status, error = error_of(home_site.start(command, "--port", str(port)))
            assert status == 1
            assert error.startswith("PORT-IN-USE:"), error
            assert str(port) in error


def test_sigterm_ends_bridge_worker_and_portal_cleanly(home_site: Site) -> None:
    portal, bridge = home_site.start_portal(), home_site.start_bridge()
    worker = home_site.worker_pid()
    control = control_id()
    send(home_site.mllp, adt(control, "4002"))
    assert bridge.terminate() == 0
    assert portal.terminate() == 0
    until(lambda: not alive(worker), "the worker to end")
    assert home_site.status("bridge") == {}
    home_site.start_bridge()
    home_site.entry(control, "applied")


def test_a_killed_bridge_leaves_no_worker_and_loses_nothing(home_site: Site) -> None:
    bridge = home_site.start_bridge()
    worker = home_site.worker_pid()
    controls = [control_id() for _ in range(50)]
    assert set(send(home_site.mllp, *(adt(control, f"41{n:02d}") for n, control in enumerate(controls)))) == {
        "AA"
    }
    bridge.kill()
    until(lambda: not alive(worker), "the orphaned worker to end")
    home_site.start_bridge()
    home_site.entry(controls[-1], "applied")
    rows = [row for row in home_site.inbox() if row["control_id"] in controls]
    assert len(rows) == len(controls)
    assert {row["state"] for row in rows} == {"applied"}


def test_a_killed_worker_is_started_again_and_nothing_is_applied_twice(home_site: Site) -> None:
    home_site.start_bridge()
    worker = home_site.worker_pid()
    send(home_site.mllp, adt(control_id(), "4003"))
    tests = [
        spirometry(control_id(), "4003", f"{2 + n / 100:.2f}", f"202601{n + 1:02d}0800") for n in range(25)
    ]
    send(home_site.mllp, *tests[:12])
    kill(worker)
    assert set(send(home_site.mllp, *tests[12:])) == {"AA"}, "the EHR is answered while there is no worker"
    until(lambda: home_site.worker_pid() not in (0, worker), "a new worker")
    until(lambda: len(home_site.picture("4003")["series"].get("fev1", [])) == 25, "all tests in the picture")


def kill(pid: int) -> None:
    """End a process as a power cut does."""
    os.kill(pid, signal.SIGKILL)
    until(lambda: not alive(pid), "the killed process to be gone")
