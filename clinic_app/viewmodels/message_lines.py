"""A laid out message as lines of a table: segments, fields and values with their names, remarks below their
place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from clinic_app.model.entries import Finding
from clinic_app.model.laid_out import FieldLines, LaidOut, SegmentLines


class LineKind(StrEnum):
    """What a line is."""

    SEGMENT = "segment"
    FIELD = "field"
    PART = "part"
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One line: where, what it is called, and what was sent (of a remark: its code, and what it says)."""

    kind: LineKind
    place: str
    name: str
    text: str


def message_lines(laid: LaidOut) -> tuple[MessageLine, ...]:
    """All lines; what is said of the message as a whole stands first."""
    return tuple(_lines(laid))


def _lines(laid: LaidOut) -> Iterator[MessageLine]:
    yield from _remarks(laid.remarks)
    for segment in laid.segments:
        yield from _segment(segment)


def _segment(segment: SegmentLines) -> Iterator[MessageLine]:
    if segment.name or segment.title:
        place = segment.name if segment.number == 1 else f"{segment.name}[{segment.number}]"
        yield MessageLine(LineKind.SEGMENT, place if segment.name else "", segment.title, "")
    yield from _remarks(segment.remarks)
    for field in segment.fields:
        yield from _field(field)


def _field(field: FieldLines) -> Iterator[MessageLine]:
    if len(field.values) == 1 and field.values[0].place == field.place:
        yield MessageLine(LineKind.FIELD, field.place, field.name, _plain(field.values[0].text))
    else:
        yield MessageLine(LineKind.FIELD, field.place, field.name, "")
        for value in field.values:
            yield MessageLine(LineKind.PART, value.place, value.name, _plain(value.text))
    yield from _remarks(field.remarks)


def _remarks(remarks: tuple[Finding, ...]) -> Iterator[MessageLine]:
    for remark in remarks:
        yield MessageLine(LineKind.REMARK, "", remark.code, _plain(remark.text))


def _plain(text: str) -> str:
    """In one line; a control character as its escape."""
    joined = text.replace("\n", " ⏎ ")
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in joined)
