import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.fhir.answers import OUR_ITEMS
from bridges.fhir.codes import AUDIENCE
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


def held(found: Translation) -> list[tuple[str, str]]:
    return [(hold.code, hold.reason.split()[0]) for hold in found.holds]


def flat(number: int, text: str, audience: str | None = "shared") -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = topic(number, text, audience)["item"]
    return parts


def test_link_ids_are_read_wherever_they_stand() -> None:
    deep = {
        "linkId": "page",
        "item": [{"linkId": "box", "item": [item("symptom-cough", {"valueInteger": 3})]}],
    }
    under = item("own-words", {"valueString": "Well", "item": [item("symptom-breath", {"valueInteger": 4})]})
    found = read(*flat(1, "Why so tired?"), deep, under)
    assert (found.holds, found.findings) == ((), ())
    first, *others = found.statements
    assert (first.body, first.key) == (
        Topic("Why so tired?", "patient", False, "open", 1),
        "QuestionnaireResponse/qr1/topic-1",
    )
    assert [statement.code for statement in others] == ["symptom_cough", "symptom_breath", "own-words"]


@pytest.mark.parametrize("named", ["urn:commonground:questionnaire:pre-visit|1", None])
def test_an_answer_to_an_unknown_question_is_held_and_the_known_ones_are_stated(named: str | None) -> None:
    found = read(
        *flat(1, "Why?"),
        item("mood", {"valueString": "low"}, text="Mood?"),
        {"linkId": "more", "item": [item("x" * 70 + "\n", {"valueBoolean": False})]},
        item("sleep"),
        item("smoke", {"item": []}),
        questionnaire=named,
    )
    assert [type(statement.body) for statement in found.statements] == [Topic]
    assert held(found) == [
        ("UNKNOWN-QUESTION", "QuestionnaireResponse.item[2]"),
        ("UNKNOWN-QUESTION", "QuestionnaireResponse.item[3].item[0]"),
    ]
    assert "mood" in found.holds[0].reason
    assert "low" not in found.holds[0].reason
    assert found.holds[0].mend.startswith("Map it or ignore it; nothing was lost")
    assert "x" * 64 + "… " in found.holds[1].reason


def test_answers_where_none_belongs_are_held_too() -> None:
    twice = (item("symptom-cough", {"valueInteger": 3}), item("symptom-cough", {"valueInteger": 9}))
    found = read(*twice, item("topic-1", {"valueString": "Why?"}))
    assert held(found) == [
        ("UNKNOWN-QUESTION", "QuestionnaireResponse.item[1]"),
        ("UNKNOWN-QUESTION", "QuestionnaireResponse.item[2]"),
    ]
    assert "symptom-cough#2" in found.holds[0].reason
    second = read(item("topic-1-text", {"valueString": "a"}, {"valueString": "b"}))
    assert held(second) == [("UNREADABLE-VALUE", "QuestionnaireResponse.item[0].answer[1]")]
    assert len(second.statements) == 1
    both = only(read(item("own-words", {"valueString": "a"}, {"valueString": "b"}, {})))
    assert both.body == Answer("", "a; b")


@pytest.mark.parametrize("link", ["topic-1-text", "own-words"])
def test_words_of_another_type_are_held(link: str) -> None:
    found = read(item(link, {"valueCoding": {"display": "Why?"}}))
    assert held(found) == [("UNREADABLE-VALUE", "QuestionnaireResponse.item[0].answer[0].valueCoding")]
    assert found.statements == ()


def test_another_questionnaire_of_which_nothing_is_known_is_held_whole() -> None:
    for items in ([item("1.2", {"valueString": "x"}), item("weight")], []):
        found = read(*items, questionnaire="urn:other|1")
        assert held(found) == [("UNKNOWN-QUESTIONNAIRE", "QuestionnaireResponse.questionnaire")]
        assert found.subject == Identifier("portal", "p1")
        assert all(s.body == Answer("", "") for s in found.statements)


