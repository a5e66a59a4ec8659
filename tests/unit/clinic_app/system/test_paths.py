"""The home's folders, rights and names."""

from pathlib import Path

import platformdirs
import pytest

from clinic_app.model.errors import EnvironmentFault
from clinic_app.system.paths import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home.at(tmp_path / "deep" / "home")
    made.create()
    return made


def test_the_places(tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    places = [
        home.settings,
        home.main_db,
        home.intake_db,
        home.portal_db,
        home.lock("bridge"),
        home.log("portal"),
    ]
    places.append(home.status("worker"))
    assert [str(place.relative_to(tmp_path).as_posix()) for place in places] == [
        "commonground.toml",
        "main.db",
        "intake.db",
        "portal.db",
        "run/bridge.lock",
        "logs/portal.log",
        "run/worker.json",
    ]


def test_the_default_place() -> None:
    assert Home.at(None).root == platformdirs.user_data_path("commonground", appauthor=False)


def test_a_relative_folder_becomes_absolute() -> None:
    assert Home.at(Path("clinic")).root == Path.cwd() / "clinic"


def test_folders_are_the_owners_alone(home: Home) -> None:
    for folder in (home.root, home.run, home.logs, home.profiles):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_an_open_folder_is_narrowed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Home.at(tmp_path).create()
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_identity_stays(home: Home) -> None:
    name = home.identity()
    home.create()  # an init that was interrupted before the settings were written goes on
    assert home.identity() == name
    assert len(name) == 16


def test_a_lost_identity_is_named(home: Home) -> None:
    home.identity_file.write_bytes(b"\xff")
    with pytest.raises(EnvironmentFault, match="HOME-MISSING"):
        home.identity()
    home.identity_file.unlink()
    with pytest.raises(EnvironmentFault, match="HOME-MISSING"):
        home.identity()


def test_require_and_exists(home: Home) -> None:
    with pytest.raises(EnvironmentFault, match="HOME-MISSING"):
        home.require()
    home.settings.write_text("")
    home.require()
    with pytest.raises(EnvironmentFault, match="HOME-EXISTS"):
        home.create()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentFault, match="FILE-UNWRITABLE"):
        Home.at(tmp_path / "file" / "home").create()
