"""Visits and appointments."""

import pytest

from clinic_app.model.bodies import Appointment, Topic, Visit
from clinic_app.model.moment import Moment
from clinic_app.picture.current import Thing
from clinic_app.picture.visits import told_visits, visit_lines
from tests.unit.clinic_app.picture.charts import Chart


def test_both_kinds_in_order_of_time(chart: Chart) -> None:
    chart.add(
        "appointment",
        Appointment(Moment("2026-12-01T09:00"), 20, "CF", "Room 2", "booked"),
        "2026-12-01T09:00",
    )
    chart.add("appointment", Appointment(None, 20, "CF", "Room 3", "cancelled"), "2026-10-01")
    chart.add(
        "visit", Visit("9", "O", "CF", Moment("2026-09-09"), Moment("2026-09-10"), "discharged"), "2026-09-09"
    )
    chart.add("visit", Visit("8", "O", "Lab", None, None, "arrived"), "2026-11-01")
    lines = chart.draw().visits
    assert [(line.kind, line.place, line.state) for line in lines] == [
        ("visit", "CF", "discharged"),
        ("appointment", "Room 3", "cancelled"),
        ("visit", "Lab", "arrived"),
        ("appointment", "Room 2", "booked"),
    ]
    assert lines[0].end == Moment("2026-09-10")
    assert lines[3].evidence.fact_ids == (1,)


def events(chart: Chart, *told: tuple[str, str | None, str]) -> list[tuple[str, str, str]]:
    """Place, state and end of the visits after these events of one (place, end, state) in order of
    sending."""
    for number, (place, end, state) in enumerate(told, 1):
        status = "withdrawn" if state == "cancelled" else "final"
        body = Visit(
            "9",
            "O",
            place,
            Moment("2026-03-01"),
            Moment(end) if end else None,
            state.replace("cancelled", ""),
        )
        chart.add("visit", body, "2026-03-01", key="v", status=status, sent=f"2026-03-01T0{number}")
    return [(line.place, line.state, line.end.text if line.end else "") for line in chart.draw().visits]


ARRIVED, UPDATE, MOVED = ("A", None, "arrived"), ("", None, ""), ("B", None, "")
GONE, DISCHARGED = ("", None, "cancelled"), ("", "2026-03-02", "discharged")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([ARRIVED, UPDATE], [("A", "arrived", "")]),
        ([ARRIVED, MOVED, UPDATE], [("B", "arrived", "")]),
        ([ARRIVED, DISCHARGED, UPDATE], [("A", "discharged", "2026-03-02")]),
        ([ARRIVED, DISCHARGED, ARRIVED], [("A", "arrived", "")]),
        ([ARRIVED, ("", "2026-03-03", "")], [("A", "discharged", "2026-03-03")]),
        ([ARRIVED, GONE], []),
        ([ARRIVED, GONE, UPDATE], []),
        ([ARRIVED, GONE, ("C", None, "arrived"), UPDATE], [("C", "arrived", "")]),
        ([UPDATE], [("", "arrived", "")]),
        ([("", "2026-03-02", "")], [("", "discharged", "2026-03-02")]),
        ([("A", None, "planned"), UPDATE], [("A", "planned", "")]),
    ],
)
def test_a_visit_is_what_its_events_together_tell(
    chart: Chart, told: list[tuple[str, str | None, str]], expected: list[tuple[str, str, str]]
) -> None:
    assert events(chart, *told) == expected


def test_a_visit_may_come_under_the_key_of_something_else(chart: Chart) -> None:
    chart.add("topic", Topic("x", "patient"), "2026-01-01", key="v")
    assert events(chart, ARRIVED) == [("A", "arrived", "")]


def test_bodies_of_another_kind_are_passed_over(chart: Chart) -> None:
    things = [Thing(chart.patient())]
    assert visit_lines(things, things) == ()
    assert told_visits(things) == things
