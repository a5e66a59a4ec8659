"""A home that is really made (once, then copied), and commands run in this process."""

import shutil
from pathlib import Path

import pytest

from clinic_app.app.cli import main
from tests.unit.clinic_app.app.made_home import NOW, MadeHome, Ran, Run


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Runs one command as `main.py` would; what it wrote is given back."""

    def one(*words: str) -> Ran:
        capsysbinary.readouterr()
        status = main(words)
        out, err = capsysbinary.readouterr()
        return Ran(status, out, err.decode("utf-8"))

    return one


@pytest.fixture(scope="session")
def first_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `init` makes: the home and its key file."""
    folder = tmp_path_factory.mktemp("first")
    words = [
        "init",
        "--home",
        str(folder / "home"),
        "--key-file",
        str(folder / "keys"),
        "--now",
        NOW.isoformat(),
    ]
    assert main([*words, "--name", "A clinic of tests"]) == 0
    return folder


@pytest.fixture
def home(first_home: Path, tmp_path: Path) -> MadeHome:
    """A home of the test's own."""
    folder = tmp_path / "made"
    shutil.copytree(first_home, folder)
    made = MadeHome(folder / "home", folder / "keys")
    made.settings.write_text(made.settings.read_text().replace(str(first_home), str(folder)))
    return made
