"""``commonground snapshot``: draw a screen to a PNG file without a display."""

import argparse
import os
import sys

from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.app.desk import Desk
from clinic_app.app.screens import screen_settings
from clinic_app.app.values import read_file, read_size
from clinic_app.model.errors import UseFault
from clinic_app.services import patients

DESCRIPTION = "Draw one screen to a PNG file. Works without a display; the look is logged."
EXAMPLE = "commonground snapshot 'DEMO|1001' --screen shared --size 1920x1080 --out maya.png"
SCREENS = ("shared", "staff", "curtain")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Patient, screen, size and file."""
    parser.add_argument("mrn", metavar="MRN", help="AUTHORITY|ID, or the bare number where it is unique")
    parser.add_argument("--screen", choices=SCREENS, default="shared")
    parser.add_argument("--size", type=read_size, default=(1920, 1080), metavar="WIDTHxHEIGHT")
    parser.add_argument("--out", type=read_file, required=True, metavar="FILE.png")
    parser.add_argument("--language", choices=("en", "es"), help="language of the screen")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Render and say where the file is."""
    if not arguments.out.parent.is_dir():
        raise UseFault(
            "USE", f"The folder of {arguments.out} does not exist", "Name a file in a folder that exists."
        )
    context.home.require()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from clinic_app.ui import snapshot  # noqa: PLC0415 - --help and what is above need no Qt

    with Clinic(context, language=arguments.language) as clinic:
        identifier = patients.find(clinic.gate, arguments.mrn)
        snapshot.render(Desk(clinic), screen_settings(clinic), clinic.words, identifier, arguments.screen,
                        arguments.size, arguments.out)  # fmt: skip
    sys.stdout.write(f"{arguments.out}\n")
    return 0
