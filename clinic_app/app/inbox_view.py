"""The inbox as a whole: what the main store holds, and before it what still waits in the intake."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from clinic_app.app.compose import Clinic
from clinic_app.model.entries import EntryState, Finding, InboxEntry, RawEntry
from clinic_app.model.errors import EnvironmentFault
from clinic_app.services import inbox
from clinic_app.store.conformance import ConformanceFile


def entries_of(clinic: Clinic, states: Sequence[EntryState] = (), limit: int = 1000) -> Sequence[InboxEntry]:
    """Entries in these states (all where none is named), newest first."""
    # Asked first: an entry recorded meanwhile is then in the list, and not in neither.
    last = inbox.last_entry_id(clinic.gate)
    listed = inbox.list_entries(clinic.gate, states, limit)
    if states and EntryState.RECEIVED not in states:
        return listed
    intake = clinic.intake_reader()
    last = max([last, *(entry.id for entry in listed[:1])])
    # The newest of them: ids follow each other without gaps.
    waiting = [received_entry(raw) for raw in intake.after(max(last, intake.last_id() - limit), limit)]
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
        flag=raw.flag,
        raw=raw.raw,
        part_of=raw.part_of,
    )


def remarks_on(clinic: Clinic, entry_ids: Sequence[int]) -> dict[int, Sequence[Finding]]:
    """What the structure check said of these entries, without those that it agreed with or has not seen."""
    found: dict[int, Sequence[Finding]] = {}
    # A remark that cannot be read now stops nobody: `doctor` says why.
    with suppress(EnvironmentFault), conformance_file(clinic) as file:
        if file is not None:
            found = {entry_id: said for entry_id in entry_ids if (said := file.findings(entry_id))}
    return found


@contextmanager
def conformance_file(clinic: Clinic) -> Iterator[ConformanceFile | None]:
    """What the structure check said; None where nothing was checked yet.

    Raises EnvironmentFault where the file cannot be read.
    """
    path = clinic.home.root / "conformance.db"
    if not path.exists():
        yield None
        return
    file = ConformanceFile(path, clinic.secrets.get("intake"))
    try:
        yield file
    finally:
        file.close()


def entry_row(entry: InboxEntry, remarks: Sequence[Finding] = ()) -> dict[str, object]:
    """The documented fields of one entry; ``remarks`` of the structure check are findings like the others."""
    return {
        "id": entry.id,
        "state": entry.state.value,
        "channel": entry.channel,
        "sender": entry.sender,
        "control_id": entry.control_id,
        "type": entry.type,
        "received_at": entry.received_at.isoformat(),
        "reason": entry.reason,
        "code": entry.code,
        "mend": entry.mend,
        "flag": entry.flag,
        "part_of": entry.part_of,
        "findings": [{"code": finding.code, "text": finding.text} for finding in (*entry.findings, *remarks)],
    }
