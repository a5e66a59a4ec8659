"""Care checks."""

from dataclasses import replace

import pytest

from clinic_app.picture.types import DueLine
from tests.unit.clinic_app.picture.charts import TABLES, Chart


def due(chart: Chart, key: str, **more: object) -> DueLine:
    [line] = [line for line in chart.draw(**more).due if line.key == key]
    return line


def long_record(chart: Chart, born: str | None = "1990-06-15") -> None:
    chart.patient(born=born)
    chart.measure("weight", "2022-01-01", "50", "kg")


def test_one_breathing_test_of_two_is_due(chart: Chart) -> None:
    long_record(chart)
    chart.measure("fev1", "2025-11-01", "2", "L")
    test = chart.measure("fev1", "2026-05-01", "2", "L")
    chart.measure("fvc", "2026-05-01", "3", "L")
    line = due(chart, "lung_function")
    assert line.state == "due"
    assert line.text == "A breathing test is due. In the last 12 months: 1 of 2."
    assert line.audience == "shared"
    assert test.id in line.evidence.fact_ids and len(line.evidence.fact_ids) == 2


def test_two_on_different_days_are_enough(chart: Chart) -> None:
    long_record(chart)
    chart.measure("fev1", "2026-01-01", "2", "L")
    chart.measure("fev1_post", "2026-05-01", "2", "L")
    line = due(chart, "lung_function")
    assert (line.state, line.text) == (
        "done",
        "Breathing tests in the last 12 months: 2. Nothing is missing.",
    )


def test_home_tests_and_future_tests_never_count(chart: Chart) -> None:
    long_record(chart)
    chart.measure("fev1", "2026-01-01", "2", "L")
    chart.measure("home_fev1", "2026-05-01", "2", "L", source="device")
    chart.measure("fev1", "2026-12-24", "2", "L")
    assert due(chart, "lung_function").state == "due"


def test_a_check_that_was_never_seen_is_not_known_here(chart: Chart) -> None:
    long_record(chart)
    line = due(chart, "ogtt")
    assert (line.state, line.text) == ("unknown", "Sugar test: not known here.")
    assert line.evidence.fact_ids == ()


@pytest.mark.parametrize(
    ("day", "state", "text"),
    [
        ("2025-11-24", "done", "This year’s sugar test was done on 24 November 2025."),
        ("2025-11-23", "due", "This year’s sugar test is still open. The last one was on 23 November 2025."),
    ],
)
def test_the_sugar_test_holds_a_year(chart: Chart, day: str, state: str, text: str) -> None:
    long_record(chart)
    chart.measure("lab_ogtt_2h_75g", "2024-01-01", "120", "mg/dL")
    chart.measure("lab_ogtt_2h_75g_sub", day, "7", "mmol/L", comparator="<")
    line = due(chart, "ogtt")
    assert (line.state, line.text) == (state, text)


@pytest.mark.parametrize(
    ("born", "key", "state"),
    [
        ("2016-11-24", "ogtt", "not_applicable"),
        ("2016-11-23", "ogtt", "due"),
        ("2014-11-24", "phq9", "not_applicable"),
        ("2014-11-23", "phq9", "due"),
        ("2014-11-23", "gad7", "due"),
        ("2020-11-24", "lung_function", "not_applicable"),
        ("2020-11-23", "lung_function", "due"),
    ],
)
def test_each_check_begins_at_its_birthday(chart: Chart, born: str, key: str, state: str) -> None:
    long_record(chart, born)
    for code in ("lab_ogtt_2h_75g", "pro_phq9_total", "pro_gad7_total", "fev1"):
        chart.measure(code, "2024-02-01", "5", "L")
    assert due(chart, key).state == state


def test_known_diabetes_switches_the_sugar_test_off(chart: Chart) -> None:
    long_record(chart)
    chart.measure("lab_ogtt_2h_75g", "2024-02-01", "220", "mg/dL")
    line = due(chart, "ogtt", states=frozenset({"cfrd"}))
    assert (line.state, line.text) == ("not_applicable", "Sugar test: not needed.")


@pytest.mark.parametrize(
    ("key", "code", "done", "open_"),
    [
        ("phq9", "pro_phq9_total", "about mood were answered on", "about mood are still open"),
        ("gad7", "pro_gad7_total", "about worry were answered on", "about worry are still open"),
    ],
)
def test_questions_about_mood_and_worry_are_for_staff(
    chart: Chart, key: str, code: str, done: str, open_: str
) -> None:
    long_record(chart)
    chart.measure(code, "2024-02-01", "4", "{score}")
    line = due(chart, key)
    assert (line.state, line.audience) == ("due", "staff") and open_ in line.text
    chart.measure(code, "2026-02-01", "4", "{score}")
    line = due(chart, key)
    assert (line.state, line.audience) == ("done", "staff") and done in line.text


def test_a_check_that_is_not_on_the_allow_list_is_for_staff(chart: Chart) -> None:
    long_record(chart)
    tables = replace(TABLES, shared=replace(TABLES.shared, checks=frozenset()))
    assert due(chart, "lung_function", tables=tables).audience == "staff"


def test_without_a_birth_date_we_cannot_say(chart: Chart) -> None:
    long_record(chart, None)
    line = due(chart, "ogtt")
    assert (line.state, line.text) == ("unknown", "Sugar test: not known, the birth date is missing.")


def test_switched_off_codes_cannot_be_known(chart: Chart) -> None:
    long_record(chart)
    line = due(chart, "phq9", tables=replace(TABLES, disabled_codes=frozenset({"pro_phq9_total", "x"})))
    assert line.state == "unknown" and "cannot be known" in line.text


def test_until_a_year_of_record_is_held_nothing_is_due(chart: Chart) -> None:
    chart.patient()
    chart.measure("fev1", "2025-11-24", "2", "L")
    line = due(chart, "lung_function")
    assert (line.state, line.text) == ("unknown", "Breathing tests: our record begins on 24 November 2025.")
    chart.measure("fev1", "2026-10-01", "2", "L")
    assert due(chart, "lung_function").state == "done"


def test_answers_from_home_do_not_make_a_clinic_record(chart: Chart) -> None:
    chart.patient()
    chart.measure("pro_phq9_total", "2024-02-01", "4", "{score}", source="patient")
    assert due(chart, "phq9").state == "unknown"


def test_a_private_check_stays_private_whatever_the_allow_list_says(chart: Chart) -> None:
    long_record(chart)
    tables = replace(TABLES, shared=replace(TABLES.shared, checks=frozenset({"phq9", "ogtt"})))
    assert due(chart, "phq9", tables=tables).audience == "staff"
    assert due(chart, "ogtt", tables=tables).audience == "shared"


@pytest.mark.parametrize(("begins", "state"), [("2025-11-23", "due"), ("2025-11-24", "unknown")])
def test_a_year_of_record_is_a_year_to_the_day(chart: Chart, begins: str, state: str) -> None:
    chart.patient()
    chart.measure("weight", begins, "50", "kg")
    chart.measure("fev1", "2026-10-01", "2", "L")
    assert due(chart, "lung_function").state == state
