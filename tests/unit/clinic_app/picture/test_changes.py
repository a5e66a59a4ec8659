"""What changed since the last visit."""

import pytest

from clinic_app.model.bodies import Culture, Medicine, Visit
from clinic_app.model.moment import Moment
from clinic_app.picture.types import ChangeLine
from tests.unit.clinic_app.picture.charts import Chart

BEFORE, SINCE, NOW = "2026-06-01", "2026-09-09", "2026-11-20"


def visit(chart: Chart) -> None:
    chart.add("visit", Visit("1", "O", "CF", Moment(SINCE), None, "discharged"), SINCE)


def order(
    chart: Chart, name: str, action: str, start: str | None, at: str | None, key: str = "", sent: str = ""
) -> None:
    body = Medicine(name, "", action, "", "", Moment(start) if start else None, None)
    chart.add("medicine", body, at, key=key, sent=sent)


def lines(chart: Chart, kind: str = "") -> list[ChangeLine]:
    return [line for line in chart.draw().changes if not kind or line.kind == kind]


def test_lung_strength_in_plain_words(chart: Chart) -> None:
    chart.patient()
    visit(chart)
    chart.measure("height", BEFORE, "160", "cm")
    chart.measure("fev1", BEFORE, "2.6", "L")
    chart.measure("fev1", SINCE, "2.40", "L")
    chart.measure("fev1", NOW, "2.10", "L")
    [line] = lines(chart)
    before, now = (
        round(float(chart.draw().series["fev1_percent_predicted"][at].value or 0)) for at in (1, 2)
    )
    assert line.text == f"Lung strength went from {before} to {now}."
    assert (line.sign, line.code, line.audience) == ("down", "fev1_percent_predicted", "shared")
    assert line.evidence.fact_ids == (5, 6)


@pytest.mark.parametrize(
    ("code", "unit", "old", "new", "text", "sign", "audience"),
    [
        ("weight", "kg", "59.1", "58", "Weight went down 1.1 kg.", "down", "shared"),
        ("weight", "kg", "58", "58.5", "Weight went up 0.5 kg.", "up", "shared"),
        ("symptom_overall", "{score}", "7", "5", "How you feel went from 7 to 5 of 10.", "down", "shared"),
        ("symptom_cough", "{score}", "2", "6", "Cough went from 2 to 6 of 10.", "up", "staff"),
        ("spo2", "%", "97", "94", "Oxygen went from 97 to 94.", "down", "shared"),
    ],
)
def test_other_measures(
    chart: Chart, code: str, unit: str, old: str, new: str, text: str, sign: str, audience: str
) -> None:
    visit(chart)
    chart.measure(code, SINCE, old, unit)
    chart.measure(code, NOW, new, unit)
    assert [(line.text, line.sign, line.audience) for line in lines(chart)] == [(text, sign, audience)]


@pytest.mark.parametrize(("code", "old", "new"), [("weight", "58", "58.4"), ("spo2", "96", "97")])
def test_small_differences_are_not_worth_a_line(chart: Chart, code: str, old: str, new: str) -> None:
    visit(chart)
    chart.measure(code, SINCE, old, "kg" if code == "weight" else "%")
    chart.measure(code, NOW, new, "kg" if code == "weight" else "%")
    assert lines(chart) == []


def test_medicines_started_changed_and_stopped(chart: Chart) -> None:
    visit(chart)
    order(chart, "ivacaftor", "started", "2026-10-01", "2026-10-01")
    order(chart, "creon", "started", BEFORE, BEFORE, key="c", sent="1")
    order(chart, "creon", "changed", None, "2026-10-02", key="c", sent="2")
    order(chart, "salbutamol", "started", BEFORE, BEFORE, key="s", sent="1")
    order(chart, "salbutamol", "stopped", None, "2026-10-03", key="s", sent="2")
    found = [(line.text, line.sign, line.audience) for line in lines(chart, "medicine")]
    assert found == [
        ("New medicine: ivacaftor.", "new", "shared"),
        ("Medicine changed: creon.", "new", "staff"),
        ("Medicine stopped: salbutamol.", "new", "staff"),
    ]


def test_what_happened_before_the_last_visit_or_lies_ahead_is_not_told(chart: Chart) -> None:
    visit(chart)
    order(chart, "a", "started", SINCE, SINCE)
    order(chart, "b", "stopped", BEFORE, BEFORE)
    order(chart, "c", "changed", None, SINCE)
    order(chart, "d", "changed", None, None)
    order(chart, "e", "started", "2026-12-24", NOW)
    order(chart, "f", "changed", None, "2026-12-24")
    order(chart, "g", "stopped", None, None)
    assert lines(chart) == []


def test_a_new_germ_is_told_to_staff(chart: Chart) -> None:
    visit(chart)
    chart.measure("heart_rate", "2022-01-01", "60", "/min")
    chart.add("culture", Culture("sputum", "mrsa", "MRSA", True), NOW)
    [line] = lines(chart, "culture")
    assert (line.text, line.sign, line.audience) == (
        "A germ was found for the first time: MRSA.",
        "new",
        "staff",
    )


def test_never_more_than_five_and_what_may_be_shared_comes_first(chart: Chart) -> None:
    visit(chart)
    for name in "abcde":
        order(chart, name, "started", NOW, NOW)
    for code, unit in (("weight", "kg"), ("spo2", "%")):
        chart.measure(code, SINCE, "90", unit)
        chart.measure(code, NOW, "80", unit)
    found = lines(chart)
    assert [line.audience for line in found] == ["shared", "shared", "staff", "staff", "staff"]


def test_an_open_check_is_told_too(chart: Chart) -> None:
    chart.patient()
    chart.measure("lab_ogtt_2h_75g", "2024-01-01", "120", "mg/dL")
    [line] = lines(chart, "due")
    assert (line.sign, line.code, line.audience) == ("open", "ogtt", "shared")
    assert line.text.startswith("This year’s sugar test is still open.")


def test_a_quiet_person_has_a_quiet_screen(chart: Chart) -> None:
    assert lines(chart) == []
