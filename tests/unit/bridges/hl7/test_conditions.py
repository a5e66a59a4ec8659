"""Allergies, diagnoses, problems."""

import pytest

from clinic_app.model.bodies import Allergy, Problem
from clinic_app.model.facts import FactKind, FactStatus, Statement
from clinic_app.model.moment import Moment
from tests.unit.bridges.hl7.messages import held, message, stated, told

EVN = "EVN|A08|20240310"


def only(
    kind: FactKind, *segments: str, event: str = "ADT^A08", sent: str = "20240310153000"
) -> list[Statement]:
    translation = told(message(event, EVN, *segments, sent=sent))
    assert translation.holds == ()
    return [one for one in translation.statements if one.kind is kind]


def test_a_list_of_allergies() -> None:
    first, second = only(
        FactKind.ALLERGY,
        "AL1|1|DA|70618^Penicillin^RXN|SV^Severe^HL70128|Hives~Wheeze|20100101",
        "AL1|2|FA|^Peanut",
    )
    assert first.body == Allergy("Penicillin", "RXNORM|70618", "DA", "Severe", "Hives, Wheeze")
    assert first.at == Moment("2010-01-01")
    assert (second.key, second.body) == ("allergy:peanut", Allergy("Peanut", "", "FA", "", ""))


@pytest.mark.parametrize(
    ("code", "none"),
    [
        ("NKDA^No known drug allergies^L", "drugs"),
        ("NKDA", "drugs"),
        ("716186003^x^SCT", "all"),
        ("^No Known Allergies.", "all"),
        ("^No known allergies except penicillin", ""),
        ("716186003^Penicillin^L", ""),
        ("^Nkabutu nut", ""),
    ],
)
def test_that_none_is_known_is_said_in_so_many_words(code: str, none: str) -> None:
    (one,) = only(FactKind.ALLERGY, f"AL1|1||{code}")
    assert isinstance(one.body, Allergy)
    assert one.body.none_known == none


IAM = "IAM|1|DA|70618^Penicillin^RXN|||A|K7"


def test_an_allergy_that_was_taken_back() -> None:
    (first,) = only(FactKind.ALLERGY, IAM, event="ADT^A60")
    (listed,) = only(FactKind.ALLERGY, "AL1|1|DA|70618^Penicillin^RXN")
    (gone,) = only(FactKind.ALLERGY, IAM.replace("|A|", "|D|"), event="ADT^A60")
    (wrong,) = only(FactKind.ALLERGY, IAM + "|" * 10 + "E")
    assert first.key == listed.key == gone.key == "allergy:RXNORM|70618"
    assert gone.status is wrong.status is FactStatus.WITHDRAWN
    assert gone.order > first.order


def test_no_change_is_no_deletion() -> None:
    (same,) = only(FactKind.ALLERGY, IAM.replace("|A|", "|X|"))
    assert same.status is FactStatus.FINAL
    (diagnosis,) = only(FactKind.PROBLEM, "DG1|1||J45.9^Asthma^I10C" + "|" * 17 + "D9|X")
    assert (diagnosis.key, diagnosis.status) == ("diagnosis:D9", FactStatus.FINAL)


@pytest.mark.parametrize(
    ("kind", "segment"),
    [
        ("ADT^A60", IAM.replace("|A|", "|Q|")),
        ("ADT^A08", "DG1|1||J45.9^Asthma^I10C" + "|" * 18 + "Q"),
        ("PPR^PC1", "PRB|QQ||J45.9^Asthma^I10C|P1"),
    ],
)
def test_an_action_that_nobody_knows_is_held_and_the_rest_applied(kind: str, segment: str) -> None:
    translation = told(message(kind, EVN, segment, "AL1|2|FA|^Peanut"))
    assert [hold.code for hold in translation.holds] == ["UNKNOWN-STATUS"]
    assert FactKind.ALLERGY in {one.kind for one in translation.statements}


@pytest.mark.parametrize(
    "kind", ["ADT^A08", "ORU^R01", "SIU^S12", "RDE^O11", "RAS^O17", "OML^O21", "VXU^V04"]
)
def test_whatever_message_they_come_in(kind: str) -> None:
    translation = told(message(kind, EVN, "AL1|1|FA|^Peanut", "DG1|1||J45.9^Asthma^I10C", "PRB|AD||1^X^L|P1"))
    assert [
        one.kind for one in translation.statements if one.kind in (FactKind.ALLERGY, FactKind.PROBLEM)
    ] == [
        FactKind.ALLERGY,
        FactKind.PROBLEM,
        FactKind.PROBLEM,
    ]


def test_an_allergy_without_a_name_is_remarked() -> None:
    translation = told(message("ADT^A08", EVN, "AL1|1|DA"))
    assert [one.code for one in translation.findings] == ["EMPTY-RESULT"]


def test_diagnoses() -> None:
    coded, worded, gone = only(
        FactKind.PROBLEM,
        "DG1|1||E84.0^CF with lung involvement^I10C||20200101|F",
        "DG1|2||||20210101|F".replace("||||", "|||Chronic sinusitis|"),
        "DG1|3||J45.9^Asthma^I10C" + "|" * 17 + "D9|D",
    )
    assert coded.body == Problem(
        "CF with lung involvement", "ICD-10-CM|E84.0", "active", Moment("2020-01-01")
    )
    assert (worded.key, worded.at) == ("diagnosis:chronic sinusitis", Moment("2021-01-01"))
    assert (gone.key, gone.status) == ("diagnosis:D9", FactStatus.WITHDRAWN)
    assert [one.code for one in told(message("ADT^A08", EVN, "DG1|1")).findings] == ["EMPTY-RESULT"]


def test_a_working_diagnosis_never_overwrites_a_final_one() -> None:
    (working,) = only(FactKind.PROBLEM, "DG1|1||J45.9^Asthma?^I10C|||W", sent="20240401")
    (final,) = only(FactKind.PROBLEM, "DG1|1||J45.9^Asthma^I10C|||F" + "|" * 10 + "7^Ellis^Ruth")
    assert working.order < final.order
    assert final.author == "Ruth Ellis"


def test_version_2_2_has_system_and_words_in_fields_of_their_own() -> None:
    (one,) = only(FactKind.PROBLEM, "DG1|1|I10C|E84.0|CF with lung involvement")
    assert one.body == Problem("CF with lung involvement", "ICD-10-CM|E84.0", "active")


def test_problems_with_a_life_cycle() -> None:
    prb = "PRB|AD|20240301|E08.9^CF-related diabetes^I10C|P1|||20230101||"
    (active,) = stated(message("PPR^PC1", prb))
    (over,) = stated(message("PPR^PC2", prb.removesuffix("||") + "||20240305"))
    (gone,) = stated(message("PPR^PC3", prb))
    assert active.body == Problem("CF-related diabetes", "ICD-10-CM|E08.9", "active", Moment("2023-01-01"))
    assert isinstance(over.body, Problem)
    assert (over.body.state, over.body.end) == ("resolved", Moment("2024-03-05"))
    assert gone.status is FactStatus.WITHDRAWN
    assert active.key == over.key == gone.key == "problem:P1"
    assert active.order < over.order < gone.order
    assert held(message("PPR^PC1", "PRB|AD|20240301"))[0][0] == "UNREADABLE-VALUE"
