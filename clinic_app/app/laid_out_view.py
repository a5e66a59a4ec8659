"""A laid out message as a command writes it: lines for people, fields for machines."""

from collections.abc import Iterator

from clinic_app.app.output import plain
from clinic_app.model.entries import Finding
from clinic_app.model.laid_out import FieldLines, LaidOut, SegmentLines

_INSIDE, _VALUES = "  ", "      "


def lines_of(laid: LaidOut) -> Iterator[str]:
    """The message for people: a line per segment, per field, per component, remarks below their place."""
    for segment in laid.segments:
        if segment.name:
            yield f"{segment.name}  {segment.title}".rstrip()
        elif segment.title:
            yield segment.title
        yield from _remarks(segment.remarks, _INSIDE)
        for field in segment.fields:
            yield from _field(field)
    yield from _remarks(laid.remarks, "")


def _field(field: FieldLines) -> Iterator[str]:
    label = f"{_INSIDE}{field.place}  {field.name}".rstrip()
    if len(field.values) == 1 and field.values[0].place == field.place:
        yield f"{label}: {_text(field.values[0].text)}"
    else:
        yield label
        for value in field.values:
            name = f"{_VALUES}{value.place}  {value.name}".rstrip()
            yield f"{name}: {_text(value.text)}"
    yield from _remarks(field.remarks, _VALUES)


def _text(text: str) -> str:
    """Line breaks as such, every other control character as its escape."""
    return f"\n{_VALUES}  ".join(plain(line) for line in text.split("\n"))


def _remarks(remarks: tuple[Finding, ...], indent: str) -> Iterator[str]:
    for remark in remarks:
        yield f"{indent}! {plain(remark.code)}: {plain(remark.text)}"


def plain_form(laid: LaidOut) -> dict[str, object]:
    """The documented fields of ``inbox show --json``."""
    return {
        "version": laid.version,
        "encoding": laid.encoding,
        "segments": [_segment(segment) for segment in laid.segments],
        "remarks": _pairs(laid.remarks),
    }


def _segment(segment: SegmentLines) -> dict[str, object]:
    return {
        "segment": segment.name,
        "number": segment.number,
        "title": segment.title,
        "fields": [
            {
                "place": field.place,
                "name": field.name,
                "values": [
                    {"place": value.place, "name": value.name, "value": value.text} for value in field.values
                ],
                "remarks": _pairs(field.remarks),
            }
            for field in segment.fields
        ],
        "remarks": _pairs(segment.remarks),
    }


def _pairs(remarks: tuple[Finding, ...]) -> list[dict[str, str]]:
    return [{"code": remark.code, "text": remark.text} for remark in remarks]
