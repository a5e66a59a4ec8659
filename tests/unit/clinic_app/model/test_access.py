"""The words of the access log are stable."""

from clinic_app.model.access import SYSTEM, AccessRow, Action, Actor, Change, Purpose
from tests.spec.samples import ANNA, NOW


def test_actions_and_purposes_are_written_as_they_are_named() -> None:
    assert all(action.value == action.name.lower() for action in Action)
    assert [purpose.value for purpose in Purpose] == ["care", "improvement", "research", "operation"]
    assert SYSTEM == "system"


def test_rows_are_values() -> None:
    row = AccessRow("command", 1, NOW, "chris", "read_patient", "care", (), (ANNA,), "allowed")
    assert row.entry_id == 0
    assert Actor("chris", ("clinician",)).writer == "command"
    assert Change(1, (ANNA,), (), (), NOW) == Change(1, (ANNA,), (), (), NOW)
