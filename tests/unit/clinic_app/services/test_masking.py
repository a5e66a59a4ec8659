"""What is left of a message when nobody's data may be seen."""

from clinic_app.model.entries import Finding
from clinic_app.model.laid_out import FieldLines, LaidOut, SegmentLines, Value
from clinic_app.services.masking import MASK, masked

REMARK = Finding("UNKNOWN-CODE", "OBX[1]-3: the code L1 of L is not in the profile")


def field(place: str, *values: tuple[str, str], remarks: tuple[Finding, ...] = ()) -> FieldLines:
    return FieldLines(place, "Name of it", tuple(Value(at, "part", text) for at, text in values), remarks)


MESSAGE = LaidOut(
    "2.5.1",
    "utf-8",
    (
        SegmentLines(
            "MSH", 1, "Message Header", (field("MSH-3", ("MSH-3", "LAB")), field("MSH-8", ("MSH-8", "k")))
        ),
        SegmentLines(
            "PID",
            1,
            "Patient Identification",
            (
                field(
                    "PID-3",
                    ("PID-3(1).1", "1001"),
                    ("PID-3(1).4.2", "1.2.3"),
                    ("PID-3(1).5", "MR"),
                    ("PID-3(2).14", "odd"),
                    ("PID-3", "1002"),
                ),
                field("PID-5", ("PID-5.1", "Ives"), ("PID-5.2", "Ann")),
            ),
        ),
        SegmentLines(
            "OBX",
            1,
            "Observation/Result",
            (
                field("OBX-3", ("OBX-3.1", "L1"), remarks=(REMARK,)),
                field("OBX-5", ("OBX-5", "2.5")),
                field("OBX-6", ("OBX-6", "ml/sec")),
            ),
        ),
        SegmentLines("ZPI", 1, "", (field("ZPI-1", ("ZPI-1", "mother: Eve")),)),
        SegmentLines("", 5, "", (field("line 5", ("line 5", "Ann Ives")),)),
    ),
    (Finding("CHARSET-DIFFERS", "x"),),
)


def test_codes_units_and_types_stay_and_everything_else_is_masked() -> None:
    left = [value.text for value in masked(MESSAGE).values() if value.text != MASK]
    assert left == ["LAB", "1.2.3", "MR", "L1", "ml/sec"]


def test_places_names_and_remarks_stay() -> None:
    hidden = masked(MESSAGE)
    assert [(v.place, v.name) for v in hidden.values()] == [(v.place, v.name) for v in MESSAGE.values()]
    assert hidden.segments[2].fields[0].remarks == (REMARK,)
    assert hidden.remarks == MESSAGE.remarks


def test_a_mask_does_not_tell_how_long_a_value_is() -> None:
    assert {v.text for v in masked(MESSAGE).values() if v.place in ("OBX-5", "PID-5.1", "ZPI-1")} == {MASK}
