"""``commonground link MRN PORTAL-PATIENT-ID``: an explicit link; nothing is ever linked by guessing."""

import argparse
import sys

from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.app.output import plain, print_json
from clinic_app.app.values import read_portal_id
from clinic_app.services import link, patients, replay

DESCRIPTION = "Say that a portal person and an EHR number are one person. What waited for it is applied."
EXAMPLE = "commonground link 'DEMO|1001' 7f3a"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Both numbers."""
    parser.add_argument("mrn", metavar="MRN", help="AUTHORITY|ID, or the bare number where it is unique")
    parser.add_argument(
        "portal_id",
        type=read_portal_id,
        metavar="PORTAL-PATIENT-ID",
        help="the id of the portal's Patient resource",
    )
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Record the link, then apply what waited for it."""
    with Clinic(context) as clinic:
        identifier = patients.find(clinic.gate, arguments.mrn)
        portal = link.link(clinic.gate, identifier, arguments.portal_id, clinic.now())
        report = replay.reconsider(
            clinic.gate, identifier, clinic.translator(), clinic.profile_version(), clinic.now()
        )
    if arguments.json:
        print_json({"mrn": str(identifier), "portal": str(portal), "applied": report.applied})
    else:
        text = f"{identifier} and {portal} are one person. {report.applied} of their entries are applied."
        sys.stdout.write(f"{plain(text)}\n")
    return 0
