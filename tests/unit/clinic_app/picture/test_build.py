"""The picture as a whole: the same facts in any order, once or often, give the same picture."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_app.model.bodies import (
    Appointment,
    Body,
    Culture,
    Decision,
    Demographics,
    Goal,
    Measurement,
    Medicine,
    Topic,
    Visit,
    content_hash,
)
from clinic_app.model.facts import Fact, FactKind, FactStatus, Source, Statement
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.picture.json_form import to_json
from tests.unit.clinic_app.picture.charts import MRN, Chart

PORTAL = Identifier("portal", "abc")
MOMENTS = st.builds(
    lambda days, hour: Moment(
        (datetime(2022, 1, 1, hour, tzinfo=UTC) + timedelta(days=days)).isoformat()[: 10 if hour % 2 else 16]
    ),
    st.integers(0, 1780),
    st.integers(8, 11),
)
NUMBERS = {
    "fev1": ("L", "2.10", "2.40", "2.65", "1.9"),
    "home_fev1": ("L", "2.0", "2.3"),
    "weight": ("[lb_av]", "120", "118", "125"),
    "height": ("cm", "160", "160.5"),
    "spo2": ("%", "97", "92"),
    "lab_ogtt_2h_75g": ("mg/dL", "120"),
    "pro_phq9_item9": ("{score}", "0", "1"),
}


def measurement(code: str, which: int, comparator: str) -> tuple[str, str, Body]:
    unit, *values = NUMBERS[code]
    value = values[which % len(values)]
    return "measurement", code, Measurement(Decimal(value), value, comparator, unit, note="grade A")


def others() -> st.SearchStrategy[tuple[str, str, Body]]:
    """Bodies of the other kinds, few enough of each that versions meet."""
    names = st.sampled_from(["Trikafta", "Creon", "creon"])
    actions = st.sampled_from(["started", "changed", "stopped"])
    germs = st.sampled_from([("mrsa", "MRSA"), ("", "Normal flora"), ("m_abscessus", "M. abscessus")])
    sexes = st.sampled_from(["female", "unknown"])
    bodies: list[st.SearchStrategy[tuple[str, str, Body]]] = [
        st.builds(
            lambda sex: ("patient", "", Demographics("Marsh", "Ada", Moment("1990-06-15"), sex)), sexes
        ),
        st.builds(lambda at: ("visit", "", Visit("1", "O", "CF", at, None, "discharged")), MOMENTS),
        st.builds(lambda at: ("appointment", "", Appointment(at, 20, "", "Room 1", "booked")), MOMENTS),
        st.builds(lambda germ: ("culture", "", Culture("sputum", germ[0], germ[1], True)), germs),
        st.builds(
            lambda name, action, at: ("medicine", "", Medicine(name, "", action, "1", "PO", at, None)),
            names,
            actions,
            st.none() | MOMENTS,
        ),
        st.builds(
            lambda by, n: ("topic", "", Topic(f"topic {n}", by, n == 1)),
            st.sampled_from(["patient", "clinician"]),
            st.integers(0, 2),
        ),
        st.just(("goal", "", Goal("55 kilos", "weight", Decimal(55)))),
        st.just(("decision", "", Decision("walk more"))),
    ]
    return st.one_of(bodies)


CONTENTS = st.one_of(
    st.builds(
        measurement, st.sampled_from(sorted(NUMBERS)), st.integers(0, 3), st.sampled_from(["", "", "", "<"])
    ),
    others(),
)


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    """A statement about one of a few things, so that versions, corrections and repetitions happen."""
    kind, code, body = draw(CONTENTS)
    at = draw(st.one_of(MOMENTS, MOMENTS, MOMENTS, st.none()))
    status = draw(st.sampled_from(list(FactStatus)))
    return Statement(
        subject=draw(st.sampled_from([MRN, MRN, PORTAL])),
        kind=FactKind(kind),
        code=code,
        key=f"{kind}-{code}-{draw(st.integers(0, 6))}",
        status=status,
        sent_at=f"2026-01-0{draw(st.integers(1, 3))}",
        content_hash=content_hash(kind, code, status, at, body),
        at=at,
        body=body,
        source=draw(st.sampled_from([Source.EHR, Source.EHR, Source.STAFF])),
    )


def recorded(stated: list[Statement]) -> list[Fact]:
    """The statements as facts, numbered as they arrive."""
    start = datetime(2026, 2, 1, tzinfo=UTC)
    return [
        Fact(at + 1, 1000 + at, start + timedelta(minutes=at), "1", statement)
        for at, statement in enumerate(stated)
    ]


def picture_of(facts: list[Fact]) -> dict[str, Any]:
    chart = Chart()
    chart.facts = facts
    return to_json(chart.draw(people=(MRN, PORTAL)))


def without_arrival(plain: Any) -> Any:
    """A picture without what arrival decides: numbers of facts and entries, and when they were recorded."""
    if isinstance(plain, dict):
        counted = {"replaces", "evidence", "derived_from", "inbox_ids"}
        dropped = {"fact_id", "inbox_id", "recorded_at"}
        return {
            name: len(value) if name in counted else without_arrival(value)
            for name, value in plain.items()
            if name not in dropped
        }
    return [without_arrival(each) for each in plain] if isinstance(plain, list) else plain


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_facts_in_any_order_once_or_often(data: st.DataObject) -> None:
    facts = recorded(data.draw(st.lists(statements(), max_size=25)))
    again = data.draw(st.lists(st.sampled_from(facts), max_size=10)) if facts else []
    assert picture_of(data.draw(st.permutations(facts + again))) == picture_of(facts)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_messages_in_any_order_once_or_often(data: st.DataObject) -> None:
    stated = data.draw(st.lists(statements(), max_size=25))
    again = data.draw(st.lists(st.sampled_from(stated), max_size=10)) if stated else []
    arrived = recorded(data.draw(st.permutations(stated + again)))
    assert without_arrival(picture_of(arrived)) == without_arrival(picture_of(recorded(stated)))


def test_a_picture_of_nobody_has_no_holes() -> None:
    picture = Chart().draw()
    assert (picture.series, picture.changes, picture.attention, picture.since) == ({}, (), (), None)
    assert {line.state for line in picture.due} == {"unknown"}


def test_a_correction_is_redrawn_everywhere(chart: Chart) -> None:
    chart.patient()
    chart.measure("height", "2026-03-01", "160", "cm")
    wrong = chart.measure("fev1", "2026-03-01", "21.0", "L", key="a", sent="1")
    chart.measure("fev1", "2026-03-01", "2.10", "L", key="a", sent="2", status="corrected")
    picture = chart.draw()
    assert [point.value for point in picture.series["fev1"]] == [Decimal("2.10")]
    assert picture.series["fev1"][0].replaces == (wrong.id,)
    assert len(picture.series["fev1_percent_predicted"]) == 1


def test_the_picture_of_two_thousand_facts_is_whole(chart: Chart) -> None:
    chart.patient()
    first = chart.measure("height", "2022-01-01", "160", "cm")
    for number in range(2000):
        chart.facts.append(
            replace(first, id=1000 + number, statement=replace(first.statement, key=f"h{number}"))
        )
    assert len(chart.draw().series["height"]) == 2001
