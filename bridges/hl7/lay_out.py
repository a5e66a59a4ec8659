"""Lays a message out for a reader: every value, decoded, with the names of its place, and what was said of
it.

Nothing falls away: segments and fields that no version knows are shown like the others, only without a name.
Values are those of our own tokenizer (decision 4); the names come through `Names`, which hl7apy's adapter
implements.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bridges.hl7 import escapes
from bridges.hl7.charsets import DEFAULT_FALLBACK, decode, readings, visible
from bridges.hl7.segment_titles import title_of
from bridges.hl7.tokenizer import NULL, Message, Segment, tokenize
from clinic_app.model.entries import Finding
from clinic_app.model.errors import SenderFault
from clinic_app.model.laid_out import FieldLines, LaidOut, SegmentLines, Value

_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")
_PLACE = re.compile(r"\b([A-Z][A-Z0-9]{2})(?:\[([0-9]+)\])?-([0-9]+)")
_SEGMENT = re.compile(r"\b([A-Z][A-Z0-9]{2})\[([0-9]+)\]|^segment ([0-9]+) ")
_TEXT_TYPES = frozenset({"ST", "TX", "FT"})
"""Types without components: a delimiter in them was left unescaped and belongs to the text."""
_HEADED = frozenset({"MSH", "FHS", "BHS"})
_ENVELOPE = frozenset({"FHS", "BHS", "BTS", "FTS"})


class Names(Protocol):
    """What the fields and components of a version are called."""

    @property
    def version(self) -> str:
        """The version, as ``2.5.1``."""
        ...

    def field(self, segment: str, number: int) -> tuple[str, str]:
        """Name and data type of a field; empty where it is not known."""
        ...

    def parts(self, data_type: str) -> Sequence[tuple[str, str]]:
        """Name and data type of each component of a data type."""
        ...


def lay_out(
    raw: bytes,
    names_for: Callable[[str], Names],
    remarks: Sequence[Finding] = (),
    fallback: str = DEFAULT_FALLBACK,
) -> LaidOut:
    """The message with its names, each remark beside the place that it names; never fails.

    Args:
        raw: the bytes as they came.
        names_for: the names for a version as MSH-12 says it.
        remarks: holds and findings of the entry.
        fallback: the site's codec for bytes that nothing declares.
    """
    decoded = decode(raw, fallback)
    try:
        message = tokenize(decoded.text)
    except SenderFault:
        return LaidOut("", decoded.encoding, _lines(decoded.text), tuple(remarks))
    names = names_for(message.first("MSH").part(12))
    layout = _Layout(message, names, readings(decoded.encoding, fallback))
    segments = list(layout.segments())
    rest = tuple(remark for remark in remarks if not _attach(segments, remark, names))
    return LaidOut(names.version, decoded.encoding, tuple(segments), rest)


@dataclass(frozen=True, slots=True)
class _Layout:
    message: Message
    names: Names
    encodings: tuple[str, ...]

    def segments(self) -> Iterator[SegmentLines]:
        counted: dict[str, int] = {}
        for number, segment in enumerate(self.message.segments, 1):
            if not _NAME.fullmatch(segment.name):
                yield _line(number, segment.line)
                continue
            counted[segment.name] = counted.get(segment.name, 0) + 1
            fields = tuple(self._fields(segment))
            yield SegmentLines(segment.name, counted[segment.name], title_of(segment.name), fields)

    def _fields(self, segment: Segment) -> Iterator[FieldLines]:
        for number in range(1, len(segment.fields)):
            if segment.field(number):
                name, data_type = self.names.field(segment.name, number)
                if (segment.name, number) == ("OBX", 5):
                    data_type = segment.part(2).strip().upper()
                place = f"{segment.name}-{number}"
                yield FieldLines(place, name, tuple(self._values(segment, number, place, data_type)))

    def _values(self, segment: Segment, number: int, place: str, data_type: str) -> Iterator[Value]:
        if segment.name in _HEADED and number in (1, 2):
            yield Value(place, "", visible(segment.field(number)))
            return
        repetitions = segment.repetitions(number)
        for nth, written in enumerate(repetitions, 1):
            at = f"{place}({nth})" if len(repetitions) > 1 else place
            if data_type in _TEXT_TYPES:
                yield from self._value(at, "", written)
            else:
                yield from self._components(at, written, data_type)

    def _components(self, place: str, written: str, data_type: str) -> Iterator[Value]:
        marks = self.message.separators
        components = _split(written, marks.component)
        known = self.names.parts(data_type)
        for number, component in enumerate(components, 1):
            pieces = _split(component, marks.subcomponent)
            name, inner = known[number - 1] if number <= len(known) else ("", "")
            at = f"{place}.{number}"
            if len(pieces) == 1:
                alone = len(components) == 1
                yield from self._value(place if alone else at, "" if alone else name, component)
                continue
            below = self.names.parts(inner)
            for nth, piece in enumerate(pieces, 1):
                further = below[nth - 1][0] if nth <= len(below) else ""
                both = ", ".join(part for part in (name, further) if part)
                yield from self._value(f"{at}.{nth}", both, piece)

    def _value(self, place: str, name: str, written: str) -> Iterator[Value]:
        if written:
            meant = escapes.decode(written, self.message.separators, self.encodings)
            yield Value(place, name, written if written == NULL else visible(meant))


def _split(text: str, mark: str) -> list[str]:
    return text.split(mark) if mark else [text]


def _lines(text: str) -> tuple[SegmentLines, ...]:
    """Something that is no message, line by line."""
    lines = re.split(r"\r\n|\r|\n", text)
    return tuple(_line(number, line) for number, line in enumerate(lines, 1) if line)


def _line(number: int, line: str) -> SegmentLines:
    place = f"line {number}"
    return SegmentLines("", number, "", (FieldLines(place, "", (Value(place, "", visible(line)),)),))


def _attach(segments: list[SegmentLines], remark: Finding, names: Names) -> bool:
    """Put a remark beside the field or segment that it names; whether there is such a one."""
    named = _PLACE.search(remark.text)
    if named:
        at = _find(segments, named[1], int(named[2] or 1))
        if at is not None:
            segments[at] = _beside(segments[at], int(named[3]), remark, names)
            return True
        return False
    named = _SEGMENT.search(remark.text)
    if not named:
        return False
    at = _find(segments, named[1], int(named[2])) if named[1] else _nth(segments, int(named[3]))
    if at is None:
        return False
    segments[at] = replace(segments[at], remarks=(*segments[at].remarks, remark))
    return True


def _find(segments: Sequence[SegmentLines], name: str, number: int) -> int | None:
    found = (at for at, one in enumerate(segments) if (one.name, one.number) == (name, number))
    return next(found, None)


def _nth(segments: Sequence[SegmentLines], number: int) -> int | None:
    """The conformance check counts segments without those of a batch around them."""
    own = [at for at, one in enumerate(segments) if one.name not in _ENVELOPE]
    return own[number - 1] if 0 < number <= len(own) else None


def _beside(segment: SegmentLines, number: int, remark: Finding, names: Names) -> SegmentLines:
    """The segment with the remark at its field, which is shown then also where it is empty."""
    place = f"{segment.name}-{number}"
    fields = list(segment.fields)
    for at, field in enumerate(fields):
        if field.place == place:
            fields[at] = replace(field, remarks=(*field.remarks, remark))
            return replace(segment, fields=tuple(fields))
    empty = FieldLines(place, names.field(segment.name, number)[0], (), (remark,))
    before = sum(int(field.place.rpartition("-")[2]) < number for field in fields)
    return replace(segment, fields=(*fields[:before], empty, *fields[before:]))
