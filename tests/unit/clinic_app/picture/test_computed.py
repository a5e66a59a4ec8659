"""Values that the picture computes."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from clinic_app.calc.bmi import bmi
from clinic_app.calc.gli import GliResult, gli
from clinic_app.calc.growth import BmiForAge, bmi_for_age
from clinic_app.calc.numbers import Computed
from clinic_app.model.moment import Moment
from tests.unit.clinic_app.picture.charts import TABLES, Chart

DAY = "2026-03-01T10:00Z"


def age(born: str, day: str) -> float:
    return (Moment(day).day - Moment(born).day).days / 365.25


def test_lung_strength_is_computed_from_litres_height_and_exact_age(chart: Chart) -> None:
    chart.patient(born="1990-06-15", sex="female")
    height = chart.measure("height", "2026-03-01", "64", "[in_i]")
    litres = chart.measure("fev1", DAY, "2100", "mL", status="corrected")
    [point] = chart.draw().series["fev1_percent_predicted"]
    expected = gli(TABLES.gli, "female", "fev1", age("1990-06-15", DAY), 162.56, 2.1)
    assert isinstance(expected, GliResult)
    assert point.value == Decimal(f"{expected.percent.value:.4f}")
    assert (point.unit, point.source, point.method, point.status) == (
        "%",
        "computed",
        "GLI Global 2022",
        "corrected",
    )
    assert point.derived_from == (litres.id, height.id)
    assert (point.at, point.fact_id, point.inbox_id) == (Moment(DAY), litres.id, litres.inbox_id)
    assert f"z {expected.z.value:.2f}" in point.note and f"{expected.lower_limit.value:.2f} L" in point.note
    assert "162.56 cm, 2026-03-01" in point.note


def test_a_height_after_the_test_is_the_newest_input(chart: Chart) -> None:
    chart.patient(born="2014-06-15")
    chart.measure("fev1", "2026-03-01", "2.1", "L")
    height = chart.measure("height", "2026-03-20", "150", "cm")
    [point] = chart.draw().series["fev1_percent_predicted"]
    assert (point.fact_id, point.inbox_id) == (height.id, height.inbox_id)


def test_it_was_recorded_when_its_last_input_was(chart: Chart) -> None:
    chart.patient()
    chart.measure("fev1", "2026-03-01", "2.1", "L")
    height = chart.measure("height", "2026-03-01", "160", "cm")
    chart.facts[-1] = replace(height, recorded_at=datetime(2026, 5, 1, tzinfo=UTC))
    [point] = chart.draw().series["fev1_percent_predicted"]
    assert point.recorded_at == "2026-05-01T00:00:00+00:00"


def test_home_litres_get_their_own_per_cent_series(chart: Chart) -> None:
    chart.patient()
    chart.measure("height", "2026-03-01", "160", "cm")
    chart.measure("home_fev1", "2026-03-02", "2.0", "L", source="device")
    series = chart.draw().series
    assert len(series["home_fev1_percent_predicted"]) == 1
    assert "fev1_percent_predicted" not in series


@pytest.mark.parametrize(
    ("born", "sex", "height_day", "litres", "comparator", "why"),
    [
        ("1990-06-15", "unknown", "2026-03-01", "2.1", "", "the sex is not known"),
        (None, "female", "2026-03-01", "2.1", "", "the birth date is not known"),
        ("1990-06-15", "female", None, "2.1", "", "no height is on record"),
        ("2014-06-15", "female", "2025-03-01", "2.1", "", "within 90 days"),
        ("1990-06-15", "female", "2026-03-01", "0.5", "<", "not a plain number"),
        ("1925-06-15", "female", "2026-03-01", "2.1", "", "ages 3 to 95"),
        ("1990-06-15", "female", "2026-03-01", "2100", "", "at most 20 L"),
    ],
)
def test_without_a_number_the_measured_point_says_why(
    chart: Chart, born: str | None, sex: str, height_day: str | None, litres: str, comparator: str, why: str
) -> None:
    chart.patient(born=born, sex=sex)
    if height_day:
        chart.measure("height", height_day, "160", "cm")
    chart.measure("fev1", DAY, litres, "L", comparator=comparator, note="grade A")
    series = chart.draw().series
    assert "fev1_percent_predicted" not in series
    [point] = series["fev1"]
    assert point.note.startswith("grade A No number: ") and why in point.note


def test_one_point_without_a_number_leaves_the_others(chart: Chart) -> None:
    chart.patient()
    chart.measure("height", "2026-03-01", "160", "cm")
    chart.measure("fev1", "2026-03-01", "2.1", "L")
    chart.measure("fev1", "2026-03-02", "0.5", "L", comparator="<")
    series = chart.draw().series
    assert len(series["fev1_percent_predicted"]) == 1
    assert [bool(point.note) for point in series["fev1"]] == [False, True]


def test_the_bmi_of_grown_people(chart: Chart) -> None:
    chart.patient(born="1990-06-15")
    height = chart.measure("height", "2024-03-01", "160", "cm")
    weight = chart.measure("weight", DAY, "120", "[lb_av]")
    series = chart.draw().series
    [point] = series["bmi"]
    expected = bmi(54.4310844, 160)
    assert isinstance(expected, Computed)
    assert point.value == Decimal(f"{expected.value:.4f}")
    assert (point.unit, point.method) == ("kg/m2", "weight / height squared 1")
    assert point.derived_from == (weight.id, height.id)
    assert "bmi_percentile" not in series


def test_children_get_their_percentile_beside_it(chart: Chart) -> None:
    chart.patient(born="2016-06-15", sex="male")
    chart.measure("height", "2026-03-01", "135", "cm")
    chart.measure("weight", DAY, "28", "kg")
    series = chart.draw().series
    months = (Moment(DAY).day - Moment("2016-06-15").day).days / 30.4375
    expected = bmi_for_age(TABLES.bmi, "male", months, 28 / 1.35**2)
    assert isinstance(expected, BmiForAge)
    [point] = series["bmi_percentile"]
    assert point.value == Decimal(f"{expected.percentile.value:.4f}")
    assert point.method == "CDC BMI for age 2000+2022"
    assert point.note.startswith(f"z {expected.z.value:.2f}; 135 cm")
    assert len(series["bmi"]) == 1


@pytest.mark.parametrize(
    ("born", "bmis", "percentiles"),
    [("2024-06-15", 0, 0), ("2024-02-29", 1, 1), ("2006-03-02", 1, 1), ("2006-03-01", 1, 0), (None, 1, 0)],
)
def test_from_two_to_below_twenty_years(chart: Chart, born: str | None, bmis: int, percentiles: int) -> None:
    chart.patient(born=born)
    chart.measure("height", "2026-03-01", "150", "cm")
    chart.measure("weight", "2026-03-01", "45", "kg")
    series = chart.draw().series
    assert len(series.get("bmi", ())) == bmis
    assert len(series.get("bmi_percentile", ())) == percentiles


def test_without_a_sex_there_is_a_bmi_and_no_percentile(chart: Chart) -> None:
    chart.patient(born="2016-03-01", sex="unknown")
    chart.measure("height", "2026-03-01", "150", "cm")
    chart.measure("weight", "2026-03-01", "45", "kg")
    assert "bmi" in chart.draw().series and "bmi_percentile" not in chart.draw().series


def test_a_bmi_that_cannot_be_has_no_percentile(chart: Chart) -> None:
    chart.patient(born="2016-03-01")
    chart.measure("height", "2026-03-01", "1.5", "cm")
    chart.measure("weight", "2026-03-01", "45", "kg")
    assert "bmi_percentile" not in chart.draw().series


def test_a_weight_of_nothing_says_why_there_is_no_bmi(chart: Chart) -> None:
    chart.patient()
    chart.measure("height", "2026-03-01", "150", "cm")
    chart.measure("weight", "2026-03-01", "0", "kg")
    series = chart.draw().series
    assert "bmi" not in series
    assert "above 0" in series["weight"][0].note
