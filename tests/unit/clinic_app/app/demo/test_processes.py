import json
import os
import sys
from pathlib import Path

import pytest

from clinic_app.app.demo.processes import Processes
from clinic_app.model.errors import EnvironmentFault

STANDING = """
import json, pathlib, sys, time
pathlib.Path(sys.argv[sys.argv.index("--ready") + 1]).write_text(json.dumps({"portal": "here"}))
time.sleep(600)
"""
ECHO = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"
SCRIPTS = {
    "standing": STANDING,
    "echo": ECHO,
    "good": "print('done')",
    "bad": "import sys; sys.exit('X-CODE: it broke.')",
}


def command_line(command: str, *words: str) -> list[str]:
    return [sys.executable, "-c", SCRIPTS[command], *words]


def processes() -> Processes:
    return Processes(command_line, dict(os.environ))


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_a_command_is_run_to_its_end() -> None:
    with processes() as commands:
        assert commands.run("good") == "done\n"


def test_a_command_that_fails_says_why() -> None:
    with processes() as commands, pytest.raises(EnvironmentFault, match="X-CODE: it broke") as caught:
        commands.run("bad")
    assert caught.value.code == "DEMO-STEP"


def test_a_command_is_awaited_until_it_accepts_and_ended_with_all_others(tmp_path: Path) -> None:
    with processes() as commands:
        assert commands.start_ready("standing", tmp_path / "ready") == {"portal": "here"}
        pids = [started.pid for started in commands.started()]
        assert all(map(alive, pids))
    assert not any(map(alive, pids))


def test_a_command_that_ends_before_it_is_ready_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "ready").write_text(json.dumps({"portal": "of an earlier run"}))
    with processes() as commands, pytest.raises(EnvironmentFault, match="did not become ready"):
        commands.start_ready("good", tmp_path / "ready")


def test_a_conversation_goes_over_the_standard_streams() -> None:
    with processes() as commands:
        started = commands.start("echo", conversation=True)
        line = started.line()
        line.say(word="hello")
        assert line.hear() == {"word": "hello"}
        assert not started.ended


def test_waiting_gives_the_exit_status() -> None:
    with processes() as commands:
        assert commands.start("bad").wait() == 1
