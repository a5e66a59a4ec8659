"""Inviting a patient to the portal: a one-time code, and the link that staff thereby make."""

from datetime import date, datetime
from operator import itemgetter
from typing import Protocol, TypeVar

from clinic_app.model.access import Action
from clinic_app.model.bodies import Demographics
from clinic_app.model.errors import CommonGroundError
from clinic_app.model.facts import FactKind
from clinic_app.model.identity import Identifier
from clinic_app.services.gate import Gate
from clinic_app.services.link import link


class Issued(Protocol):
    """What the portal gives back; more than the person's id is the portal's own matter."""

    @property
    def portal_patient_id(self) -> str:
        """Id of the portal's Patient resource."""
        ...


I_co = TypeVar("I_co", bound=Issued, covariant=True)


class Inviter(Protocol[I_co]):
    """The portal, as far as inviting goes."""

    def invite(
        self, identifier: Identifier, name: str, birth_date: date, language: str, now: datetime
    ) -> I_co:
        """A one-time code for this person; the portal's person is made where there is none."""
        ...


def invite(gate: Gate, portal: Inviter[I_co], patient: Identifier, language: str, now: datetime) -> I_co:
    """Invite a known patient and link the portal's person to them: whoever invites says who it is.

    ``language`` is used where the patient's own is not known. Raises CommonGroundError BIRTH-DATE-UNKNOWN,
    because the patient proves with the birth date who they are.
    """
    with gate.reading(Action.INVITE, (patient,), (FactKind.PATIENT,)) as view:
        people = view.person(patient)
        said = max(
            (
                (fact.statement.order, fact.statement.body)
                for fact in view.facts(people, (FactKind.PATIENT,))
                if not fact.statement.subject.from_portal
            ),
            key=itemgetter(0),
            default=(None, None),
        )
    person = said[1]
    if not isinstance(person, Demographics) or person.birth_date is None or not person.birth_date.has_day:
        raise CommonGroundError(
            "BIRTH-DATE-UNKNOWN",
            f"the birth date of {patient} is not known to the day",
            "Let the EHR send it (ADT); the patient enters with it.",
        )
    spoken = person.language if person.language in ("en", "es") else language
    name = f"{person.family}, {person.given}"
    invitation = portal.invite(patient, name, person.birth_date.day, spoken, now)
    link(gate, patient, invitation.portal_patient_id, now)
    return invitation
