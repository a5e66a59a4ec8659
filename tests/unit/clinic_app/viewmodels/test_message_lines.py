"""A laid out message as lines."""

from clinic_app.model.entries import Finding
from clinic_app.model.laid_out import FieldLines, LaidOut, SegmentLines, Value
from clinic_app.viewmodels.message_lines import LineKind, MessageLine, message_lines

SAID = Finding("ODD", "OBX-5 is odd\nreally")


def test_segments_fields_parts_and_remarks_below_their_place() -> None:
    whole = FieldLines("OBX-5", "Observation Value", (Value("OBX-5", "", "a\x07b\nc"),), (SAID,))
    parts = FieldLines("OBX-3", "Identifier", (Value("OBX-3.1", "Code", "X"), Value("OBX-3.2", "Text", "x")))
    odd = SegmentLines("", 1, "", (FieldLines("line 4", "", (Value("line 4", "", "what"),)),))
    laid = LaidOut("2.5", "utf-8", (SegmentLines("OBX", 2, "Result", (parts, whole), (SAID,)), odd), (SAID,))
    kind = LineKind
    assert message_lines(laid) == (
        MessageLine(kind.REMARK, "", "ODD", "OBX-5 is odd ⏎ really"),
        MessageLine(kind.SEGMENT, "OBX[2]", "Result", ""),
        MessageLine(kind.REMARK, "", "ODD", "OBX-5 is odd ⏎ really"),
        MessageLine(kind.FIELD, "OBX-3", "Identifier", ""),
        MessageLine(kind.PART, "OBX-3.1", "Code", "X"),
        MessageLine(kind.PART, "OBX-3.2", "Text", "x"),
        MessageLine(kind.FIELD, "OBX-5", "Observation Value", "a\\x07b ⏎ c"),
        MessageLine(kind.REMARK, "", "ODD", "OBX-5 is odd ⏎ really"),
        MessageLine(kind.FIELD, "line 4", "", "what"),
    )


def test_the_first_of_a_name_has_no_number() -> None:
    (line,) = message_lines(LaidOut("2.5", "utf-8", (SegmentLines("PID", 1, "Patient", ()),)))
    assert line.place == "PID"
