"""The wheel holds every file that the program needs, and nothing of the tests."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, tracked

PACKAGES = ("clinic_app/", "bridges/", "resources/")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as `make` installs, without isolation and network, from a copy of the tracked files."""
    copy = tmp_path_factory.mktemp("source")
    for path in tracked():
        if path.as_posix().startswith((*PACKAGES, "pyproject.toml", "README.md")):
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, copy / path)
    words = [
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "-w",
        "dist",
        ".",
    ]
    subprocess.run([sys.executable, *words], cwd=copy, check=True, timeout=250)
    (built,) = (copy / "dist").glob("*.whl")
    return built


def test_every_tracked_file_of_the_packages_is_inside(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {path.as_posix() for path in tracked() if path.as_posix().startswith(PACKAGES)}
    assert sorted(wanted - inside) == []


def test_nothing_else_is_inside(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert [name for name in names if not name.startswith((*PACKAGES, "commonground-"))] == []


def test_the_command_is_named(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (entry_points,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
    assert "commonground = clinic_app.app:main" in archive.read(entry_points).decode()
