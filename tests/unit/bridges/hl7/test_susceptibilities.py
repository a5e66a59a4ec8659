"""What the organisms of a culture are sensitive to, however the laboratory ties it to them."""

from time import perf_counter

import pytest

from clinic_app.model.bodies import Susceptibility
from clinic_app.model.facts import FactKind, FactStatus
from tests.unit.bridges.hl7.messages import held, message, stated, told

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
    assert (tobramycin.interpretation, tobramycin.text) == ("S", "2 ug/mL")
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
    assert (found.organism_text, found.specimen, found.text) == (STAPH[1], "Sputum", "<=0.5 ug/mL")


@pytest.mark.parametrize(
    ("parent", "organism"),
    [
        ("^^Pseudomonas aeruginosa||", "Pseudomonas aeruginosa"),
        ("^^Some unheard-of germ||", "Some unheard-of germ"),
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


@pytest.mark.parametrize("parent", ["^9||", "623-9&x&LN^9|||P1"])
def test_a_result_that_is_not_there_is_nobody_elses(parent: str) -> None:
    (found,) = drugs(
        ORDER,
        grown(1, "1", PSEUDOMONAS),
        f"OBR|2|P2|F2|50545-3^Panel^LN|||202403101500|||||||||||||||||||{parent}",
        "OBX|1|ST|CAZ^Ceftazidime^L|1|I||||||F",
    )
    assert (found.organism, found.organism_text) == ("", "")


def test_an_organism_without_a_row_keeps_its_own_drugs() -> None:
    unknown = "OBX|2|CWE|623-9^x^LN|2|99^Rare germ^L||||||F"
    translation = told(
        message(
            "ORU^R01",
            ORDER,
            grown(1, "1", PSEUDOMONAS),
            unknown,
            "OBX|3|ST|OXA^Oxacillin^L|2|R||||||F",
            "OBX|4|ST|99^Local germ^L|3|No row for this one||||||F",
            "OBX|5|ST|CAZ^Ceftazidime^L|3|R||||||F",
        )
    )
    tied = [one.body.organism_text for one in translation.statements if isinstance(one.body, Susceptibility)]
    assert tied == ["Rare germ", ""]


def test_one_organism_takes_drugs_that_are_merely_numbered() -> None:
    found = drugs(
        ORDER,
        grown(1, "1", PSEUDOMONAS),
        "OBX|2|ST|OXA^Oxacillin^L|2|R^Resistant||||||F",
        "OBX|3|CWE|CAZ^Ceftazidime^L|3|I^Intermediate^HL70078|||I^Intermediate^HL70078|||F",
    )
    assert [(one.organism_text, one.interpretation, one.text) for one in found] == [
        (PSEUDOMONAS[1], "R", ""),
        (PSEUDOMONAS[1], "I", ""),
    ]


CHILD = "OBR|2|P2|F2|50545-3^Panel^LN|||202403101500|||||||||||||||||||623-9&x&LN^1|||P1"


def test_a_measured_value_of_a_child_needs_no_letter() -> None:
    (found,) = drugs(ORDER, grown(1, "1", STAPH), CHILD, "OBX|1|NM|OXA^Oxacillin^L||0.25|mg/L|||||F")
    assert (found.interpretation, found.text, found.organism_text) == ("", "0.25 mg/L", STAPH[1])
    other = message("ORU^R01", ORDER, "OBX|1|NM|OXA^Oxacillin^L||0.25|mg/L|||||F")
    assert held(other)[0][0] == "UNKNOWN-CODE"


def test_a_child_in_a_message_of_its_own_belongs_to_a_culture_by_the_result_that_it_names() -> None:
    (found,) = drugs(
        CHILD.replace("OBR|2", "OBR|1").replace("^1|||P1", "^1^Staphylococcus aureus|||P1"), DRUG
    )
    assert found.organism_text == STAPH[1]
    (loose,) = drugs(CHILD, DRUG)
    assert loose.organism_text == ""


DRUG = "OBX|1|ST|CAZ^Ceftazidime^L||S||||||F"


def test_children_of_two_isolates_without_numbers_stay_two_things() -> None:
    child = "OBR|2|||50545-3^Panel^LN|||202403101500|||||||||||||||||||623-9&x&LN^{sub}"
    found = stated(
        message(
            "ORU^R01",
            ORDER,
            grown(1, "1", PSEUDOMONAS),
            grown(2, "2", STAPH),
            child.format(sub=1),
            DRUG,
            child.format(sub=2),
            DRUG,
        )
    )
    tied = [(one.key, one.body.organism_text) for one in found if isinstance(one.body, Susceptibility)]
    assert [words for _, words in tied] == [PSEUDOMONAS[1], STAPH[1]]
    assert [key[-2:] for key, _ in tied] == ["|1", "|2"]


def test_thousands_of_drugs_are_read_within_a_second() -> None:
    children = [
        segment for n in range(2500) for segment in (CHILD.replace("P1", "P0"), DRUG.replace("CAZ", f"C{n}"))
    ]
    heads = [ORDER.replace("P1", "P0"), grown(1, "1", STAPH)] * 1200
    begun = perf_counter()
    translation = told(message("ORU^R01", *heads, *children))
    assert perf_counter() - begun < 5  # quadratic work took minutes
    assert sum(one.kind is FactKind.SUSCEPTIBILITY for one in translation.statements) == 2500


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
        "OBR|1||F1|1^x^L|||202403101500|||||||||||||||||||1234-5&x&LN^1|||P9",
        "OBX|1|NM|TOB^Tobramycin^L|1|2|ug/mL||S|||F",
    )
    assert held(orphan)[0][0] == "UNKNOWN-CODE"


def test_one_at_a_time_that_cannot_be_read_is_held() -> None:
    drug = "OBX|2|NM|TOB^Tobramycin^L|1|2|ug/mL||S|||F|||someday"
    said = told(message("ORU^R01", ORDER, grown(1, "1", PSEUDOMONAS), drug))
    assert not any(isinstance(one.body, Susceptibility) for one in said.statements)
    assert [(hold.code, hold.reason) for hold in said.holds] == [
        ("UNREADABLE-VALUE", "OBX[2]-14 is not a date or time")
    ]
