"""MDM: documents through their life. Their content stays in the inbox entry; the fact says where.

Source: HL7 2.5.1 chapter 9.5 (T01-T11), 9.6 (TXA); tables 0270 (types), 0271 (completion), 0273
(availability).
"""

from dataclasses import dataclass

from bridges.hl7.reading import Reading, shown
from bridges.hl7.tokenizer import Segment
from clinic_app.model.bodies import Document
from clinic_app.model.facts import FactKind, FactStatus


@dataclass(frozen=True, slots=True)
class Event:
    """What an event does: correct the document itself, replace or amend its parent, cancel it."""

    corrects: bool = False
    replaces: bool = False
    cancels: bool = False


EVENTS = {
    "T01": Event(),
    "T02": Event(),
    "T03": Event(),
    "T04": Event(),
    "T05": Event(),
    "T06": Event(),
    "T07": Event(corrects=True),
    "T08": Event(corrects=True),
    "T09": Event(replaces=True),
    "T10": Event(replaces=True),
    "T11": Event(cancels=True),
}
"""Original, status, addendum, edit, replacement, cancel; those with an even number bring the content."""

_TYPES = {
    "AR": "Autopsy report",
    "CD": "Cardiodiagnostics",
    "CN": "Consultation",
    "DI": "Diagnostic imaging",
    "DS": "Discharge summary",
    "ED": "Emergency department report",
    "HP": "History and physical examination",
    "OP": "Operative report",
    "PC": "Psychiatric consultation",
    "PH": "Psychiatric history and physical examination",
    "PN": "Procedure note",
    "PR": "Progress note",
    "SP": "Surgical pathology",
    "TS": "Transfer summary",
}
"""Table 0270."""
_DRAFTS = frozenset({"DI", "DO", "IN", "IP", "PA"})
"""Dictated, documented, incomplete, in progress, pre-authenticated: not yet signed."""
_SIGNED = frozenset({"AU", "LA"})
_GONE = frozenset({"CA", "OB"})
_UNAVAILABLE = "UN"
"""Not for the care of patients (yet): most often a draft on its way."""


def translate_mdm(reading: Reading, trigger: str) -> None:
    """Note the document, and what it replaces."""
    event, txa = EVENTS[trigger], reading.message.first("TXA")
    number, parent = _number(reading, txa, 12), _number(reading, txa, 13)
    if not number:
        mend = "Ask the sender to number the document in TXA-12."
        reading.hold("UNREADABLE-VALUE", "TXA-12 is empty, the document cannot be told from others", mend)
        return
    at = next((found for field in (4, 6, 7) if (found := reading.moment(txa, field))), None)
    availability = reading.text(txa, 19).upper()
    gone, withheld = event.cancels or availability in _GONE, availability == _UNAVAILABLE
    body = Document(
        title=_title(reading, txa),
        type=reading.text(txa, 2),
        number=number,
        state="cancelled" if gone else "unavailable" if withheld else "available",
        parts=_parts(reading),
        of="" if event.replaces else parent,
    )
    author = " ".join(part for part in (reading.text(txa, 9, 3), reading.text(txa, 9, 2, 1)) if part)
    status = _status(reading, txa, event, gone)
    if status is None:
        return
    reading.state(FactKind.DOCUMENT, "", f"document:{number}", status, at, body, author, "TXA", ends=gone)
    if event.replaces and parent:
        former = Document("", "", parent, "replaced")  # what it was called its own versions say
        key, corrected = f"document:{parent}", FactStatus.CORRECTED
        reading.state(FactKind.DOCUMENT, "", key, corrected, at, former, author, "TXA-13", ends=True)


def _status(reading: Reading, txa: Segment, event: Event, gone: bool) -> FactStatus | None:
    """Standing by TXA-17 (a blank one as the profile says of results); None where it was held."""
    completion = reading.text(txa, 17).upper()
    if gone:
        return FactStatus.WITHDRAWN
    if completion in _DRAFTS:
        return FactStatus.PRELIMINARY
    if completion and completion not in _SIGNED:
        mend = "Ask the sender which completion status of table 0271 is meant."
        reading.hold("UNKNOWN-STATUS", f"TXA-17: the completion {shown(completion)} is not known", mend)
        return None
    if event.corrects:
        return FactStatus.CORRECTED
    return FactStatus.FINAL if completion else reading.profile.blank_status


def _number(reading: Reading, txa: Segment, field: int) -> str:
    """A document number (EI); its parts are kept apart."""
    parts = (reading.text(txa, field, component) for component in (1, 2))
    return "^".join(parts).strip("^")


def _title(reading: Reading, txa: Segment) -> str:
    """TXA-25 of newer versions, the words of TXA-2, those of table 0270, else of the first OBX."""
    first = reading.message.first("OBX")
    kind = reading.text(txa, 2)
    found = (reading.whole(txa, 25), reading.text(txa, 2, 2), _TYPES.get(kind.upper(), ""))
    return next((text for text in found if text), "") or reading.wording(first, first.field(3)) or kind


def _parts(reading: Reading) -> tuple[str, ...]:
    """Where the content stands, and what it is: ``OBX[1] text``, ``OBX[2] PDF``."""
    parts = []
    for number, obx in enumerate(reading.message.all("OBX"), 1):
        if obx.field(5):
            encapsulated = obx.part(2).strip().upper() == "ED"
            kind = reading.text(obx, 5, 3) or reading.text(obx, 5, 2) or "data" if encapsulated else "text"
            parts.append(f"OBX[{number}] {kind}")
    return tuple(parts)
