"""Consent set in the room."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from clinic_app.model.access import Purpose
from clinic_app.services.consent import PURPOSES, consents, set_consent
from clinic_app.store.memory import MemoryStore
from tests.spec.clinic import gate_for
from tests.spec.samples import ANNA, ANNA_PORTAL, NOW


def test_nothing_said_is_shown_as_nothing_said() -> None:
    gate = gate_for(MemoryStore(), "clinician")
    assert consents(gate, ANNA) == dict.fromkeys(PURPOSES)


@given(st.lists(st.tuples(st.sampled_from(PURPOSES), st.booleans()), max_size=12))
def test_the_last_decision_per_purpose_holds_whatever_came_before(said: list[tuple[Purpose, bool]]) -> None:
    store = MemoryStore()
    gate = gate_for(store, "clinician")
    for number, (purpose, allowed) in enumerate(said):
        set_consent(gate, ANNA, purpose, allowed, NOW + timedelta(microseconds=number))
    assert consents(gate, ANNA) == {**dict.fromkeys(PURPOSES), **dict(said)}


def test_a_decision_is_a_fact_by_staff_that_screens_hear_of() -> None:
    store = MemoryStore()
    set_consent(gate_for(store, "clinician"), ANNA, Purpose.RESEARCH, True, NOW)
    with store.snapshot() as view:
        (fact,) = view.facts((ANNA, ANNA_PORTAL))
        (change,) = view.changes_after(0)
    assert (fact.inbox_id, fact.statement.source, fact.statement.author) == (0, "staff", "chris")
    assert (change.people, change.kinds, change.codes) == ((ANNA,), ("consent",), ("research",))
