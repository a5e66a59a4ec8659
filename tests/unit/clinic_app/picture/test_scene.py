"""How far the record reaches, and since when changes are told."""

from datetime import date

import pytest

from clinic_app.model.bodies import Appointment, Topic, Visit
from clinic_app.model.facts import FactKind
from clinic_app.model.moment import Moment
from clinic_app.picture.current import current_things
from clinic_app.picture.scene import joined, last_visit, record_begins, upto
from clinic_app.picture.types import Evidence
from tests.unit.clinic_app.picture.charts import Chart

TODAY = date(2026, 11, 23)


def since(chart: Chart) -> str | None:
    found = last_visit(current_things(chart.facts), TODAY)
    return found.text if found else None


def visit(chart: Chart, start: str | None, state: str = "discharged") -> None:
    chart.add("visit", Visit("1", "O", "CF", Moment(start) if start else None, None, state), start)


def booking(chart: Chart, start: str | None, state: str = "booked") -> None:
    chart.add("appointment", Appointment(Moment(start) if start else None, 20, "CF", "Room 1", state), start)


def measured(chart: Chart, day: str | None, source: str = "ehr") -> None:
    chart.measure("weight", day, "50", "kg", source=source)


def test_the_last_visit_before_today(chart: Chart) -> None:
    visit(chart, "2026-09-09T10:00")
    visit(chart, "2026-06-01")
    visit(chart, "2026-11-23T08:00")
    visit(chart, "2026-10-01", "planned")
    visit(chart, "2026-10")
    visit(chart, None)
    booking(chart, "2026-10-20")
    assert since(chart) == "2026-09-09T10:00"


def test_without_visits_the_last_kept_appointment(chart: Chart) -> None:
    booking(chart, "2026-09-09T10:00")
    booking(chart, "2026-10-09T10:00", "missed")
    booking(chart, "2026-11-23T10:00")
    booking(chart, None)
    assert since(chart) == "2026-09-09T10:00"


def test_between_visits_what_came_since_the_last_one_is_the_news(chart: Chart) -> None:
    visit(chart, "2026-06-01")
    visit(chart, "2026-09-09")
    measured(chart, "2026-09-10")
    assert since(chart) == "2026-09-09"


def test_where_nothing_came_since_it_is_still_what_the_last_visit_brought(chart: Chart) -> None:
    visit(chart, "2026-06-01T09:00")
    visit(chart, "2026-09-09T09:00")
    visit(chart, "2026-09-09T11:00")
    measured(chart, "2026-09-09")
    measured(chart, "2026-11-20", source="device")
    assert since(chart) == "2026-06-01T09:00"
    visit(chart, "2026-11-23")
    assert since(chart) == "2026-09-09T11:00"


def test_a_single_visit_is_told_against_what_was_measured_before_it(chart: Chart) -> None:
    visit(chart, "2026-09-09")
    assert since(chart) == "2026-09-09"
    measured(chart, "2026-09-09")
    assert since(chart) == "2026-09-09"
    measured(chart, "2026-06-02")
    assert since(chart) == "2026-06-02"


def test_without_either_the_last_day_measured_before_the_newest(chart: Chart) -> None:
    measured(chart, "2026-06-01")
    measured(chart, "2026-09-01T10:00")
    measured(chart, "2026-11-20T09:00")
    measured(chart, "2026-11-20T10:00")
    measured(chart, "2026-11-22", source="device")
    measured(chart, None)
    measured(chart, "2027-01-01")
    assert since(chart) == "2026-09-01T10:00"


def test_nothing_known(chart: Chart) -> None:
    assert since(chart) is None
    chart.measure("fev1", "2026-06-01", "2", "L")
    assert since(chart) is None


def test_the_record_begins_with_the_first_thing_the_clinic_stated(chart: Chart) -> None:
    chart.measure("home_fev1", "2020-01-01", "2", "L", source="device")
    chart.measure("fev1", None, "2", "L")
    chart.measure("fev1", "2024-03", "2", "L")
    visit(chart, "2024-05-01")
    found = record_begins(current_things(chart.facts), TODAY)
    assert found == Moment("2024-03")


@pytest.mark.parametrize("start", [None, "2027-01-01"])
def test_no_record_yet(chart: Chart, start: str | None) -> None:
    if start:
        visit(chart, start)
    assert record_begins(current_things(chart.facts), TODAY) is None


def test_bodies_of_another_kind_are_passed_over(chart: Chart) -> None:
    things = {**current_things([]), FactKind.VISIT: [], FactKind.APPOINTMENT: []}
    odd = Chart()
    odd.add("topic", Topic("x", "patient"))
    [thing] = current_things(odd.facts)[FactKind.TOPIC]
    things[FactKind.VISIT] = things[FactKind.APPOINTMENT] = [thing]
    assert last_visit(things, TODAY) is None


def test_days_compare_as_text() -> None:
    assert upto(Moment("2026-11-23T23:59+01:00"), "2026-11-23")
    assert not upto(Moment("2026-11-24"), "2026-11-23")


def test_evidence_joins_without_repeating() -> None:
    assert joined([Evidence((1, 2), (7, 8)), Evidence((2, 3), (8, 9))]) == Evidence((1, 2, 3), (7, 8, 9))
