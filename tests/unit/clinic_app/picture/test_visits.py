"""Visits and appointments."""

from clinic_app.model.bodies import Appointment, Visit
from clinic_app.model.moment import Moment
from clinic_app.picture.current import Thing
from clinic_app.picture.visits import visit_lines
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


def test_bodies_of_another_kind_are_passed_over(chart: Chart) -> None:
    things = [Thing(chart.patient())]
    assert visit_lines(things, things) == ()
