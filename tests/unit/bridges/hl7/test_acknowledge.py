"""Headers and answers, as decision 2 has them."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.hl7.acknowledge import (
    ACCEPTED,
    ANY_SITE,
    STORE_FAILED,
    Accepts,
    Outcome,
    Receipt,
    Verdict,
    answer,
    application_answer,
    examine,
    judge,
    receipt,
)


def msh(**changed: str) -> bytes:
    """An MSH line by field names."""
    fields = {
        "app": "LAB",
        "fac": "NORTH^1.2^ISO",
        "to_app": "CG",
        "to_fac": "CLINIC",
        "time": "20240310153000",
        "security": "",
        "type": "ORU^R01^ORU_R01",
        "id": "M-1",
        "processing": "P",
        "version": "2.5.1",
        "sequence": "",
        "continuation": "",
        "accept": "",
        "application": "",
        "country": "",
        "charset": "",
    }
    return ("MSH|^~\\&|" + "|".join((fields | changed).values()) + "\rPID|1\r").encode()


def answered(raw: bytes) -> list[list[str]]:
    header = examine(raw)
    segments = answer(header, judge(header)).decode().split("\r")
    assert segments.pop() == ""
    return [segment.split("|") for segment in segments]


def test_header() -> None:
    header = examine(msh())
    assert header.sender == "LAB|NORTH^1.2^ISO"
    assert header.type == "ORU^R01"
    assert header.trigger == "R01"
    assert header.control_id == "M-1"
    assert header.field(12) == "2.5.1"
    assert header.field(99) == ""
    assert header.fault == ""
    assert not header.enhanced
    assert examine(msh(type="ACK")).type == "ACK"


def test_accepted() -> None:
    header, message = answered(msh(charset="UNICODE UTF-8"))
    assert header[0:7] == ["MSH", "^~\\&", "CG", "CLINIC", "LAB", "NORTH^1.2^ISO", "20240310153000"]
    assert header[8] == "ACK^R01^ACK"
    assert header[10:12] == ["P", "2.5.1"]
    assert header[17] == "UNICODE UTF-8"
    assert message == ["MSA", "AA", "M-1"]


def test_the_same_bytes_get_the_same_answer_and_others_another_id() -> None:
    assert answered(msh()) == answered(msh())
    assert answered(msh())[0][9] != answered(msh() + b"OBX|1\r")[0][9]
    assert len(answered(msh())[0][9]) <= 20


@pytest.mark.parametrize("raw", [b"", b"hello", b"PID|1||1\r", b"MSH", b"MSHabcdefg", b"\0\xff"])
def test_without_a_header_it_is_rejected_without_an_id(raw: bytes) -> None:
    header, message, error = answered(raw)
    assert header[1] == "^~\\&"
    assert header[8] == "ACK"
    assert message[:3] == ["MSA", "AR", ""]
    assert error[3] == "100^Segment sequence error^HL70357"
    assert ": " in error[8]


@pytest.mark.parametrize(
    ("changed", "code", "place", "condition"),
    [
        ({"type": ""}, "AE", "MSH^1^9", "101^Required field missing^HL70357"),
        ({"id": " "}, "AE", "MSH^1^10", "101^Required field missing^HL70357"),
        ({"processing": "X"}, "AR", "MSH^1^11", "202^Unsupported processing id^HL70357"),
        ({"processing": "T"}, "AR", "MSH^1^11", "202^Unsupported processing id^HL70357"),
        ({"version": "3.0"}, "AR", "MSH^1^12", "203^Unsupported version id^HL70357"),
        ({"version": "2.5x"}, "AR", "MSH^1^12", "203^Unsupported version id^HL70357"),
        ({"version": "2.10"}, "AR", "MSH^1^12", "203^Unsupported version id^HL70357"),
    ],
)
def test_faults(changed: dict[str, str], code: str, place: str, condition: str) -> None:
    _, message, error = answered(msh(**changed))
    assert message[1] == code
    assert "MSH-" in message[3]
    assert error[2:5] == [place, condition, "E"]
    assert ": " in error[8]


def test_missing_id_is_answered_with_an_empty_one() -> None:
    assert answered(msh(id=""))[1][2] == ""


def test_old_versions_get_the_old_error_segment() -> None:
    assert answered(msh(version="2.3", processing="X"))[2] == [
        "ERR",
        "MSH^1^11^202&Unsupported processing id&HL70357",
    ]
    header = examine(msh(version="2.3"))
    assert b"\rERR|^^^207&Application internal error&HL70357\r" in answer(header, STORE_FAILED)


@pytest.mark.parametrize("version", ["2.1", "2.2", "2.3.1", "2.5^USA", "2.8.2", ""])
def test_versions_that_are_taken(version: str) -> None:
    assert judge(examine(msh(version=version))) == ACCEPTED


def test_processing_id_by_its_first_component_or_missing() -> None:
    assert judge(examine(msh(processing="P^T"))) == ACCEPTED
    assert judge(examine(msh(processing=""))) == ACCEPTED
    assert answered(msh(processing="", version=""))[0][10:12] == ["P", "2.5"]


def test_a_site_may_take_more_or_less() -> None:
    accepts = Accepts(frozenset({"T"}), ("2.3",))
    assert judge(examine(msh(processing="T", version="2.3.1")), accepts) == ACCEPTED
    assert judge(examine(msh(processing="T")), accepts).code == "UNSUPPORTED-VERSION"


def test_store_failure_is_an_error() -> None:
    assert b"\rMSA|AE|M-1|" in answer(examine(msh()), STORE_FAILED)
    assert b"\rMSA|CE|M-1|" in answer(examine(msh(accept="AL")), STORE_FAILED)


REJECTED = Outcome(Verdict.REJECT, "202", "UNSUPPORTED-PROCESSING", 11, "x")


@pytest.mark.parametrize(
    ("accept", "application", "good", "bad", "rejected"),
    [
        ("AL", "", "CA", "CE", "CR"),
        ("AL", "NE", "CA", "CE", "CR"),
        ("AL", "AL", "CA", "CE", "CR"),
        ("ER", "NE", "", "CE", "CR"),
        ("SU", "NE", "CA", "", ""),
        ("NE", "NE", "", "", ""),
        ("NE", "", "", "", ""),
        ("NE", "AL", "AA", "AE", "AR"),
        ("", "AL", "AA", "AE", "AR"),
        ("NE", "ER", "", "AE", "AR"),
        ("ER", "AL", "AA", "CE", "CR"),
    ],
)
def test_enhanced_mode(accept: str, application: str, good: str, bad: str, rejected: str) -> None:
    header = examine(msh(accept=accept, application=application))
    assert header.enhanced
    for outcome, code in ((ACCEPTED, good), (STORE_FAILED, bad), (REJECTED, rejected)):
        sent = answer(header, outcome)
        assert sent.partition(b"\rMSA|")[2][:2].decode() == code


@pytest.mark.parametrize("condition", ["Y", "al", "2.16.840"])
def test_a_condition_that_no_table_knows_is_answered_as_always(condition: str) -> None:
    assert b"\rMSA|AA|M-1\r" in answer(examine(msh(accept=condition, application="AL")), ACCEPTED)


def test_a_later_application_acknowledgement() -> None:
    assert b"\rMSA|AA|M-1\r" in application_answer(examine(msh(accept="AL", application="AL")), ACCEPTED)
    assert application_answer(examine(msh(accept="AL")), ACCEPTED) == b""


def test_an_acknowledgement_is_not_acknowledged() -> None:
    assert answer(examine(msh(type="ACK^R01^ACK")), ACCEPTED) == b""


def test_own_delimiters_and_no_component_delimiter() -> None:
    raw = b"MSH#*!?+#LAB#NORTH###2024##ORU*R01#7#Q#2.5\r"
    header = examine(raw)
    sent = answer(header, judge(header)).decode()
    assert sent.startswith("MSH#*!?+###LAB#NORTH#2024##ACK*R01*ACK#CG")
    assert "\rMSA#AR#7#" in sent
    bare = examine(b"MSH^^LAB^N^^^2024^^ORU^7^Q^2.3\r")
    sent = answer(bare, judge(bare)).decode()
    assert "^ACK^CG" in sent
    assert "ERR^MSH 1 11 202&Unsupported processing id&HL70357" in sent


@pytest.mark.parametrize("codec", ["utf-8", "latin-1", "utf-16-le", "utf-16-be"])
def test_bytes_of_the_sender_come_back_as_they_were(codec: str) -> None:
    mark = "\ufeff".encode(codec) if codec.startswith("utf-16") else b""
    header = examine(mark + msh(app="Wärmé", id="é1").decode().encode(codec))
    assert header.sender.startswith("Wärmé|")
    sent = answer(header, ACCEPTED)
    assert sent.startswith(mark + "MSH|".encode(codec))
    assert "|Wärmé|".encode(codec) in sent
    assert "MSA|AA|é1\r".encode(codec) in sent


def test_an_echo_cannot_end_the_frame() -> None:
    sent = answer(examine(msh(id="1\x1c", app="\x0bA")), ACCEPTED)
    assert b"\x1c" not in sent
    assert b"\x0b" not in sent


@given(
    st.one_of(
        st.binary(), st.binary().map(lambda rest: b"MSH|^~\\&|" + rest), st.binary().map(b"MSH".__add__)
    )
)
def test_any_bytes_get_one_answer_that_is_whole(raw: bytes) -> None:
    header = examine(raw)
    sent = answer(header, judge(header))
    assert sent == answer(examine(raw), judge(examine(raw)))
    if sent:
        again = examine(sent)
        assert again.fault == ""
        assert again.type.startswith("ACK")


PARTS = st.lists(
    st.sampled_from(
        [
            "",
            "A",
            "B^C",
            "20260301",
            "ACK",
            "ORU^R01",
            "ADT^A01^ADT_A01",
            "P",
            "T",
            "2.5",
            "2.3",
            "9",
            "AL",
            "NE",
        ]
        + ["ER", "SU", "é", "x\x0b\x1c", "\x0b", "\x0b\x0b", " ", "a\\F\\", "8859/1", "UNICODE UTF-8"]
    ),
    max_size=19,
)


@given(
    parts=PARTS,
    start=st.sampled_from(
        ["MSH|^~\\&", "MSH|^~\\&#", "MSH#^~\\&", "MSH|", "MSH", "MSH|^", "FHS|x\rMSH|^~\\&"]
    ),
    end=st.sampled_from(["\r", "\r\n", "\n", "", "\rPID|1\r"]),
    codec=st.sampled_from(["utf-8", "latin-1", "utf-16", "utf-8-sig"]),
)
def test_the_quick_way_says_the_same_as_the_slow_one(
    parts: list[str], start: str, end: str, codec: str
) -> None:
    field = start[-6:-5] if "#" in start[:4] else "|"
    raw = (field.join([start, *parts]) + end).encode(codec)
    header = examine(raw)
    outcome = judge(header, ANY_SITE)
    first = answer(header, outcome)
    later = application_answer(header, outcome) if header.enhanced else b""
    for _ in range(2):  # the second time what is remembered is used
        assert receipt(raw, ANY_SITE) == Receipt(
            header.sender,
            header.type,
            header.control_id,
            sha256(raw).digest(),
            first,
            later if later != first else b"",
        )


def test_what_differs_from_message_to_message_is_never_remembered() -> None:
    def sent(when: str, control_id: str) -> bytes:
        return f"MSH|^~\\&|LAB|HOSP|||{when}||ORU^R01|{control_id}|P|2.5\r".encode()

    for when, control_id in (("20260301", "1"), ("20260302", "2"), ("", ""), ("20260303", " ")):
        found = receipt(sent(when, control_id))
        assert found.control_id == control_id
        assert found.first == answer(examine(sent(when, control_id)), judge(examine(sent(when, control_id))))
