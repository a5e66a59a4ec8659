"""Cultures: organisms, none, and words that are neither."""

import pytest

from clinic_app.model.bodies import Culture
from clinic_app.model.facts import FactStatus, Statement
from tests.unit.bridges.hl7.messages import held, message, stated, told

ORDER = "OBR|1||F1|623-9^CF culture^LN|||20240301"


def grown(kind: str, value: str, code: str = "623-9^CF culture^LN", order: str = ORDER) -> Statement:
    translation = told(message("ORU^R01", order, f"OBX|1|{kind}|{code}|1|{value}||||||F"))
    assert translation.holds == ()
    (statement,) = translation.statements
    return statement


def culture(kind: str, value: str, code: str = "623-9^CF culture^LN", order: str = ORDER) -> Culture:
    body = grown(kind, value, code, order).body
    assert isinstance(body, Culture)
    return body


@pytest.mark.parametrize(
    ("kind", "value", "organism"),
    [
        ("CWE", "52499004^Pseudomonas aeruginosa^SCT", "pseudomonas_aeruginosa"),
        ("CE", "PSAE^Pseudo^L^52499004^Pseudomonas aeruginosa^SCT", "pseudomonas_aeruginosa"),
        ("CE", "PSAE^Pseudomonas aeruginosa^L", "pseudomonas_aeruginosa"),
        ("CWE", "X^^L^^^^^^Staphylococcus aureus", "staph_aureus"),
        ("CWE", "115329001^MRSA^SNOMED CT", "mrsa"),
        ("ST", "Mucoid Pseudomonas aeruginosa", "pseudomonas_aeruginosa_mucoid"),
        ("ST", "2+ Staphylococcus aureus", "staph_aureus"),
        ("ST", "Heavy growth of Burkholderia cepacia complex.", "b_cepacia_complex"),
        ("TX", ">100,000 CFU/mL Stenotrophomonas maltophilia", "stenotrophomonas_maltophilia"),
        ("FT", "MYCOBACTERIUM ABSCESSUS", "m_abscessus"),
    ],
)
def test_organisms(kind: str, value: str, organism: str) -> None:
    body = culture(kind, value)
    assert (body.organism, body.growth) == (organism, True)
    assert body.organism_text
    assert grown(kind, value).code == organism


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("ST", "No growth"),
        ("ST", "NO GROWTH AFTER 48 HOURS."),
        ("TX", "No growth 2 days"),
        ("CWE", "260385009^Neg result^SCT"),
        ("CE", "NG^No pathogens isolated^L"),
        ("ST", "Normal respiratory flora"),
        ("ST", "Pseudomonas aeruginosa not isolated"),
        ("ST", "No Burkholderia cepacia complex"),
        ("ST", "No growth of Pseudomonas aeruginosa"),
    ],
)
def test_nothing_grew(kind: str, value: str) -> None:
    body = culture(kind, value)
    assert (body.organism, body.growth) == ("", False)
    assert body.organism_text


@pytest.mark.parametrize(
    "value",
    [
        "No Pseudomonas; Staphylococcus aureus isolated",
        "No growth of Pseudomonas but Staphylococcus aureus",
        "Possible Pseudomonas aeruginosa, to be confirmed",
        "Gram negative rods",
    ],
)
def test_running_text_is_kept_and_nothing_read_out_of_it(value: str) -> None:
    body = culture("ST", value)
    assert body == Culture("Sputum", "", value, True, "")
    raw = message("ORU^R01", ORDER, f"OBX|1|ST|623-9^CF culture^LN||{value}||||||F")
    assert [finding.code for finding in told(raw).findings] == ["UNKNOWN-ORGANISM"]


def test_an_unknown_organism_code_keeps_its_words_or_is_held() -> None:
    raw = message("ORU^R01", ORDER, "OBX|1|CWE|623-9^x^LN||999^Rare bug^SCT||||||F")
    assert told(raw).findings[0].text == "OBX[1]-5: the organism code 999 of SCT is not in the profile"
    assert culture("CWE", "999^Rare bug^SCT").organism_text == "Rare bug"
    bare = message("ORU^R01", ORDER, "OBX|1|CWE|623-9^x^LN||999^^SCT||||||F")
    assert held(bare) == [
        ("UNKNOWN-CODE", "OBX[1]-5: the organism code 999 of SCT has no words and is unknown")
    ]


