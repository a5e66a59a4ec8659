"""The tokenizer: every character accounted for, numbers as in the standard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.hl7.tokenizer import NULL, Message, Segment, Separators, find_header, join_tree, tokenize
from clinic_app.model.errors import SenderFault

ORU = (
    "MSH|^~\\&|LAB|NORTH^1.2.3^ISO|CG|CLINIC|20240310153000+0100||ORU^R01^ORU_R01|M1|P|2.5.1\r"
    'PID|1||1001^^^NORTH&1.2.3&ISO^MR~77^^^SOUTH^PI||Ives^Ann&X||""\r'
    "OBX|1|NM|20150-9^FEV1^LN||2.31|L\r"
    "OBX|2|NM|19868-9^FVC^LN||3.02|L\r"
)


def test_numbers_are_those_of_the_standard() -> None:
    message = tokenize(ORU)
    assert message.get("MSH-1") == "|"
    assert message.get("MSH-2") == "^~\\&"
    assert message.get("MSH-2.1") == "^~\\&"
    assert message.get("MSH-2.2") == ""
    assert message.get("MSH-3") == "LAB"
    assert message.get("MSH-4.2") == "1.2.3"
    assert message.get("PID-3") == "1001^^^NORTH&1.2.3&ISO^MR~77^^^SOUTH^PI"
    assert message.get("PID-3.4") == "NORTH&1.2.3&ISO"
    assert message.get("PID-3.4.2") == "1.2.3"
    assert message.get("PID-3(2)") == "77^^^SOUTH^PI"
    assert message.get("PID-3(2).4.1") == "SOUTH"
    assert message.get("PID-3(3)") == ""
    assert message.get("PID-3(3).1") == ""
    assert message.get("OBX(2)-5") == "3.02"
    assert message.get("OBX(3)-5") == ""
    assert message.get("OBX-99") == ""
    assert message.get("ZZZ-1") == ""
    assert message.get("PID-5.2.2") == "X"
    assert message.get("PID-5.9") == ""


def test_a_field_without_components_is_its_own_first() -> None:
    segment = tokenize(ORU).first("OBX")
    assert segment.part(5) == "2.31"
    assert segment.part(5, 1, 1) == "2.31"
    assert segment.part(5, 1, 2) == ""
    assert segment.repetitions(4) == []


def test_null_is_not_empty() -> None:
    message = tokenize(ORU)
    assert message.get("PID-7") == NULL
    assert message.get("PID-6") == ""


def test_what_was_not_sent_is_false_and_empty() -> None:
    missing = tokenize(ORU).first("PV1")
    assert not missing
    assert missing.field(44) == ""
    assert tokenize(ORU).first("PID")


@pytest.mark.parametrize("path", ["PID", "PID-", "pid-3", "PID-3.", "PID-3.4.1.2", ""])
def test_what_is_no_place_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="not a place"):
        tokenize(ORU).get(path)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_any_line_end(end: str) -> None:
    message = tokenize(ORU.replace("\r", end))
    assert [segment.name for segment in message.segments] == ["MSH", "PID", "OBX", "OBX"]
    assert message.get("OBX(2)-6") == "L"


def test_mixed_line_ends_and_no_last_one() -> None:
    message = tokenize("MSH|^~\\&|A\nPID|1\r\nOBX|1\rOBX|2")
    assert [segment.line for segment in message.segments] == ["MSH|^~\\&|A", "PID|1", "OBX|1", "OBX|2"]


def test_a_line_feed_in_text_does_not_end_a_segment_that_ends_with_return() -> None:
    message = tokenize("MSH|^~\\&|A\rOBX|1|TX|||first\nsecond\n\nthird||||||F\nNTE|1\rPID|2")
    assert [segment.name for segment in message.segments] == ["MSH", "OBX", "NTE", "PID"]
    assert message.get("OBX-5") == "first\nsecond\n\nthird"
    assert message.get("OBX-11") == "F"


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_a_return_in_text_breaks_no_field(end: str) -> None:
    """What stands behind the break, unit and status, belongs to the result."""
    text = f"MSH|^~\\&|A{end}PID|1{end}OBX|1|TX|C||first{end}second line{end}third|mg|||||F{end}NTE|1{end}"
    message = tokenize(text)
    assert [segment.name for segment in message.segments] == ["MSH", "PID", "OBX", "NTE"]
    assert message.get("OBX-5") == f"first{end}second line{end}third"
    assert (message.get("OBX-6"), message.get("OBX-11")) == ("mg", "F")
    assert message.join() == text


def test_what_begins_almost_like_a_segment_is_no_continuation() -> None:
    message = tokenize("MSH|^~\\&|A\rPID|1\rOBXX|1\rNT|1\rPV1\rDSC\r")
    assert [segment.name for segment in message.segments] == ["MSH", "PID", "OBXX", "NT", "PV1", "DSC"]


def test_the_header_is_never_continued() -> None:
    for line in ("MSH|^~\\&|A", "BHS|^~\\&|A\rMSH|^~\\&|A"):
        message = tokenize(f"{line}\rno segment\rPID|1\r")
        assert [segment.name for segment in message.segments][-2:] == ["no segment", "PID"]


def test_a_line_feed_is_a_segment_end_where_the_message_uses_it() -> None:
    message = tokenize("MSH|^~\\&|A\nnot a segment\nPID|1\n")
    assert [segment.name for segment in message.segments] == ["MSH", "not a segment", "PID"]


def test_own_separators() -> None:
    message = tokenize("MSH#*!?+#LAB#NORTH\rPID#1##10*a+b!20\r")
    assert message.separators == Separators("#", "*", "!", "?", "+", "", "*!?+")
    assert message.get("PID-3(1).2.2") == "b"
    assert message.get("PID-3(2)") == "20"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("MSH|^~\\&|A", Separators()),
        ("MSH|^~\\&#|A", Separators(truncation="#", sent="^~\\&#")),
        ("MSH|^~\\\\&|A", Separators(sent="^~\\\\&")),
        ("MSH||A", Separators(sent="")),
        ("MSH|^|A", Separators(sent="^")),
        ("MSH|&|A", Separators(component="&", subcomponent="", sent="&")),
        ("MSH^~|\\&^A", Separators("^", "~", "|", sent="~|\\&")),
        ("MSH^^A", Separators("^", "", sent="")),
    ],
)
def test_delimiters_left_out_are_the_usual_ones(header: str, expected: Separators) -> None:
    assert Separators.read(header) == expected


def test_a_delimiter_that_is_not_used_splits_nothing() -> None:
    segment = Segment("PID|a^b&c~d", Separators("|", "", "", "", ""))
    assert segment.part(1) == "a^b&c~d"
    assert segment.part(1, 2) == ""
    assert segment.part(1, 1, 1) == "a^b&c~d"
    assert segment.repetitions(1) == ["a^b&c~d"]
    assert segment.tree() == [[[["PID"]]], [[["a^b&c~d"]]]]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "NO-MSH"),
        ("   \r\n", "NO-MSH"),
        ("PID|1", "NO-MSH"),
        ("msh|^~\\&|", "NO-MSH"),
        ("BHS|^~\\&|A\rPID|1", "NO-MSH"),
        ("MSH", "NO-MSH"),
        ("MSH|", "NO-MSH"),
        ("MSHA^~\\&A", "NO-MSH"),
        ("MSH|abcd|", "NO-MSH"),
        ("MSH |A|", "NO-MSH"),
    ],
)
def test_a_header_that_cannot_be_read_is_the_senders_fault(text: str, code: str) -> None:
    with pytest.raises(SenderFault) as caught:
        tokenize(text)
    assert caught.value.code == code


def test_byte_order_mark_blank_lines_and_envelope_come_before() -> None:
    for mark in ("\ufeff", "\xef\xbb\xbf", "\x0b"):
        text = f"{mark}FHS|^~\\&|A\r\rBHS|^~\\&|A\rMSH|^~\\&|LAB\r\rPID|1\rBTS|1\rFTS|1\r\x1c\r"
        message = tokenize(text)
        assert [segment.name for segment in message.segments] == ["FHS", "BHS", "MSH", "PID", "BTS", "FTS"]
        assert message.get("MSH-3") == "LAB"
        assert message.get("FHS-1") == "|"
        assert message.join() == text
        assert find_header(text) == ("MSH|^~\\&|LAB", "\r")


PIECES = st.text(st.sampled_from("AB1|^~\\&#\r\n \x0b\ufeff\xe9\"'PIDOBX"), max_size=120)


@given(PIECES)
def test_joining_gives_back_every_character(rest: str) -> None:
    text = "MSH|^~\\&|" + rest
    message = tokenize(text)
    assert message.join() == text
    for segment in message.segments:
        assert join_tree(segment.tree(), message.separators) == segment.line


@given(PIECES)
def test_the_split_to_components_agrees_with_the_full_one(rest: str) -> None:
    for marks in ("^~\\&", "^", "^~\\&#"):
        for segment in tokenize(f"MSH|{marks}|" + rest).segments:
            sub = segment.separators.subcomponent
            whole = [
                [[(sub or "\0").join(part) for part in again] for again in field] for field in segment.tree()
            ]
            split = [[list(again) for again in field] for field in segment.components()]
            assert split == whole
            assert segment.is_header == (segment.name in ("MSH", "FHS", "BHS"))


@given(PIECES, st.integers(1, 9), st.integers(1, 4), st.integers(1, 4), st.integers(1, 4))
def test_lazy_access_agrees_with_the_full_split(
    rest: str, field: int, part: int, sub: int, again: int
) -> None:
    message = tokenize("MSH|^~\\&|A\rPID|" + rest)
    segment = message.segments[1]
    tree = segment.tree()
    try:
        expected = tree[field][again - 1][part - 1][sub - 1]
    except IndexError:
        expected = ""
    assert segment.part(field, part, sub, again) == expected


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        message: Message | None = tokenize(raw.decode("latin-1"))
    except SenderFault:
        message = None
    assert message is None or message.join().encode("latin-1") == raw
