"""The summary and the feeds."""

from datetime import UTC, datetime

import pytest

from clinic_app.model.bodies import Medicine
from clinic_app.model.moment import Moment
from clinic_app.model.people import FeedState
from clinic_app.picture.types import FeedLine
from tests.unit.clinic_app.picture.charts import Chart


def test_what_nobody_sent_is_not_known_here(chart: Chart) -> None:
    summary = chart.draw().summary
    assert summary.pop("record") == "There is no clinic record yet."
    assert set(summary.values()) == {"not known here"}
    assert set(summary) == {"genotype", "pancreatic_status", "cfrd", "transplant", "allergies", "modulators"}


def test_confirmed_states_read_yes(chart: Chart) -> None:
    summary = chart.draw(states=frozenset({"cfrd"})).summary
    assert (summary["cfrd"], summary["transplant"]) == ("yes", "not known here")


@pytest.mark.parametrize(
    ("action", "start", "said"),
    [
        ("started", "2025-07-01", "Trikafta since 1 July 2025"),
        ("started", "2025-07", "Trikafta"),
        ("started", None, "Trikafta"),
        ("stopped", "2025-07-01", "not known here"),
    ],
)
def test_modulators_on_record(chart: Chart, action: str, start: str | None, said: str) -> None:
    body = Medicine("Trikafta", "", action, "", "", Moment(start) if start else None, None)
    chart.add("medicine", body, "2025-07-01")
    chart.add("medicine", Medicine("Creon", "", "started", "", "", None, None), "2025-07-01")
    assert chart.draw().summary["modulators"] == said


def test_the_record_begins(chart: Chart) -> None:
    chart.measure("weight", "2026-03-03", "50", "kg")
    picture = chart.draw()
    assert picture.summary["record"] == "Our record begins on 3 March 2026."
    assert picture.record_begins == Moment("2026-03-03")


def test_feeds_by_channel(chart: Chart) -> None:
    feeds = (
        FeedState("mllp", datetime(2026, 11, 23, 8, 56, tzinfo=UTC), 10, 1, 2),
        FeedState("fhir", None, 0, 0, 0, "never reached"),
    )
    assert chart.draw(feeds=feeds).feeds == {
        "fhir": FeedLine("", 0, 0, "never reached"),
        "mllp": FeedLine("2026-11-23T08:56:00+00:00", 1, 2, ""),
    }