def test_several_organisms_in_one_result() -> None:
    raw = message(
        "ORU^R01", ORDER, "OBX|1|CWE|623-9^x^LN|1|52499004^P^SCT~3092008^S^SCT~^^||||||F", "NTE|1||moderate"
    )
    statements = stated(raw)
    assert [(s.key, s.code) for s in statements] == [
        ("filler:F1|LOINC 623-9|1", "pseudomonas_aeruginosa"),
        ("filler:F1|LOINC 623-9|1~2", "staph_aureus"),
    ]
    assert isinstance(statements[0].body, Culture)
    assert statements[0].body.note == "moderate"


@pytest.mark.parametrize(
    ("order", "specimen_segment", "specimen"),
    [
        (ORDER, "", "Sputum"),
        (ORDER + "|" * 8 + "SPT&Induced sputum&HL70487", "", "Induced sputum"),
        (ORDER + "|" * 8 + "BAL", "", "BAL"),
        (ORDER + "|" * 8 + "^Cough swab", "", "Cough swab"),
        (ORDER + "|" * 8 + "BAL", "SPM|1|||258603007^Throat swab^SCT", "Throat swab"),
        (ORDER + "|" * 8 + "BAL", "SPM|1", "BAL"),
    ],
)
def test_specimen(order: str, specimen_segment: str, specimen: str) -> None:
    raw = message("ORU^R01", order, "OBX|1|ST|623-9^x^LN||No growth||||||F", specimen_segment)
    (statement,) = stated(raw)
    assert isinstance(statement.body, Culture)
    assert statement.body.specimen == specimen


def test_organisms_under_the_laboratorys_own_code_within_a_culture_order() -> None:
    for kind, value in (
        ("ST", "Staphylococcus aureus"),
        ("CE", "3092008^Staph^SCT"),
        ("CE", "X^No growth^L"),
        ("ST", "Normal flora"),
    ):
        body = culture(kind, value, "ORG1^Organism^L")
        assert body.specimen == "Sputum"
    assert culture("ST", "Rods", "6463-4^Bacteria^LN").specimen == "Sputum"
    raw = message("ORU^R01", ORDER, "OBX|1|ST|GRAM^Gram stain^L||pus cells||||||F")
    assert held(raw)[0][0] == "UNKNOWN-CODE"
    outside = message("ORU^R01", "OBR|1||F1|1^x^L", "OBX|1|ST|ORG1^Organism^L||Staphylococcus aureus||||||F")
    assert held(outside)[0][0] == "UNKNOWN-CODE"
    vital = message("ORU^R01", ORDER, "OBX|1|NM|8310-5^Temp^LN||37|Cel|||||F")
    assert stated(vital)[0].code == "temperature"


def test_unconfirmed_organism_codes_are_recognised_but_not_named() -> None:
    assert culture("CWE", "52499004^^SCT", "ORG1^Organism^L").organism == "pseudomonas_aeruginosa"


def test_preliminary_then_final_and_withdrawn_are_versions_of_one_finding() -> None:
    def one(value: str, status: str) -> Statement:
        (statement,) = stated(message("ORU^R01", ORDER, f"OBX|1|ST|623-9^x^LN|1|{value}||||||{status}"))
        return statement

    first, final, gone = one("No growth", "P"), one("Staphylococcus aureus", "F"), one("", "D")
    assert first.key == final.key == gone.key
    assert first.order < final.order < gone.order
    assert gone.status is FactStatus.WITHDRAWN


def test_an_empty_finding_is_remarked() -> None:
    translation = told(message("ORU^R01", ORDER, "OBX|1|ST|623-9^x^LN|1|||||||F"))
    assert [finding.code for finding in translation.findings] == ["EMPTY-RESULT"]
