"""``commonground bridge``: receives from the EHR and the portal, and keeps the worker running."""

import argparse
import logging

from clinic_app.app.bridge import run_bridge
from clinic_app.app.bridge_parts import bridge_parts
from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.app.process_log import process_log
from clinic_app.app.values import read_file, read_port
from clinic_app.model.errors import CommonGroundError

DESCRIPTION = "Receive from the EHR (HL7 v2 over MLLP) and the portal; SIGTERM ends it cleanly."
EXAMPLE = "commonground bridge --port 2575"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, and the file that says it does."""
    parser.add_argument(
        "--port",
        type=read_port,
        help="port of the MLLP listener (0: any free one)",
    )
    parser.add_argument(
        "--ready", type=read_file, metavar="FILE", help="write the address to FILE once it accepts"
    )
    parser.add_argument("--started-by", default="", help=argparse.SUPPRESS)


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Receive until SIGTERM."""
    with Clinic(context, writer="bridge") as clinic, process_log(clinic.home.log("bridge")):
        try:
            run_bridge(bridge_parts(clinic, arguments.port, arguments.ready, arguments.started_by))
        except CommonGroundError as error:
            # A workstation that started it reads no standard error.
            logging.getLogger("commonground.bridge").error("%s", error)
            raise
    return 0
