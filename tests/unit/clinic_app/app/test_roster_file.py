"""The list of people: read line by line, again when it changes, and never taken for empty by mistake."""

import os
from itertools import pairwise
from pathlib import Path

import pytest

from bridges.hl7.profile import RosterRules
from clinic_app.app.roster_file import RosterFile, roster_from
from clinic_app.model.errors import EnvironmentFault
from clinic_app.model.identity import Identifier
from clinic_app.model.roster import Name
from tests.unit.bridges.hl7.messages import site


def rules(text: str) -> RosterRules | None:
    return site(f"[roster]\n{text}\n").roster


def test_lines() -> None:
    roster = roster_from("# our people\n\nHOSP|1001\n  1002  # came in March\nLAB | 7 \n")
    assert roster.names == {Name("hosp", "1001"), Name("", "1002"), Name("lab", "7")}
    assert roster.identifiers == (Identifier("HOSP", "1001"), Identifier("LAB", "7"))


@pytest.mark.parametrize("line", ["A|B|C", "|7", "HOSP|", "1\t2", "x" * 300])
def test_a_wrong_line_is_named_and_not_repeated(line: str) -> None:
    with pytest.raises(EnvironmentFault, match="line 2") as raised:
        roster_from(f"HOSP|1\n{line}\n")
    assert raised.value.code == "ROSTER-INVALID"
    assert line not in raised.value.what


def test_the_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "roster.txt"
    path.write_bytes(b"\xef\xbb\xbfHOSP|1\r\n")
    load = RosterFile(tmp_path, lambda: rules('file = "roster.txt"'))
    first = load()
    assert first is not None
    assert first.names == {Name("hosp", "1")}
    assert load() is first
    path.write_text("HOSP|1\nHOSP|2\n")
    os.utime(path, ns=(1, 1))
    second = load()
    assert second is not None
    assert second is not first
    assert len(second.names) == 2


def test_no_roster_and_rules_alone(tmp_path: Path) -> None:
    assert RosterFile(tmp_path, lambda: rules(""))() is None
    load = RosterFile(tmp_path, lambda: rules('locations = ["CF*"]'))
    found = load()
    assert found is not None
    assert found.names == frozenset()
    assert load() is found


def test_other_rules_make_another_roster(tmp_path: Path) -> None:
    (tmp_path / "roster.txt").write_text("1\n")
    now = ['services = ["CFC"]']
    load = RosterFile(tmp_path, lambda: rules(now[0]))
    seen = [load(), load()]
    now[0] = 'services = ["CFX"]'
    seen.append(load())
    now[0] = 'services = ["CFX"]\nfile = "roster.txt"'
    seen += [load(), load()]
    now[0] = 'file = "roster.txt"'
    seen.append(load())
    assert [one is before for before, one in pairwise(seen)] == [True, False, False, True, False]


def test_a_list_that_cannot_be_read_makes_nobody_a_stranger(tmp_path: Path) -> None:
    load = RosterFile(tmp_path, lambda: rules('file = "roster.txt"'))
    with pytest.raises(EnvironmentFault, match="ROSTER-UNREADABLE"):
        load()
    (tmp_path / "roster.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(EnvironmentFault, match="ROSTER-UNREADABLE"):
        load()
    (tmp_path / "roster.txt").write_text("# nobody yet\n")
    with pytest.raises(EnvironmentFault, match="ROSTER-EMPTY"):
        load()
    both = RosterFile(tmp_path, lambda: rules('file = "roster.txt"\nservices = ["CFC"]'))
    assert both() is not None
