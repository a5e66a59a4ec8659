"""The bridge and its children as commands: their end, their faults, and where these are told."""

import base64
import json
import os
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest

from clinic_app.app.spawn import command_line, environment
from clinic_app.store.conformance import ConformanceFile
from clinic_app.system.key_file import KeyFile
from tests.unit.clinic_app.app.made_home import MadeHome, Run, adt, message_received


def end_when_ready(ready: Path) -> None:
    deadline = time.monotonic() + 30
    while not ready.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGTERM)


def test_it_says_where_it_listens_and_ends_by_sigterm(run: Run, home: MadeHome, tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    home.set("portal", port=9)
    ender = threading.Thread(target=end_when_ready, args=(ready,))
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    ender.start()
    try:
        ran = run("bridge", "--port", "0", "--ready", str(ready), *home.words)
    finally:
        ender.join()
        for number, handler in before.items():
            signal.signal(number, handler)
    assert (ran.status, ran.out, ran.error) == (0, b"", "")
    assert json.loads(ready.read_text())["mllp"].startswith("127.0.0.1:")
    assert not (home.root / "run" / "bridge.json").exists()


def test_why_it_does_not_start_is_in_its_log_too(run: Run, home: MadeHome) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = run("bridge", "--port", str(taken.getsockname()[1]), *home.words)
    assert (ran.status, ran.code) == (1, "PORT-IN-USE")
    assert ran.error.strip() in (home.root / "logs" / "bridge.log").read_text()


@pytest.mark.parametrize("command", ["worker", "checker"])
def test_its_children_are_not_started_by_hand(home: MadeHome, command: str) -> None:
    done = subprocess.run(
        command_line(command, *home.words),
        input=b"what is this?\n",
        capture_output=True,
        env=environment(),
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(b"USE: This command is started by the bridge")


def until_pipe_ends(home: MadeHome, command: str, said: str) -> "subprocess.Popen[bytes]":
    """Start a child as the bridge does, and end its pipe as soon as it says this of itself."""
    keys = {name: base64.b64encode(KeyFile(home.key_file).get(name)).decode() for name in ("main", "intake")}
    process = subprocess.Popen(
        command_line(command, *home.words),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({"keys": keys}).encode() + b"\n")
    process.stdin.flush()
    while json.loads(process.stdout.readline())["state"] != said:
        pass
    process.communicate(timeout=60)
    return process


def test_the_worker_records_until_its_pipe_ends(run: Run, home: MadeHome) -> None:
    home.land(message_received(adt("A1")))
    assert until_pipe_ends(home, "worker", "idle").returncode == 0
    (row,) = run("inbox", "list", "--json", *home.words).json
    assert row["state"] == "applied"


def test_the_checker_remarks_until_its_pipe_ends(home: MadeHome) -> None:
    home.land(message_received(adt("A1")))
    assert until_pipe_ends(home, "checker", "idle").returncode == 0
    file = ConformanceFile(home.root / "conformance.db", KeyFile(home.key_file).get("intake"))
    assert file.counts()[0] == 1
    file.close()
