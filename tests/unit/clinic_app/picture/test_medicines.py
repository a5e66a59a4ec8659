"""Medicines."""

from datetime import date

import pytest

from clinic_app.model.bodies import Medicine, Topic, Visit
from clinic_app.model.facts import Fact, FactKind
from clinic_app.model.moment import Moment
from clinic_app.picture.current import Thing, current_things
from clinic_app.picture.medicines import ingredients_of, medicine_lines, modulator_starts
from tests.unit.clinic_app.picture.charts import TABLES, Chart


def order(
    chart: Chart,
    name: str,
    action: str = "started",
    start: str | None = None,
    end: str | None = None,
    at: str | None = "2026-01-01",
    code: str = "",
    ingredients: tuple[str, ...] = (),
    key: str = "",
    status: str = "final",
    sent: str = "",
    dose: str = "2 tabs",
) -> Fact:
    moments = (Moment(start) if start else None, Moment(end) if end else None)
    body = Medicine(name, code, action, dose, "PO", *moments, ingredients)
    return chart.add("medicine", body, at, key=key, status=status, sent=sent)


def test_one_line_per_medicine_whichever_orders_speak_of_it(chart: Chart) -> None:
    first = order(chart, "Dornase  Alfa", start="2024-01-01", dose="old", ingredients=("dornase_alfa",))
    second = order(chart, "dornase alfa", start="2025-01-01", dose="new")
    [line] = chart.draw().medicines
    assert (line.name, line.dose, line.state, line.origin) == ("dornase alfa", "new", "on_record", "ehr")
    assert (line.started, line.stopped) == (Moment("2024-01-01"), None)
    assert line.ingredients == ("dornase_alfa",)
    assert line.audience == "shared"
    assert set(line.evidence.fact_ids) == {first.id, second.id}


def test_a_code_joins_orders_of_other_names(chart: Chart) -> None:
    order(chart, "Creon 25000", code="235743")
    order(chart, "pancrelipase", code="235743", start="2026-02-01")
    [line] = chart.draw().medicines
    assert (line.name, line.code, line.audience) == ("pancrelipase", "235743", "staff")


def test_stopped_only_when_every_order_was(chart: Chart) -> None:
    order(chart, "Azithromycin", start="2022-01-01", key="a", sent="2022")
    order(chart, "Azithromycin", "stopped", at="2023-05-01", key="a", sent="2023")
    assert [line.state for line in chart.draw().medicines] == ["stopped"]
    order(chart, "Azithromycin", start="2025-03-01", key="b")
    [line] = chart.draw().medicines
    assert (line.state, line.started, line.stopped) == ("on_record", Moment("2025-03-01"), None)


def test_a_stop_without_an_end_ended_when_it_was_told(chart: Chart) -> None:
    order(chart, "Azithromycin", start="2022-01-01", key="a", sent="2022")
    order(chart, "Azithromycin", "stopped", at="2023-05-01", key="a", sent="2023")
    [line] = chart.draw().medicines
    assert (line.started, line.stopped) == (Moment("2022-01-01"), Moment("2023-05-01"))


def test_a_planned_end_that_has_passed_does_not_mean_stopped(chart: Chart) -> None:
    order(chart, "Ciprofloxacin", start="2025-01-01", end="2025-01-15")
    [line] = chart.draw().medicines
    assert (line.state, line.stopped) == ("on_record", Moment("2025-01-15"))


@pytest.mark.parametrize(
    ("orders", "started", "stopped"),
    [
        ((("2023-01-01", "2023-01-15"), ("2026-03-01", "2026-03-15")), "2026-03-01", "2026-03-15"),
        ((("2026-03-01", "2026-03-15"), ("2023-01-01", "2023-01-15")), "2026-03-01", "2026-03-15"),
        ((("2026-01-01", "2026-01-15"), ("2026-02-15", "2026-03-01")), "2026-01-01", "2026-03-01"),
        ((("2026-01-01", "2026-01-15"), ("2026-02-16", "2026-03-01")), "2026-02-16", "2026-03-01"),
        ((("2023-01-01", None), ("2026-03-01", "2026-03-15")), "2023-01-01", None),
        ((("2023-01-01", "2023-01-15"), ("2026-03-01", None)), "2026-03-01", None),
        ((("2025-01-01", "2025-12-31"), ("2025-02-01", "2025-02-10"), ("2026-01-20", "2026-02-01")),
         "2025-01-01", "2026-02-01"),
        (((None, "2023-01-15"), ("2026-03-01", "2026-03-15")), "2026-03-01", "2026-03-15"),
        (((None, "2023-01-15"), (None, "2024-01-15")), None, "2024-01-15"),
    ],
)  # fmt: skip
def test_the_newest_unbroken_run_of_orders(
    chart: Chart, orders: tuple[tuple[str | None, str | None], ...], started: str | None, stopped: str | None
) -> None:
    facts = [order(chart, "Ciprofloxacin", start=start, end=end) for start, end in orders]
    [line] = chart.draw().medicines
    assert line.state == "on_record"
    assert line.started == (Moment(started) if started else None)
    assert line.stopped == (Moment(stopped) if stopped else None)
    assert set(line.evidence.fact_ids) == {fact.id for fact in facts}


