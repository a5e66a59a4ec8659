"""Facts: recorded once, traced to an entry that is seen, hidden and withdrawn with it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from clinic_app.model.bodies import (
    Answer,
    Body,
    Culture,
    Decision,
    Demographics,
    Goal,
    Measurement,
    Medicine,
    Visit,
)
from clinic_app.model.entries import EntryState
from clinic_app.model.facts import Fact, FactKind, FactStatus, Statement
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.ports.store import Store, WriteUnit
from tests.spec.samples import (
    ANNA,
    ANNA_PORTAL,
    BELA,
    NOW,
    consent,
    demographics,
    entry,
    statement,
    topic,
    weight,
)


def put(unit: WriteUnit, id_: int, *statements: Statement, subject: Identifier = ANNA) -> int:
    unit.put_entry(entry(id_), EntryState.APPLIED, (), (), subject, None, "p1")
    return unit.add_statements(id_, statements, "p1", NOW)


def facts(store: Store, *people: Identifier, kinds: Sequence[str] = ()) -> Sequence[Fact]:
    with store.snapshot() as view:
        return view.facts(people or (ANNA,), kinds)


BODIES: list[tuple[FactKind, Body]] = [
    (FactKind.PATIENT, Demographics("Example", "Zoë", Moment("2001"), "other", "es", ("A|1", "B|2"), True)),
    (FactKind.VISIT, Visit("v1", "O", "Ward |^~", Moment("2026-03-01T10:00+01:00"), None, "arrived")),
    (FactKind.MEASUREMENT, Measurement(None, "see text", "", "", "", "FEV1", "grade C")),
    (FactKind.CULTURE, Culture("sputum", "pa", "Pseudomonas\n'aeruginosa'", True, "few")),
    (
        FactKind.MEDICINE,
        Medicine("Kaftrio", "", "started", "2", "oral", Moment("2025-07"), None, ("ivacaftor",)),
    ),
    (FactKind.ANSWER, Answer("How have you been?", "")),
    (FactKind.GOAL, Goal("Run 5 km", "weight", None, None, "kg")),
    (FactKind.DECISION, Decision("Try the vest <b>twice</b>")),
    (FactKind.TOPIC, topic("¿Puedo viajar?").body),
    (FactKind.CONSENT, consent(False, kinds=("measurement", "topic")).body),
]


@pytest.mark.parametrize(("kind", "body"), BODIES, ids=[kind.value for kind, _ in BODIES])
def test_what_was_stated_comes_back_as_it_was(store: Store, kind: FactKind, body: Body) -> None:
    said = statement(ANNA, kind, body, "k", "code")
    with store.unit() as unit:
        assert put(unit, 5, said) == 1
    (fact,) = facts(store)
    assert fact.statement == said
    assert (fact.inbox_id, fact.recorded_at, fact.profile_version) == (5, NOW, "p1")


def test_exact_decimals_and_comparators_survive(store: Store) -> None:
    body = weight("58.10").body
    assert isinstance(body, Measurement)
    said = statement(ANNA, FactKind.MEASUREMENT, replace(body, comparator="<"), "k", "weight")
    with store.unit() as unit:
        put(unit, 1, said)
    (fact,) = facts(store)
    assert isinstance(fact.statement.body, Measurement)
    assert str(fact.statement.body.value) == "58.10"
    assert fact.statement.body.comparator == "<"


def test_the_same_statement_again_is_left_alone(store: Store) -> None:
    with store.unit() as unit:
        assert put(unit, 1, weight("58")) == 1
        assert put(unit, 2, weight("58"), weight("59", key="other")) == 1
        assert unit.add_statements(2, (weight("58"),), "p2", NOW) == 0
    assert [(fact.id, fact.inbox_id) for fact in facts(store)] == [(1, 1), (2, 2)]


def test_versions_of_one_thing_are_all_kept(store: Store) -> None:
    with store.unit() as unit:
        put(unit, 1, weight("58"), weight("57", status=FactStatus.CORRECTED), weight("56", sent_at="2027"))
    assert len(facts(store)) == 3


def test_facts_are_chosen_by_people_and_kinds(store: Store) -> None:
    with store.unit() as unit:
        put(unit, 1, weight("58"), topic("cough"))
        put(unit, 2, weight("70", BELA), subject=BELA)
    assert {fact.statement.kind for fact in facts(store)} == {FactKind.MEASUREMENT, FactKind.TOPIC}
    assert [fact.statement.kind for fact in facts(store, kinds=("topic",))] == [FactKind.TOPIC]
    assert len(facts(store, ANNA, BELA)) == 3
    assert not facts(store, ANNA_PORTAL)


def test_a_withheld_entry_hides_what_only_it_states(store: Store) -> None:
    with store.unit() as unit:
        put(unit, 1, weight("58"), weight("59", key="shared"))
        put(unit, 2, replace(weight("59", key="shared"), position="OBX[9]"))
        unit.withhold(1, True)
        unit.withhold(1, True)
    (fact,) = facts(store)
    assert (fact.statement.key, fact.inbox_id, fact.statement.position) == ("shared", 2, "OBX[9]")
    with store.snapshot() as view:
        assert view.entry_withheld(1)
        assert not view.entry_withheld(2)
        assert not view.entry_withheld(99)
    with store.unit() as unit:
        unit.withhold(1, False)
    assert [(fact.statement.key, fact.inbox_id) for fact in facts(store)] == [
        ("order-1/weight", 1),
        ("shared", 1),
    ]


def test_what_is_added_to_a_withheld_entry_is_hidden_until_another_states_it(store: Store) -> None:
    with store.unit() as unit:
        unit.put_entry(entry(1), EntryState.HELD, (), (), ANNA, None, "p1")
        unit.withhold(1, True)
        assert unit.add_statements(1, (weight("58"),), "p1", NOW) == 1
    assert not facts(store)
    with store.unit() as unit:
        assert put(unit, 2, weight("58")) == 1
    assert [fact.inbox_id for fact in facts(store)] == [2]


def test_the_trace_does_not_depend_on_which_entry_came_first(store: Store) -> None:
    with store.unit() as unit:
        put(unit, 7, weight("58"))
        put(unit, 3, weight("58"))
    assert [fact.inbox_id for fact in facts(store)] == [3]


def test_an_entry_withdraws_what_it_no_longer_produces(store: Store) -> None:
    kept, gone, shared = weight("58"), weight("1", key="b"), weight("2", key="c")
    with store.unit() as unit:
        put(unit, 1, kept, gone, shared)
        put(unit, 2, shared)
        keep = [(kept.key, kept.content_hash)]
        assert unit.retract_entry_facts(1, keep, NOW) == 2
        assert unit.retract_entry_facts(1, keep, NOW) == 0
    assert [(fact.statement.key, fact.inbox_id) for fact in facts(store)] == [(kept.key, 1), ("c", 2)]
    with store.unit() as unit:
        assert unit.retract_entry_facts(2, (), NOW) == 1
    assert [fact.statement.key for fact in facts(store)] == [kept.key]
    with store.unit() as unit:
        assert unit.add_statements(1, (gone, shared), "p1", NOW) == 2
    assert [fact.statement.key for fact in facts(store)] == [kept.key, "b", "c"]


def test_what_staff_enter_has_no_entry(store: Store) -> None:
    said = topic("Can I travel?")
    with store.unit() as unit:
        assert unit.add_statements(0, (said,), "here", NOW) == 1
        assert unit.add_statements(0, (said,), "here", NOW) == 0
        assert put(unit, 1, said) == 0
        unit.withhold(1, True)
        assert unit.add_statements(1, (), "p1", NOW) == 0
    assert [(fact.inbox_id, fact.statement) for fact in facts(store)] == [(0, said)]


def test_a_patient_fact_makes_known_even_behind_a_hold(store: Store) -> None:
    with store.unit() as unit:
        assert not unit.known(ANNA)
        put(unit, 1, demographics(), weight("70", BELA))
        unit.withhold(1, True)
        assert unit.known(ANNA)
        assert not unit.known(BELA)
        unit.retract_entry_facts(1, (), NOW + timedelta(days=1))
        assert not unit.known(ANNA)


def test_several_kinds_can_be_asked_for(store: Store) -> None:
    with store.unit() as unit:
        put(unit, 1, weight("58"), topic("cough"), consent(True))
    asked = facts(store, kinds=("topic", "consent"))
    assert [fact.statement.kind for fact in asked] == [FactKind.TOPIC, FactKind.CONSENT]
    assert facts(store, kinds=("visit",)) == []
