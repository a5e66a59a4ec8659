"""A laid out message without anybody's data: what a code map is mended with, and no more.

Which fields stay is a list of those that say what kind of thing is told (codes, units, types, statuses),
never who it is about or what was found; everything else is masked, whatever it is.
"""

import re
from dataclasses import replace

from clinic_app.model.laid_out import FieldLines, LaidOut, SegmentLines, Value

MASK = "•••"
"""Stands for every masked value, however long that is."""

_OPEN_FIELDS = {
    "MSH": frozenset({1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 15, 16, 17, 18, 19, 20, 21}),
    "FHS": frozenset({1, 2, 3, 4, 7}),
    "BHS": frozenset({1, 2, 3, 4, 7}),
    "EVN": frozenset({1, 2}),
    "PID": frozenset({1}),
    "PV1": frozenset({1, 2}),
    "ORC": frozenset({1, 5}),
    "OBR": frozenset({1, 4, 24, 25}),
    "OBX": frozenset({1, 2, 3, 6, 11}),
    "NTE": frozenset({1, 2}),
    "SPM": frozenset({1, 4}),
    "TXA": frozenset({1, 2, 3, 17}),
    "RXA": frozenset({1, 2, 20, 21}),
}
_OPEN_PLACES = re.compile(r"PID-3(?:\([0-9]+\))?\.[45](?:\.[0-9]+)?")
"""Who gave a number out and of which type it is: needed to mend [identifiers]."""


def masked(laid: LaidOut) -> LaidOut:
    """The same places and names, with a mask for every value that could tell of a person."""
    return replace(laid, segments=tuple(_segment(segment) for segment in laid.segments))


def _segment(segment: SegmentLines) -> SegmentLines:
    numbers = _OPEN_FIELDS.get(segment.name, frozenset())
    fields = tuple(_field(field, numbers) for field in segment.fields)
    return replace(segment, fields=fields)


def _field(field: FieldLines, numbers: frozenset[int]) -> FieldLines:
    number = field.place.rpartition("-")[2]
    if number.isdecimal() and int(number) in numbers:
        return field
    return replace(field, values=tuple(_value(value) for value in field.values))


def _value(value: Value) -> Value:
    return value if _OPEN_PLACES.fullmatch(value.place) else replace(value, text=MASK)
