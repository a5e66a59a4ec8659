"""``commonground inbox``: what was received, what became of it, and how to mend it."""

import argparse
import sys
from dataclasses import asdict

from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.app.inbox_view import entries_of, received_entry
from clinic_app.app.output import plain, print_json, print_table
from clinic_app.model.entries import EntryState, InboxEntry
from clinic_app.model.errors import CommonGroundError, UseFault
from clinic_app.services import identity, inbox, replay
from clinic_app.services.applying import raw_entry

DESCRIPTION = "List, show, replay or accept what was received."
EXAMPLE = "commonground inbox list --state held --json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Words of ``inbox list|show|replay|accept``."""
    parser.add_argument("what", choices=("list", "show", "replay", "accept"))
    parser.add_argument("id", nargs="?", type=int, help="number of the entry (show, replay, accept)")
    parser.add_argument("--json", action="store_true", help="machine-readable output")
    parser.add_argument("--raw", action="store_true", help="show: write the stored bytes as they came")
    parser.add_argument("--state", choices=("received", "applied", "held", "ignored"), help="list: only this state")
    parser.add_argument("--limit", type=int, default=1000, help="list: at most this many, newest first (default 1000)")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run one of the four."""
    with Clinic(context) as clinic:
        if arguments.what == "list":
            return _list(clinic, arguments)
        if arguments.what == "replay":
            return _replay(clinic, arguments)
        if arguments.id is None:
            raise UseFault("USE", f"`inbox {arguments.what}` needs the number of an entry", "See `inbox list`.")
        return _show(clinic, arguments) if arguments.what == "show" else _accept(clinic, arguments)


def entry_row(entry: InboxEntry) -> dict[str, object]:
    """The documented fields of one entry."""
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
        "findings": [{"code": finding.code, "text": finding.text} for finding in entry.findings],
    }


def _list(clinic: Clinic, arguments: argparse.Namespace) -> int:
    wanted = (EntryState(arguments.state),) if arguments.state else ()
    listed = entries_of(clinic, wanted, arguments.limit)
    rows = [entry_row(entry) for entry in listed]
    if arguments.json:
        print_json(rows)
    else:
        print_table(rows, ("id", "state", "channel", "type", "control_id", "received_at", "code", "reason"))
    return 0


def _show(clinic: Clinic, arguments: argparse.Namespace) -> int:
    entry = _entry(clinic, arguments.id, arguments.raw)
    if arguments.raw:
        sys.stdout.buffer.write(entry.raw)
        sys.stdout.buffer.flush()
    elif arguments.json:
        print_json(entry_row(entry))
    else:
        for name, value in entry_row(entry).items():
            sys.stdout.write(f"{name}: {plain(str(value))}\n")
    return 0


def _entry(clinic: Clinic, entry_id: int, raw: bool) -> InboxEntry:
    if entry_id <= inbox.last_entry_id(clinic.gate):
        return inbox.show_entry(clinic.gate, entry_id, raw)
    waiting = clinic.intake_reader().entry(entry_id)
    if waiting is None:
        return inbox.show_entry(clinic.gate, entry_id, raw)  # says that there is none
    if raw:
        inbox.note_raw_look(clinic.gate, entry_id)
    return received_entry(waiting)


def _replay(clinic: Clinic, arguments: argparse.Namespace) -> int:
    ids = None if arguments.id is None else [arguments.id]
    report = replay.replay(clinic.gate, ids, clinic.translator(), clinic.profile_version(), clinic.now())
    if ids and not report.looked:
        inbox.show_entry(clinic.gate, arguments.id)  # says that there is none
    if arguments.json:
        print_json(asdict(report))
    else:
        sys.stdout.write(
            f"{report.looked} looked at, {report.changed} changed: {report.applied} applied, {report.held} held, "
            f"{report.ignored} ignored; {report.recorded} facts new, {report.withdrawn} withdrawn.\n"
        )
    return 0


def _accept(clinic: Clinic, arguments: argparse.Namespace) -> int:
    entry = inbox.show_entry(clinic.gate, arguments.id, raw=True)
    meant = clinic.translator()(raw_entry(entry))
    if entry.code != "BIRTH-DATE-DIFFERS" or meant.subject is None or meant.birth_date is None:
        raise CommonGroundError(
            "NOTHING-TO-ACCEPT",
            f"Entry {entry.id} is not held because of a birth date",
            "See its reason and mend: `commonground inbox show`.",
        )
    identity.confirm_birth_date(clinic.gate, meant.subject, meant.birth_date, clinic.now())
    report = replay.reconsider(
        clinic.gate, meant.subject, clinic.translator(), clinic.profile_version(), clinic.now()
    )
    done = {"entry": entry.id, "changed": report.changed}
    if arguments.json:
        print_json(done)
    else:
        sys.stdout.write(
            f"You confirmed the birth date in entry {entry.id}; it is on record. {report.changed} entries changed.\n"
        )
    return 0
