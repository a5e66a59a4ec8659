"""The command line as a whole: help, words in any order, exit statuses, and the one form of errors."""

import contextlib
import errno
import io
import json
import os
import re
import shutil
import subprocess
import sys
from argparse import ArgumentTypeError
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from clinic_app.app.cli import COMMANDS, HIDDEN, main
from clinic_app.app.spawn import command_line, environment
from clinic_app.app.values import read_time
from tests.unit.clinic_app.app.made_home import ERROR, NOW, MadeHome, Run, adt, message_received


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["--home", "x", "--help"]])
def test_the_overview_names_every_command_and_has_an_example(run: Run, words: Sequence[str]) -> None:
    ran = run(*words)
    assert ran.status == 0
    assert all(f"  {name} " in ran.text for name in COMMANDS)
    assert "Example:\n  commonground init" in ran.text


@pytest.mark.parametrize("command", [*COMMANDS, *HIDDEN])
@pytest.mark.parametrize("word", ["--help", "-h"])
def test_every_command_has_help_with_an_example(run: Run, command: str, word: str) -> None:
    ran = run(command, word)
    assert (ran.status, ran.error) == (0, "")
    assert re.search(r"Example:\n  commonground [^\n]+\n", ran.text)
    assert "--home" in ran.text
    assert "--now" in ran.text
    assert "--started-by" not in ran.text


@pytest.mark.parametrize("command", ["inbox", "doctor", "picture", "invite", "link", "init", "portal-token"])
def test_machine_readable_commands_take_json(run: Run, command: str) -> None:
    assert "--json" in run(command, "--help").text


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["unheard-of"], "COMMAND-UNKNOWN", "'unheard-of'"),
        ([""], "COMMAND-UNKNOWN", "''"),
        (["pic\x1b[2Jture"], "COMMAND-UNKNOWN", "x1b[2J"),
        (["picture"], "USE", "MRN"),
        (["picture", "1", "--unheard-of"], "USE", "--unheard-of"),
        (["picture", "1", "--hom", "x"], "USE", "--hom"),
        (["picture", "1", "--un\x1b[2J\nheard"], "USE", "--un\\x1b[2J\\nheard"),
        (["picture", "1", "--language", "tlh"], "USE", "tlh"),
        (["picture", "\udcff"], "USE", "UTF-8"),
        (["doctor", "--home", ""], "USE", "no folder"),
        (["doctor", "--home", "~nobody-has-this-name"], "USE", "account"),
        (["doctor", "--now", "tomorrow"], "USE", "2026-11-23T09:00"),
        (["doctor", "--now", "0001-01-01T00:00+14:00"], "USE", "1900"),
        (["bridge", "--port", "65536"], "USE", "65535"),
        (["bridge", "--port", "-1"], "USE", "port"),
        (["portal", "--port", "http"], "USE", "whole number"),
        (["inbox"], "USE", "what"),
        (["inbox", "burn"], "USE", "burn"),
    ],
)
def test_wrong_use_is_status_two_and_one_line(run: Run, words: Sequence[str], code: str, says: str) -> None:
    ran = run(*words)
    assert (ran.status, ran.code, ran.out) == (2, code, b"")
    assert re.fullmatch(ERROR, ran.error), ran.error
    assert says in ran.error


@pytest.mark.parametrize(
    "command", ["workstation", *(sorted({*COMMANDS} - {"init", "demo", "doctor", "profile"}))]
)
def test_a_folder_that_is_no_home_is_said_so(run: Run, tmp_path: Path, command: str) -> None:
    words = {
        "picture": ["1"],
        "inbox": ["list"],
        "merges": ["list"],
        "outbox": ["list"],
        "portal-key": ["list"],
        "invite": ["1"],
        "link": ["1", "p"],
        "load": [str(tmp_path)],
        "snapshot": ["1", "--out", str(tmp_path / "x.png")],
    }.get(command, [])
    ran = run(command, *words, "--home", str(tmp_path / "nothing"))
    assert (ran.status, ran.code) == (1, "HOME-MISSING")
    assert re.fullmatch(ERROR, ran.error)
    assert not (tmp_path / "nothing").exists(), "only init makes anything"


