"""The gates themselves: each is shown a case that it must refuse."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

FLOORS = ROOT / ".ci/coverage_floors.py"


def run(*command: str, path: str = "") -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": path, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
        check=False,
    )


def report(tmp_path: Path, covered: int, file: str) -> str:
    summary = {
        "covered_lines": covered,
        "num_statements": 80,
        "covered_branches": 20,
        "num_branches": 20,
        "percent_covered": float(covered + 20),
    }
    content = {"files": {file: {"summary": summary, "missing_lines": [1], "missing_branches": []}}}
    (tmp_path / "coverage.json").write_text(json.dumps(content))
    return str(tmp_path / "coverage.json")


@pytest.mark.parametrize(
    ("file", "covered", "status"),
    [
        ("clinic_app/model/facts.py", 80, 0),
        ("clinic_app/model/facts.py", 79, 1),
        ("clinic_app/ui/board.py", 70, 0),
        ("clinic_app/ui/board.py", 69, 1),
        ("bridges/mllp/framing.py", 79, 1),
        ("bridges/mllp/server.py", 79, 0),
        ("tests/other.py", 0, 0),
    ],
)
def test_coverage_floors(tmp_path: Path, file: str, covered: int, status: int) -> None:
    done = run(str(FLOORS), report(tmp_path, covered, file))
    assert done.returncode == status, done.stdout
    assert ("BELOW THE FLOOR" in done.stdout) is bool(status)


def test_coverage_that_was_not_measured_is_no_pass(tmp_path: Path) -> None:
    assert run(str(FLOORS), str(tmp_path / "none.json")).returncode == 2


@pytest.mark.qt
def test_the_binding_keeps_its_references_to_none() -> None:
    done = run(".ci/none_references.py")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["PySide6", "PySide6.QtCore", "shiboken6", "pyqtgraph"])
def test_qt_is_unimportable_in_the_run_without_it(name: str) -> None:
    done = run("-c", f"import {name}", path=str(ROOT / ".ci/no_qt"))
    assert "ModuleNotFoundError" in done.stderr
    assert run("-c", "import numpy", path=str(ROOT / ".ci/no_qt")).returncode == 0


@pytest.mark.parametrize("room", ["model", "services", "store", "system", "viewmodels", "app"])
def test_importing_a_room_loads_no_qt(room: str) -> None:
    code = f"import clinic_app.{room}, sys; sys.exit('PySide6' in sys.modules)"
    done = run("-c", code, path=str(ROOT))
    assert done.returncode == 0, done.stderr


def test_tracked_files_are_clean() -> None:
    done = run(".ci/tracked_files.py")
    assert done.returncode == 0, done.stdout


# Written in parts, so that this file itself stays clean.
DIRTY = [
    ("host", "see https://" + "packages.internal-host.corp/simple"),
    ("index option", "--extra-" + "index-url x"),
    ("index option", "--find-" + "links x"),
    ("private key", "-----BEGIN " + "RSA PRIVATE KEY-----"),
    ("access token", "gh" + "p_" + "a1B2" * 9),
    ("machine path", "open('/ro" + "ot/.config')"),
    ("machine path", "cd /ho" + "me/someone/x"),
]


@pytest.mark.parametrize(("what", "text"), DIRTY)
def test_a_dirty_file_is_found(tmp_path: Path, what: str, text: str) -> None:
    (tmp_path / "a.txt").write_text(f"fine\n{text}\n")
    done = run(".ci/tracked_files.py", str(tmp_path / "a.txt"))
    assert done.returncode == 1
    assert f"a.txt:2: {what}" in done.stdout


def test_this_machines_own_names_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"cd {ROOT}\n")
    done = run(".ci/tracked_files.py", str(tmp_path / "a.txt"))
    assert "a.txt:1: machine path" in done.stdout
