"""A resource laid out for a reader: every value at its path, as it was sent."""

import json
from collections.abc import Iterator, Sequence

from clinic_app.model.entries import Finding
from clinic_app.model.laid_out import FieldLines, LaidOut, SegmentLines, Value


class _Object(list[tuple[str, object]]):
    """The members of a JSON object in their order, also those whose name is given twice."""


def lay_out(raw: bytes, remarks: Sequence[Finding] = ()) -> LaidOut:
    """The resource with the path of every value; what is no JSON is shown as text. Never fails."""
    text = raw.decode("utf-8", "backslashreplace")
    try:
        read = json.loads(text, object_pairs_hook=_Object, parse_float=str, parse_int=str)
        fields = tuple(_fields(read))
    except (ValueError, RecursionError):
        fields = (FieldLines("text", "", (Value("text", "", text),)),)
    return LaidOut("", "utf-8", (SegmentLines("", 1, _kind(fields), fields),), tuple(remarks))


def _fields(read: object) -> Iterator[FieldLines]:
    members = read if isinstance(read, _Object) else [("value", read)]
    for name, value in members:
        yield FieldLines(name, "", tuple(_values(name, value)))


def _values(path: str, value: object) -> Iterator[Value]:
    if isinstance(value, _Object):
        for name, inner in value:
            yield from _values(f"{path}.{name}", inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _values(f"{path}[{number}]", inner)
    else:
        yield Value(path, "", value if isinstance(value, str) else json.dumps(value))


def _kind(fields: Sequence[FieldLines]) -> str:
    kinds = (field.values[0].text for field in fields if field.place == "resourceType" and field.values)
    return next(kinds, "")
