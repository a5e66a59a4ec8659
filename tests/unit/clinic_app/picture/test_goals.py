"""Goal bands."""

from decimal import Decimal

import pytest

from clinic_app.model.bodies import Goal
from clinic_app.picture.types import GoalBand
from tests.unit.clinic_app.picture.charts import Chart


def bands(chart: Chart) -> dict[str, GoalBand]:
    return {band.code: band for band in chart.draw().goals}


@pytest.mark.parametrize(("sex", "low", "kg"), [("female", "22", "56.3"), ("male", "23", "58.9")])
def test_grown_people_have_a_band_of_bmi_also_said_in_kg(chart: Chart, sex: str, low: str, kg: str) -> None:
    chart.patient(born="1990-06-15", sex=sex)
    chart.measure("height", "2026-01-01", "160", "cm")
    found = bands(chart)
    assert list(found) == ["bmi", "weight"]
    assert (found["bmi"].low, found["bmi"].high) == (Decimal(low), Decimal(25))
    assert (found["weight"].low, found["weight"].high, found["weight"].unit) == (
        Decimal(kg),
        Decimal("64.0"),
        "kg",
    )
    assert "2008" in found["weight"].origin


@pytest.mark.parametrize(
    ("born", "sex", "codes"),
    [
        ("2016-06-15", "female", ["bmi_percentile"]),
        ("2024-11-24", "female", []),
        ("2024-11-23", "male", ["bmi_percentile"]),
        ("2006-11-24", "male", ["bmi_percentile"]),
        ("2006-11-23", "male", ["bmi"]),
        ("1990-06-15", "other", []),
        (None, "male", []),
    ],
)
def test_bands_by_age_and_sex(chart: Chart, born: str | None, sex: str, codes: list[str]) -> None:
    chart.patient(born=born, sex=sex)
    assert list(bands(chart)) == codes


def test_the_persons_own_goal_stands_before_the_guideline(chart: Chart) -> None:
    chart.patient()
    chart.measure("height", "2026-01-01", "160", "cm")
    chart.add("goal", Goal("old", "weight", Decimal(40), None, "kg"), "2026-01-01", source="patient")
    chart.add("goal", Goal("55 kilos", "weight", Decimal(55), None, "kg"), "2026-02-01", source="patient")
    chart.add("goal", Goal("breathe", "fev1_percent_predicted", None, Decimal(90), "%"), "2026-02-01")
    chart.add("goal", Goal("sing", ""), "2026-02-01", source="patient")
    chart.add("goal", Goal("run", "spo2"), "2026-02-01", source="patient")
    chart.add("goal", Goal("gone", "bmi", Decimal(20), None, "kg/m2", "done"), "2026-02-01", source="patient")
    found = bands(chart)
    assert list(found) == ["bmi", "fev1_percent_predicted", "weight"]
    assert found["weight"] == GoalBand("weight", Decimal(55), None, "kg", "your goal")
    assert found["bmi"].low == Decimal(22)


def test_a_goal_in_another_unit_is_told_in_the_charts_own(chart: Chart) -> None:
    chart.patient()
    chart.add("goal", Goal("a stone more", "weight", Decimal(120), None, "[lb_av]"), "2026-02-01")
    assert bands(chart)["weight"] == GoalBand("weight", Decimal("54.4"), None, "kg", "your goal")


def test_a_goal_whose_unit_does_not_fit_draws_no_band(chart: Chart) -> None:
    chart.patient()
    chart.add("goal", Goal("taller", "weight", Decimal(170), Decimal(180), "cm"), "2026-02-01")
    assert "weight" not in bands(chart)
