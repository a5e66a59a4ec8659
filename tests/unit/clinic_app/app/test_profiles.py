"""Which site profile is used."""

from pathlib import Path

import pytest

from clinic_app.app.profiles import ProfileFiles, load_dialects, load_profile, switched_off
from clinic_app.model.errors import EnvironmentFault
from clinic_app.system.paths import Home
from clinic_app.system.resources import Resources


def test_the_homes_own_comes_before_the_shipped_one(tmp_path: Path) -> None:
    home, resources = Home.at(tmp_path), Resources()
    home.create()
    shipped = load_profile(home, "generic", resources)
    (home.profiles / "generic.toml").write_bytes(
        b'\xef\xbb\xbfname = "generic"\r\nedition = "2"\r\nextends = "generic"\r\n'
    )
    own = load_profile(home, "generic", resources)
    assert own.version != shipped.version
    assert own.measurements == shipped.measurements


def test_one_that_is_nowhere_is_said(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="PROFILE-MISSING.*generic"):
        load_profile(Home.at(tmp_path), "elsewhere", Resources())


def test_what_no_enabled_code_tells_is_switched_off(tmp_path: Path) -> None:
    off = switched_off(load_profile(Home.at(tmp_path), "generic", Resources()))
    assert "lab_sweat_chloride" in off
    assert "fev1" not in off


def test_a_changed_file_of_the_home_is_noticed_once(tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    home.create()
    files = ProfileFiles(home)
    seen = [files.changed()]
    (home.profiles / "lab.toml").write_text("name = 'lab'")
    seen += [files.changed(), files.changed()]
    (home.profiles / "lab.toml").unlink()
    seen += [files.changed(), files.changed()]
    assert seen == [False, True, False, True, False]


def test_senders_with_a_dialect_of_their_own(tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    home.create()
    head = 'edition = "1"\nextends = "generic"\n'
    (home.profiles / "site.toml").write_text(
        f'name = "site"\n{head}[dialects]\n"LAB|*" = "lab"\n"*|LOOP" = "site"\n', "utf-8"
    )
    (home.profiles / "lab.toml").write_text(f'name = "lab"\n{head}', "utf-8")
    dialects = load_dialects(home, {"mllp": "site", "mllp:x": "generic"}, Resources())
    asked = (
        ("mllp", "LAB|NORTH"),
        ("mllp", "ADT|NORTH"),
        ("mllp", "ADT|LOOP"),
        ("mllp:x", "LAB|NORTH"),
        ("load", "LAB|"),
    )
    names = [dialects.of(*which).name for which in asked]
    assert names == ["lab", "site", "site", "generic", "lab"]
    assert sorted(dialects.by_name) == ["generic", "lab", "site"]
    (home.profiles / "lab.toml").unlink()
    with pytest.raises(EnvironmentFault, match="PROFILE-MISSING.*lab"):
        load_dialects(home, {"mllp": "site"}, Resources())
