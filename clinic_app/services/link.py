"""Linking a portal person to a patient of the clinic: always by a person, never guessed."""

from datetime import datetime

from clinic_app.model.access import Action
from clinic_app.model.errors import UseFault
from clinic_app.model.identity import PORTAL, Identifier
from clinic_app.model.people import Link
from clinic_app.ports.store import WriteUnit
from clinic_app.services.gate import Gate

LINK_KIND = "link"
"""Kind that a change row names when links changed."""


def link(gate: Gate, patient: Identifier, portal_id: str, now: datetime) -> Identifier:
    """Say that this portal person is this known patient; returns the portal identifier.

    The caller then reconsiders the patient (`replay.reconsider`), which applies what waited. Linking the same
    two again changes nothing. Raises UseFault LINK-TAKEN where the portal person is linked to somebody else.
    """
    portal = Identifier(PORTAL, portal_id)
    with gate.writing(Action.LINK, (patient, portal)) as unit:
        there = [one for one in unit.person(portal) if not one.from_portal]
        if patient in there:
            return portal
        if there:
            raise UseFault(
                "LINK-TAKEN",
                f"portal person {portal_id} is linked to {there[0]}",
                "Undo that link first, if it is wrong.",
            )
        _put(unit, patient, portal, gate.actor.account, now, active=True)
    return portal


def unlink(gate: Gate, patient: Identifier, portal_id: str, now: datetime) -> Identifier:
    """Undo a link; it stays on record. The caller then reconsiders the returned portal identifier."""
    portal = Identifier(PORTAL, portal_id)
    with gate.writing(Action.LINK, (patient, portal)) as unit:
        if patient in unit.person(portal):
            _put(unit, patient, portal, gate.actor.account, now, active=False)
    return portal


def _put(
    unit: WriteUnit, patient: Identifier, portal: Identifier, by: str, now: datetime, active: bool
) -> None:
    people = set(unit.person(patient)) | set(unit.person(portal))
    unit.link(Link(patient, portal, by, now, active))
    unit.append_change(tuple(sorted(people)), (LINK_KIND,), (), now)
