"""Making a home: what it holds, what it never touches, and that an interrupted start can be repeated."""

import json
import re
import stat
import subprocess
import tomllib
from pathlib import Path

import pytest

from clinic_app.app.account import this_account
from clinic_app.app.commands.init import UNFINISHED
from clinic_app.app.spawn import command_line, environment
from clinic_app.system.key_file import KeyFile
from clinic_app.system.locks import RoleLock
from clinic_app.system.paths import Home
from tests.unit.clinic_app.app.made_home import ERROR, MadeHome, Run


def test_it_makes_settings_encrypted_databases_and_keys(run: Run, tmp_path: Path) -> None:
    root, keys = tmp_path / "a" / "home", tmp_path / "keys"
    ran = run(
        *("init", "--home", str(root), "--key-file", str(keys), "--json"),
        *("--name", "Łęcka's clinic", "--language", "es", "--demonstration"),
    )
    assert (ran.status, ran.error) == (0, "")
    assert ran.json == {
        "home": str(root),
        "account": this_account(),
        "roles": ["clinician", "administrator"],
    }
    settings = tomllib.loads((root / "commonground.toml").read_text("utf-8"))
    assert settings["clinic"] == {"name": "Łęcka's clinic", "language": "es", "demonstration": True}
    assert settings["keys"] == {"key_file": str(keys)}
    assert "# port = 2575" in (root / "commonground.toml").read_text("utf-8")
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    for name in ("main.db", "intake.db", "portal.db"):
        assert not (root / name).read_bytes().startswith(b"SQLite format")
    assert not (root / UNFINISHED).exists()
    assert (root / "profiles" / "site.toml").exists()


def test_it_tells_a_person_what_comes_next(run: Run, tmp_path: Path) -> None:
    ran = run("init", "--home", str(tmp_path / "home"), "--key-file", str(tmp_path / "keys"))
    assert f"The home is {tmp_path / 'home'}." in ran.text
    assert "commonground doctor" in ran.text


def test_twice_leaves_the_first_as_it_was(run: Run, home: MadeHome) -> None:
    before = (home.root / "main.db").read_bytes(), home.key_file.read_bytes(), home.settings.read_bytes()
    ran = run("init", "--home", str(home.root), "--key-file", str(home.key_file))
    assert (ran.status, ran.code) == (1, "HOME-EXISTS")
    assert re.fullmatch(ERROR, ran.error)
    after = (home.root / "main.db").read_bytes(), home.key_file.read_bytes(), home.settings.read_bytes()
    assert after == before


def test_databases_without_settings_are_never_touched(run: Run, home: MadeHome) -> None:
    home.settings.unlink()
    before = (home.root / "main.db").read_bytes()
    ran = run("init", "--home", str(home.root), "--key-file", str(home.key_file))
    assert (ran.status, ran.code) == (1, "HOME-EXISTS")
    assert "commonground.toml from a backup" in ran.error
    assert (home.root / "main.db").read_bytes() == before


def interrupted(root: Path, keys: Path) -> None:
    """A home as `init` leaves it that was killed before its last step."""
    (root / "commonground.toml").unlink()
    (root / UNFINISHED).write_text(str(keys), "utf-8")


def test_an_interrupted_start_can_be_repeated(run: Run, home: MadeHome) -> None:
    interrupted(home.root, home.key_file)
    main_key = KeyFile(home.key_file).get("main")
    (home.root / "intake.db").write_bytes(b"half")
    ran = run("init", "--home", str(home.root), "--key-file", str(home.key_file))
    assert (ran.status, ran.error) == (0, "")
    assert KeyFile(home.key_file).get("main") == main_key
    assert run("inbox", "list", "--json", "--home", str(home.root)).json == []


def test_a_start_that_was_killed_before_its_mark_can_be_repeated(run: Run, tmp_path: Path) -> None:
    Home.at(tmp_path / "home").create()
    ran = run("init", "--home", str(tmp_path / "home"), "--key-file", str(tmp_path / "home" / "keys"))
    assert ran.status == 0, ran.error


