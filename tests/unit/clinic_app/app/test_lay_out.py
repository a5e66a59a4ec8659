"""Entries are laid out by their channel, with the site's character set."""

from dataclasses import replace

from clinic_app.app.lay_out import layout_of
from clinic_app.model.entries import EntryState, InboxEntry
from tests.unit.clinic_app.app.made_home import NOW, MadeHome

ENTRY = InboxEntry(
    1, EntryState.HELD, "mllp", "s", "c", "t", NOW, raw=b"MSH|^~\\&|A|B|||||ACK|1|P|2.4\rNTE|1||\xe9\r"
)


def test_messages_and_resources(home: MadeHome) -> None:
    with home.clinic() as clinic:
        lay_out = layout_of(clinic)
        assert [value.text for value in lay_out(ENTRY, ()).values()][-1] == "é"
        resource = lay_out(replace(ENTRY, channel="fhir", raw=b'{"id": "x"}'), ())
        assert [(value.place, value.text) for value in resource.values()] == [("id", "x")]
