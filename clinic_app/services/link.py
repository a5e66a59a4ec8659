"""Linking a portal person to a patient of the clinic: always by a person, never guessed."""

from collections.abc import Sequence
from datetime import datetime

from clinic_app.model.access import Action
from clinic_app.model.errors import CommonGroundError, UseFault
from clinic_app.model.identity import PORTAL, Identifier
from clinic_app.model.moment import Moment
from clinic_app.model.people import Link
from clinic_app.ports.store import WriteUnit
from clinic_app.services.gate import Gate

LINK_KIND = "link"
"""Kind that a change row names when links changed."""


def link(
    gate: Gate, patient: Identifier, portal_id: str, now: datetime, birth_date: Moment | None = None
) -> Identifier:
    """Say that this portal person is this known patient; returns the portal identifier.

    ``birth_date`` is the portal person's, None where it is not known. The caller then reconsiders the patient
    (`replay.reconsider`), which applies what waited. Linking the same two again changes nothing. Raises
    UseFault PORTAL-ID-MISSING and LINK-TAKEN (the portal person is linked to somebody else), and
    CommonGroundError LINK-BIRTH-DATE-DIFFERS; then nothing is linked.
    """
    portal = _portal(portal_id)
    with gate.writing(Action.LINK, (patient, portal)) as unit:
        there = [one for one in unit.person(portal) if not one.from_portal]
        if patient in there:
            return portal
        if there:
            raise UseFault(
                "LINK-TAKEN",
                f"portal person {portal_id} is linked to {there[0]}",
                f"If that link is wrong, undo it: commonground link '{there[0]}' {portal_id} --undo.",
            )
        _check(birth_date, unit.birth_dates(patient))
        _put(unit, patient, portal, gate.actor.account, now, active=True)
    return portal


def unlink(gate: Gate, patient: Identifier, portal_id: str, now: datetime) -> Identifier:
    """Undo a link; it stays on record. The caller then reconsiders the returned portal identifier."""
    portal = _portal(portal_id)
    with gate.writing(Action.LINK, (patient, portal)) as unit:
        if patient in unit.person(portal):
            _put(unit, patient, portal, gate.actor.account, now, active=False)
    return portal


def _portal(portal_id: str) -> Identifier:
    if not portal_id.strip():
        raise UseFault(
            "PORTAL-ID-MISSING", "no portal person is named", "Name the id of the portal's Patient resource."
        )
    return Identifier(PORTAL, portal_id)


def _check(birth_date: Moment | None, known: Sequence[Moment]) -> None:
    if birth_date is not None and known and not any(birth_date.agrees_with(date) for date in known):
        raise CommonGroundError(
            "LINK-BIRTH-DATE-DIFFERS",
            "the portal person's birth date is not the one in the chart, so the two were not linked",
            "Check both numbers; have a wrong birth date corrected in the portal or in the EHR.",
        )


def _put(
    unit: WriteUnit, patient: Identifier, portal: Identifier, by: str, now: datetime, active: bool
) -> None:
    people = set(unit.person(patient)) | set(unit.person(portal))
    unit.link(Link(patient, portal, by, now, active))
    unit.append_change(tuple(sorted(people)), (LINK_KIND,), (), now)