def test_home_and_now_stand_before_or_behind_the_command(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"))
    before, behind = run(*home.words, "inbox", "list", "--json"), run("inbox", "list", "--json", *home.words)
    split = run("--now", NOW.isoformat(), "inbox", f"--home={home.root}", "list", "--json")
    assert (before.status, behind.status, split.status) == (0, 0, 0)
    assert before.json == behind.json == split.json != []


@pytest.mark.skipif(sys.platform != "linux", reason="each system has its own place for data")
def test_without_home_it_is_the_one_in_the_systems_place(
    run: Run, home: MadeHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.receive(adt("A1"))
    home.root.rename(tmp_path / "commonground")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert len(run("inbox", "list", "--json").json) == 1
    break_main(MadeHome(tmp_path / "commonground", home.key_file))
    assert str(tmp_path / "commonground" / "logs" / "command.log") in run("inbox", "list").error


def test_a_fault_of_ours_is_one_line_and_its_values_are_nowhere(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1", name="Secret^Sandra"))
    break_main(home)
    ran = run("inbox", "list", *home.words)
    assert (ran.status, ran.code, ran.out) == (1, "PROGRAM-FAULT", b"")
    assert re.fullmatch(ERROR, ran.error), ran.error
    log = home.root / "logs" / "command.log"
    assert str(log) in ran.error
    assert "ValueError at cli.py:" in log.read_text()
    assert "no state of ours" not in log.read_text() + ran.error, "the exception's text may quote a person"


def break_main(home: MadeHome) -> None:
    """Bring the store into a state that no code of ours makes."""
    with home.clinic() as clinic, clinic.store._engine.begin() as connection:
        connection.execute(text("UPDATE inbox SET state='no state of ours'"))


def test_a_fault_of_ours_that_cannot_be_noted_is_said_all_the_same(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"))
    break_main(home)
    (home.root / "logs" / "command.log").mkdir()
    blocked = run("inbox", "list", *home.words)
    shutil.rmtree(home.root / "logs")
    without = run("inbox", "list", f"--home={home.root}")
    for ran in (blocked, without):
        assert (ran.status, ran.code) == (1, "PROGRAM-FAULT")
        assert "could not be noted" in ran.error
        assert re.fullmatch(ERROR, ran.error)


class Stream(io.StringIO):
    """Standard output that raises as soon as something is written to it, and again when flushed."""

    def __init__(self, error: BaseException, descriptor: int) -> None:
        super().__init__()
        self.error = error
        self.descriptor = descriptor

    def write(self, text: str) -> int:
        raise self.error

    def flush(self) -> None:
        if isinstance(self.error, OSError):
            raise self.error

    def fileno(self) -> int:
        return self.descriptor


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (KeyboardInterrupt(), ""),
        (BrokenPipeError(), ""),
        (OSError(errno.ENOSPC, "No space left", "out"), "SYSTEM-REFUSED: .* at out [(]No space left[)].*"),
        (TimeoutError(), "SYSTEM-REFUSED: .* something [(]TimeoutError[)].*"),
        (ImportError("libEGL.so.1: cannot open"), "LIBRARY-MISSING: .*libEGL.so.1.*"),
    ],
)
def test_what_ends_a_command_from_outside_is_status_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], error: BaseException, says: str
) -> None:
    with (tmp_path / "out").open("wb") as file, contextlib.redirect_stdout(Stream(error, file.fileno())):
        assert main(["--help"]) == 1
    written = capsys.readouterr().err
    assert re.fullmatch(f"{says}\n" if says else "", written), written
    assert not says or re.fullmatch(ERROR, written)


def test_times_without_a_zone_are_utc_and_days_are_noon() -> None:
    assert read_time("2026-11-23").isoformat() == "2026-11-23T12:00:00+00:00"
    assert read_time("2026-11-23T09:00").isoformat() == "2026-11-23T09:00:00+00:00"
    assert read_time("2026-11-23T09:00+01:00").isoformat() == "2026-11-23T09:00:00+01:00"
    with pytest.raises(ArgumentTypeError):
        read_time("")


def shell(script: str, home: MadeHome) -> "subprocess.CompletedProcess[bytes]":
    command = " ".join(f"'{word}'" for word in command_line("inbox", "list", "--json", *home.words))
    return subprocess.run(
        ["/bin/sh", "-c", script.replace("COMMAND", command)],
        capture_output=True,
        env=environment(),
        timeout=60,
        check=False,
    )


@pytest.mark.skipif(os.name == "nt", reason="shell syntax")
@pytest.mark.parametrize(
    ("script", "status", "error"),
    [
        ("{ COMMAND; echo status $? >&2; } | true", 0, "status [01]\n"),
        ("COMMAND >&-", 0, ""),
        ("COMMAND --limit x 2>&-", 2, ""),
        ("COMMAND >/dev/full", 1, "SYSTEM-REFUSED: .*No space left.*Nothing was lost.*\n"),
    ],
)
def test_output_that_nobody_takes_ends_without_a_traceback(
    home: MadeHome, script: str, status: int, error: str
) -> None:
    home.land(*(message_received(adt(f"A{number}")) for number in range(300)))
    done = shell(script, home)
    assert done.returncode == status, done.stderr
    assert re.fullmatch(error, done.stderr.decode()), done.stderr


def test_letters_that_the_terminal_has_not_are_escaped(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1", name="Łęcka^Zoë"))
    ascii_only = {**environment(), "PYTHONIOENCODING": "ascii"}

    def in_ascii(*words: str) -> bytes:
        command = command_line("picture", "1001", *words, *home.words)
        return subprocess.run(command, capture_output=True, env=ascii_only, timeout=60, check=True).stdout

    machine = run("picture", "1001", "--json", *home.words).json
    assert json.loads(in_ascii("--json"))["patient"] == machine["patient"]
    assert "Łęcka" in run("picture", "1001", *home.words).text
    assert b"\\u0141\\u0119cka" in in_ascii()


HEAVY = {"PySide6", "pyqtgraph", "numpy", "uvicorn", "hl7apy", "alembic"}


@pytest.mark.parametrize("words", [["inbox", "list"], ["invite", "1001"], ["doctor"]])
def test_commands_that_draw_nothing_load_neither_qt_nor_numbers_nor_servers(
    home: MadeHome, words: Sequence[str]
) -> None:
    home.receive(adt("A1"))
    code = (
        "import sys; from clinic_app.app import main; main(sys.argv[1:]);"
        f"sys.exit(str(sorted({HEAVY} & set(sys.modules))))"
    )
    words = [sys.executable, "-c", code, *words, *home.words]
    done = subprocess.run(words, capture_output=True, env=environment(), timeout=60, check=False)
    assert done.stderr.decode().endswith("[]\n")
