"""Dispatch: what is held, ignored or translated; arbitrary bytes; permutations and duplicates."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridges.hl7.acknowledge import examine, judge
from bridges.hl7.translate import translate
from clinic_app.model.bodies import Measurement, from_plain, to_plain
from clinic_app.model.entries import Translation
from tests.unit.bridges.hl7.messages import generic, held, message, oru, site, stated, told

OBX = "OBX|1|NM|20150-9^FEV1^LN||2.31|L|||||F"
GOOD = oru(OBX, "NTE|1||grade B", "OBX|2|ST|623-9^Culture^LN||No growth||||||F")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "NO-MSH"),
        (b"hello", "NO-MSH"),
        (b"MSH|", "NO-MSH"),
        (GOOD.replace(b"ORU^R01", b""), "NO-MESSAGE-TYPE"),
        (GOOD.replace(b"|M1|", b"||"), "NO-CONTROL-ID"),
        (GOOD.replace(b"|P|2.5.1", b"|T|2.5.1"), "UNSUPPORTED-PROCESSING"),
        (GOOD.replace(b"|P|2.5.1", b"|P|3"), "UNSUPPORTED-VERSION"),
        (GOOD + GOOD, "SEVERAL-MESSAGES"),
        (GOOD + b"PID|2||1002^^^NORTH^MR\r", "SEVERAL-PATIENTS"),
        (message("ADT^A24", "EVN|A24"), "IDENTITY-CHANGE"),
        (GOOD.replace(b"1001^^^NORTH^MR", b""), "NO-PATIENT-ID"),
    ],
)
def test_what_is_held_as_a_whole(raw: bytes, code: str) -> None:
    translation = told(raw)
    assert [hold.code for hold in translation.holds] == [code]
    assert translation.statements == ()
    assert translation.ignored == ""
    assert translation.holds[0].mend.endswith(".")
    assert not translation.holds[0].reason.endswith("The message was kept.")


def test_what_the_answer_refuses_is_held_under_the_same_code() -> None:
    for raw in (b"x", GOOD.replace(b"|M1|", b"||"), GOOD.replace(b"|P|2.5.1", b"|T|2.5.1")):
        assert told(raw).holds[0].code == judge(examine(raw)).code


def test_the_mend_names_the_profile_only_where_it_helps() -> None:
    for raw in (b"x", GOOD.replace(b"|M1|", b"||"), GOOD.replace(b"ORU^R01", b"")):
        assert told(raw).holds[0].mend == "Have the sender correct it and send it again."
    for raw in (GOOD.replace(b"|P|2.5.1", b"|T|2.5.1"), GOOD.replace(b"|P|2.5.1", b"|P|3")):
        assert "[accept]" in told(raw).holds[0].mend


def test_a_header_that_its_own_character_set_makes_unreadable_is_held() -> None:
    fields = [b"MSH", b"^~\\&", b"LAB", b"NORTH", b"", b"", b"2024", b"", b"ORU^R01", b"1", b"P", b"2.5"]
    raw = b"\xa1".join([*fields, *[b""] * 5, b"GBK", b""]) + b"\r"
    assert judge(examine(raw)).code == ""
    assert [hold.code for hold in told(raw).holds] == ["NO-MSH"]


def test_a_site_may_take_training_messages_and_only_some_senders() -> None:
    training = site('[accept]\nprocessing_ids = ["P", "T"]')
    assert stated(GOOD.replace(b"|P|2.5.1", b"|T|2.5.1"), training)
    some = site('[accept]\nsenders = ["LAB|NORTH*"]')
    assert stated(GOOD, some)
    other = GOOD.replace(b"|LAB|", b"|OTHER|")
    assert held(other, some) == [("UNKNOWN-SENDER", "the profile takes no messages from this sender")]


@pytest.mark.parametrize("kind", ["BAR^P01^BAR_P01", "MFN^M02", "ADT^A61", "ACK", "ZZZ^Z01"])
def test_other_types_are_ignored_by_name(kind: str) -> None:
    translation = told(message(kind))
    assert translation.ignored == f"message type {kind.removesuffix('^BAR_P01')} is not used"
    assert translation.holds == ()


def test_a_type_without_trigger() -> None:
    assert stated(GOOD.replace(b"ORU^R01", b"ORU"))
    assert len(stated(message("ADT", "EVN|A08|20240310"))) == 1
    assert told(message("ADT")).ignored == "message type ADT is not used"
    assert len(stated(message("adt^a08"))) == 1


def test_a_message_without_results_is_ignored() -> None:
    assert told(oru()).ignored == "it holds nothing that is recorded"


def test_only_adt_introduces_a_patient() -> None:
    assert told(message("ADT^A08")).introduces
    translation = told(GOOD)
    assert not translation.introduces
    assert translation.birth_date is not None
    assert str(translation.subject) == "NORTH|1001"


def test_envelope_mark_and_line_ends_change_nothing() -> None:
    for raw in (
        b"\xef\xbb\xbf" + GOOD,
        b"FHS|^~\\&|A\rBHS|^~\\&|A\r" + GOOD + b"BTS|1\rFTS|1\r",
        GOOD.replace(b"\r", b"\n"),
        GOOD.replace(b"\r", b"\r\n"),
        GOOD.decode().encode("utf-16"),
    ):
        assert stated(raw) == stated(GOOD)


def test_own_delimiters_change_nothing() -> None:
    table = bytes.maketrans(b"|^~&", b"#*!+")
    assert stated(GOOD.translate(table)) == stated(GOOD)


def test_texts_are_decoded_and_undecodable_bytes_told() -> None:
    name = "Núñez \\T\\ Søn".encode("cp1252")
    raw = message("ADT^A28", pid="PID|1||1^^^N^MR||NAME^X||2010").replace(b"NAME", name)
    assert to_plain(stated(raw)[0].body)["family"] == "Núñez & Søn"
    broken = told(
        raw.replace(b"|X||2010", b"")
        .replace(name, "Núñez".encode() + b"\xff")
        .replace(b"2.5.1", b"2.5.1||||||UTF-8")
    )
    assert [finding.code for finding in broken.findings] == ["UNDECODABLE-TEXT"]
    family = to_plain(broken.statements[0].body)["family"]
    assert family == "Núñez\\XFF\\"
    family.encode("utf-8")


def test_a_culture_and_a_measurement_of_one_message_survive_storage() -> None:
    for statement in stated(GOOD):
        assert from_plain(statement.kind, to_plain(statement.body)) == statement.body


def test_a_broken_part_does_not_take_the_rest_with_it() -> None:
    translation = told(oru("OBX|1|NM|20150-9^FEV1^LN||x|L|||||F", OBX.replace("OBX|1", "OBX|2")))
    assert [hold.reason for hold in translation.holds] == ["OBX[1]-5 is not one number"]
    assert [statement.position for statement in translation.statements] == ["OBX[2]"]


NOISE = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 400), st.sampled_from(b'|^~\\&\r\n"<A0. \x00\xff\xc3')),
    max_size=8,
)


def mutated(raw: bytes, noise: list[tuple[int, int, int]]) -> bytes:
    changed = bytearray(raw)
    for how, at, byte in noise:
        place = at % len(changed)
        if how == 0:
            changed[place] = byte
        elif how == 1:
            changed.insert(place, byte)
        else:
            del changed[place : place + 3]
    return bytes(changed)


def whole(translation: Translation) -> bool:
    """Whether a translation says something, and in a form that can be stored."""
    for statement in translation.statements:
        assert from_plain(statement.kind, to_plain(statement.body)) == statement.body
        repr(to_plain(statement.body)).encode("utf-8")
        (statement.key + statement.author + str(statement.subject)).encode("utf-8")
    for hold in translation.holds:
        assert hold.code and hold.reason and hold.mend
    return bool(translation.statements or translation.holds or translation.ignored)


SAMPLES = (
    GOOD,
    message("ADT^A01", "EVN||20240310", "PV1|1|O|CF^12|" + "|" * 15 + "V7"),
    message("SIU^S12", "SCH|P9|A5|||||CHK^Check|30|min||^^^20240410", "AIL|1||CF"),
    message("RDE^O11", "ORC|NW|RX1", "RXE|^BID^^20240401|1^ivacaftor^L|1", "RXR|PO"),
)


@settings(max_examples=300)
@given(st.sampled_from(SAMPLES), NOISE)
def test_mutated_messages_are_translated_held_or_ignored(
    raw: bytes, noise: list[tuple[int, int, int]]
) -> None:
    broken = mutated(raw, noise)
    assert whole(translate(broken, generic()))
    assert translate(broken, generic()) == translate(broken, generic())


@given(st.binary(max_size=300), st.booleans())
def test_arbitrary_bytes_are_held_or_ignored(raw: bytes, headed: bool) -> None:
    assert whole(translate((b"MSH|^~\\&|" if headed else b"") + raw, generic()))


@given(
    st.permutations(
        [f"OBX|{n}|NM|{code}^x^LN||{n}.5|L|||||F" for n, code in enumerate(["20150-9", "19868-9", "20155-8"])]
    )
)
def test_the_order_of_results_within_an_order_does_not_matter(results: list[str]) -> None:
    statements = {replace(statement, position="") for statement in stated(oru(*results))}
    assert statements == {replace(statement, position="") for statement in stated(oru(*sorted(results)))}
    assert all(isinstance(statement.body, Measurement) for statement in statements)
