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


@pytest.mark.parametrize("code", ["NKDA^No known drug allergies^L", "716186003^x^SCT", "^No Known Allergies"])
def test_that_none_is_known_is_said_by_somebody(code: str) -> None:
    (one,) = only(FactKind.ALLERGY, f"AL1|1||{code}")
    assert isinstance(one.body, Allergy)
    assert one.body.none_known


def test_an_allergy_that_was_taken_back() -> None:
    added = "IAM|1|DA|70618^Penicillin^RXN|||A|K7"
    (first,) = only(FactKind.ALLERGY, added, event="ADT^A60")
    (gone,) = only(FactKind.ALLERGY, added.replace("|A|", "|D|"), event="ADT^A60")
    assert first.key == gone.key == "allergy:K7"
    assert gone.status is FactStatus.WITHDRAWN
    assert gone.order > first.order


def test_an_allergy_without_a_name_is_remarked() -> None:
    translation = told(message("ADT^A08", EVN, "AL1|1|DA"))
    assert [one.code for one in translation.findings] == ["EMPTY-RESULT"]


def test_diagnoses() -> None:
    coded, worded, gone = only(
        FactKind.PROBLEM,
        "DG1|1||E84.0^CF with lung involvement^I10C||20200101|F",
        "DG1|2||||20210101|F".replace("||||", "|||Chronic sinusitis|"),
        "DG1|3||J45.9^Asthma^I10C||||||||||||||||D9|D",
    )
    assert coded.body == Problem(
        "CF with lung involvement", "ICD-10-CM|E84.0", "active", Moment("2020-01-01")
    )
    assert (worded.key, worded.at) == ("diagnosis:chronic sinusitis", Moment("2021-01-01"))
    assert gone.status in (FactStatus.WITHDRAWN, FactStatus.FINAL)
    assert [one.code for one in told(message("ADT^A08", EVN, "DG1|1")).findings] == ["EMPTY-RESULT"]


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
