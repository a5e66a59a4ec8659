"""``commonground inbox``: what was received, what became of it, and how to mend it."""

import argparse
import sys
from collections.abc import Sequence

from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.app.output import print_json, print_table
from clinic_app.model.entries import InboxEntry
from clinic_app.model.errors import CommonGroundError, UseFault
from clinic_app.services import identity, inbox, replay

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
        "findings": [{"code": finding.code, "text": finding.text} for finding in entry.findings],
    }


def _list(clinic: Clinic, arguments: argparse.Namespace) -> int:
    entries: Sequence[InboxEntry] = inbox.list_entries(clinic.gate, clinic.intake_reader(), limit=arguments.limit)
    rows = [entry_row(entry) for entry in entries if arguments.state in (None, entry.state.value)]
    if arguments.json:
        print_json(rows)
    else:
        print_table(rows, ("id", "state", "channel", "type", "control_id", "received_at", "code", "reason"))
    return 0


def _show(clinic: Clinic, arguments: argparse.Namespace) -> int:
    entry = inbox.show_entry(clinic.gate, clinic.intake_reader(), arguments.id)
    if entry is None:
        raise CommonGroundError("ENTRY-UNKNOWN", f"There is no entry {arguments.id}", "See `commonground inbox list`.")
    if arguments.raw:
        sys.stdout.buffer.write(entry.raw)
        sys.stdout.buffer.flush()
    elif arguments.json:
        print_json(entry_row(entry))
    else:
        for name, value in entry_row(entry).items():
            sys.stdout.write(f"{name}: {value}\n")
    return 0


def _replay(clinic: Clinic, arguments: argparse.Namespace) -> int:
    ids = None if arguments.id is None else [arguments.id]
    report = replay.replay(clinic.gate, ids, clinic.translator(), clinic.profile_version(), clinic.now())
    done = {"tried": report.tried, "applied": report.applied, "held": report.held, "changed_facts": report.changed}
    if arguments.json:
        print_json(done)
    else:
        sys.stdout.write(
            f"{done['tried']} tried, {done['applied']} now applied, {done['held']} still held, "
            f"{done['changed_facts']} facts changed.\n"
        )
    return 0


def _accept(clinic: Clinic, arguments: argparse.Namespace) -> int:
    identity.confirm_identity(
        clinic.gate, arguments.id, clinic.translator(), clinic.profile_version(), clinic.now()
    )
    sys.stdout.write(f"Entry {arguments.id}: the identity was confirmed by you and is on record.\n")
    return 0
