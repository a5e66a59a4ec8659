"""Messages laid out for reading: every value stands there, with its name, and remarks beside their place."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bridges.hl7 import escapes
from bridges.hl7.charsets import decode, readings, visible
from bridges.hl7.conformance_names import names_for
from bridges.hl7.lay_out import lay_out
from bridges.hl7.tokenizer import Separators
from clinic_app.model.entries import Finding
from clinic_app.model.laid_out import LaidOut
from tests.unit.bridges.hl7.messages import ROOT, message, oru

CORPUS = sorted((ROOT.parent / "shared" / "corpus").glob("*/*.hl7"))
RESULT = "OBX|1|NM|L1^Lung \\T\\ air^L||2.5|ml/sec"


def laid(raw: bytes, *remarks: Finding) -> LaidOut:
    return lay_out(raw, names_for, remarks)


def shown(out: LaidOut) -> dict[str, tuple[str, str]]:
    """Name and text of each value by place, of places that stand once."""
    return {value.place: (value.name, value.text) for value in out.values()}


def test_segments_fields_and_components_have_their_names() -> None:
    out = laid(message("ORU^R01", pid="PID|1||1001^^^NORTH&1.2.3&ISO^MR~77^^^X^PI||Ives^Ann||20100102|F"))
    pid = out.segments[1]
    assert (pid.name, pid.title, out.version) == ("PID", "Patient Identification", "2.5.1")
    assert [(field.place, field.name) for field in pid.fields][1] == ("PID-3", "Patient Identifier List")
    values = shown(out)
    assert values["PID-1"] == ("", "1")
    assert values["PID-3(1).1"] == ("ID Number", "1001")
    assert values["PID-3(1).4.2"] == ("Assigning Authority, Universal ID", "1.2.3")
    assert values["PID-3(2).5"] == ("Identifier Type Code", "PI")
    assert values["PID-7"] == ("", "20100102")


def test_values_are_decoded_and_delimiters_left_in_text_belong_to_it() -> None:
    values = shown(laid(oru(RESULT, 'OBX|2|TX|L2^x^L||grew ^ & more\\.br\\two~three|""')))
    assert values["OBX-3.2"] == ("Text", "x")
    assert values["OBX-5(1)"] == ("", "grew ^ & more\ntwo")
    assert values["OBX-5(2)"] == ("", "three")
    assert values["OBX-6"] == ("", '""')
    assert shown(laid(oru(RESULT)))["OBX-3.2"] == ("Text", "Lung & air")


def test_bytes_that_are_no_text_are_seen() -> None:
    raw = oru("NTE|1||caf\xe9".replace("\xe9", "@")).replace(b"@", b"\xff\xe9\x81")
    raw = raw.replace(b"2.5.1\r", b"2.5.1||||||UNICODE UTF-8\r")
    assert "\\X81\\" in shown(laid(raw))["NTE-3"][1]


def test_unknown_segments_fields_and_lines_are_shown_whole() -> None:
    out = laid(oru("ZPI|a|b^c&d", "PV1|" + "|" * 200 + "far", "ZZZZ|no segment"))
    zpi, pv1, line = out.segments[-3:]
    assert zpi.title == "Segment of the Sender's Own"
    assert [(value.place, value.text) for field in zpi.fields for value in field.values] == [
        ("ZPI-1", "a"),
        ("ZPI-2.1", "b"),
        ("ZPI-2.2.1", "c"),
        ("ZPI-2.2.2", "d"),
    ]
    assert [(field.place, field.name, field.values[0].text) for field in pv1.fields] == [
        ("PV1-201", "", "far")
    ]
    assert (line.name, line.fields[0].place) == ("", "line 6")
    assert line.fields[0].values[0].text == "ZZZZ|no segment"


def test_the_rest_of_a_broken_field_is_shown_with_it() -> None:
    out = laid(oru("NTE|1||first", "second line"))
    assert [value.text for value in out.segments[-1].fields[-1].values] == ["first\rsecond line"]


def test_a_value_of_several_components_in_a_type_without_names() -> None:
    assert shown(laid(oru("OBX|1|??|c||a^b&c")))["OBX-5.2.2"] == ("", "c")


def test_what_is_no_message_is_shown_line_by_line() -> None:
    out = laid(b"HTTP/1.1 200\r\n\r\nhello", Finding("NO-MSH", "no"))
    assert [value.text for value in out.values()] == ["HTTP/1.1 200", "hello"]
    assert (out.version, out.remarks) == ("", (Finding("NO-MSH", "no"),))


def test_remarks_stand_beside_the_place_that_they_name() -> None:
    two = "OBX|2|NM|L1^x^L||2.6"
    unit = Finding("UNKNOWN-UNIT", "OBX[2]-6 is empty, the unit of fev1 is not known")
    code = Finding("UNKNOWN-CODE", "OBX[1]-3: the code L1 of L is not in the profile")
    number = Finding("OTHER-NUMBER", "PID-3: another number")
    whole = Finding("UNREADABLE-VALUE", "OBX[2] changes a status (U) without the value")
    check = Finding("CONFORMANCE-SEGMENTS", "segment 2 is PID as sent and PV1 as hl7apy reads it")
    lost = [
        Finding("A", "SPM-4 is not there"),
        Finding("B", "OBX[7] is not there"),
        Finding("C", "segment 99 is not there"),
        Finding("CHARSET-DIFFERS", "MSH says otherwise"),
    ]
    out = laid(oru(RESULT, two), unit, code, number, whole, check, *lost)
    beside = {(at.name, at.number): at for at in out.segments}
    fields = {field.place: field for field in beside["OBX", 2].fields}
    assert (fields["OBX-6"].name, fields["OBX-6"].values) == ("Units", ())
    assert fields["OBX-6"].remarks == (unit,)
    assert [field.place for field in beside["OBX", 2].fields] == [
        f"OBX-{number}" for number in (1, 2, 3, 5, 6)
    ]
    assert beside["OBX", 2].remarks == (whole,)
    assert [f.remarks for f in beside["OBX", 1].fields if f.place == "OBX-3"] == [(code,)]
    assert [f.remarks for f in beside["PID", 1].fields if f.place == "PID-3"] == [(number,)]
    assert beside["PID", 1].remarks == (check,)
    assert out.remarks == tuple(lost)


def test_the_check_counts_segments_without_those_of_a_batch() -> None:
    check = Finding("CONFORMANCE-SEGMENTS", "segment 2 is PID as sent and no segment as hl7apy reads it")
    out = laid(b"BHS|^~\\&|LAB\r" + oru(RESULT), check)
    assert [segment.name for segment in out.segments if segment.remarks] == ["PID"]


TEXTS = st.text("ab1 ^~&\\|TF.-é\r", max_size=12)
NAMES = st.sampled_from(["PID", "OBX", "NTE", "ZZ1", "MSH", "x", "OBR"])
LINES = st.lists(st.tuples(NAMES, st.lists(TEXTS, max_size=7)), max_size=6)


@example([("PID", ["\r1\\F\\"])], "|^~\\&")
@given(LINES, st.sampled_from(["|^~\\&", "#*!%@", "|^~\\&#", "|^"]))
def test_every_value_of_an_invented_message_is_shown(lines: list[tuple[str, list[str]]], marks: str) -> None:
    head = f"MSH{marks}{marks[0]}LAB{marks[0] * 8}P{marks[0]}2.4\r"
    body = "".join(marks[0].join([name, *fields]) + "\r" for name, fields in lines)
    everything_is_shown((head + body).encode())


@pytest.mark.skipif(not CORPUS, reason="the corpus is not part of the checkout")
def test_every_value_of_messages_that_nobody_here_wrote_is_shown() -> None:
    for file in CORPUS:
        everything_is_shown(file.read_bytes())


def everything_is_shown(raw: bytes) -> None:
    """Each smallest piece of an independent split stands in what is shown, decoded."""
    out = laid(raw)
    decoded = decode(raw)
    if not out.version:
        return
    text = decoded.text[decoded.text.index("MSH") :]
    marks = Separators.read(re.split(r"[\r\n]", text)[0])
    used = [mark for mark in (marks.field, marks.component, marks.repetition, marks.subcomponent) if mark]
    shown_text = "\x00".join(value.text for value in out.values())
    for line in re.split(r"[\r\n]+", text):
        if line.startswith(("MSH", "FHS", "BHS")):
            line = line[3:].partition(marks.field)[2].partition(marks.field)[2]
        for piece in re.split("|".join(map(re.escape, used)), line):
            meant = escapes.decode(piece, marks, readings(decoded.encoding))
            known = re.fullmatch("[A-Z][A-Z0-9]{2}", piece)
            # A line without a segment's name is shown as it stands, its escapes with it.
            ways = [visible(way).strip("\x0b\x1c\0 \t") for way in (meant, piece)]
            assert known or any(way in shown_text for way in ways)
