"""A screen drawn to a file."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.unit.clinic_app.app.made_home import ERROR, MadeHome, Run, adt, spirometry


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "--out"),
        (["--out", "x.png", "--size", "wide"], "--size"),
        (["--out", "x.png", "--size", "10x10"], "320"),
        (["--out", "x.png", "--size", "99999x99999"], "7680"),
        (["--out", "x.png", "--screen", "kitchen"], "kitchen"),
        (["--out", "no/such/folder/x.png"], "folder"),
        (["--out", "x.png/\0/y.png"], "folder"),
    ],
)
def test_wrong_use(run: Run, home: MadeHome, words: Sequence[str], says: str) -> None:
    ran = run("snapshot", "1001", *words, *home.words)
    assert (ran.status, ran.code, ran.out) == (2, "USE", b"")
    assert re.fullmatch(ERROR, ran.error)
    assert says in ran.error


@pytest.mark.qt
@pytest.mark.parametrize("screen", ["shared", "staff", "curtain"])
def test_each_screen_is_drawn_in_its_size(run: Run, home: MadeHome, tmp_path: Path, screen: str) -> None:
    home.receive(adt("A1"), spirometry("R1"))
    out = tmp_path / f"{screen}.png"
    words = ("--screen", screen, "--size", "800x600", "--out", str(out))
    ran = run("snapshot", "1001", *words, *home.words)
    assert (ran.status, ran.text) == (0, f"{out}\n")
    data = out.read_bytes()
    assert data.startswith(b"\x89PNG")
    assert (int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")) == (800, 600)


@pytest.mark.qt
def test_a_file_that_cannot_be_written_and_a_number_that_nobody_has(
    run: Run, home: MadeHome, tmp_path: Path
) -> None:
    home.receive(adt("A1"))
    folder = run("snapshot", "1001", "--out", str(tmp_path), *home.words)
    unknown = run("snapshot", "77", "--out", str(tmp_path / "x.png"), *home.words)
    assert (folder.status, folder.code) == (1, "FILE-NOT-WRITTEN")
    assert (unknown.status, unknown.code) == (1, "MRN-UNKNOWN")
    assert not (tmp_path / "x.png").exists()
    assert re.fullmatch(ERROR, folder.error)
