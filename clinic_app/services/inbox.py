"""The inbox as people see it: a list without bytes, and one entry with or without them."""

from collections.abc import Iterator, Sequence

from clinic_app.model.access import Action, LookReason, Purpose
from clinic_app.model.entries import EntryState, InboxEntry
from clinic_app.model.errors import CommonGroundError
from clinic_app.services.gate import Gate

_PAGE = 1000


def list_entries(
    gate: Gate, states: Sequence[EntryState] = (), limit: int = 1000, before: int = 0
) -> Sequence[InboxEntry]:
    """Entries, newest first, without their bytes; one access row."""
    with gate.reading(Action.LIST_INBOX, (), purpose=Purpose.OPERATION) as view:
        return view.inbox(states, limit, before)


def every_entry(gate: Gate, states: Sequence[EntryState] = ()) -> Iterator[InboxEntry]:
    """All entries, newest first, without their bytes, page by page; one access row."""
    with gate.reading(Action.LIST_INBOX, (), purpose=Purpose.OPERATION) as view:
        before = 0
        while page := view.inbox(states, _PAGE, before):
            yield from page
            before = page[-1].id


def show_entry(gate: Gate, entry_id: int, raw: bool = False, reason: LookReason | None = None) -> InboxEntry:
    """One entry; its bytes only where asked for, which leaves an access row that names the patient (and the
    reason that was given).

    Raises CommonGroundError ENTRY-UNKNOWN.
    """
    with gate.watching() as view:
        subject = view.entry_subject(entry_id)
    action = Action.READ_RAW if raw else Action.LIST_INBOX
    people = () if subject is None else (subject,)
    with gate.reading(
        action, people, purpose=Purpose.OPERATION, entry_id=entry_id, reason=reason or ""
    ) as view:
        entry = view.inbox_entry(entry_id)
    if entry is None:
        raise CommonGroundError(
            "ENTRY-UNKNOWN", f"the inbox has no entry {entry_id}", "See: commonground inbox list."
        )
    return entry


def note_raw_look(gate: Gate, entry_id: int) -> None:
    """Leave the access row for the bytes of an entry that still waits in the intake."""
    with gate.reading(Action.READ_RAW, (), purpose=Purpose.OPERATION, entry_id=entry_id):
        return


def note_look(gate: Gate, entry_id: int) -> None:
    """Leave the access row for an entry that still waits in the intake, of which no value is shown."""
    with gate.reading(Action.LIST_INBOX, (), purpose=Purpose.OPERATION, entry_id=entry_id):
        return


def last_entry_id(gate: Gate) -> int:
    """The greatest entry id in the main store: intake entries after it still wait."""
    with gate.watching() as view:
        return view.last_entry_id()
