"""SIU: appointments and their states. Source: HL7 2.5.1 chapter 10.4 (events), 10.6 (SCH, AIL), table
0278."""

from bridges.hl7.reading import Reading
from bridges.hl7.tokenizer import Segment
from bridges.hl7.translate_adt import place
from clinic_app.model.bodies import Appointment
from clinic_app.model.facts import FactKind, FactStatus
from clinic_app.model.moment import Moment

EVENTS = {
    "S12": "booked",
    "S13": "booked",
    "S14": "booked",
    "S15": "cancelled",
    "S16": "cancelled",
    "S17": "cancelled",
    "S26": "missed",
}
"""State after each event: booked, rescheduled, changed, cancelled, discontinued, deleted, not kept."""

_FILLER_STATES = {
    "CANCELLED": "cancelled",
    "CANCELED": "cancelled",
    "DC": "cancelled",
    "DELETED": "cancelled",
    "NOSHOW": "missed",
    "NO SHOW": "missed",
}
"""SCH-25, which says more than an event that only reports a change."""

_SECONDS = {
    "": 60,
    "M": 60,
    "MIN": 60,
    "MINS": 60,
    "MINUTE": 60,
    "MINUTES": 60,
    "S": 1,
    "SEC": 1,
    "SECONDS": 1,
}
_SECONDS |= {"H": 3600, "HR": 3600, "HRS": 3600, "HOUR": 3600, "HOURS": 3600}


def translate_siu(reading: Reading, trigger: str) -> None:
    """Note the appointment; held without an id or a time to know it by, and, unless it is called off, without
    its time."""
    sch, holds = reading.message.first("SCH"), len(reading.holds)
    start = _start(reading, sch)
    state = EVENTS[trigger]
    if state == "booked":
        state = _FILLER_STATES.get(reading.text(sch, 25).upper(), state)
    number = reading.text(sch, 2) or reading.text(sch, 1)
    if not number and start is None:
        mend = "Ask the sender to fill SCH-1 or SCH-2."
        reading.hold("UNREADABLE-VALUE", "SCH-1, SCH-2 and the time of the appointment are empty", mend)
        return
    if start is None and state != "cancelled":
        if len(reading.holds) == holds:  # else the time that cannot be read is held already
            mend = "Ask the sender to fill SCH-11.4 or TQ1-7."
            reading.hold("UNREADABLE-VALUE", "SCH-11.4: the appointment has no time", mend)
        return
    location = next(
        (segment for segment in reading.message.all("AIL") if segment.field(3)), Segment("", sch.separators)
    )
    body = Appointment(
        start=start,
        minutes=_minutes(reading, sch),
        reason=reading.wording(sch, sch.field(7)) or reading.wording(sch, sch.field(8)),
        location=place(reading, location, 3) or place(reading, reading.message.first("PV1"), 3),
        state=state,
    )
    key = f"appointment:{number}" if number else f"appointment-at:{start.text if start else ''}"
    reading.state(
        FactKind.APPOINTMENT, "", key, FactStatus.FINAL, start, body, position="SCH", ends=state != "booked"
    )


def _start(reading: Reading, sch: Segment) -> Moment | None:
    """The beginning: SCH-11.4, in newer versions TQ1-7, else that of a booked resource (AIS, AIL, AIG,
    AIP)."""
    found = reading.moment(sch, 11, 4) or reading.moment(reading.message.first("TQ1"), 7)
    for name, field in (("AIS", 4), ("AIL", 6), ("AIG", 8), ("AIP", 6)):
        for number, segment in enumerate(reading.message.all(name), 1):
            found = found or reading.moment(segment, field, at=f"{name}[{number}]")
    return found


def _minutes(reading: Reading, sch: Segment) -> int:
    """SCH-9 with the unit in SCH-10, minutes where none is given; 0 where there is no whole number of
    them."""
    amount = reading.text(sch, 9)
    seconds = _SECONDS.get(reading.text(sch, 10).upper())
    if seconds is None or not (amount.isascii() and amount.isdigit() and len(amount) <= 6):
        return 0
    return int(amount) * seconds // 60
