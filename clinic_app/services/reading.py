"""Reading a received message: with its values, which is a look at the patient and is logged; or masked."""

from collections.abc import Callable, Sequence

from clinic_app.model.access import Action, LookReason
from clinic_app.model.entries import Finding, InboxEntry
from clinic_app.model.laid_out import LaidOut
from clinic_app.services.gate import Gate
from clinic_app.services.inbox import show_entry
from clinic_app.services.masking import masked

LayOut = Callable[[InboxEntry, Sequence[Finding]], LaidOut]
"""Lays an entry with its bytes out, with what is said of it beside the places."""


def read_entry(
    gate: Gate,
    entry_id: int,
    lay_out: LayOut,
    remarks: Sequence[Finding] = (),
    reason: LookReason | None = None,
) -> tuple[InboxEntry, LaidOut]:
    """The entry with its bytes, and its message with all values: an access row that names the patient.

    Raises CommonGroundError ENTRY-UNKNOWN, AccessDenied.
    """
    entry = show_entry(gate, entry_id, raw=True, reason=reason)
    return entry, lay_out(entry, said_of(entry, remarks))


def read_masked(
    gate: Gate, entry_id: int, lay_out: LayOut, remarks: Sequence[Finding] = ()
) -> tuple[InboxEntry, LaidOut]:
    """The entry without its bytes, and its message with a mask for every value that could tell of a person.

    Raises CommonGroundError ENTRY-UNKNOWN, AccessDenied.
    """
    entry = show_entry(gate, entry_id)
    with gate.processing(Action.REPLAY) as view:
        whole = view.inbox_entry(entry_id)
    # One that left the inbox in between (it was for other people) has no bytes any more.
    return entry, masked(lay_out(whole or entry, said_of(entry, remarks)))


def said_of(entry: InboxEntry, remarks: Sequence[Finding] = ()) -> tuple[Finding, ...]:
    """Everything that is said of an entry: why it is held, its findings, and those of the structure check."""
    held = (Finding(entry.code, entry.reason, held=True),) if entry.code and entry.reason else ()
    return (*held, *entry.findings, *remarks)
