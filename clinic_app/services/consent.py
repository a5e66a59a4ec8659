"""Consent per purpose: facts like any other, set in the room, obeyed from that moment."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from clinic_app.model.access import Action, Purpose
from clinic_app.model.bodies import ConsentDecision
from clinic_app.model.facts import FactKind
from clinic_app.model.identity import Identifier
from clinic_app.services.gate import Gate
from clinic_app.services.staff import state_here

PURPOSES = (Purpose.CARE, Purpose.IMPROVEMENT, Purpose.RESEARCH)
"""The purposes that a patient decides about."""


def set_consent(
    gate: Gate,
    patient: Identifier,
    purpose: Purpose,
    allowed: bool,
    now: datetime,
    kinds: Sequence[FactKind] = (),
) -> None:
    """Record what the patient decides in the room; ``kinds`` empty = everything."""
    key = "/".join(("consent", purpose, *sorted(kinds)))
    with gate.writing(Action.SET_CONSENT, (patient,), (FactKind.CONSENT,)) as unit:
        body = ConsentDecision(purpose, allowed, tuple(sorted(kinds)))
        state_here(unit, patient, FactKind.CONSENT, purpose, key, body, gate.actor.account, now)


def consents(gate: Gate, patient: Identifier) -> Mapping[Purpose, bool | None]:
    """What the patient said per purpose; None where nothing was said (then care only)."""
    with gate.reading(Action.SET_CONSENT, (patient,), (FactKind.CONSENT,)) as view:
        people = view.person(patient)
        return {purpose: view.consent(people, purpose) for purpose in PURPOSES}
