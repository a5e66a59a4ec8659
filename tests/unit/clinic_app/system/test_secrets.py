"""The settings choose between key file and key store."""

from pathlib import Path

from clinic_app.system.paths import Home
from clinic_app.system.secrets import KeyFile, open_secrets
from clinic_app.system.settings import KeySettings


def test_a_relative_key_file_lies_in_the_home(tmp_path: Path) -> None:
    secrets = open_secrets(Home(tmp_path), KeySettings("clinic.key"))
    assert isinstance(secrets, KeyFile)
    assert secrets.path == tmp_path / "clinic.key"


def test_an_absolute_key_file_lies_where_it_says(tmp_path: Path) -> None:
    secrets = open_secrets(Home(tmp_path / "home"), KeySettings(str(tmp_path / "clinic.key")))
    assert isinstance(secrets, KeyFile)
    assert secrets.path == tmp_path / "clinic.key"
