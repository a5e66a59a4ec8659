"""``commonground inbox show``: one entry, and its message as a person reads it."""

import argparse
import sys
from collections.abc import Sequence

from clinic_app.app.compose import Clinic
from clinic_app.app.inbox_view import entry_row, received_entry, remarks_on
from clinic_app.app.laid_out_view import lines_of, plain_form
from clinic_app.app.lay_out import layout_of
from clinic_app.app.output import plain, print_json
from clinic_app.model.entries import Finding, InboxEntry
from clinic_app.model.errors import AccessDenied, UseFault
from clinic_app.model.laid_out import LaidOut
from clinic_app.services import inbox, reading
from clinic_app.services.masking import masked


def show(clinic: Clinic, arguments: argparse.Namespace) -> int:
    """The stored bytes, or the entry with its message laid out. Returns the exit status.

    With its values this is a look at the patient, and logged. An account that may not read them gets the
    message with a mask for every value. Raises CommonGroundError ENTRY-UNKNOWN.
    """
    if arguments.raw and arguments.masked:
        raise UseFault("USE", "the bytes as they came cannot be masked", "Leave out --raw or --masked.")
    if arguments.raw:
        sys.stdout.buffer.write(_with_bytes(clinic, arguments.id).raw)
        return 0
    remarks = remarks_on(clinic, [arguments.id]).get(arguments.id, ())
    entry, laid = _laid_out(clinic, arguments.id, remarks, hide=arguments.masked)
    row = entry_row(entry, remarks)
    if arguments.json:
        print_json({**row, "message": plain_form(laid)})
    else:
        _print(row, laid)
    return 0


def _laid_out(
    clinic: Clinic, entry_id: int, remarks: Sequence[Finding], *, hide: bool
) -> tuple[InboxEntry, LaidOut]:
    if hide:
        return _masked(clinic, entry_id, remarks)
    try:
        entry = _with_bytes(clinic, entry_id)
    except AccessDenied:
        hidden = _masked(clinic, entry_id, remarks)
        sys.stderr.write("Your account may not read what is said about people: values are masked.\n")
        return hidden
    return entry, layout_of(clinic)(entry, reading.said_of(entry, remarks))


def _masked(clinic: Clinic, entry_id: int, remarks: Sequence[Finding]) -> tuple[InboxEntry, LaidOut]:
    waiting = _waiting(clinic, entry_id)
    if waiting is None:
        return reading.read_masked(clinic.gate, entry_id, layout_of(clinic), remarks)
    inbox.note_look(clinic.gate, entry_id)
    return waiting, masked(layout_of(clinic)(waiting, remarks))


def _with_bytes(clinic: Clinic, entry_id: int) -> InboxEntry:
    waiting = _waiting(clinic, entry_id)
    if waiting is None:
        return inbox.show_entry(clinic.gate, entry_id, raw=True)
    inbox.note_raw_look(clinic.gate, entry_id)
    return waiting


def _waiting(clinic: Clinic, entry_id: int) -> InboxEntry | None:
    """An entry that is durable in the intake and not yet translated."""
    if entry_id <= inbox.last_entry_id(clinic.gate):
        return None
    raw = clinic.intake_reader().entry(entry_id)
    return None if raw is None else received_entry(raw)


def _print(row: dict[str, object], laid: LaidOut) -> None:
    findings = row.pop("findings")
    for name, value in row.items():
        sys.stdout.write(f"{name}: {plain(str(value))}".rstrip() + "\n")
    assert isinstance(findings, list)
    for finding in findings:
        sys.stdout.write(f"finding: {plain(finding['code'])}: {plain(finding['text'])}\n")
    sys.stdout.write("\n")
    for line in lines_of(laid):
        sys.stdout.write(line + "\n")
