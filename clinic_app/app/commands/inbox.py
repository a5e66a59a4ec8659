"""``commonground inbox``: what was received, what became of it, and how to mend it."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import asdict

from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.app.inbox_report import report
from clinic_app.app.inbox_view import entries_of, entry_row, remarks_on
from clinic_app.app.output import print_json, print_table
from clinic_app.app.values import read_count, read_day
from clinic_app.model.entries import EntryState
from clinic_app.model.errors import CommonGroundError, UseFault
from clinic_app.services import identity, inbox, replay
from clinic_app.services.applying import raw_entry

DESCRIPTION = "List, show, replay or accept what was received; or sum it up for the sender."
EXAMPLE = "commonground inbox list --state held --json"
COLUMNS = ("id", "state", "channel", "type", "control_id", "received_at", "code", "reason")
_ALLOWED = {
    "list": ("json", "state", "limit"),
    "show": ("id", "json", "raw", "masked"),
    "replay": ("id", "json", "state"),
    "accept": ("id", "json"),
    "report": ("json", "sender", "since"),
}
"""Words that each of them takes; any other would be passed over without a word."""
_USUAL_LIMIT, _ALL = 1000, 1_000_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Words of ``inbox list|show|replay|accept|report``."""
    parser.add_argument(
        "what",
        choices=tuple(_ALLOWED),
        help="list them; show one; replay held ones, or one, after a mend; accept one's birth date; "
        "report by sender",
    )
    parser.add_argument(
        "id", nargs="?", type=read_count, help="number of the entry (show, accept; replay: this one alone)"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="machine-readable output")
    form.add_argument("--raw", action="store_true", help="show: write the stored bytes as they came")
    parser.add_argument("--masked", action="store_true", help="show: without anybody's data")
    parser.add_argument(
        "--state", choices=tuple(EntryState), help="list, replay: only this state (replay: held)"
    )
    parser.add_argument(
        "--limit",
        type=read_count,
        help=f"list: at most this many, newest first (default {_USUAL_LIMIT}, with --json all)",
    )
    parser.add_argument("--sender", help="report: only this one (MSH-3|MSH-4 as sent)")
    parser.add_argument(
        "--since", type=read_day, metavar="DATE", help="report: only what came on this day or later"
    )


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run one of them."""
    _refuse_idle_words(arguments)
    run_one: dict[str, Callable[[Clinic, argparse.Namespace], int]] = {
        "list": _list,
        "show": _show,
        "replay": _replay,
        "accept": _accept,
        "report": report,
    }
    with Clinic(context) as clinic:
        return run_one[arguments.what](clinic, arguments)


def _refuse_idle_words(arguments: argparse.Namespace) -> None:
    what, mend = arguments.what, "See `commonground inbox --help`."
    for name in ("id", "raw", "masked", "state", "limit", "sender", "since"):
        if getattr(arguments, name) and name not in _ALLOWED[what]:
            shown = "number" if name == "id" else f"--{name}"
            raise UseFault("USE", f"`inbox {what}` takes no {shown}", mend)
    if what in ("show", "accept") and arguments.id is None:
        raise UseFault("USE", f"`inbox {what}` needs the number of an entry", mend)


def _list(clinic: Clinic, arguments: argparse.Namespace) -> int:
    wanted = (EntryState(arguments.state),) if arguments.state else ()
    limit = arguments.limit or (_ALL if arguments.json else _USUAL_LIMIT)
    listed = entries_of(clinic, wanted, limit)
    if arguments.json:
        remarks = remarks_on(clinic, [entry.id for entry in listed])
        print_json([entry_row(entry, remarks.get(entry.id, ())) for entry in listed])
    else:
        print_table([entry_row(entry) for entry in listed], COLUMNS)
        if len(listed) == limit:
            sys.stderr.write(f"Only the newest {limit} are shown; --limit shows more.\n")
    return 0


def _show(clinic: Clinic, arguments: argparse.Namespace) -> int:
    # hl7apy, which knows the names, is loaded only where a message is shown.
    from clinic_app.app.inbox_show import show  # noqa: PLC0415

    return show(clinic, arguments)


def _replay(clinic: Clinic, arguments: argparse.Namespace) -> int:
    ids = None if arguments.id is None else [arguments.id]
    state = EntryState(arguments.state or EntryState.HELD)
    report = replay.replay(
        clinic.gate, ids, clinic.translator(), clinic.profile_version(), clinic.now(), state
    )
    if ids and not report.looked:
        inbox.show_entry(clinic.gate, arguments.id)  # says that there is none
    if arguments.json:
        print_json(asdict(report))
    else:
        sys.stdout.write(
            f"{report.looked} looked at, {report.changed} changed: {report.applied} applied, "
            f"{report.held} held, {report.ignored} ignored; "
            f"{report.recorded} facts new, {report.withdrawn} withdrawn.\n"
        )
    return 0


def _accept(clinic: Clinic, arguments: argparse.Namespace) -> int:
    entry = inbox.show_entry(clinic.gate, arguments.id, raw=True)
    meant = clinic.translator()(raw_entry(entry))
    if entry.code != "BIRTH-DATE-DIFFERS" or meant.subject is None or meant.birth_date is None:
        raise CommonGroundError(
            "NOTHING-TO-ACCEPT",
            f"entry {entry.id} is not held because of a birth date",
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
            f"You confirmed the birth date in entry {entry.id}; it is on record. "
            f"{report.changed} entries changed.\n"
        )
    return 0
