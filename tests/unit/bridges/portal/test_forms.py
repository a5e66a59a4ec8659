from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from bridges import strict_json
from bridges.fhir.translate import translate
from bridges.portal import forms
from bridges.portal.questionnaire import walk
from clinic_app.model.bodies import Answer, Measurement, Topic
from clinic_app.model.entries import RawEntry
from clinic_app.model.words import English
from tests.unit.bridges.portal.house import questionnaire

EN = English()
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ASKED = questionnaire()
FILLED = {
    "topic-1-text": "I cough <b>at night</b> & sleep badly\nsince May",
    "topic-1-audience": "shared",
    "topic-2-text": "Pills",
    "topic-2-audience": "clinician",
    "topic-3-text": "  ",
    "topic-3-audience": "shared",
    "symptom-overall": "6",
    "symptom-cough": "",
    "own-words": "",
    "weight": "135,5",
    "weight-unit": "[lb_av]",
    "home-fev1": "2,41",
    "home-fev1-note": "Spirobank, good",
}


def filled(fields: dict[str, str] | None = None) -> dict[str, Any]:
    return forms.response(ASKED, FILLED if fields is None else fields, "p1", "es", EN, NOW)


def test_what_is_sent_means_what_was_typed() -> None:
    resource = {**filled(), "id": "qr", "meta": {"lastUpdated": "2026-11-23T09:00:00.000Z"}}
    entry = RawEntry(
        1, "fhir", "http://x/fhir", "", "QuestionnaireResponse", NOW, strict_json.write(resource)
    )
    found = translate(entry)
    bodies = {statement.position[5:-1]: statement.body for statement in found.statements}
    assert found.holds == ()
    assert bodies["topic-1"] == Topic(FILLED["topic-1-text"], "patient", False, "open", 1)
    assert bodies["topic-2"] == Topic("Pills", "patient", True, "open", 2)
    assert isinstance(bodies["topic-3"], Answer)
    assert isinstance(bodies["symptom-cough"], Answer)
    weight, blow = bodies["weight"], bodies["home-fev1"]
    assert isinstance(weight, Measurement)
    assert isinstance(blow, Measurement)
    assert (weight.value, weight.unit) == (Decimal("135.5"), "[lb_av]")
    assert (blow.value, blow.unit, blow.note) == (Decimal("2.41"), "L", "Spirobank, good")
    assert len(bodies) == 11


def test_nothing_typed_is_a_complete_response_without_any_answer() -> None:
    resource = filled({})
    assert b'"answer"' not in strict_json.write(resource)
    assert (resource["status"], resource["language"]) == ("completed", "es")


def test_impossible_values_are_never_sent() -> None:
    resource = filled(
        {
            "weight": "61",
            "symptom-cough": "11",
            "home-fev1": "31",
            "topic-1-text": "x",
            "topic-1-audience": "y",
        }
    )
    raw = strict_json.write(resource)
    assert raw.count(b'"answer"') == 1
    assert b'"valueString":"x"' in raw


def test_checks_name_the_field() -> None:
    long = {"topic-1-text": "x" * 501, "weight": "61", "home-fev1": "31", "home-fev1-note": "y" * 300}
    found = forms.check(ASKED.groups, {**FILLED, "weight-unit": "", **long}, EN)
    assert set(found) == {"topic-1-text", "weight", "home-fev1"}
    assert found["topic-1-text"] == "Please shorten this a little: 500 letters fit, and it has 501."
    assert forms.check(ASKED.groups, FILLED, EN) == {}


@pytest.mark.parametrize(
    ("born", "audience"),
    [
        (date(2014, 11, 24), "shared"),
        (date(2014, 11, 23), "clinician"),
        (date(2008, 11, 24), "clinician"),
        (date(2008, 11, 23), "shared"),
        (None, "clinician"),
    ],
)
def test_from_12_to_17_topics_are_for_the_clinician_alone_unless_chosen(
    born: date | None, audience: str
) -> None:
    assert forms.preset_audience(born, date(2026, 11, 23)) == audience


def test_reading_back() -> None:
    shown = {
        line.link: line
        for group in ASKED.groups
        for line in forms.show(group.items, FILLED, "en", EN, {"weight": "Please check"})
    }
    assert shown["topic-2-text"].note == "Only my clinician"
    assert (shown["topic-3-text"].answer, shown["topic-3-text"].note) == ("", "")
    assert shown["symptom-overall"].answer == "6 out of 10"
    assert (shown["weight"].answer, shown["weight"].check) == ("135,5 lb", "Please check")
    assert shown["home-fev1"].answer == "2,41 litres"
    assert [line.answer for line in forms.show(ASKED.groups[2].items, {"weight": "61"}, "en", EN, {})][
        0
    ] == "61"


def test_last_answers_in_words() -> None:
    last = forms.last_answers(filled(), EN)
    assert last["symptom-overall"] == "6 out of 10"
    assert last["weight"] == "135.5 lb"
    assert last["topic-2-text"] == "Pills"
    assert "symptom-cough" not in last
    assert forms.last_answers(None, EN) == {}


@pytest.mark.parametrize(
    "item",
    [
        [],
        "x",
        {"linkId": 3, "answer": [{"valueString": "a"}]},
        {"linkId": "a", "answer": [{}]},
        {"linkId": "a", "answer": [{"valueQuantity": {"value": "x"}}]},
    ],
)
def test_a_strangers_response_is_read_with_care(item: object) -> None:
    assert forms.last_answers({"item": [item]}, EN) == {}
    assert forms.last_answers({"item": item}, EN) == {}


def test_field_names_are_those_of_the_page() -> None:
    assert forms.field_names([ASKED.groups[2]]) == ["weight", "weight-unit", "home-fev1", "home-fev1-note"]
    assert forms.field_names([ASKED.groups[0]])[:2] == ["topic-1-text", "topic-1-audience"]
    assert all(item.link for item in walk(ASKED.groups))
