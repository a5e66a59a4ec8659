"""The JSON form."""

import json
from datetime import UTC, datetime
from decimal import Decimal

from clinic_app.model.bodies import Culture, Decision, Goal, Medicine, Topic, Visit
from clinic_app.model.moment import Moment
from clinic_app.model.people import FeedState
from clinic_app.picture.json_form import to_json
from tests.unit.clinic_app.picture.charts import Chart

POINT_NAMES = {
    *("at", "value", "comparator", "unit", "source", "author", "status", "recorded_at"),
    *("fact_id", "inbox_id", "replaces", "method", "derived_from", "note"),
}


def full(chart: Chart) -> None:
    chart.patient()
    chart.measure("height", "2024-01-01", "160", "cm")
    chart.measure("fev1", "2026-03", "2.30", "L")
    chart.measure("fev1", "2026-09-09T10:00+01:00", "2.350", "L", author="Rivera")
    chart.measure("fev1", "2026-11-20", "2.0", "L")
    chart.measure("lab_ige_total", "2026-11-20", "0.5", "[IU]/mL", comparator="<")
    chart.measure("lab_ogtt_2h_75g", "2024-11-20", "120", "mg/dL")
    chart.add("visit", Visit("1", "O", "CF", Moment("2026-09-09"), None, "discharged"), "2026-09-09")
    chart.add("topic", Topic("secret", "patient", private=True), "2026-11-01", source="patient")
    chart.add("topic", Topic("sport", "patient"), "2026-11-02", source="patient")
    chart.add(
        "medicine", Medicine("Trikafta", "77", "started", "2", "PO", Moment("2025-07"), None), "2025-07"
    )
    chart.add("culture", Culture("sputum", "mrsa", "MRSA", True), "2026-11-20")
    chart.add("goal", Goal("55", "weight", Decimal("55.5"), None, "kg"), "2026-11-20")
    chart.add("decision", Decision("walk"), "2026-09-09")


def test_the_documented_shape(chart: Chart) -> None:
    full(chart)
    feeds = (FeedState("mllp", datetime(2026, 11, 23, tzinfo=UTC), 5, 1, 2),)
    plain = json.loads(json.dumps(to_json(chart.draw(feeds=feeds))))
    assert plain["patient"] == {
        "name": "Ada Marsh",
        "family": "Marsh",
        "given": "Ada",
        "birth_date": "1990-06-15",
        "sex": "female",
        "identifiers": [{"authority": "CLINIC", "value": "4471"}],
        "language": "",
    }
    assert all(set(point) == POINT_NAMES for points in plain["series"].values() for point in points)
    assert set(plain["changes"][0]) == {"text", "sign", "kind", "code", "evidence", "inbox_ids", "audience"}
    assert set(plain["attention"][0]) == {"kind", "text", "reason", "evidence", "inbox_ids", "audience"}
    assert [(item["text"], item["audience"]) for item in plain["agenda"]] == [
        ("secret", "staff"),
        ("sport", "shared"),
    ]
    assert set(plain["agenda"][0]) >= {"by", "text", "state", "private", "at", "evidence"}
    [medicine] = plain["medicines"]
    assert (
        medicine["name"],
        medicine["code"],
        medicine["state"],
        medicine["started"],
        medicine["origin"],
    ) == (
        "Trikafta",
        "77",
        "on_record",
        "2025-07",
        "ehr",
    )
    assert plain["cultures"][0]["organisms"] == [{"key": "mrsa", "text": "MRSA"}]
    assert {line["key"]: line["state"] for line in plain["due"]}["ogtt"] == "due"
    assert plain["visits"][0]["start"] == "2026-09-09"
    assert plain["decisions"][0]["text"] == "walk"
    assert [goal["low"] for goal in plain["goals"] if goal["code"] == "weight"] == [55.5]
    assert plain["feeds"]["mllp"] == {
        "last_received": "2026-11-23T00:00:00+00:00",
        "held": 1,
        "waiting": 2,
        "note": "",
    }
    assert (plain["since"], plain["record_begins"]) == ("2026-09-09", "2024-01-01")


def test_times_keep_the_precision_that_was_sent(chart: Chart) -> None:
    full(chart)
    assert [point["at"] for point in to_json(chart.draw())["series"]["fev1"]] == [
        "2026-03",
        "2026-09-09T10:00+01:00",
        "2026-11-20",
    ]


def test_numbers_are_numbers_and_a_comparator_stays_beside_them(chart: Chart) -> None:
    full(chart)
    series = to_json(chart.draw())["series"]
    [point] = series["lab_ige_total"]
    assert (point["value"], point["comparator"], point["unit"]) == (0.5, "<", "[IU]/mL")
    assert series["height"][0]["value"] == 160 and isinstance(series["height"][0]["value"], int)
    assert series["fev1"][1]["value"] == 2.35


def test_every_sentence_can_be_traced(chart: Chart) -> None:
    full(chart)
    plain = to_json(chart.draw())
    for name in ("changes", "attention", "agenda", "medicines", "cultures", "visits", "decisions"):
        assert plain[name], name
        for line in plain[name]:
            assert line["evidence"] and len(line["evidence"]) == len(line["inbox_ids"])