def test_a_correction_takes_back_a_wrong_start(chart: Chart) -> None:
    order(chart, "Azithromycin", start="2015-01-01", key="a", sent="1")
    order(chart, "Azithromycin", start="2025-01-01", key="a", sent="2", status="corrected")
    [line] = chart.draw().medicines
    assert line.started == Moment("2025-01-01")


def test_on_record_stands_before_stopped_each_by_name(chart: Chart) -> None:
    for name, action in (("b", "started"), ("c", "stopped"), ("A", "changed"), ("a", "stopped")):
        order(chart, name, action, key=f"{name}{action}", code=f"{name}{action}")
    assert [line.name for line in chart.draw().medicines] == ["A", "b", "a", "c"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("elexacaftor-tezacaftor-ivacaftor 100-50-75 MG", ("elexacaftor", "tezacaftor", "ivacaftor")),
        ("TRIKAFTA oral tablet", ("elexacaftor", "tezacaftor", "ivacaftor")),
        ("Alyftrek", ("vanzacaftor", "tezacaftor", "deutivacaftor")),
        ("deutivacaftor", ("deutivacaftor",)),
        ("Salbutamol", ()),
    ],
)
def test_modulators_are_recognised_by_name(name: str, found: tuple[str, ...]) -> None:
    assert ingredients_of(Medicine(name, "", "started", "", "", None, None), TABLES.modulators) == found


def test_a_medicine_is_shared_only_when_every_ingredient_is(chart: Chart) -> None:
    order(chart, "ivacaftor and sertraline", ingredients=("sertraline",))
    assert [line.audience for line in chart.draw().medicines] == ["staff"]


def test_the_first_day_of_each_modulator_ingredient(chart: Chart) -> None:
    order(chart, "Kalydeco", start="2020-05-01")
    order(chart, "Kalydeco", start="2021-05-01")
    order(chart, "Trikafta", start="2022-07-01")
    order(chart, "Trikafta", at="2020-01-01")
    order(chart, "Salbutamol", start="2019-01-01")
    things = [
        *current_things(chart.facts)[FactKind.MEDICINE],
        Thing(chart.add("topic", Topic("x", "patient"))),
    ]
    assert modulator_starts(things, TABLES.modulators) == {
        "ivacaftor": date(2020, 5, 1),
        "elexacaftor": date(2022, 7, 1),
        "tezacaftor": date(2022, 7, 1),
    }


def test_a_body_of_another_kind_is_passed_over(chart: Chart) -> None:
    assert medicine_lines([Thing(chart.add("topic", Topic("x", "patient")))], TABLES) == ()


def event(chart: Chart, origin: str, day: str) -> None:
    body = Medicine("Trikafta", "", "started", "", "", Moment(day), None, origin=origin)
    chart.add("medicine", body, day)


def test_what_was_handed_out_or_given_never_undoes_a_stop(chart: Chart) -> None:
    stopped = Medicine("Trikafta", "", "stopped", "", "", Moment("2025-01-01"), Moment("2026-01-01"))
    chart.add("medicine", stopped, "2026-01-01")
    for origin, day in (("dispensed", "2026-02-01"), ("dispensed", "2026-03-01"), ("given", "2026-02-15")):
        event(chart, origin, day)
    (line,) = chart.draw().medicines
    assert line.state == "stopped"
    assert (line.dispensed, line.given) == (Moment("2026-03-01"), Moment("2026-02-15"))


def test_a_medicine_that_was_only_handed_out_is_on_record_and_nobody_knows_since_when(chart: Chart) -> None:
    chart.add("visit", Visit("1", "O", "CF", Moment("2025-12-01"), None, "discharged"), "2025-12-01")
    event(chart, "dispensed", "2026-02-01")
    picture = chart.draw()
    (line,) = picture.medicines
    assert (line.state, line.started, line.stopped) == ("on_record", None, None)
    assert (line.origins, line.dispensed) == (("dispensed",), Moment("2026-02-01"))
    assert not any("New medicine" in change.text for change in picture.changes)
    things = current_things(chart.facts)[FactKind.MEDICINE]
    assert modulator_starts(things, TABLES.modulators) == {}


def test_how_it_is_known(chart: Chart) -> None:
    event(chart, "given", "2026-02-01")
    event(chart, "prescribed", "2026-01-01")
    (line,) = chart.draw().medicines
    assert line.origins == ("prescribed", "given")
    assert line.started == Moment("2026-01-01")


def test_a_stop_that_gives_only_the_number_is_of_what_was_ordered_under_it(chart: Chart) -> None:
    stop = Medicine("", "", "stopped", "", "", None, Moment("2026-03-01"))
    chart.add("medicine", stop, "2026-03-01", key="placer:1")
    assert chart.draw().medicines == ()
    begun = Medicine("Trikafta", "L|1", "started", "2 tablets", "oral", Moment("2025-01-01"), None)
    chart.add("medicine", begun, "2025-01-01", key="placer:1")
    (line,) = chart.draw().medicines
    assert (line.name, line.state, line.dose) == ("Trikafta", "stopped", "2 tablets")
    assert (line.started, line.stopped) == (Moment("2025-01-01"), Moment("2026-03-01"))
