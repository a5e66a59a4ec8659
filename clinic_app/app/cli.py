"""The command line: loads one command's module, and turns errors into one line and an exit status."""

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn, TextIO

from clinic_app.app.context import Context
from clinic_app.app.output import plain
from clinic_app.app.values import read_folder, read_time
from clinic_app.model.errors import CommonGroundError, EnvironmentFault, ProgramFault, UseFault
from clinic_app.system.logs import start_log, stop_log
from clinic_app.system.paths import Home

WORKSTATION = "workstation"
COMMANDS: dict[str, str] = {
    "init": "create the home: settings, encrypted databases, keys",
    "bridge": "receive from the EHR and the portal (listener, portal sync, worker)",
    "portal": "run the embedded patient portal",
    "portal-token": "print a new access token for the portal's FHIR interface",
    "portal-key": "keys with which to ask another portal for tokens: new, list, jwks, retire",
    "invite": "make a one-time code with which a patient enters the portal",
    "link": "say that a portal person and an EHR number are the same person",
    "picture": "print one patient's picture",
    "snapshot": "draw a screen to a PNG file, without a display",
    "load": "load history from before the first day: HL7 batches and CSV tables",
    "inbox": "list, show, replay or accept what was received",
    "profile": "try a site profile: can it be used, and what would it make of messages",
    "merges": "numbers that may be one person: look at both, then decide",
    "outbox": "list, show, resend or withdraw what goes back to the EHR",
    "doctor": "say what is configured, reachable, stale or wrong, and the mend",
    "demo": "a synthetic clinic, really sent, on screen",
}
"""Commands of the public, with the line that ``--help`` says of each."""
HIDDEN = {WORKSTATION: "", "worker": "", "checker": "", "demo-feed": ""}
_VALUED = ("--home", "--now", "--language", "--open")
"""Options with a value that may stand before the command's name, or without any."""
_HELP = frozenset({"-h", "--help"})
LOG = "command"
"""Name of the log file that faults of the program go to."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns 0 done, 1 failed, 2 wrong use. Errors go to standard error as ``CODE: …``."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _steady_streams()
    try:
        status = _chosen(given)
        sys.stdout.flush()
    except CommonGroundError as error:
        return _failed(error)
    except KeyboardInterrupt:
        return 1
    except BrokenPipeError:
        _let_go_of(sys.stdout)
        return 1
    except OSError as error:
        _let_go_of(sys.stdout)
        return _failed(_refused(error))
    except ImportError as error:
        return _failed(_unloadable(error))
    except Exception as error:  # noqa: BLE001 - the process boundary of every command, one of the three
        return _failed(_bug(error, _home_in(given)))
    return status


def _chosen(given: list[str]) -> int:
    """Run the command that these words name."""
    if any(map(_broken, given)):
        raise UseFault(
            "USE", "A word of the command is not text in UTF-8", "Type it again, or rename the file."
        )
    name, rest = _split(given)
    if name is None and not _HELP.isdisjoint(rest):
        sys.stdout.write(_overview())
        return 0
    if name is not None and name not in COMMANDS and name not in HIDDEN:
        raise UseFault("COMMAND-UNKNOWN", f"There is no command {name!r}", "See `commonground --help`.")
    return _run(name or WORKSTATION, rest)


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
        allow_abbrev=False,
        add_help=False,
    )
    parser.add_argument("-h", "--help", action="store_true", help="say this, and do nothing")
    parser.add_argument(
        "--home",
        type=read_folder,
        metavar="DIR",
        help="the home (default: where this system keeps data)",
    )
    parser.add_argument(
        "--now", type=read_time, metavar="TIME", help="take this as the present time (ISO 8601)"
    )
    add_arguments: Callable[[argparse.ArgumentParser], None] = module.add_arguments
    add_arguments(parser)
    if not _HELP.isdisjoint(rest):
        parser.print_help()
        return 0
    read = parser.parse_args(rest)
    run: Callable[[Context, argparse.Namespace], int] = module.run
    return run(Context.of(read.home, read.now), read)


class _Parser(argparse.ArgumentParser):
    """Says wrong use in the form that all our errors have."""

    def error(self, message: str) -> NoReturn:
        """Raise the fault instead of exiting, so that there is one way out."""
        raise UseFault("USE", message[:1].upper() + message[1:], f"See `{self.prog} --help`.")


def _failed(error: CommonGroundError) -> int:
    """Say it in one line, whatever characters a name from outside brings along."""
    with suppress(OSError):
        sys.stderr.write(f"{plain(str(error))}\n")
        sys.stderr.flush()
    return error.exit_status


def _refused(error: OSError) -> EnvironmentFault:
    """An error of the operating system that no part has words of its own for."""
    where = f" at {error.filename}" if error.filename else ""
    return EnvironmentFault(
        "SYSTEM-REFUSED",
        f"the operating system refused something{where} ({error.strerror or type(error).__name__})",
        "Mend that (space, rights, network), then give the command again.",
    )


def _unloadable(error: ImportError) -> EnvironmentFault:
    """A library that is not there, or lacks one of the system's (Qt wants several)."""
    return EnvironmentFault(
        "LIBRARY-MISSING",
        f"a library cannot be loaded ({error.msg})",
        "Install it: README.md names the packages. Then give the command again.",
    )


def _bug(error: Exception, home: Home) -> ProgramFault:
    """A fault of ours: its places go to the home's log; its text, which may quote a person, nowhere."""
    where = "It could not be noted in a log."
    if home.logs.is_dir():
        with suppress(EnvironmentFault):
            log = start_log(home.log(LOG))
            logging.getLogger("commonground.command").error("PROGRAM-FAULT", exc_info=error)
            stop_log(log)
            where = f"Where it happened is in {home.log(LOG)}."
    what = f"this program has a fault ({type(error).__name__}) and ended the command"
    return ProgramFault("PROGRAM-FAULT", what, f"Report this. {where}")


def _home_in(given: Sequence[str]) -> Home:
    """The home that these words name, however wrong the others are."""
    for word, following in zip(given, [*given[1:], ""], strict=True):
        if word == "--home" or word.startswith("--home="):
            return Home.at(Path(following if word == "--home" else word.partition("=")[2]))
    return Home.at(None)


def _broken(word: str) -> bool:
    """Whether the word came as bytes that are no UTF-8."""
    return any("\ud800" <= char <= "\udfff" for char in word)


def _steady_streams() -> None:
    """Standard output and error that are always there, and show as an escape what they cannot encode."""
    sys.stdout, sys.stderr = (_steady(stream) for stream in (sys.stdout, sys.stderr))


def _steady(stream: TextIO | None) -> TextIO:
    if stream is None:  # closed by whoever started us
        return Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - it lives as long as we do
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return stream


def _let_go_of(stream: TextIO) -> None:
    """Where nobody reads it, what is left in it must not complain when the process ends."""
    try:
        stream.flush()
    except OSError:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {text}" for name, text in COMMANDS.items()]
    return (
        "usage: commonground [COMMAND] [--home DIR] [--now TIME] …\n\n"
        "Without a command: the workstation application. Every command has --help with an example.\n\n"
        + "\n".join(lines)
        + "\n\nExample:\n  commonground init --home ./clinic --key-file ./clinic.key\n"
    )