def test_another_questionnaire_with_known_link_ids_is_read_and_says_so() -> None:
    found = read(
        item("symptom-cough", {"valueInteger": 3}),
        item("1.2", {"valueString": "x"}),
        questionnaire="urn:other",
    )
    assert [statement.code for statement in found.statements] == ["symptom_cough"]
    assert held(found) == [("UNKNOWN-QUESTION", "QuestionnaireResponse.item[1]")]
    assert [finding.code for finding in found.findings] == ["OTHER-QUESTIONNAIRE"]


def test_withdrawing_is_never_stopped_by_what_is_withdrawn() -> None:
    wrong = (item("symptom-cough", {"valueInteger": 99}), item("x", {"valueString": "y"}))
    for named in ("urn:other", None):
        found = read(*wrong, questionnaire=named, status="entered-in-error")
        assert (found.holds, found.findings) == ((), ())
        assert {s.key.split("/")[-1] for s in found.statements} == set(OUR_ITEMS)


@pytest.mark.parametrize(
    "named",
    [
        "urn:commonground:questionnaire:pre-visit",
        "https://portal.example/fhir/Questionnaire/pre-visit|1",
        None,
    ],
)
def test_our_questionnaire_has_several_names(named: str | None) -> None:
    found = read({"linkId": "how", "item": [item("symptom-cough", {"valueInteger": 3})]}, questionnaire=named)
    assert (only(found).code, found.findings) == ("symptom_cough", ())


@pytest.mark.parametrize(
    ("audience", "said"),
    [
        ([], False),
        ([item("topic-1-audience")], False),
        ([item("topic-1-audience", {"valueCoding": {"code": "shared"}})], False),
        ([item("topic-1-audience", {"valueCoding": "shared"})], False),
        ([item("topic-1-audience", {"valueCoding": {"system": AUDIENCE, "code": "clinician"}})], True),
    ],
)
def test_a_topic_whose_audience_nobody_said_is_private_and_that_is_remarked(
    audience: list[dict[str, Any]], said: bool
) -> None:
    found = read(item("topic-1-text", {"valueString": "Why?"}), *audience)
    assert only(found).body == Topic("Why?", "patient", True, "open", 1)
    remarks = [(finding.code, finding.text.split()[0]) for finding in found.findings]
    assert remarks == ([] if said else [("AUDIENCE-NOT-SAID", "QuestionnaireResponse.item[0]")])


@given(
    st.permutations(["topic-2-text", "topic-2-audience", "weight", "own-words", "strange"]), st.integers(0, 5)
)
def test_order_and_nesting_never_change_what_is_said(names: list[str], inside: int) -> None:
    answers: dict[str, dict[str, Any]] = {
        "topic-2-text": {"valueString": "Sleep"},
        "topic-2-audience": {"valueCoding": {"system": AUDIENCE, "code": "shared"}},
        "weight": {"valueQuantity": quantity(61, "kg")},
        "own-words": {"valueString": "Well"},
        "strange": {"valueString": "!"},
    }
    items = [item(name, answers[name]) for name in names]
    found = read({"linkId": "any", "item": items[:inside]}, *items[inside:])
    assert [(s.code, s.key.split("/")[-1]) for s in found.statements] == [
        ("", "topic-2"),
        ("home_weight", "weight"),
        ("own-words", "own-words"),
    ]
    assert found.statements[0].body == Topic("Sleep", "patient", False, "open", 2)
    assert [hold.code for hold in found.holds] == ["UNKNOWN-QUESTION"]


def test_an_impossible_weight_is_held_with_its_path() -> None:
    found = read(item("weight", {"valueQuantity": quantity(-4, "kg")}))
    assert held(found) == [
        ("IMPLAUSIBLE-VALUE", "QuestionnaireResponse.item[0].answer[0].valueQuantity.value")
    ]


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
