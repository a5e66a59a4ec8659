"""``commonground profile check FILE [--messages DIR] [--json]``: try a site profile before it is used."""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bridges.hl7.batches import split
from bridges.hl7.profile_check import as_data, check
from bridges.hl7.profile_reading import parse_profile
from clinic_app.app.context import Context
from clinic_app.app.output import plain, print_json, print_table
from clinic_app.app.profiles import kept_units, profile_text, shipped_texts
from clinic_app.app.values import read_file, read_folder
from clinic_app.model.errors import EnvironmentFault
from clinic_app.system.resources import Resources

DESCRIPTION = "Whether a site profile can be used and, with messages, what it would apply, hold and ignore."
EXAMPLE = "commonground profile check site.toml --messages ./samples"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The profile, and messages to try it on."""
    parser.add_argument("what", choices=("check",), help="check: try a profile")
    parser.add_argument("file", type=read_file, metavar="FILE", help="the profile, a TOML file")
    parser.add_argument(
        "--messages",
        type=read_folder,
        metavar="DIR",
        help="a folder with HL7 messages or batches to try it on",
    )
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Check; nothing is stored, and no home is needed. What is wrong in a profile ends with status 1."""
    resources = Resources()
    text = profile_text(arguments.file)
    profile = parse_profile(text, shipped_texts(resources), kept_units(resources))
    messages = _messages(arguments.messages) if arguments.messages else ()
    report = as_data(check(messages, profile))
    if arguments.json:
        print_json(report)
    else:
        rows = len(profile.measurements) + len(profile.cultures) + len(profile.z_rows)
        sys.stdout.write(f"{plain(profile.version)} can be used: {rows} rows.\n")
        if arguments.messages:
            _print(report)
    return 0


def _messages(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every message of the files below a folder; batches are cut into theirs."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if not files:
        raise _no_messages(folder, "there are no files")
    for path in files:
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise _no_messages(folder, f"{path.name} cannot be read: {error.strerror}") from error
        for message in split(raw).messages or (raw,):
            yield path.relative_to(folder).as_posix(), message


def _no_messages(folder: Path, why: str) -> EnvironmentFault:
    return EnvironmentFault(
        "PROFILE-NO-MESSAGES",
        f"the messages in {folder} cannot be looked at ({why})",
        "Name a folder with files that may be read.",
    )


def _print(report: Mapping[str, Any]) -> None:
    """Tables for a person: types, codes (those that hold most first), units, and why."""
    _table("Messages", report["messages"], ("type", "applied", "held", "ignored", "why"))
    codes = ("system", "code", "name", "series", "applied", "held", "ignored", "why")
    _table("Results by code", report["codes"], codes)
    _table("Units that the profile does not know", report["units"], ("unit", "results"))
    for reason in report["reasons"]:
        text = f"{reason['code']}: {reason['reason']} ({reason['file']}). {reason['mend']}"
        sys.stdout.write(f"{plain(text)}\n")


def _table(title: str, rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    if rows:
        sys.stdout.write(f"\n{title}\n")
        print_table([{**row, "why": _why(row.get("why", {}))} for row in rows], columns)
        sys.stdout.write("\n")


def _why(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{why} ({count})" if count > 1 else why for why, count in counts.items())
