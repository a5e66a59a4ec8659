"""Sentences and last words."""

import pytest

from tests.unit.clinic_app.picture.charts import Chart

BEFORE, NOW = "2026-09-09", "2026-11-20"


def two(
    chart: Chart, code: str, old: str, new: str, unit: str = "{score}", source: str = "ehr"
) -> tuple[str, str]:
    chart.measure(code, BEFORE, old, unit, source=source)
    chart.measure(code, NOW, new, unit, source=source)
    chart.measure("heart_rate", BEFORE, "60", "/min")
    chart.measure("heart_rate", NOW, "60", "/min")
    picture = chart.draw()
    return picture.sentences[code], picture.last_words[code]


@pytest.mark.parametrize(
    ("code", "old", "new", "unit", "sentence", "word"),
    [
        ("spo2", "97", "94", "%", "3 points lower than on 9 September 2026.", "lower"),
        ("spo2", "96", "97", "%", "1 point higher than on 9 September 2026.", "higher"),
        ("spo2", "96", "95", "%", "1 point lower than on 9 September 2026.", "lower"),
        ("spo2", "96.4", "95.6", "%", "The same as on 9 September 2026.", "the same"),
        ("weight", "59.1", "58.04", "kg", "1.1 kg less than on 9 September 2026.", "less"),
        ("weight", "58", "59.15", "kg", "1.2 kg more than on 9 September 2026.", "more"),
        ("fev1", "2.4", "2.15", "L", "0.25 L less than on 9 September 2026.", "lower"),
        ("height", "150", "152", "cm", "2 cm more than on 9 September 2026.", "higher"),
    ],
)
def test_what_changed_and_by_how_much(
    chart: Chart, code: str, old: str, new: str, unit: str, sentence: str, word: str
) -> None:
    assert two(chart, code, old, new, unit) == (sentence, word)


def test_what_the_patient_said(chart: Chart) -> None:
    said = two(chart, "symptom_overall", "7", "5", source="patient")
    assert said == ("You said 5 of 10. On 9 September 2026 it was 7.", "lower")


def test_the_number_of_the_sentence_is_the_difference_of_the_numbers_shown(chart: Chart) -> None:
    # 82.4 and 75.6 are shown as 82 and 76: the sentence must say 6, not 7.
    assert two(chart, "spo2", "82.4", "75.6", "%")[0].startswith("6 points")


def test_a_single_value_is_said_with_its_day(chart: Chart) -> None:
    chart.measure("weight", NOW, "58", "kg")
    picture = chart.draw()
    assert picture.sentences == {"weight": "The last value is 58.0, of 20 November 2026."}
    assert picture.last_words == {}


def test_nothing_new_since_the_last_visit(chart: Chart) -> None:
    chart.measure("spo2", BEFORE, "97", "%")
    chart.measure("heart_rate", NOW, "60", "/min")
    assert chart.draw().sentences["spo2"] == "The last value is 97, of 9 September 2026."


def test_a_series_without_a_number(chart: Chart) -> None:
    chart.measure("spo2", NOW, "90", "%", comparator="<")
    assert chart.draw().sentences["spo2"] == "There is no number yet."


def test_series_that_are_not_drawn_have_no_sentence(chart: Chart) -> None:
    chart.measure("lab_hba1c", NOW, "5.6", "%")
    assert chart.draw().sentences == {}
