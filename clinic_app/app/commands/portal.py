"""``commonground portal``: the embedded patient portal."""

import argparse

from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.app.portal import serve_portal
from clinic_app.app.values import read_file, read_port

DESCRIPTION = "Run the embedded portal: a FHIR R4 server and the patient's pages. SIGTERM ends it cleanly."
EXAMPLE = "commonground portal --port 8443"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, and the file that says it does."""
    parser.add_argument("--port", type=read_port, help="port (0: any free one); default: from the settings")
    parser.add_argument(
        "--ready", type=read_file, metavar="FILE", help="write the address to FILE once it accepts"
    )


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM."""
    with Clinic(context) as clinic:
        return serve_portal(clinic, arguments.port, arguments.ready)
