"""The command line: finds the command, loads only its module, and turns errors into one line and an exit status."""

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from clinic_app.app.context import Context
from clinic_app.model.errors import CommonGroundError, UseFault

WORKSTATION = "workstation"
COMMANDS: dict[str, str] = {
    "init": "create the home: settings, encrypted databases, keys",
    "bridge": "receive from the EHR and the portal (listener, portal sync, worker)",
    "portal": "run the embedded patient portal",
    "portal-token": "print a new access token for the portal's FHIR interface",
    "invite": "make a one-time code with which a patient enters the portal",
    "link": "say that a portal person and an EHR number are the same person",
    "picture": "print one patient's picture",
    "snapshot": "draw a screen to a PNG file, without a display",
    "inbox": "list, show, replay or accept what was received",
    "doctor": "say what is configured, reachable, stale or wrong, and the mend",
    "demo": "a synthetic clinic, really sent, on screen",
}
"""Commands of the public, with the line that ``--help`` says of each."""
HIDDEN = {WORKSTATION: "", "worker": "", "checker": "", "demo-feed": ""}
_VALUED = ("--home", "--now")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns 0 done, 1 failed, 2 wrong use. Errors go to standard error as ``CODE: …``."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    name, rest = _split(given)
    if name is None and any(word in ("-h", "--help") for word in rest):
        sys.stdout.write(_overview())
        return 0
    try:
        if name is not None and name not in COMMANDS and name not in HIDDEN:
            raise UseFault("COMMAND-UNKNOWN", f"There is no command {name!r}", "See `commonground --help`.")
        return _run(name or WORKSTATION, rest)
    except CommonGroundError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    except KeyboardInterrupt:
        return 1
    except BrokenPipeError:
        return 1


def _split(given: list[str]) -> tuple[str | None, list[str]]:
    """The command's name and all other words; options may stand before and behind the name."""
    skip = False
    for index, word in enumerate(given):
        if skip:
            skip = False
        elif word in _VALUED:
            skip = True
        elif not word.startswith("-"):
            return word, given[:index] + given[index + 1 :]
    return None, given


def _run(name: str, rest: list[str]) -> int:
    module = importlib.import_module(f"clinic_app.app.commands.{name.replace('-', '_')}")
    parser = _Parser(
        prog="commonground" if name == WORKSTATION else f"commonground {name}",
        description=module.DESCRIPTION,
        epilog=f"Example:\n  {module.EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--home", type=Path, metavar="DIR", help="the home folder (default: by the system's convention)")
    parser.add_argument("--now", type=read_time, metavar="TIME", help="take this as the present time (ISO 8601)")
    add_arguments: Callable[[argparse.ArgumentParser], None] = module.add_arguments
    add_arguments(parser)
    read = parser.parse_args(rest)
    run: Callable[[Context, argparse.Namespace], int] = module.run
    return run(Context.of(read.home, read.now), read)


class _Parser(argparse.ArgumentParser):
    """Says wrong use in the form that all our errors have."""

    def error(self, message: str) -> NoReturn:
        """Raise the fault instead of exiting, so that there is one way out."""
        raise UseFault("USE", message[:1].upper() + message[1:], f"See `{self.prog} --help`.")


def read_time(text: str) -> datetime:
    """An ISO 8601 date or time; without zone it is UTC, without time it is noon (so that "today" is that day)."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time such as 2026-11-23T09:00") from error
    if len(text) <= 10:
        when = when.replace(hour=12)
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {text}" for name, text in COMMANDS.items()]
    return (
        "usage: commonground [COMMAND] [--home DIR] [--now TIME] …\n\n"
        "Without a command: the workstation application. Every command has --help with an example.\n\n"
        + "\n".join(lines)
        + "\n\nExample:\n  commonground init --home ./clinic --key-file ./clinic.key\n"
    )
