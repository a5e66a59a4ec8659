"""``commonground`` without a command: the workstation application."""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.app.desk import Desk
from clinic_app.app.keeper import BridgeKeeper
from clinic_app.app.process_log import process_log
from clinic_app.app.screens import screen_settings
from clinic_app.model.errors import EnvironmentFault

DESCRIPTION = "The workstation: the staff window and the shared screen. It starts a bridge unless one runs."
EXAMPLE = "commonground --home ./clinic"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Language, and whether to keep a bridge."""
    parser.add_argument("--language", choices=("en", "es"), help="language of the screens")
    parser.add_argument("--no-bridge", action="store_true", help="start no bridge (one runs elsewhere)")
    parser.add_argument("--open", metavar="MRN", help="open this patient at once")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run until the windows are closed; then end the bridge that a workstation started."""
    context.home.require()
    require_display(sys.platform, os.environ)
    from clinic_app.ui.run import run_workstation  # noqa: PLC0415 - --help and what is above need no Qt

    with (
        process_log(context.home.log("workstation")),
        Clinic(context, language=arguments.language, writer="workstation") as clinic,
        _kept(BridgeKeeper(context), not arguments.no_bridge),
    ):
        return run_workstation(
            Desk(clinic), screen_settings(clinic), clinic.words, open_at_start=arguments.open
        )


def require_display(platform: str, environment: Mapping[str, str]) -> None:
    """Raise EnvironmentFault DISPLAY-MISSING where Qt would end the process without a word."""
    known = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if platform == "linux" and not any(environment.get(name) for name in known):
        raise EnvironmentFault(
            "DISPLAY-MISSING",
            "there is no display to open windows on",
            "Start it in a graphical session; `commonground snapshot` draws a screen without one.",
        )


@contextmanager
def _kept(keeper: BridgeKeeper, wanted: bool) -> Iterator[None]:
    if not wanted:
        yield
        return
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()