def test_it_may_be_repeated_with_another_key_file_but_not_with_one_in_use(
    run: Run, home: MadeHome, first_home: Path, tmp_path: Path
) -> None:
    interrupted(home.root, home.key_file)
    used = first_home / "keys"
    before = used.read_bytes()
    ran = run("init", "--home", str(home.root), "--key-file", str(used))
    assert (ran.status, ran.code) == (2, "KEY-FILE-USED")
    assert used.read_bytes() == before
    again = run("init", "--home", str(home.root), "--key-file", str(tmp_path / "new"))
    assert again.status == 0, again.error


@pytest.mark.parametrize("content", ["", "not ours", json.dumps({"format": "other"})])
def test_a_file_that_is_there_is_no_key_file(run: Run, tmp_path: Path, content: str) -> None:
    keys = tmp_path / "keys"
    keys.write_text(content)
    ran = run("init", "--home", str(tmp_path / "home"), "--key-file", str(keys))
    assert (ran.status, ran.code) == (2, "KEY-FILE-USED")
    assert keys.read_text() == content
    assert run("init", "--home", str(tmp_path / "home"), "--key-file", f"{keys}2").status == 0


def test_a_folder_with_other_things_is_left_with_its_rights(run: Run, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    tmp_path.chmod(0o755)
    ran = run("init", "--home", str(tmp_path), "--key-file", str(tmp_path / "keys"))
    assert (ran.status, ran.code) == (2, "HOME-NOT-EMPTY")
    assert re.fullmatch(ERROR, ran.error)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    assert [path.name for path in tmp_path.iterdir()] == ["letters"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--name", ""], "USE"),
        (["--name", "two\nlines"], "USE"),
        (["--name", "x" * 201], "USE"),
        (["--key-file", "/" + "x" * 201], "USE"),
        (["--language", "tlh"], "USE"),
    ],
)
def test_a_value_that_cannot_be_kept_makes_nothing(
    run: Run, tmp_path: Path, words: list[str], code: str
) -> None:
    ran = run("init", "--home", str(tmp_path / "home"), *words)
    assert (ran.status, ran.code) == (2, code)
    assert re.fullmatch(ERROR, ran.error)
    assert not (tmp_path / "home").exists()


def test_a_place_that_cannot_be_written_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    home = run("init", "--home", str(tmp_path / "file" / "home"), "--key-file", str(tmp_path / "keys"))
    keys = run("init", "--home", str(tmp_path / "home"), "--key-file", str(tmp_path / "none" / "keys"))
    assert (home.status, home.code) == (1, "FILE-UNWRITABLE")
    assert (keys.status, keys.code) == (1, "FILE-UNWRITABLE")


@pytest.mark.parametrize(
    ("backend", "code"),
    [
        ("keyring.backends.fail.Keyring", "KEY-STORE-UNAVAILABLE"),
        ("keyring.backends.null.Keyring", "KEY-STORE-UNSAFE"),
    ],
)
def test_without_a_safe_key_store_it_names_the_key_file(tmp_path: Path, backend: str, code: str) -> None:
    done = subprocess.run(
        command_line("init", "--home", str(tmp_path / "home")),
        capture_output=True,
        text=True,
        env={**environment(), "PYTHON_KEYRING_BACKEND": backend},
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr.partition(":")[0]) == (1, code)
    assert "--key-file" in done.stderr
    assert re.fullmatch(ERROR, done.stderr)


def test_two_at_once_do_not_mix(run: Run, tmp_path: Path) -> None:
    home = Home.at(tmp_path / "home")
    home.create()
    with RoleLock(home, "init"):
        ran = run("init", "--home", str(home.root), "--key-file", str(tmp_path / "keys"))
    assert (ran.status, ran.code) == (1, "ALREADY-RUNNING")
