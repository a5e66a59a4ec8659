"""``commonground portal-token``: a new access token for the portal's FHIR interface."""

import argparse
import sys

from clinic_app.app.compose import Clinic, require_administrator
from clinic_app.app.context import Context
from clinic_app.app.output import print_json

DESCRIPTION = (
    "Print a new access token for the portal's FHIR interface. Only its hash is kept: it is shown once."
)
EXAMPLE = "commonground portal-token --label 'test client'"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A label, by which the token can be told from others."""
    parser.add_argument("--label", default="command line", help="what the token is for")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Make the token; administrators only."""
    with Clinic(context) as clinic:
        require_administrator(clinic.actor)
        with clinic.portal_store() as portal:
            token = portal.create_token(arguments.label, clinic.now())
    if arguments.json:
        print_json({"token": token})
    else:
        sys.stdout.write(f"{token}\n")
    return 0
