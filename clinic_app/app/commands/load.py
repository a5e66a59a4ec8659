"""``commonground load DIR [--dry-run] [--json]``: history from before the first day."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict

from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.app.loading import FileReport, load_folder
from clinic_app.app.output import plain, print_json, print_table
from clinic_app.app.values import read_folder

DESCRIPTION = "Load history: HL7 messages, and the CSV tables that docs/load.md describes. Twice is once."
EXAMPLE = "commonground load ./history --dry-run"
_COLUMNS = ("file", "kind", "rows", "taken", "repeated", "held", "ignored", "outside")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The folder, and whether anything is to be done."""
    parser.add_argument("folder", type=read_folder, metavar="DIR", help="a folder with the files")
    parser.add_argument("--dry-run", action="store_true", help="only say what would become of each row")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Load, and report per file; status 1 where a file was refused."""
    with Clinic(context) as clinic:
        reports = load_folder(clinic, arguments.folder, arguments.dry_run)
    if arguments.json:
        print_json([asdict(report) for report in reports])
    else:
        _print(reports, arguments.dry_run)
    return 1 if any(report.refused for report in reports) else 0


def _print(reports: Sequence[FileReport], dry_run: bool) -> None:
    print_table([asdict(report) for report in reports], _COLUMNS)
    for report in reports:
        name = plain(report.file)
        for text in (report.refused, *report.remarks):
            if text:
                sys.stdout.write(f"{name}: {plain(text)}\n")
        for problem in report.problems:
            code = f"{problem.code}: " if problem.code else ""
            entry = f" (entry {problem.entry})" if problem.entry else ""
            text = f"{problem.state}{entry}: {code}{problem.reason}. {problem.mend}"
            sys.stdout.write(f"{name}, line {problem.line}: {plain(text).rstrip()}\n")
    if dry_run:
        sys.stdout.write("Nothing was loaded: this only says what would become of each row.\n")
