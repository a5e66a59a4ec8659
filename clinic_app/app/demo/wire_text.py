"""Writes HL7 v2 as different senders do: versions, character sets, escapes. Independent of our own reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

Field = str | tuple[str, ...]
"""A field: one text, or its components. Both are plain text; escaping happens here."""

_ESCAPES = str.maketrans(
    {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\", "\n": "\\.br\\"}
)
_CODECS = {"8859/1": "latin-1", "UNICODE UTF-8": "utf-8", "": "ascii"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one system writes: MSH-3 and MSH-4, version, MSH-18, and whether its times carry their zone."""

    application: str
    version: str
    charset: str
    zone: bool

    def can_write(self, text: str) -> bool:
        """Whether its character set has all the letters of a text."""
        try:
            text.encode(_CODECS[self.charset])
        except UnicodeEncodeError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Envelope:
    """What goes into the MSH segment besides the dialect."""

    event: str
    control_id: str
    sent_at: datetime


REGISTRATION_OLD = Dialect("DEMOREG", "2.4", "8859/1", True)
REGISTRATION = Dialect("DEMOREG", "2.5.1", "UNICODE UTF-8", True)
SCHEDULE = Dialect("DEMOSCHED", "2.5", "UNICODE UTF-8", True)
LUNG_OLD = Dialect("DEMOPFT", "2.3", "8859/1", False)
LUNG = Dialect("DEMOPFT", "2.5.1", "UNICODE UTF-8", True)
VITALS = Dialect("DEMOVIT", "2.5.1", "UNICODE UTF-8", True)
LABORATORY = Dialect("DEMOLAB", "2.5.1", "UNICODE UTF-8", True)
LABORATORY_OLD = Dialect("DEMOLAB", "2.3.1", "8859/1", False)
PHARMACY = Dialect("DEMORX", "2.5", "UNICODE UTF-8", False)


def segment(name: str, fields: Mapping[int, Field]) -> str:
    """One segment from its fields by number; it ends with the last field that is there."""
    last = max((number for number, field in fields.items() if field), default=0)
    return "|".join([name, *(_field(fields.get(number, "")) for number in range(1, last + 1))])


def _field(field: Field) -> str:
    if isinstance(field, str):
        return field.translate(_ESCAPES)
    return "^".join(part.translate(_ESCAPES) for part in field).rstrip("^")


def message(dialect: Dialect, envelope: Envelope, *segments: str) -> bytes:
    """The whole message, segments ended by carriage returns, in the dialect's character set."""
    sent_at = stamp(envelope.sent_at, dialect.zone)
    addresses = (dialect.application, "DEMO", "COMMONGROUND", "DEMO")
    event_type, control = envelope.event, envelope.control_id
    rest = ("", event_type, control, "P", dialect.version, "", "", "", "", "", dialect.charset)
    head = "|".join(("MSH", "^~\\&", *addresses, sent_at, *rest))
    return ("\r".join([head, *segments]) + "\r").encode(_CODECS[dialect.charset])


def stamp(when: datetime, zone: bool) -> str:
    """A time as HL7 writes it, to the second."""
    return when.strftime("%Y%m%d%H%M%S%z" if zone else "%Y%m%d%H%M%S")
