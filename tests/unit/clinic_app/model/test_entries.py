"""Entries and translations are values with quiet defaults."""

from clinic_app.model.entries import EntryState, InboxEntry, Landed, Received, Translation
from tests.spec.samples import NOW, entry


def test_states_are_written_as_commands_name_them() -> None:
    assert [state.value for state in EntryState] == ["received", "applied", "held", "ignored"]


def test_defaults() -> None:
    assert Translation(None) == Translation(None, None, False, (), (), (), "")
    assert Received("mllp", "A|B", "1", "ADT^A08", NOW, b"x").answer == b""
    assert entry(1).flag == ""
    assert InboxEntry(1, EntryState.HELD, "mllp", "s", "c", "t", NOW).raw == b""
    assert Landed(1, b"", False).id == 1
