"""Measured series."""

from decimal import Decimal

import pytest

from clinic_app.model.bodies import Measurement, Topic
from clinic_app.model.moment import Moment
from clinic_app.model.words import English
from clinic_app.picture.current import Thing
from clinic_app.picture.series import measured_series
from clinic_app.picture.types import Point
from tests.unit.clinic_app.picture.charts import Chart


def first(chart: Chart, name: str) -> Point:
    return chart.draw().series[name][0]


def test_a_point_carries_its_provenance(chart: Chart) -> None:
    chart.measure("fev1", "2026-03-01T10:15+01:00", "2.10", "L", author="Rivera", note="grade A", key="k")
    fact = chart.measure(
        "fev1",
        "2026-03-01T10:15+01:00",
        "2.15",
        "L",
        author="Rivera",
        note="grade A",
        key="k",
        status="corrected",
    )
    point = first(chart, "fev1")
    assert point.at == Moment("2026-03-01T10:15+01:00")
    assert (str(point.value), point.unit, point.comparator) == ("2.15", "L", "")
    assert (point.source, point.author, point.status) == ("ehr", "Rivera", "corrected")
    assert (point.fact_id, point.inbox_id, point.replaces) == (fact.id, fact.inbox_id, (1,))
    assert point.recorded_at == "2026-01-01T00:00:00+00:00"
    assert point.note.startswith("grade A")


def test_one_thing_that_two_laboratories_report_in_two_units_is_one_series(chart: Chart) -> None:
    chart.measure("lab_glucose_fasting", "2026-03-01", "97", "mg/dL")
    chart.measure("lab_glucose_fasting", "2026-03-02", "5.4", "mmol/L")
    chart.measure("lab_glucose_fasting", "2026-03-03", "5.4", "U/L")
    one, other, foreign = chart.draw().series["lab_glucose_fasting"]
    assert (str(one.value), one.unit, one.method) == ("97", "mg/dL", "")
    assert (str(other.value), other.unit) == ("97.28424", "mg/dL")
    assert other.method == "mmol/L × 18.0156 = mg/dL"
    assert foreign.value == "5.4 U/L" and foreign.note


@pytest.mark.parametrize(
    ("code", "sent", "unit", "value", "kept"),
    [
        ("weight", "150", "[lb_av]", "68.03885550", "kg"),
        ("weight", "3450", "g", "3.450", "kg"),
        ("height", "68", "[in_i]", "172.72", "cm"),
        ("height", "1.72", "m", "172.00", "cm"),
        ("fev1", "2350", "mL", "2.350", "L"),
        ("fev1_fvc", "0.76", "1", "76.00", "%"),
        ("fev1_fvc", "0.76", "{ratio}", "76.00", "%"),
    ],
)
def test_units_are_converted_exactly_and_the_method_says_so(
    chart: Chart, code: str, sent: str, unit: str, value: str, kept: str
) -> None:
    chart.measure(code, "2026-03-01", sent, unit)
    point = first(chart, code)
    assert (str(point.value), point.unit) == (value, kept)
    assert unit in point.method


def test_a_foreign_unit_is_shown_as_words_and_never_computed_with(chart: Chart) -> None:
    chart.patient()
    chart.measure("height", "2026-03-01", "160", "cm")
    chart.measure("fev1", "2026-03-01", "2.1", "L/s")
    point = first(chart, "fev1")
    assert point.value == "2.1 L/s"
    assert "does not fit" in point.note
    assert "fev1_percent_predicted" not in chart.draw().series


def test_laboratory_values_keep_their_unit_and_comparator(chart: Chart) -> None:
    chart.measure("lab_ige_total", "2026-03-01", "0.5", "[IU]/mL", comparator="<")
    point = first(chart, "lab_ige_total")
    assert (point.value, point.comparator, point.unit, point.method) == (Decimal("0.5"), "<", "[IU]/mL", "")


def test_words_stay_words(chart: Chart) -> None:
    chart.add("measurement", Measurement(None, "not done", "", "L"), "2026-03-01", "fev1")
    assert first(chart, "fev1").value == "not done"


@pytest.mark.parametrize(
    ("code", "source", "name"),
    [
        ("fev1", "device", "home_fev1"),
        ("weight", "patient", "home_weight"),
        ("home_weight", "device", "home_weight"),
        ("spo2", "device", "home_spo2"),
        ("symptom_cough", "patient", "symptom_cough"),
        ("pro_phq9_total", "patient", "pro_phq9_total"),
        ("lab_hba1c", "patient", "lab_hba1c"),
        ("fev1_post", "ehr", "fev1_post"),
        ("weight", "staff", "weight"),
    ],
)
def test_home_and_clinic_stay_apart(chart: Chart, code: str, source: str, name: str) -> None:
    chart.measure(code, "2026-03-01", "1", "kg", source=source)
    assert list(chart.draw().series) == [name]


def test_a_home_weight_in_pounds_is_converted_too(chart: Chart) -> None:
    chart.measure("weight", "2026-03-01", "100", "[lb_av]", source="patient")
    assert first(chart, "home_weight").value == Decimal("45.359237")


def test_a_reported_per_cent_is_never_mixed_with_ours(chart: Chart) -> None:
    chart.patient()
    chart.measure("height", "2026-03-01", "160", "cm")
    chart.measure("fev1", "2026-03-01", "2.1", "L")
    chart.measure("fev1_percent_predicted_reported", "2026-03-01", "71", "%")
    series = chart.draw().series
    assert [point.value for point in series["fev1_percent_predicted_reported"]] == [Decimal(71)]
    assert len(series["fev1_percent_predicted"]) == 1
    assert series["fev1_percent_predicted"][0].source == "computed"


def test_a_body_of_another_kind_is_passed_over(chart: Chart) -> None:
    assert measured_series([Thing(chart.add("topic", Topic("x", "patient")))], English()) == {}
