import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridges.fhir.answers import OUR_ITEMS
from bridges.fhir.translate import translate
from clinic_app.model.bodies import Answer, Measurement, Topic
from clinic_app.model.entries import Translation
from clinic_app.model.facts import FactKind, FactStatus, Source, Statement
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from tests.unit.bridges.fhir.resources import entry, item, quantity, response, topic


def read(*items: dict[str, Any], **more: Any) -> Translation:
    return translate(entry(response(list(items), **more)))


def only(translation: Translation) -> Statement:
    (statement,) = translation.statements
    assert translation.holds == ()
    return statement


def test_topics_keep_words_audience_and_order() -> None:
    found = read(topic(1, "  <b>Why?</b>\n"), topic(2, "Sex and pills", "clinician"), topic(3, "Work", None))
    assert [statement.body for statement in found.statements] == [
        Topic("  <b>Why?</b>\n", "patient", False, "open", 1),
        Topic("Sex and pills", "patient", True, "open", 2),
        Topic("Work", "patient", True, "open", 3),
    ]
    first = found.statements[0]
    assert (first.kind, first.code, first.key) == (FactKind.TOPIC, "", "QuestionnaireResponse/qr1/topic-1")
    assert (first.subject, first.source) == (Identifier("portal", "p1"), Source.PATIENT)
    assert (first.at, first.sent_at) == (Moment("2026-11-22T18:30:00Z"), "2026-11-22T18:30:15.250000Z")


def test_a_symptom_is_a_number_from_0_to_10() -> None:
    statement = only(read(item("symptom-cough", {"valueInteger": 0}, text="Cough?")))
    assert (statement.kind, statement.code) == (FactKind.MEASUREMENT, "symptom_cough")
    assert statement.body == Measurement(Decimal(0), "0", "", "{score}", name="Cough?")
    assert only(read(item("symptom-breath", {"valueDecimal": 3}))).code == "symptom_breath"


@pytest.mark.parametrize(
    "answer", [{"valueInteger": 11}, {"valueInteger": -1}, {"valueString": "3"}, {"valueInteger": True}]
)
def test_other_symptom_answers_are_held_with_their_path_and_the_rest_is_stated(
    answer: dict[str, Any],
) -> None:
    found = read(item("symptom-energy", answer), item("symptom-overall", {"valueInteger": 7}))
    (held,) = found.holds
    assert (held.code, held.reason.split()[0]) == (
        "UNREADABLE-VALUE",
        "QuestionnaireResponse.item[0].answer[0].valueInteger"
        if "valueInteger" in answer
        else "QuestionnaireResponse.item[0].answer[0].valueDecimal",
    )
    assert [statement.code for statement in found.statements] == ["symptom_overall"]


def test_weight_and_blow_are_home_measurements() -> None:
    found = read(
        item("weight", {"valueQuantity": quantity(Decimal("135.0"), "[lb_av]")}),
        item("home-fev1", {"valueQuantity": quantity(Decimal("2.41"), "L", comparator=">=")}),
        item("home-fev1-note", {"valueString": "MIR Spirobank, good"}),
    )
    weight, blow, note = found.statements
    assert (weight.code, blow.code, note.code) == ("home_weight", "home_fev1", "home-fev1-note")
    assert weight.body == Measurement(Decimal("135.0"), "135.0", "", "[lb_av]", "[lb_av]")
    assert blow.body == Measurement(Decimal("2.41"), "2.41", ">=", "L", "L", note="MIR Spirobank, good")
    assert note.body == Answer("", "MIR Spirobank, good")


def test_skipped_is_said_as_an_empty_answer_never_as_a_number() -> None:
    found = read(
        item("symptom-cough", text="Cough?"),
        item("weight"),
        {"linkId": "topic-1"},
        topic(2, " "),
        item("own-words"),
    )
    assert {(s.kind, s.body.text) for s in found.statements if isinstance(s.body, Answer)} == {
        (FactKind.ANSWER, "")
    }
    assert len(found.statements) == 5
    assert found.statements[0].code == "topic-1"


def test_taking_an_answer_back_replaces_it_under_the_same_key() -> None:
    first = only(read(item("weight", {"valueQuantity": quantity(61, "kg")})))
    later = read(status="amended", meta={"lastUpdated": "2026-11-23T08:00:00Z"})
    second = {statement.key: statement for statement in later.statements}[first.key]
    assert second.order > first.order
    assert second.body == Answer("", "")
    assert len(later.statements) == len(OUR_ITEMS)


def test_entered_in_error_withdraws_every_item() -> None:
    found = read(item("weight", {"valueQuantity": quantity(61, "kg")}), status="entered-in-error")
    assert {statement.status for statement in found.statements} == {FactStatus.WITHDRAWN}
    assert len(found.statements) == len(OUR_ITEMS)


@pytest.mark.parametrize("status", ["in-progress", "stopped"])
def test_what_is_not_sent_yet_is_left_alone(status: str) -> None:
    assert read(item("weight"), status=status) == Translation(None, ignored="IN-PROGRESS")


