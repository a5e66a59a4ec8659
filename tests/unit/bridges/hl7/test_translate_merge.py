"""Merges are proposals: who stays, who is retired, and nothing that is joined."""

import pytest

from bridges.hl7.translate import translate
from clinic_app.model.facts import FactKind
from clinic_app.model.identity import Identifier
from tests.unit.bridges.hl7.messages import generic, held, message, told

MRG = "MRG|2002^^^NORTH^MR~9^^^NORTH^SS"


@pytest.mark.parametrize("event", ["A18", "A30", "A34", "A36", "A39", "A40", "A47"])
def test_who_stays_and_who_is_retired(event: str) -> None:
    translation = told(message(f"ADT^{event}", f"EVN|{event}", MRG))
    assert translation.holds == ()
    assert translation.subject == Identifier("NORTH", "1001")
    assert translation.merges == (Identifier("NORTH", "2002"),)
    assert translation.introduces
    assert {one.kind for one in translation.statements} == {FactKind.PATIENT}


@pytest.mark.parametrize(
    ("segments", "code"),
    [
        ((), "MERGE-UNCLEAR"),
        (("MRG|",), "MERGE-UNCLEAR"),
        (("MRG|9^^^NORTH^SS",), "MERGE-UNCLEAR"),
        ((MRG, MRG), "MERGE-UNCLEAR"),
    ],
)
def test_what_is_unclear_is_held(segments: tuple[str, ...], code: str) -> None:
    raw = message("ADT^A40", "EVN|A40", *segments)
    assert [name for name, _ in held(raw)] == [code]
    assert told(raw).merges == ()


def test_a_merge_of_a_number_with_itself_proposes_nothing() -> None:
    translation = told(message("ADT^A40", "EVN|A40", "MRG|1001^^^NORTH^MR"))
    assert translation.merges == ()
    assert [one.code for one in translation.findings] == ["MERGE-OF-ITSELF"]


def test_several_patients_in_one_merge_are_held() -> None:
    raw = message("ADT^A40", "EVN|A40", MRG, "PID|2||3003^^^NORTH^MR||Other^One", MRG)
    assert [hold.code for hold in translate(raw, generic()).holds] == ["SEVERAL-PATIENTS"]
