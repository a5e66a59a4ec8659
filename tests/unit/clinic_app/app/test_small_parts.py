"""Small parts that the commands share: account, context, status files, how processes are started."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from clinic_app.app.account import this_account
from clinic_app.app.context import Context
from clinic_app.app.spawn import command_line, environment
from clinic_app.app.status import read_status
from tests.unit.clinic_app.app.made_home import NOW


def test_the_account_is_the_systems_not_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    real = this_account()
    monkeypatch.setenv("LOGNAME", "somebody-else")
    monkeypatch.setenv("USER", "somebody-else")
    assert this_account() == real != "somebody-else"


@pytest.mark.skipif(
    os.name == "nt" or os.geteuid() != 0, reason="only root can become an account without a name"
)
def test_an_account_without_a_name_goes_by_its_number() -> None:
    code = (
        "import os; os.setuid(54321); from clinic_app.app.account import this_account; print(this_account())"
    )
    # Its modules are read before, as root, since the checkout may be closed to others.
    code = "import clinic_app.app.account; " + code
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=environment(),
        check=True,
        timeout=60,
    )
    assert done.stdout == "uid-54321\n"


def test_a_chosen_present_is_handed_on(tmp_path: Path) -> None:
    assert Context.of(tmp_path, None).now_words() == []
    option, when = Context.of(tmp_path, NOW).now_words()
    assert option == "--now"
    handed = Context.of(tmp_path, type(NOW).fromisoformat(when)).clock.now()
    assert timedelta() <= handed - NOW < timedelta(seconds=5)


@pytest.mark.parametrize("content", [None, b"", b"{", b"[1]", b"\xff", b'"text"'])
def test_a_status_that_cannot_be_read_says_nothing(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "bridge.json"
    if content is not None:
        path.write_bytes(content)
    assert read_status(path) == {}


def test_a_status_is_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "bridge.json"
    path.write_text('{"mllp": "127.0.0.1:1"}')
    assert read_status(path) == {"mllp": "127.0.0.1:1"}


@pytest.mark.parametrize("isolated", [False, True])
def test_processes_start_as_this_one_did(isolated: bool) -> None:
    code = (
        "from clinic_app.app.spawn import *; print(command_line('worker', '--home', 'x'));"
        "print(environment().get('PYTHONPATH', ''))"
    )
    words = [sys.executable, *(["-I"] if isolated else []), "-c", code]
    done = subprocess.run(words, capture_output=True, text=True, env=environment(), timeout=60, check=False)
    if isolated and done.returncode:
        pytest.skip("not installed: an isolated process does not find the checkout")
    command, path = done.stdout.splitlines()
    assert ("'-I'" in command) == isolated
    assert command.endswith("'-m', 'clinic_app.app', 'worker', '--home', 'x']")
    assert path.split(os.pathsep)[0] == environment().get("PYTHONPATH", "").split(os.pathsep)[0]


def test_the_checkout_is_on_the_path_once(monkeypatch: pytest.MonkeyPatch) -> None:
    once = environment()["PYTHONPATH"]
    monkeypatch.setenv("PYTHONPATH", once)
    assert environment()["PYTHONPATH"] == once
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    assert environment()["PYTHONPATH"].split(os.pathsep)[1:] == ["elsewhere"]
    assert command_line("doctor")[-1] == "doctor"
