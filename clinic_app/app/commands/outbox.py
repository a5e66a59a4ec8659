"""``commonground outbox``: what goes back to the EHR, what became of it, and how to mend it."""

import argparse
import sys
from collections.abc import Callable

from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.app.output import plain, print_json, print_table
from clinic_app.app.values import read_count
from clinic_app.model.errors import UseFault
from clinic_app.model.outbox import OutboxMessage, OutboxState
from clinic_app.services import outbox

DESCRIPTION = "List, show, resend or withdraw what goes back to the EHR."
EXAMPLE = "commonground outbox list --state refused --json"
COLUMNS = ("id", "state", "kind", "control_id", "created_at", "attempts", "code")
_ALLOWED = {
    "list": ("json", "state", "limit"),
    "show": ("id", "json", "raw"),
    "resend": ("id", "json"),
    "withdraw": ("id", "json"),
}
"""Words that each of the four takes; any other would be passed over without a word."""
_USUAL_LIMIT, _ALL = 1000, 1_000_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Words of ``outbox list|show|resend|withdraw``."""
    parser.add_argument(
        "what",
        choices=tuple(_ALLOWED),
        help="list them; show one with the EHR's answer; send one again as it is; send one no more",
    )
    parser.add_argument("id", nargs="?", type=read_count, help="number of the message")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="machine-readable output")
    form.add_argument("--raw", action="store_true", help="show: write the message's bytes")
    parser.add_argument("--state", choices=tuple(OutboxState), help="list: only this state")
    parser.add_argument(
        "--limit",
        type=read_count,
        help=f"list: at most this many, newest first (default {_USUAL_LIMIT}, with --json all)",
    )


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run one of the four."""
    _refuse_idle_words(arguments)
    run_one: dict[str, Callable[[Clinic, argparse.Namespace], None]] = {
        "list": _list,
        "show": _show,
        "resend": _resend,
        "withdraw": _withdraw,
    }
    with Clinic(context) as clinic:
        run_one[arguments.what](clinic, arguments)
    return 0


def message_row(message: OutboxMessage) -> dict[str, object]:
    """The documented fields of one message; nothing in them names anybody."""
    return {
        "id": message.id,
        "state": message.state.value,
        "destination": message.destination,
        "kind": message.kind,
        "control_id": message.control_id,
        "source": message.source,
        "created_by": message.created_by,
        "created_at": message.created_at.isoformat(),
        "changed_at": message.changed_at.isoformat(),
        "next_attempt": message.next_attempt.isoformat() if message.state.deliverable else None,
        "attempts": message.attempts,
        "code": message.code,
        "series": [{"series": item.series, "standing": item.standing.value} for item in message.items],
    }


def _refuse_idle_words(arguments: argparse.Namespace) -> None:
    what, mend = arguments.what, "See `commonground outbox --help`."
    for name in ("id", "raw", "state", "limit"):
        if getattr(arguments, name) and name not in _ALLOWED[what]:
            shown = "number" if name == "id" else f"--{name}"
            raise UseFault("USE", f"`outbox {what}` takes no {shown}", mend)
    if what != "list" and arguments.id is None:
        raise UseFault("USE", f"`outbox {what}` needs the number of a message", mend)


def _list(clinic: Clinic, arguments: argparse.Namespace) -> None:
    wanted = (OutboxState(arguments.state),) if arguments.state else ()
    limit = arguments.limit or (_ALL if arguments.json else _USUAL_LIMIT)
    rows = [message_row(one) for one in outbox.list_messages(clinic.gate, wanted, limit)]
    if arguments.json:
        print_json(rows)
    else:
        print_table(rows, COLUMNS)
        if len(rows) == limit:
            sys.stderr.write(f"Only the newest {limit} are shown; --limit shows more.\n")


def _show(clinic: Clinic, arguments: argparse.Namespace) -> None:
    message = outbox.show_message(clinic.gate, arguments.id, arguments.raw)
    if arguments.raw:
        sys.stdout.buffer.write(message.payload)
        return
    _tell(arguments, {**message_row(message), "answer": message.words})


def _resend(clinic: Clinic, arguments: argparse.Namespace) -> None:
    _tell(arguments, message_row(outbox.resend(clinic.gate, arguments.id, clinic.now())))


def _withdraw(clinic: Clinic, arguments: argparse.Namespace) -> None:
    _tell(arguments, message_row(outbox.withdraw(clinic.gate, arguments.id, clinic.now())))


def _tell(arguments: argparse.Namespace, row: dict[str, object]) -> None:
    if arguments.json:
        print_json(row)
        return
    for name, value in row.items():
        parts = [" ".join(one.values()) for one in value] if isinstance(value, list) else [value]
        text = ", ".join("" if one is None else plain(str(one)) for one in parts)
        sys.stdout.write(f"{name}: {text}".rstrip() + "\n")
