"""What the organisms of a culture are sensitive to, however the laboratory ties it to them."""

import pytest

from clinic_app.model.bodies import Susceptibility
from clinic_app.model.facts import FactKind, FactStatus
from tests.unit.bridges.hl7.messages import held, message, stated

ORDER = "OBR|1|P1|F1|6463-4^Bacteria identified in Sputum^LN|||202403101500"
GERM = "OBX|{n}|CWE|623-9^x^LN|{sub}|{code}^{name}^SCT||||||F"
PSEUDOMONAS = ("52499004", "Pseudomonas aeruginosa")
STAPH = ("3092008", "Staphylococcus aureus")


def grown(n: int, sub: str, germ: tuple[str, str]) -> str:
    return GERM.format(n=n, sub=sub, code=germ[0], name=germ[1])


def drugs(*segments: str) -> list[Susceptibility]:
    statements = stated(message("ORU^R01", *segments))
    return [one.body for one in statements if isinstance(one.body, Susceptibility)]


def test_by_the_same_sub_id_in_one_order() -> None:
    tobramycin, oxacillin = drugs(
        ORDER,
        grown(1, "1", PSEUDOMONAS),
        grown(2, "2", STAPH),
        "OBX|3|NM|TOB^Tobramycin^L|1|2|ug/mL||S|||F",
        "OBX|4|ST|OXA^Oxacillin^L|2.1|Resistant||||||F",
    )
    assert (tobramycin.drug, tobramycin.code) == ("Tobramycin", "L|TOB")
    assert (tobramycin.interpretation, tobramycin.text) == ("S", "2")
    assert tobramycin.organism_text == PSEUDOMONAS[1]
    assert (oxacillin.interpretation, oxacillin.text) == ("R", "")
    assert oxacillin.organism_text == STAPH[1]


def test_by_the_parent_of_an_order_of_its_own() -> None:
    (found,) = drugs(
        ORDER,
        "SPM|1|||119334006^Sputum^SCT",
        grown(1, "1", PSEUDOMONAS),
        grown(2, "2", STAPH),
        "OBR|2|P2|F2|50545-3^Susceptibility panel^LN|||202403101500|||||||||||||||||||623-9&x&LN^2|||P1",
        "OBX|1|SN|OXA^Oxacillin^L|1|<=^0.5|ug/mL||S|||F",
    )
    assert (found.organism_text, found.specimen, found.text) == (STAPH[1], "Sputum", "<=0.5")


@pytest.mark.parametrize(
    ("parent", "organism"),
    [
        ("^^Pseudomonas aeruginosa||", "Pseudomonas aeruginosa"),
        ("^^Some unheard-of germ||", "Some unheard-of germ"),
        ("^9||", "Pseudomonas aeruginosa"),
        ("|||P1", "Pseudomonas aeruginosa"),
    ],
)
def test_by_words_or_because_there_is_but_one(parent: str, organism: str) -> None:
    (found,) = drugs(
        ORDER,
        grown(1, "1", PSEUDOMONAS),
        f"OBR|2|P2|F2|50545-3^Panel^LN|||202403101500|||||||||||||||||||{parent}",
        "OBX|1|ST|CAZ^Ceftazidime^L|1|I||||||F",
    )
    assert (found.organism_text, found.interpretation) == (organism, "I")


def test_two_organisms_and_nothing_that_ties_names_none() -> None:
    (found,) = drugs(
        ORDER, grown(1, "1", PSEUDOMONAS), grown(2, "2", STAPH), "OBX|3|ST|CAZ^Ceftazidime^L||S||||||F"
    )
    assert (found.organism, found.organism_text) == ("", "")


def test_a_correction_is_a_version_and_a_deletion_withdraws() -> None:
    def one(value: str, flag: str, status: str) -> tuple[str, FactStatus]:
        drug = f"OBX|2|NM|TOB^Tobramycin^L|1|{value}|ug/mL||{flag}|||{status}"
        found = stated(message("ORU^R01", ORDER, grown(1, "1", PSEUDOMONAS), drug))
        (statement,) = [each for each in found if each.kind is FactKind.SUSCEPTIBILITY]
        return statement.key, statement.status

    first, corrected, gone = one("2", "S", "F"), one("8", "R", "C"), one("2", "S", "D")
    assert first[0] == corrected[0] == gone[0]
    assert [status for _, status in (first, corrected, gone)] == ["final", "corrected", "withdrawn"]


def test_elsewhere_a_flag_makes_no_susceptibility() -> None:
    unrelated = message("ORU^R01", "OBR|1||F1|1^x^L", "OBX|1|NM|TOB^Tobramycin^L|1|2|ug/mL||S|||F")
    assert held(unrelated)[0][0] == "UNKNOWN-CODE"
    orphan = message(
        "ORU^R01",
        "OBR|1||F1|1^x^L|||202403101500|||||||||||||||||||623-9^1|||P9",
        "OBX|1|NM|TOB^Tobramycin^L|1|2|ug/mL||S|||F",
    )
    assert held(orphan)[0][0] == "UNKNOWN-CODE"
