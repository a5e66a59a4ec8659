"""Keeping a bridge: started, adopted, started again, ended only where a workstation started it."""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from clinic_app.app.context import Context
from clinic_app.app.keeper import OWNER, BridgeKeeper, Pace, start_bridge
from clinic_app.app.spawn import environment
from clinic_app.model.errors import EnvironmentFault
from clinic_app.system.locks import RoleLock
from clinic_app.system.paths import Home

PACE = Pace(first=0, check=0.02, last_wait=0.1, steady=0.5, stop=20.0, look=0.02)
STAND_IN = """
import json, os, signal, sys, time
from pathlib import Path
from clinic_app.system.locks import RoleLock
from clinic_app.system.paths import Home

home, owner, deaf = Home.at(Path(sys.argv[1])), sys.argv[2], sys.argv[3] == "deaf"
ended = []
signal.signal(signal.SIGTERM, lambda *_: None if deaf else ended.append(True))
with RoleLock(home, "bridge"):
    home.status("bridge").write_text(json.dumps({"pid": os.getpid(), "started_by": owner}))
    while not ended:
        time.sleep(0.02)
    home.status("bridge").unlink()
"""
"""Holds the bridge's lock and says who started it, as the real one does."""


@dataclass
class Starter:
    """Starts stand-ins and remembers them; ends what is left."""

    mode: str = ""
    started: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)

    def __call__(self, context: Context, owner: str = OWNER) -> "subprocess.Popen[bytes]":
        if self.faults:
            raise self.faults.pop()
        script = "raise SystemExit(3)" if self.mode == "dying" else STAND_IN
        words = [sys.executable, "-c", script, str(context.home.root), owner, self.mode]
        self.started.append(subprocess.Popen(words, env=environment(), start_new_session=True))
        return self.started[-1]

    def end_all(self) -> None:
        for process in self.started:
            process.kill()
            process.wait()


@pytest.fixture
def starter() -> Iterator[Starter]:
    made = Starter()
    yield made
    made.end_all()


@pytest.fixture
def context(tmp_path: Path) -> Context:
    Home.at(tmp_path).create()
    return Context.of(tmp_path, None)


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def bridge_says(context: Context) -> bool:
    """Whether a bridge holds its lock and has written its status."""
    return RoleLock(context.home, "bridge").held() and context.home.status("bridge").exists()


def test_it_starts_one_and_ends_it(context: Context, starter: Starter) -> None:
    keeper = BridgeKeeper(context, starter, PACE)
    keeper.start()
    until(lambda: bridge_says(context))
    keeper.stop()
    (bridge,) = starter.started
    assert bridge.returncode == 0
    assert not context.home.status("bridge").exists()


def test_a_killed_one_is_started_again(context: Context, starter: Starter) -> None:
    keeper = BridgeKeeper(context, starter, PACE)
    keeper.start()
    until(lambda: bridge_says(context))
    starter.started[0].kill()
    until(lambda: len(starter.started) == 2)
    until(lambda: RoleLock(context.home, "bridge").holder() == starter.started[1].pid)
    keeper.stop()
    assert starter.started[1].returncode == 0


@pytest.mark.parametrize(("owner", "ends"), [(OWNER, True), ("", False), ("service", False)])
def test_a_running_one_is_adopted_and_ended_only_if_a_workstation_started_it(
    context: Context, starter: Starter, owner: str, ends: bool
) -> None:
    other = starter(context, owner)
    until(lambda: bridge_says(context))
    keeper = BridgeKeeper(context, starter, PACE)
    keeper.start()
    until(RoleLock(context.home, "keeper").held)
    keeper.stop()
    assert starter.started == [other], "none is started beside it"
    if ends:
        assert other.wait(20) == 0
    else:
        assert other.poll() is None


def test_a_status_that_speaks_of_another_process_ends_nobody(context: Context, starter: Starter) -> None:
    other = starter(context)
    until(lambda: bridge_says(context))
    context.home.status("bridge").write_text(json.dumps({"pid": os.getpid(), "started_by": OWNER}))
    keeper = BridgeKeeper(context, starter, PACE)
    keeper.start()
    until(RoleLock(context.home, "keeper").held)
    keeper.stop()
    assert other.poll() is None


def test_one_that_does_not_end_is_killed_if_it_is_ours(context: Context, starter: Starter) -> None:
    starter.mode = "deaf"
    keeper = BridgeKeeper(context, starter, Pace(first=0, check=0.02, stop=0.1, look=0.02))
    keeper.start()
    until(lambda: bridge_says(context))
    keeper.stop()
    assert starter.started[0].returncode == -signal.SIGKILL


def test_one_that_is_adopted_and_does_not_end_is_left(context: Context, starter: Starter) -> None:
    starter.mode = "deaf"
    other = starter(context)
    until(lambda: bridge_says(context))
    keeper = BridgeKeeper(context, starter, Pace(first=0, check=0.02, stop=0.1, look=0.02))
    keeper.start()
    until(RoleLock(context.home, "keeper").held)
    keeper.stop()
    assert other.poll() is None


def test_of_two_workstations_one_keeps_and_the_other_takes_over(context: Context, starter: Starter) -> None:
    first, second = BridgeKeeper(context, starter, PACE), BridgeKeeper(context, starter, PACE)
    first.start()
    until(lambda: bridge_says(context))
    second.start()
    third = BridgeKeeper(context, starter, PACE)
    third.start()
    third.stop()
    assert starter.started[0].poll() is None, "closing one that keeps nothing ends nothing"
    first.stop()
    until(lambda: len(starter.started) == 2 and bridge_says(context))
    second.stop()
    assert [process.returncode for process in starter.started] == [0, 0]


def test_one_that_ends_at_once_is_started_later_and_later(
    context: Context, starter: Starter, caplog: pytest.LogCaptureFixture
) -> None:
    starter.mode = "dying"
    pace = Pace(first=0, check=0.01, last_wait=0.3, steady=60, stop=20)
    keeper = BridgeKeeper(context, starter, pace)
    with caplog.at_level(logging.WARNING, "commonground.keeper"):
        keeper.start()
        until(lambda: len(starter.started) == 7)
        begun = time.monotonic()
        until(lambda: len(starter.started) == 8)
        assert time.monotonic() - begun > 0.2
        starter.mode = ""
        until(lambda: bridge_says(context))
        keeper.stop()
    assert "BRIDGE-DOWN: it ended (status 3)" in caplog.text


def test_a_start_that_fails_is_tried_again(
    context: Context, starter: Starter, caplog: pytest.LogCaptureFixture
) -> None:
    starter.faults = [
        OSError(12, "Cannot allocate memory"),
        EnvironmentFault("FILE-UNWRITABLE", "it could not be written", "Free space."),
    ]
    keeper = BridgeKeeper(context, starter, PACE)
    with caplog.at_level(logging.WARNING, "commonground.keeper"):
        keeper.start()
        until(lambda: bridge_says(context))
        keeper.stop()
    assert "Cannot allocate memory" in caplog.text
    assert "FILE-UNWRITABLE" in caplog.text


def test_the_real_command_is_started_in_a_session_of_its_own(context: Context) -> None:
    process = start_bridge(context)
    if hasattr(os, "getsid"):
        assert os.getsid(process.pid) == process.pid
    assert process.wait(60) == 1, "the folder is no home"
