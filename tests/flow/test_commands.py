"""How the commands behave as commands: help, exit statuses, the form of errors, keys."""

import json
import os
import re
import stat
from pathlib import Path

import pytest

from tests.flow.program import Program, Ran, Site

pytestmark = pytest.mark.xdist_group("flow")

COMMANDS = (
    *("init", "bridge", "portal", "portal-token", "invite", "link"),
    *("picture", "snapshot", "inbox", "doctor", "demo"),
)
ERROR = re.compile(r"[A-Z][A-Z0-9-]+: [^\n]+\. Nothing was lost\. [^\n]+\n")


def assert_error(ran: Ran, status: int, code: str) -> None:
    assert ran.status == status, (ran.text, ran.error)
    assert ERROR.fullmatch(ran.error), ran.error
    assert ran.error.startswith(f"{code}:"), ran.error


def test_the_overview_names_every_command(program: Program) -> None:
    ran = program.run("--help")
    assert ran.status == 0
    assert all(f"  {command} " in ran.text for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(program: Program, command: str) -> None:
    ran = program.run(command, "--help", isolated=True)
    assert ran.status == 0, ran.error
    assert f"Example:\n  commonground {command}" in ran.text
    assert "--home" in ran.text
    assert "--now" in ran.text


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["unheard-of"], "COMMAND-UNKNOWN"),
        (["picture"], "USE"),
        (["picture", "1", "--unheard-of"], "USE"),
        (["doctor", "--now", "tomorrow"], "USE"),
        (["inbox", "show"], "USE"),
        (["snapshot", "1", "--size", "wide", "--out", "x.png"], "USE"),
    ],
)
def test_wrong_use_is_exit_status_two(home_site: Site, words: list[str], code: str) -> None:
    assert_error(home_site.program.run(*words, "--home", str(home_site.home)), 2, code)


@pytest.mark.parametrize("command", ["doctor", "picture", "inbox", "bridge", "portal-token"])
def test_a_folder_that_is_no_home_is_said_so(program: Program, tmp_path: Path, command: str) -> None:
    words = {"picture": ["1001"], "inbox": ["list"]}.get(command, [])
    ran = program.run(command, *words, "--home", str(tmp_path / "nothing"))
    assert ran.status == 1
    assert "HOME-MISSING" in ran.error + ran.text


def test_init_makes_a_commented_home_that_is_private(home_site: Site) -> None:
    settings = (home_site.home / "commonground.toml").read_text()
    assert "# port = 2575" in settings
    assert stat.S_IMODE(home_site.home.stat().st_mode) == 0o700
    assert stat.S_IMODE(home_site.key_file.stat().st_mode) == 0o600
    for name in ("main.db", "intake.db", "portal.db"):
        assert not (home_site.home / name).read_bytes().startswith(b"SQLite format"), "it must be encrypted"


def test_a_home_is_never_made_twice(home_site: Site) -> None:
    before = (home_site.home / "main.db").read_bytes()
    assert_error(home_site.run("init", "--key-file", str(home_site.key_file)), 1, "HOME-EXISTS")
    assert (home_site.home / "main.db").read_bytes() == before


def test_without_a_key_nothing_opens_and_nothing_is_made_anew(home_site: Site) -> None:
    kept = home_site.key_file.rename(home_site.key_file.with_suffix(".away"))
    ran = home_site.run("inbox", "list")
    assert_error(ran, 1, "KEY-MISSING")
    kept.rename(home_site.key_file)
    assert home_site.run("inbox", "list").status == 0


def test_a_wrong_key_is_told_from_damage(home_site: Site) -> None:
    right = home_site.key_file.read_text()
    wrong = re.sub(r"[0-9A-Za-z+/]{40,}={0,2}", lambda found: found[0][::-1], right)
    assert wrong != right
    home_site.key_file.write_text(wrong)
    ran = home_site.run("inbox", "list")
    assert ran.status == 1
    assert ran.error.startswith(("STORE-KEY:", "KEY-MALFORMED:")), ran.error
    home_site.key_file.write_text(right)
    main = home_site.home / "main.db"
    whole = main.read_bytes()
    main.write_bytes(os.urandom(4096) + whole[4096:])
    assert_error(home_site.run("inbox", "list"), 1, "STORE-CORRUPT")
    main.write_bytes(whole)
    assert home_site.run("inbox", "list").status == 0


def test_a_key_file_that_others_can_read_is_refused(home_site: Site) -> None:
    home_site.key_file.chmod(0o644)
    assert_error(home_site.run("inbox", "list"), 1, "KEY-FILE-MODE")


def test_without_key_store_and_key_file_init_says_what_to_do(program: Program, tmp_path: Path) -> None:
    ran = program.run("init", "--home", str(tmp_path / "home"))
    assert ran.status == 1
    assert ran.error.startswith(("KEY-STORE-UNAVAILABLE:", "KEY-STORE-UNSAFE:")), ran.error
    assert "--key-file" in ran.error


def test_settings_that_are_wrong_name_the_line(home_site: Site) -> None:
    settings = home_site.home / "commonground.toml"
    settings.write_text(settings.read_text().replace("# port = 2575", 'port = "many"'))
    ran = home_site.run("inbox", "list")
    assert_error(ran, 1, "SETTINGS-INVALID")
    assert "port" in ran.error


def test_an_unknown_number_is_said_so(home_site: Site) -> None:
    for words in (["picture", "DEMO|1"], ["invite", "DEMO|1"], ["link", "DEMO|1", "7"]):
        assert_error(home_site.run(*words), 1, "MRN-UNKNOWN")


def test_doctor_speaks_to_people_and_to_machines(home_site: Site) -> None:
    people, machines = home_site.run("doctor"), home_site.run("doctor", "--json")
    assert people.status == machines.status
    checks = json.loads(machines.raw)
    assert "BRIDGE-DOWN" in people.text
    assert "BRIDGE-DOWN" in json.dumps(checks)
