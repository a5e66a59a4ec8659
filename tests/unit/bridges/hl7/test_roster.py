"""Whom a message names: every number that may be a patient's, and whether the visit is here."""

import pytest

from bridges.hl7.profile import SiteProfile
from bridges.hl7.roster import mention_of
from clinic_app.model.identity import Identifier
from clinic_app.model.roster import Mention, Name
from tests.unit.bridges.hl7.messages import PID, generic, message, oru, site

RULES = site('[roster]\nlocations = ["CF CLINIC*", "*LUNG*"]\nservices = ["CFC"]\n')
LIST = site('[roster]\nfile = "roster.txt"\n')


def mention(raw: bytes, profile: SiteProfile = LIST, whole: bool = True) -> Mention:
    found = mention_of(raw, profile, whole)
    assert found is not None
    return found


def test_without_a_roster_nothing_is_looked_for() -> None:
    assert mention_of(oru(), generic()) is None


def test_every_number_of_the_patient_is_a_name() -> None:
    pid = "PID|1|E7^^^OLD|1001^^^NORTH^MR~900-11^^^USA^SS~~55|A9||Ives^Ann"
    found = mention(message("ADT^A08", pid=pid))
    assert set(found.names) == {
        Name("north", "1001"),
        Name("usa", "900-11"),
        Name("", "55"),
        Name("old", "e7"),
        Name("", "a9"),
    }
    assert Identifier("NORTH", "55") in found.identifiers, "else it is the facility's"
    assert Identifier("OLD", "E7") in found.identifiers


def test_a_number_of_a_type_that_is_never_a_key_makes_nobody_else_a_member() -> None:
    never = sorted(LIST.identifiers.never)[0]
    found = mention(message("ADT^A08", pid=f"PID|1||1001^^^NORTH^MR~77^^^USA^{never}"))
    assert Name("usa", "77") in found.names
    assert found.shared == (Name("north", "1001"),)


def test_the_former_numbers_of_a_merge_are_named_and_shared() -> None:
    found = mention(message("ADT^A40", "MRG|2002^^^NORTH^MR~3^^^LAB^PI|||44"))
    assert {Name("north", "2002"), Name("lab", "3"), Name("", "44")} <= set(found.shared)


def test_several_patients_are_all_named_and_share_nothing() -> None:
    found = mention(oru("PID|2||2002^^^NORTH^MR"), RULES)
    assert set(found.names) == {Name("north", "1001"), Name("north", "2002")}
    assert found.shared == ()
    two = mention(oru() + message("ADT^A08", "PV1|1|O|CF CLINIC", pid="PID|1||9^^^NORTH"), RULES)
    assert (two.shared, two.here) == ((), False)


@pytest.mark.parametrize(
    ("segment", "here"),
    [
        ("PV1|1|O|CF CLINIC^2^1", True),
        ("PV1|1|O|Cf Clinic North", True),
        ("PV1|1|O|^^^Lung Centre&1", True),
        ("PV1|1|O|X^^^^^^^^The lung ward", True),
        ("PV1|1|O|X|||CF CLINIC", True),
        ("PV1|1|O||||||||CFC", True),
        ("PV1|1|O||||||||CFCX", False),
        ("PV1|1|O|MY CF CLINIC", False),
        ("AIL|1||CF CLINIC", True),
        ("AIS|1||CFC^Cystic fibrosis clinic^L", True),
        ("SCH|1||||||check|CFC", True),
        ("PV1|1|O|ORTHO||||||||SUR", False),
    ],
)
def test_a_visit_or_appointment_here(segment: str, here: bool) -> None:
    assert mention(message("SIU^S12", segment), RULES).here is here
    assert mention(message("SIU^S12", segment), LIST).here is False


@pytest.mark.parametrize(
    "raw", [b"", b"hello", message("MFN^M02", pid=""), message("ADT^A08", pid="PID|1||")]
)
def test_a_message_that_names_nobody(raw: bytes) -> None:
    assert mention_of(raw, LIST) is None
    assert mention_of(raw, LIST, whole=False) == Mention()


def test_of_what_is_no_whole_message_the_last_segment_does_not_count() -> None:
    raw = oru("NTE|1||x")
    assert mention(raw, whole=False).names == (Name("north", "1001"),)
    cut = raw[: raw.index(PID.encode()) + 12]
    assert mention(cut, whole=False) == Mention()
