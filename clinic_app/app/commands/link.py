"""``commonground link MRN PORTAL-PATIENT-ID [--undo]``: an explicit link; nothing is ever linked by
guessing.
"""

import argparse
import json
import sys

from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.app.output import plain, print_json
from clinic_app.app.values import read_portal_id
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.services import link, patients, replay

DESCRIPTION = "Say that a portal person and an EHR number are one person. What waited for it is applied."
EXAMPLE = "commonground link 'DEMO|1001' 7f3a"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Both numbers, and whether the link is taken back."""
    parser.add_argument("mrn", metavar="MRN", help="AUTHORITY|ID, or the bare number where it is unique")
    parser.add_argument(
        "portal_id",
        type=read_portal_id,
        metavar="PORTAL-PATIENT-ID",
        help="the id of the portal's Patient resource",
    )
    parser.add_argument("--undo", action="store_true", help="take the link back; it stays on record")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Record the link or its undoing, then look again at what it concerns."""
    with Clinic(context) as clinic:
        identifier = patients.find(clinic.gate, arguments.mrn)
        done, text = (_undo if arguments.undo else _link)(clinic, identifier, arguments.portal_id)
    if arguments.json:
        print_json(done)
    else:
        sys.stdout.write(f"{plain(text)}\n")
    return 0


def _link(clinic: Clinic, identifier: Identifier, portal_id: str) -> tuple[dict[str, object], str]:
    known, born = _portal_person(clinic, portal_id)
    portal = link.link(clinic.gate, identifier, portal_id, clinic.now(), born)
    freed = _reconsider(clinic, identifier).freed
    text = f"{identifier} and {portal} are one person. {freed} waiting entries applied."
    if known is False:
        text += " The portal has no such person yet: check the id."
    done = {"mrn": str(identifier), "portal": str(portal), "applied": freed, "portal_person_known": known}
    return done, text


def _undo(clinic: Clinic, identifier: Identifier, portal_id: str) -> tuple[dict[str, object], str]:
    portal = link.unlink(clinic.gate, identifier, portal_id, clinic.now())
    reports = [_reconsider(clinic, one) for one in (portal, identifier)]
    withheld = sum(report.changed for report in reports)
    text = f"{identifier} and {portal} are not linked any more. {withheld} entries changed."
    return {"mrn": str(identifier), "portal": str(portal), "linked": False, "changed": withheld}, text


def _reconsider(clinic: Clinic, identifier: Identifier) -> replay.ReplayReport:
    version = clinic.profile_version()
    return replay.reconsider(clinic.gate, identifier, clinic.translator(), version, clinic.now())


def _portal_person(clinic: Clinic, portal_id: str) -> tuple[bool | None, Moment | None]:
    """Whether the embedded portal has this person, and their birth date; (None, None) where the portal is
    another system, which is not asked here.
    """
    if clinic.settings.portal.url:
        return None, None
    with clinic.portal_store() as portal:
        stored = portal.resources.read("Patient", portal_id)
    if stored is None:
        return False, None
    return True, _moment(json.loads(stored.body).get("birthDate"))


def _moment(text: object) -> Moment | None:
    """A FHIR date; None where there is none, or none of the calendar."""
    try:
        return Moment(text) if isinstance(text, str) else None
    except ValueError:
        return None
