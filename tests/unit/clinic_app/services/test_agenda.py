"""Topics: verbatim, parked and opened again without losing whose they are."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clinic_app.model.bodies import Topic
from clinic_app.model.errors import AccessDenied, UseFault
from clinic_app.model.facts import FactStatus
from clinic_app.model.identity import Identifier
from clinic_app.model.people import Link
from clinic_app.services.agenda import add_topic, set_topic_state
from clinic_app.services.gate import Gate
from clinic_app.store.memory import MemoryStore
from tests.spec.clinic import gate_for
from tests.spec.samples import ANNA, ANNA_PORTAL, BELA, NOW, consent, topic

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore()
    with store.unit() as unit:
        unit.link(Link(ANNA, ANNA_PORTAL, "chris", NOW))
        unit.add_statements(0, (topic("I cough at night.", ANNA_PORTAL),), "p", NOW)
    return store


@pytest.fixture
def gate(store: MemoryStore) -> Gate:
    return gate_for(store, "clinician")


def test_a_topic_keeps_its_words_and_its_author(store: MemoryStore, gate: Gate) -> None:
    said = add_topic(gate, ANNA, "  Can we stop the vest? ", "clinician", NOW, private=True)
    assert said.body == Topic("  Can we stop the vest? ", "clinician", True)
    with store.snapshot() as view:
        assert said in [fact.statement for fact in view.facts((ANNA,))]
        assert [change.kinds for change in view.changes_after(0)] == [("topic",)]


def test_the_patients_topic_is_parked_and_opened_again(store: MemoryStore, gate: Gate) -> None:
    parked = set_topic_state(gate, 1, ANNA, "parked", LATER)
    assert (parked.subject, parked.key, parked.at) == (ANNA_PORTAL, "t-1", topic("x").at)
    assert parked.body == Topic("I cough at night.", "patient", state="parked")
    opened = set_topic_state(gate, 2, ANNA, "open", LATER + timedelta(microseconds=1))
    assert opened.body == Topic("I cough at night.", "patient")
    assert topic("x", ANNA_PORTAL).order < parked.order < opened.order


@pytest.mark.parametrize(
    ("fact_id", "who", "state"), [(9, ANNA, "open"), (1, BELA, "open"), (1, ANNA, "gone")]
)
def test_what_is_not_there_is_not_changed(gate: Gate, fact_id: int, who: Identifier, state: str) -> None:
    with pytest.raises(UseFault, match="TOPIC-UNKNOWN"):
        set_topic_state(gate, fact_id, who, state, LATER)


def test_a_withdrawn_topic_is_not_there(store: MemoryStore, gate: Gate) -> None:
    with store.unit() as unit:
        unit.add_statements(0, (replace(topic("", ANNA_PORTAL), status=FactStatus.WITHDRAWN),), "p", NOW)
    with pytest.raises(UseFault, match="TOPIC-UNKNOWN"):
        set_topic_state(gate, 1, ANNA, "parked", LATER)


def test_words_are_needed_and_consent_is_obeyed(store: MemoryStore, gate: Gate) -> None:
    with pytest.raises(UseFault, match="TOPIC-EMPTY"):
        add_topic(gate, ANNA, " \n", "patient", NOW)
    with store.unit() as unit:
        unit.add_statements(0, (consent(False),), "p", NOW)
    with pytest.raises(AccessDenied, match="CONSENT-CARE"):
        add_topic(gate, ANNA, "x", "patient", NOW)
