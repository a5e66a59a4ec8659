"""A laid out message gives its values in order."""

from clinic_app.model.laid_out import FieldLines, LaidOut, SegmentLines, Value


def test_values_in_order() -> None:
    one, two, three = (Value(f"PID-{number}", "", str(number)) for number in (1, 2, 3))
    first = SegmentLines("PID", 1, "", (FieldLines("PID-1", "", (one, two)), FieldLines("PID-2", "", ())))
    second = SegmentLines("NTE", 1, "", (FieldLines("NTE-1", "", (three,)),))
    assert list(LaidOut("2.5", "ascii", (first, second)).values()) == [one, two, three]
