"""A profile's own file: valid before it is written, the former text kept, and put back letter for letter."""

from collections.abc import Callable

import pytest

from clinic_app.app.profile_file import ProfileFile
from clinic_app.model.errors import EnvironmentFault
from clinic_app.model.mending import Concern, ConcernKind, Mend, MendKind
from clinic_app.system.paths import Home
from clinic_app.system.resources import Resources
from tests.unit.clinic_app.app.made_home import NOW, MadeHome

CONCERN = Concern(ConcernKind.UNIT, "LOINC", "20150-9", "FEV1", "Lit")
MEND = Mend(MendKind.UNIT, "L", fits=True)
Open = Callable[[], ProfileFile]


@pytest.fixture
def opened(home: MadeHome) -> Open:
    return lambda: ProfileFile(Home.at(home.root), "site", Resources())


def written(file: ProfileFile, text: str) -> None:
    file.write(text, CONCERN, MEND, "chris", NOW)


def test_a_valid_text_is_written_and_the_former_one_kept(opened: Open, home: MadeHome) -> None:
    path = home.root / "profiles" / "site.toml"
    path.chmod(0o640)
    before = path.read_bytes()
    file = opened()
    new = file.text() + '\n[units]\n"Lit" = "L"\n'
    written(file, new)
    assert path.read_bytes() == new.encode()
    assert path.stat().st_mode & 0o777 == 0o640
    former = opened().former()
    assert former is not None
    assert (former.concern, former.mend, former.by, former.at) == (CONCERN, MEND, "chris", NOW)
    assert former.version == file.parsed(new).version
    file.restore(former)
    assert path.read_bytes() == before
    assert opened().former() == former, "until it is forgotten, undoing can be taken up again"
    file.forget()
    file.forget()
    assert opened().former() is None


def test_what_is_not_valid_is_not_written(opened: Open) -> None:
    file = opened()
    before = file.text()
    with pytest.raises(EnvironmentFault, match=r"PROFILE-INVALID.*line"):
        written(file, before + "\n[units]\n\"Lit\" = 'no unit at all'\n")
    assert (file.text(), file.former()) == (before, None)


def test_after_a_change_by_hand_nothing_is_undone(opened: Open, home: MadeHome) -> None:
    file = opened()
    written(file, file.text() + '\n[units]\n"Lit" = "L"\n')
    path = home.root / "profiles" / "site.toml"
    path.write_text(path.read_text() + "# by hand\n")
    assert file.former() is None


def test_line_ends_and_mark_are_as_they_were(opened: Open, home: MadeHome) -> None:
    path = home.root / "profiles" / "site.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    file = opened()
    before = file.text()
    assert before.startswith("\ufeff")
    assert file.parsed(before).version == file.parsed(before.replace("\r\n", "\n")).version
    written(file, before + '\r\n[units]\r\n"Lit" = "L"\r\n')
    former = file.former()
    assert former is not None
    file.restore(former)
    assert file.text() == before


@pytest.mark.parametrize("damaged", ["", "[]", "{}", '{"concern": {"kind": "odd"}, "mend": {}}'])
def test_what_stands_beside_and_is_not_ours_is_nothing(opened: Open, home: MadeHome, damaged: str) -> None:
    (home.root / "profiles" / "site.former.json").write_text(damaged)
    assert opened().former() is None


def test_a_profile_that_ships_is_not_changed_and_one_that_is_no_text_is_said(home: MadeHome) -> None:
    shipped = ProfileFile(Home.at(home.root), "generic", Resources())
    with pytest.raises(EnvironmentFault, match="PROFILE-SHIPPED"):
        shipped.text()
    path = home.root / "profiles" / "site.toml"
    file = ProfileFile(Home.at(home.root), "site", Resources())
    written(file, file.text() + "# mended\n")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(EnvironmentFault, match="PROFILE-INVALID"):
        file.text()
    assert file.former() is None


def test_the_former_text_is_the_owners_alone(opened: Open, home: MadeHome) -> None:
    file = opened()
    written(file, file.text() + "# mended\n")
    beside = home.root / "profiles" / "site.former.json"
    assert beside.stat().st_mode & 0o077 == 0
