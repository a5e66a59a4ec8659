"""What commands write of a laid out message."""

from clinic_app.app.laid_out_view import lines_of, plain_form
from clinic_app.model.entries import Finding
from clinic_app.model.laid_out import FieldLines, LaidOut, SegmentLines, Value

REMARK = Finding("A", "x")
LAID = LaidOut(
    "2.4",
    "ascii",
    (
        SegmentLines("PV1", 1, "Patient Visit", (), (REMARK,)),
        SegmentLines(
            "OBX",
            2,
            "",
            (
                FieldLines(
                    "OBX-5",
                    "Observation Value",
                    (Value("OBX-5(1)", "", "a\nb\t"), Value("OBX-5(2)", "", "c")),
                ),
                FieldLines("OBX-6", "Units", (), (REMARK,)),
            ),
        ),
        SegmentLines("", 3, "", (FieldLines("line 3", "", (Value("line 3", "", "?"),)),)),
    ),
)


def test_lines_for_people() -> None:
    assert list(lines_of(LAID)) == [
        "PV1  Patient Visit",
        "  ! A: x",
        "OBX",
        "  OBX-5  Observation Value",
        "      OBX-5(1): a\n        b\\t",
        "      OBX-5(2): c",
        "  OBX-6  Units",
        "      ! A: x",
        "  line 3: ?",
    ]


def test_fields_for_machines() -> None:
    form = plain_form(LAID)
    assert form["version"] == "2.4"
    assert isinstance(form["segments"], list)
    assert form["segments"][0] == {
        "segment": "PV1",
        "number": 1,
        "title": "Patient Visit",
        "fields": [],
        "remarks": [{"code": "A", "text": "x"}],
    }
