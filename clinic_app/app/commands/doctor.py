"""``commonground doctor``: what is configured, reachable, stale or wrong, each with the mend."""

import argparse
import sys
from dataclasses import asdict

from clinic_app.app.context import Context
from clinic_app.app.doctor import examine_home
from clinic_app.app.output import print_json

DESCRIPTION = "Say what is configured, reachable, stale or wrong, and how to mend it. Changes nothing."
EXAMPLE = "commonground doctor --json"
_SIGNS = {"ok": "ok   ", "note": "note ", "stale": "stale", "wrong": "WRONG"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The form."""
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Print every check; status 1 if one is wrong."""
    checks = list(examine_home(context))
    if arguments.json:
        print_json([asdict(check) for check in checks])
    else:
        for check in checks:
            sys.stdout.write(f"{_SIGNS[check.state]}  {check.name}: {check.what}\n")
            if check.mend:
                sys.stdout.write(f"       {check.code}. {check.mend}\n")
    return 1 if any(check.state == "wrong" for check in checks) else 0
