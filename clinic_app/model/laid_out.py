"""A received message laid out for reading: segments, fields and values with their names and places."""

from collections.abc import Iterator
from dataclasses import dataclass

from clinic_app.model.entries import Finding


@dataclass(frozen=True, slots=True)
class Value:
    """The smallest thing that was sent, decoded.

    Attributes:
        place: where it stands, as ``PID-3(2).4.1``: repetition in brackets where there are several,
            component and subcomponent where the field has them.
        name: name of the component (and subcomponent); empty where the field has only this one, or it is not
            known.
        text: what was meant; a byte that could not be decoded is a visible escape; ``""`` in quotation marks
            says "delete".
    """

    place: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class FieldLines:
    """A field that was sent, or one of which something is said.

    Attributes:
        place: as ``PID-3``.
        name: as ``Patient Identifier List``; empty where the version does not know it.
        values: what is in it, in order; none where it is empty.
        remarks: holds and findings that speak of it.
    """

    place: str
    name: str
    values: tuple[Value, ...]
    remarks: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentLines:
    """A segment with its fields.

    Attributes:
        name: its three letters; empty for a line that is no segment.
        number: the how manieth of this name, from 1.
        title: as ``Patient Identification``; empty where it is not known.
        fields: those that are not empty, in order.
        remarks: holds and findings that speak of the segment, not of one field.
    """

    name: str
    number: int
    title: str
    fields: tuple[FieldLines, ...]
    remarks: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A whole message.

    Attributes:
        version: the version of HL7 whose names are used; empty where it is no HL7 message.
        encoding: the codec that the bytes were read with.
        segments: all, in order.
        remarks: what is said of the message as a whole.
    """

    version: str
    encoding: str
    segments: tuple[SegmentLines, ...]
    remarks: tuple[Finding, ...] = ()

    def values(self) -> Iterator[Value]:
        """Every value, in order."""
        for segment in self.segments:
            for field in segment.fields:
                yield from field.values
