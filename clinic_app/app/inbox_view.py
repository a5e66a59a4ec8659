"""The inbox as a whole: what the main store holds, and before it what still waits in the intake."""

from collections.abc import Sequence

from clinic_app.app.compose import Clinic
from clinic_app.model.entries import EntryState, InboxEntry, RawEntry
from clinic_app.services import inbox


def entries_of(clinic: Clinic, states: Sequence[EntryState] = (), limit: int = 1000) -> Sequence[InboxEntry]:
    """Entries in these states (all where none is named), newest first."""
    listed = inbox.list_entries(clinic.gate, states, limit)
    if states and EntryState.RECEIVED not in states:
        return listed
    last = inbox.last_entry_id(clinic.gate)
    waiting = [received_entry(raw) for raw in clinic.intake_reader().after(last, limit)]
    return [*reversed(waiting), *listed][:limit]


def received_entry(raw: RawEntry) -> InboxEntry:
    """The line of an entry that is durable in the intake and not yet translated."""
    return InboxEntry(
        id=raw.id,
        state=EntryState.RECEIVED,
        channel=raw.channel,
        sender=raw.sender,
        control_id=raw.control_id,
        type=raw.type,
        received_at=raw.received_at,
        code=raw.flag,
        raw=raw.raw,
    )
