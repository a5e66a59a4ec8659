"""Trying a site profile."""

import json
from pathlib import Path

import pytest

from clinic_app.app.cli import main
from tests.unit.bridges.hl7.messages import oru

HEAD = 'name = "own"\nedition = "1"\nextends = "generic"\n'
KNOWN = oru("OBX|1|NM|20150-9^FEV1^LN||2.1|L|||||F")
UNKNOWN = oru("OBX|1|NM|QQ^Quux^L||2.1|L|||||F", control="M2")


def test_what_it_would_make_of_messages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    profile, folder = tmp_path / "own.toml", tmp_path / "messages"
    (folder / "more").mkdir(parents=True)
    profile.write_text(HEAD, "utf-8")
    (folder / "one.hl7").write_bytes(KNOWN)
    (folder / "more" / "batch.txt").write_bytes(b"BHS|^~\\&|L\r" + KNOWN + UNKNOWN + b"BTS|2\r")
    (folder / "notes.txt").write_bytes(b"nothing")
    words = ["profile", "check", str(profile), "--messages", str(folder)]
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["profile"].startswith("own@")
    assert {row["type"]: (row["applied"], row["held"]) for row in found["messages"]} == {
        "ORU^R01": (2, 1),
        "(no type)": (0, 1),
    }
    assert main(words) == 0
    told = capsys.readouterr().out
    assert "can be used: " in told and "Results by code" in told
    assert "UNKNOWN-CODE: OBX[1]-3: the code QQ of L is not in the profile (more/batch.txt). Add the" in told


def test_one_that_is_wrong_is_told_with_line_and_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = tmp_path / "own.toml"
    profile.write_text(HEAD + '\n[units]\n"cup" = "cups"\n', "utf-8")
    assert main(["profile", "check", str(profile)]) == 1
    told = capsys.readouterr().err
    assert "PROFILE-INVALID: the site profile cannot be used: line 6, units.cup: 'cups' is no UCUM" in told
    profile.write_text(HEAD, "utf-8")
    assert main(["profile", "check", str(profile)]) == 0
    assert "Messages" not in capsys.readouterr().out


def test_a_folder_without_messages_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    profile = tmp_path / "own.toml"
    profile.write_text(HEAD, "utf-8")
    for folder in (tmp_path / "missing", tmp_path / "empty"):
        if folder.name == "empty":
            folder.mkdir()
        assert main(["profile", "check", str(profile), "--messages", str(folder)]) == 1
        told = capsys.readouterr()
        assert told.out == ""
        assert "PROFILE-NO-MESSAGES" in told.err and "there are no files" in told.err


def test_a_file_that_is_no_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    profile = tmp_path / "own.toml"
    profile.write_bytes(b"\xff")
    assert main(["profile", "check", str(profile)]) == 1
    assert "is not UTF-8 text" in capsys.readouterr().err
