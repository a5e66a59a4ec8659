"""``commonground checker`` (started by the bridge): remarks on the structure of what came."""

import argparse
import sys

from bridges.hl7.conformance import check
from clinic_app.app.checker import CheckerParts, run_checker
from clinic_app.app.context import Context
from clinic_app.app.process_log import process_log
from clinic_app.app.worker import read_keys, standard_pipe
from clinic_app.store.conformance import ConformanceFile
from clinic_app.store.intake import IntakeView
from clinic_app.system.locks import RoleLock

DESCRIPTION = "The conformance check; the bridge starts it."
EXAMPLE = "commonground bridge"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing more."""


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Check until the bridge's pipe ends."""
    context.home.require()
    pipe = standard_pipe()
    key = read_keys(pipe)["intake"]
    home = context.home
    parts = CheckerParts(
        lambda: IntakeView(home.intake_db, key),
        lambda: ConformanceFile(home.root / "conformance.db", key),
        check,
    )
    with process_log(home.log("checker")):
        run_checker(parts, RoleLock(home, "checker"), pipe, sys.stdout)
    return 0