def test_a_foreign_questionnaire_is_kept_as_words() -> None:
    found = read(
        item("weight", {"valueQuantity": {"value": Decimal("61.0"), "unit": "kg", "comparator": "<"}}),
        item("1.2", {"valueBoolean": True}, {"valueBoolean": False}, text="Smoke?"),
        item("1.3", {"valueCoding": {"code": "a", "display": "Apple"}}, {"valueCoding": {"code": "b"}}),
        item("1.4", {"valueDate": "2026-11"}, {"valueInteger": 3}, {"valueDecimal": Decimal("0.50")}),
        item("1.5", {"valueReference": {"display": "Dr Lee"}}, {"valueAttachment": {"title": "Photo"}}, {}),
        item(
            "1.5",
            {
                "valueString": "again",
            },
            {"item": [item("1.5.1", {"valueString": "inner"})]},
        ),
        questionnaire="https://elsewhere.example/Questionnaire/9",
    )
    assert {s.code: s.body.text for s in found.statements if isinstance(s.body, Answer)} == {
        "weight": "< 61.0 kg",
        "1.2": "yes; no",
        "1.3": "Apple; b",
        "1.4": "2026-11; 3; 0.50",
        "1.5": "Dr Lee; Photo",
        "1.5#2": "again",
        "1.5.1": "inner",
    }
    held = read(item("q", {"valueCoding": "x"}), item("r", {"valueString": "y"}), questionnaire="urn:other")
    assert [hold.reason for hold in held.holds] == [
        "QuestionnaireResponse.item[0].answer[0].valueCoding is not an object"
    ]
    assert [statement.code for statement in held.statements] == ["r"]


@pytest.mark.parametrize(
    ("named", "ours"),
    [
        ("urn:commonground:questionnaire:pre-visit", True),
        ("https://portal.example/fhir/Questionnaire/pre-visit|1", True),
        (None, True),
        ("https://portal.example/fhir/Questionnaire/other", False),
    ],
)
def test_link_ids_have_our_meaning_only_in_our_questionnaire(named: str | None, ours: bool) -> None:
    found = read({"linkId": "how", "item": [item("symptom-cough", {"valueInteger": 3})]}, questionnaire=named)
    assert any(s.code == "symptom_cough" for s in found.statements) is ours


def test_without_a_named_questionnaire_one_strange_link_id_makes_all_of_it_words() -> None:
    found = read(
        item("symptom-cough", {"valueInteger": 3}), item("x", {"valueString": "y"}), questionnaire=None
    )
    assert {statement.kind for statement in found.statements} == {FactKind.ANSWER}


@pytest.mark.parametrize(
    ("author", "source"),
    [
        (None, Source.PATIENT),
        ({"reference": "Patient/p1"}, Source.PATIENT),
        ({"reference": "RelatedPerson/m", "display": "Mum"}, Source.PATIENT),
        ({"reference": "Practitioner/n"}, Source.STAFF),
        ({"reference": "https://x/PractitionerRole/n"}, Source.STAFF),
    ],
)
def test_who_said_it(author: dict[str, str] | None, source: Source) -> None:
    statement = only(read(item("own-words", {"valueString": "Well"}), author=author))
    assert statement.source is source
    assert statement.author == (author or {}).get("display", (author or {}).get("reference", ""))


@pytest.mark.parametrize(
    ("more", "code", "path"),
    [
        ({"subject": None}, "NO-PATIENT-ID", "QuestionnaireResponse.subject.reference"),
        (
            {"subject": {"reference": "https://x/Patient/1"}},
            "NO-PATIENT-ID",
            "QuestionnaireResponse.subject.reference",
        ),
        ({"status": "done"}, "UNREADABLE-VALUE", "QuestionnaireResponse.status"),
        ({"authored": "yesterday"}, "UNREADABLE-VALUE", "QuestionnaireResponse.authored"),
        ({"id": None}, "UNREADABLE-VALUE", "QuestionnaireResponse.id"),
        ({"item": {}}, "UNREADABLE-VALUE", "QuestionnaireResponse.item"),
        (
            {"item": [item("x") | {"answer": ["?"]}]},
            "UNREADABLE-VALUE",
            "QuestionnaireResponse.item[0].answer[0]",
        ),
        ({"item": [{"text": "?"}]}, "UNREADABLE-VALUE", "QuestionnaireResponse.item[0].linkId"),
    ],
)
def test_what_cannot_be_used_at_all_is_held_whole(more: dict[str, Any], code: str, path: str) -> None:
    found = read(**more)
    assert (found.subject, found.statements) == (None, ())
    assert [(hold.code, hold.reason.split()[0]) for hold in found.holds] == [(code, path)]


def test_the_translator_knows_every_item_of_the_shipped_questionnaire() -> None:
    shipped = Path(__file__).parents[4] / "resources/questionnaires/pre_visit.json"
    questionnaire = json.loads(shipped.read_text(encoding="utf-8"))
    links = [
        member["linkId"]
        for group in questionnaire["item"]
        for member in group["item"]
        if member["type"] != "display"
    ]
    assert sorted(links) == sorted(OUR_ITEMS)
