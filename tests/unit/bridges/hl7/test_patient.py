"""Whom a message speaks of."""

import pytest

from bridges.hl7.patient import subject_of
from bridges.hl7.reading import Texts
from bridges.hl7.tokenizer import tokenize
from clinic_app.model.entries import Hold
from tests.unit.bridges.hl7.messages import generic, site, told


def subject(pid3: str, facility: str = "NORTH", text: str = "") -> str:
    message = tokenize(f"MSH|^~\\&|LAB|{facility}|||2024||ADT^A28|1|P|2.5\rPID|1||{pid3}\r")
    found = subject_of(Texts(message, site(text) if text else generic(), "ascii"))
    return found.code if isinstance(found, Hold) else str(found)


@pytest.mark.parametrize(
    ("pid3", "expected"),
    [
        ("1001^^^NORTH^MR", "NORTH|1001"),
        ("1001^^^NORTH&1.2.3&ISO^MR", "NORTH|1001"),
        ("1001^^^&1.2.3&ISO^MR", "1.2.3|1001"),
        ("1001", "NORTH|1001"),
        ("1001^^^^MR", "NORTH|1001"),
        ("5^^^A^PI~1001^^^B^MR", "B|1001"),
        ("5^^^A~1001^^^B^MR", "B|1001"),
        ("5^^^A~6^^^B^PI", "B|6"),
        ("5^^^A^XX~6^^^B", "B|6"),
        ("5^^^A^XX~6^^^B^YY", "A|5"),
        ("999^^^USA^SS~6^^^B^XX", "B|6"),
        ("^^^A^MR~6^^^B", "B|6"),
        (" 0042 ^^^NORTH^MR", "NORTH|0042"),
        ("a\\F\\b^^^N\\F\\S^MR", "N/S|a|b"),
        ("", "NO-PATIENT-ID"),
        ('""', "NO-PATIENT-ID"),
        ("999^^^USA^SS", "NO-PATIENT-ID"),
    ],
)
def test_preference(pid3: str, expected: str) -> None:
    assert subject(pid3) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("1001^^^NORTH^MR||", "NORTH|1001"),
        ("||1001^^^NORTH^MR", "NORTH|1001"),
        ("7^^^A^XX~1001^^^NORTH^PI||5^^^B^MR", "NORTH|1001"),
        ("1001^^^NORTH^MR|6^^^B^PI|", "B|6"),
        ('1001^^^NORTH^MR|""|', "NO-PATIENT-ID"),
        ("1001||", "NO-PATIENT-ID"),
        ("999^^^USA^SS||", "NO-PATIENT-ID"),
        ("^^^NORTH^MR||", "NO-PATIENT-ID"),
    ],
)
def test_fields_of_old_versions_only_where_their_type_vouches_for_them(fields: str, expected: str) -> None:
    message = tokenize(f"MSH|^~\\&|LAB|NORTH|||2024||ADT^A28|1|P|2.2\rPID|1|{fields}\r")
    found = subject_of(Texts(message, generic(), "ascii"))
    assert (found.code if isinstance(found, Hold) else str(found)) == expected


def test_authority_of_the_sender_where_none_is_given() -> None:
    assert subject("7", "NORTH^1.2^ISO") == "NORTH|7"
    assert subject("7", "^1.2^ISO") == "1.2|7"
    assert subject("7", "") == "NO-PATIENT-ID"
    assert subject("7", '""^""') == "NO-PATIENT-ID"
    assert subject("7", "", '[identifiers]\ndefault_authority = "HOUSE"') == "HOUSE|7"
    assert subject("7^^^NORTH^MR", "", '[identifiers.authorities]\nNORTH = "House"') == "House|7"


def test_a_site_prefers_its_own_types() -> None:
    assert subject("5^^^A^MR~6^^^B^CF", text='[identifiers]\ntypes = ["CF"]') == "B|6"


def test_without_pid() -> None:
    translation = told(b"MSH|^~\\&|LAB|NORTH|||2024||ORU^R01|1|P|2.5\rOBX|1\r")
    assert [hold.code for hold in translation.holds] == ["NO-PID"]
    assert translation.subject is None
