"""Confirming that a birth date belongs to a patient: what a person says outweighs what two messages
contradict.
"""

from datetime import datetime

from clinic_app.model.access import Action
from clinic_app.model.facts import FactKind
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.services.gate import Gate


def confirm_birth_date(gate: Gate, patient: Identifier, birth_date: Moment, now: datetime) -> None:
    """Accept this birth date for the patient beside the known one; the caller then reconsiders the
    patient.
    """
    with gate.writing(Action.CONFIRM_IDENTITY, (patient,), (FactKind.PATIENT,)) as unit:
        unit.confirm_birth_date(patient, birth_date, gate.actor.account, now)
        unit.append_change(unit.person(patient), (FactKind.PATIENT,), (), now)
