"""Which version is current, and what it replaced."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest

from clinic_app.model.bodies import Answer
from clinic_app.model.facts import FactKind, Source
from clinic_app.model.identity import Identifier
from clinic_app.picture.current import Thing, current_things
from tests.unit.clinic_app.picture.charts import Chart

OLD_NUMBER = Identifier("CLINIC", "0001")
OTHER_HOSPITAL = Identifier("ELSEWHERE", "4471")


def only(chart: Chart) -> Thing:
    [thing] = current_things(chart.facts)[FactKind.MEASUREMENT]
    return thing


def test_a_correction_stands_before_a_later_final(chart: Chart) -> None:
    corrected = chart.measure(
        "fev1", "2026-01-01", "2.1", "L", key="a", status="corrected", sent="2026-01-02"
    )
    final = chart.measure("fev1", "2026-01-01", "2.9", "L", key="a", status="final", sent="2026-01-03")
    assert only(chart).fact is corrected
    assert only(chart).replaces == (final.id,)


def test_of_one_status_the_later_sent_stands_and_of_one_time_the_greater_digest(chart: Chart) -> None:
    first = chart.measure("fev1", "2026-01-01", "2.1", "L", key="a", sent="2026-01-03")
    chart.measure("fev1", "2026-01-01", "2.2", "L", key="a", sent="2026-01-02")
    assert only(chart).fact is first
    rival = chart.measure("fev1", "2026-01-01", "2.3", "L", key="a", sent="2026-01-03")
    greater = max(first, rival, key=lambda fact: fact.statement.content_hash)
    assert only(chart).fact is greater


def test_the_replaced_versions_are_listed_in_their_order(chart: Chart) -> None:
    final = chart.measure("fev1", "2026-01-01", "2.1", "L", key="a", sent="2026-01-02")
    preliminary = chart.measure(
        "fev1", "2026-01-01", "2.0", "L", key="a", status="preliminary", sent="2026-01-01"
    )
    chart.measure("fev1", "2026-01-01", "2.2", "L", key="a", status="corrected", sent="2026-01-04")
    assert only(chart).replaces == (preliminary.id, final.id)


def test_what_was_withdrawn_vanishes(chart: Chart) -> None:
    chart.measure("fev1", "2026-01-01", "2.1", "L", key="a")
    chart.measure("fev1", "2026-01-01", "2.1", "L", key="a", status="withdrawn", sent="2026-01-01")
    assert current_things(chart.facts)[FactKind.MEASUREMENT] == []


def test_what_was_sent_after_a_withdrawal_stands_again(chart: Chart) -> None:
    chart.measure("fev1", "2026-01-01", "2.1", "L", key="a", status="corrected", sent="2026-01-01")
    gone = chart.measure("fev1", "2026-01-01", "2.1", "L", key="a", status="withdrawn", sent="2026-01-02")
    again = chart.measure("fev1", "2026-01-01", "2.4", "L", key="a", sent="2026-01-03")
    assert only(chart).fact is again
    assert only(chart).replaces[-1] == gone.id
    chart.measure("fev1", "2026-01-01", "2.4", "L", key="a", status="withdrawn", sent="2026-01-04")
    assert current_things(chart.facts)[FactKind.MEASUREMENT] == []


@pytest.mark.parametrize(
    ("status", "sent"), [("preliminary", "2026-01-03"), ("final", "2026-01-02"), ("corrected", "2026-01-01")]
)
def test_neither_a_preliminary_nor_what_was_sent_before_undoes_a_withdrawal(
    chart: Chart, status: str, sent: str
) -> None:
    chart.measure("fev1", "2026-01-01", "2.1", "L", key="a", status="withdrawn", sent="2026-01-02")
    chart.measure("fev1", "2026-01-01", "2.2", "L", key="a", status=status, sent=sent)
    assert current_things(chart.facts)[FactKind.MEASUREMENT] == []


def test_the_same_statement_twice_is_one_and_the_first_recorded_stands_for_it(chart: Chart) -> None:
    first = chart.measure("fev1", "2026-01-01", "2.1", "L", key="a")
    again = replace(first, id=99, inbox_id=999, recorded_at=datetime(2026, 2, 1, tzinfo=UTC))
    chart.facts.insert(0, again)
    assert only(chart).fact is first
    assert only(chart).replaces == ()


def test_a_correction_under_a_merged_number_still_corrects(chart: Chart) -> None:
    old = chart.measure("fev1", "2026-01-01", "2.1", "L", key="a", subject=OLD_NUMBER)
    chart.measure("fev1", "2026-01-01", "2.4", "L", key="a", status="corrected")
    assert only(chart).replaces == (old.id,)


def test_equal_keys_of_two_hospitals_are_two_things(chart: Chart) -> None:
    chart.measure("fev1", "2026-01-01", "2.1", "L", key="a")
    chart.measure("fev1", "2026-01-01", "2.4", "L", key="a", subject=OTHER_HOSPITAL)
    assert len(current_things(chart.facts)[FactKind.MEASUREMENT]) == 2


def test_demographics_belong_to_the_number_they_were_sent_for(chart: Chart) -> None:
    chart.patient()
    chart.patient(subject=OLD_NUMBER)
    assert len(current_things(chart.facts)[FactKind.PATIENT]) == 2


def test_things_come_in_order_of_time(chart: Chart) -> None:
    late = chart.measure("fev1", "2026-03-01", "2.1", "L")
    none = chart.measure("fev1", None, "2.2", "L")
    early = chart.measure("fev1", "2026-02", "2.3", "L")
    found = [thing.fact.id for thing in current_things(chart.facts)[FactKind.MEASUREMENT]]
    assert found == [none.id, early.id, late.id]


def test_the_evidence_of_a_thing_is_its_current_version(chart: Chart) -> None:
    fact = chart.measure("fev1", "2026-03-01", "2.1", "L")
    assert (only(chart).evidence.fact_ids, only(chart).evidence.inbox_ids) == ((fact.id,), (fact.inbox_id,))


def test_a_version_of_another_kind_replaces_too(chart: Chart) -> None:
    weight = chart.measure("home_weight", "2026-01-01", "58", "kg", key="item", sent="2026-01-01")
    taken_back = chart.add(
        "answer", Answer("weight", ""), code="weight", key="item", status="corrected", sent="2026-01-02"
    )
    things = current_things(chart.facts)
    assert things[FactKind.MEASUREMENT] == []
    [thing] = things[FactKind.ANSWER]
    assert (thing.fact, thing.replaces) == (taken_back, (weight.id,))


def test_of_equal_statements_from_two_sources_the_same_stands_in_either_order(chart: Chart) -> None:
    sent = chart.measure("height", "2026-01-01", "160", "cm", key="a")
    typed = replace(sent, id=sent.id + 1, statement=replace(sent.statement, source=Source.STAFF))
    merged = replace(sent, id=sent.id + 2, statement=replace(sent.statement, subject=OLD_NUMBER))
    facts = [sent, typed, merged]
    for first, second, third in permutations(range(1, 4)):
        chart.facts = [
            replace(fact, id=place) for fact, place in zip(facts, (first, second, third), strict=True)
        ]
        stands = only(chart).fact.statement
        assert (stands.source, stands.subject) == (Source.EHR, OLD_NUMBER)
