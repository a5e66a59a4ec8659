"""Topics: what the two people want to talk about, added and parked by either, undone by setting the state
back.
"""

from dataclasses import replace
from datetime import datetime

from clinic_app.model.access import Action
from clinic_app.model.bodies import Topic
from clinic_app.model.consents import current
from clinic_app.model.errors import UseFault
from clinic_app.model.facts import FactKind, Statement
from clinic_app.model.identity import Identifier
from clinic_app.ports.store import WriteUnit
from clinic_app.services.gate import Gate
from clinic_app.services.staff import sent_now, state_here

STATES = ("open", "discussed", "parked")


def add_topic(
    gate: Gate, patient: Identifier, text: str, by: str, now: datetime, private: bool = False
) -> Statement:
    """Add a topic in the words it was said, ``by`` patient or clinician. Raises UseFault TOPIC-EMPTY."""
    if not text.strip():
        raise UseFault("TOPIC-EMPTY", "a topic needs words", "Write what you want to talk about.")
    with gate.writing(Action.WRITE_PATIENT, (patient,), (FactKind.TOPIC,)) as unit:
        key = f"topic/{gate.actor.account}/{sent_now(now)}"
        body = Topic(text, by, private)
        return state_here(unit, patient, FactKind.TOPIC, "", key, body, gate.actor.account, now)


def set_topic_state(gate: Gate, fact_id: int, patient: Identifier, state: str, now: datetime) -> Statement:
    """Set a topic to open, discussed or parked; its words and its author stay.

    Raises UseFault TOPIC-UNKNOWN where the person has no such current topic, or the state is none of the
    three.
    """
    with gate.writing(Action.WRITE_PATIENT, (patient,), (FactKind.TOPIC,)) as unit:
        stated = _topic(unit, patient, fact_id)
        if stated is None or not isinstance(stated.body, Topic) or state not in STATES:
            raise UseFault("TOPIC-UNKNOWN", "there is no such topic or state", "Open the patient again.")
        body = replace(stated.body, state=state)
        return state_here(
            unit,
            stated.subject,
            FactKind.TOPIC,
            stated.code,
            stated.key,
            body,
            gate.actor.account,
            now,
            stated.status,
            stated.at,
        )


def _topic(unit: WriteUnit, patient: Identifier, fact_id: int) -> Statement | None:
    """The current version of the topic one of whose versions has this id."""
    facts = unit.facts(unit.person(patient), (FactKind.TOPIC,))
    meant = {(fact.statement.subject, fact.statement.key) for fact in facts if fact.id == fact_id}
    return next((stated for stated in current(facts) if (stated.subject, stated.key) in meant), None)
