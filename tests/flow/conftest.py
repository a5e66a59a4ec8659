"""The wheel, built and installed once, in an environment of its own, and homes made with it."""

import shutil
import site
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flow.program import Program, Site, clean_environment

ROOT = Path(__file__).resolve().parent.parent.parent
MEASURED = 'import os; "COVERAGE_PROCESS_CONFIG" in os.environ and __import__("coverage").process_startup()\n'
PARTS = ("clinic_app", "bridges", "resources")


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    folder = tmp_path_factory.mktemp("installed")
    wheel = build_wheel(folder / "source")
    environment = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True, timeout=120)
    (packages,) = environment.glob("lib/python*/site-packages")
    # The libraries are those of the environment that runs the tests; the program itself is the wheel's.
    (packages / "libraries.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    # Where the test run is measured, so are the programs that it starts; otherwise this line does nothing.
    (packages / "measured.pth").write_text(MEASURED)
    pip = [sys.executable, "-m", "pip", "--python", str(environment / "bin" / "python"), "install"]
    subprocess.run([*pip, "--quiet", "--no-deps", "--no-index", str(wheel)], check=True, timeout=120)
    empty = folder / "empty"
    empty.mkdir()
    scripts = environment / "bin"
    return Program(scripts / "python", scripts / "commonground", empty, clean_environment(folder))


def build_wheel(copy: Path) -> Path:
    """The wheel, from a copy, so that nothing of an earlier build gets in."""
    for part in PARTS:
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        if (ROOT / name).exists():
            shutil.copyfile(ROOT / name, copy / name)
    words = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "-w", "dist", "."]
    subprocess.run([sys.executable, "-m", "pip", *words], cwd=copy, check=True, timeout=250)
    (built,) = (copy / "dist").glob("*.whl")
    return built


@pytest.fixture
def home_site(program: Program, tmp_path: Path) -> Iterator[Site]:
    """A fresh home; whatever a test starts on it ends with the test."""
    made = Site(program, tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="session")
def shared_site(program: Program, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A home with bridge and portal for tests that only add their own people."""
    made = Site(program, tmp_path_factory.mktemp("shared"))
    made.start_portal()
    made.start_bridge()
    yield made
    made.close()
