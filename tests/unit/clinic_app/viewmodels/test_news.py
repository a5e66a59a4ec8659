"""News for staff since the visit began."""

from dataclasses import replace

from clinic_app.model.moment import Moment
from clinic_app.model.words import English
from clinic_app.picture.types import CultureLine, Evidence
from clinic_app.viewmodels.news import news_between, series_label
from tests.ui.factory import TODAY, clinic, medicine, point, rich, topic

WORDS = English()


def culture(*organisms: tuple[str, str]) -> CultureLine:
    return CultureLine(Moment("2026-11-22"), "sputum", organisms, bool(organisms), "final", Evidence())


def test_nothing_new_is_no_news() -> None:
    assert news_between(rich(), rich(), TODAY, WORDS) == ()


def test_each_new_thing_is_one_line() -> None:
    before = rich()
    computed = point("2026-11-24", "70", "%", source="computed")
    now = replace(
        before,
        series=before.series
        | {
            "lab_hba1c": (point("2026-11-22", "6.1", "%", inbox_id=7),),
            "pro_phq9_total": (point("2026-11-22", "3", "{score}", author="", inbox_id=0),),
            "fev1_percent_predicted": (*before.series["fev1_percent_predicted"], computed),
        },
        cultures=(culture(("mrsa", "MRSA")), culture()),
        medicines=(*before.medicines, medicine("sertraline", "2026-11-20", None)),
        agenda=(*before.agenda, topic("x", private=True), topic("y")),
    )
    assert [(line.text, line.origin) for line in news_between(before, now, TODAY, WORDS)] == [
        ("hba1c 6.1 %", "yesterday · Dr. Lindqvist · entry 7"),
        ("phq9 total 3", "yesterday"),
        ("Culture: MRSA", "yesterday"),
        ("Culture: no growth", "yesterday"),
        ("Medicine: sertraline", "Friday"),
        ("A private topic", "Saturday"),
        ("A topic", "Saturday"),
    ]


def test_a_correction_is_news() -> None:
    before = rich()
    weight = before.series["weight"]
    now = replace(
        before, series=before.series | {"weight": (*weight[:-1], replace(weight[-1], status="corrected"))}
    )
    assert [line.text for line in news_between(before, now, TODAY, WORDS)] == ["Weight 58 kg"]


def test_labels() -> None:
    assert series_label(WORDS, "fev1") == "FEV1"
    assert series_label(WORDS, "home_weight") == "Weight at home"
    assert series_label(WORDS, "heart_rate") == "heart rate"
    assert clinic("kg") == ()
