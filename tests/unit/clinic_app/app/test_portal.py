"""The portal's process: where it is, its end, and what keeps it from starting."""

import json
import os
import signal
import socket
import threading
import time
from pathlib import Path

import httpx
import pytest

from clinic_app.system.locks import RoleLock
from clinic_app.system.paths import Home
from tests.unit.clinic_app.app.made_home import MadeHome, Run


def ask_then_end(ready: Path, answers: list[int]) -> None:
    """What somebody does who started it: wait for the ready file, ask, end it by SIGTERM."""
    deadline = time.monotonic() + 30
    while not ready.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    if ready.exists():
        address = json.loads(ready.read_text())["portal"]
        answers.append(httpx.get(f"{address}/fhir/metadata", trust_env=False).status_code)
    os.kill(os.getpid(), signal.SIGTERM)


def test_it_says_where_it_is_and_ends_by_sigterm(run: Run, home: MadeHome, tmp_path: Path) -> None:
    ready, answers = tmp_path / "ready.json", list[int]()
    asker = threading.Thread(target=ask_then_end, args=(ready, answers))
    asker.start()
    ran = run("portal", "--port", "0", "--ready", str(ready), *home.words)
    asker.join()
    assert (ran.status, ran.out, ran.error) == (0, b"", "")
    assert answers == [200]
    assert not (home.root / "run" / "portal.json").exists()
    assert not RoleLock(Home.at(home.root), "portal").held()


def test_a_port_in_use(run: Run, home: MadeHome) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = run("portal", "--port", str(taken.getsockname()[1]), *home.words)
    assert (ran.status, ran.code) == (1, "PORT-IN-USE")


def test_a_second_one(run: Run, home: MadeHome) -> None:
    status = home.root / "run" / "portal.json"
    status.write_text("{}")
    with RoleLock(Home.at(home.root), "portal"):
        ran = run("portal", "--port", "0", *home.words)
    assert (ran.status, ran.code) == (1, "ALREADY-RUNNING")
    assert status.exists(), "the other's status stays"


@pytest.mark.parametrize("name", ["portal", "portal-token"])
def test_a_missing_key(run: Run, home: MadeHome, name: str) -> None:
    home.key_file.unlink()
    ran = run(name, *home.words)
    assert (ran.status, ran.code) == (1, "KEY-MISSING")
