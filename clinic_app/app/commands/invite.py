"""``commonground invite MRN``: a one-time code with which a patient enters the portal."""

import argparse
import sys

from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.app.output import print_json
from clinic_app.app.portal_place import portal_address
from clinic_app.services import invite, patients

DESCRIPTION = "Make a one-time code for a patient. With the birth date it opens the pre-visit questions."
EXAMPLE = "commonground invite 'DEMO|1001'"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The patient."""
    parser.add_argument("mrn", metavar="MRN", help="AUTHORITY|ID, or the bare number where it is unique")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Make the portal's person where there is none, link it, and print the code."""
    with Clinic(context) as clinic:
        identifier = patients.find(clinic.gate, arguments.mrn)
        with clinic.portal_store() as portal:
            invitation = invite.invite(clinic.gate, portal, identifier, clinic.words.language, clinic.now())
        address = portal_address(clinic) + invitation.url_path
    if arguments.json:
        print_json(
            {
                "code": invitation.code,
                "url": address,
                "portal_patient_id": invitation.portal_patient_id,
                "expires": invitation.expires.isoformat(),
            }
        )
    else:
        sys.stdout.write(
            f"Code: {invitation.code}\nAddress: {address}\n"
            f"Valid until: {invitation.expires:%Y-%m-%d %H:%M} UTC\n"
            "The patient enters the code and the birth date. The code works once.\n"
        )
    return 0
