"""``commonground`` without a command: the workstation application."""

import argparse

from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.app.desk import Desk
from clinic_app.app.keeper import BridgeKeeper
from clinic_app.ui.run import run_workstation

DESCRIPTION = "The workstation: the staff window and the shared screen. It starts a bridge unless one runs."
EXAMPLE = "commonground --home ./clinic"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Language, and whether to keep a bridge."""
    parser.add_argument("--language", choices=("en", "es"), help="language of the screens")
    parser.add_argument("--no-bridge", action="store_true", help="start no bridge (one runs elsewhere)")
    parser.add_argument("--open", metavar="MRN", help="open this patient at once")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run until the windows are closed; then end the bridge that this workstation started."""
    with Clinic(context, language=arguments.language, writer="workstation") as clinic:
        keeper = BridgeKeeper(clinic, enabled=not arguments.no_bridge)
        keeper.start()
        try:
            return run_workstation(Desk(clinic), clinic.screen_settings(), clinic.words, open_at_start=arguments.open)
        finally:
            keeper.stop()
