"""ADT: who the patient is, and the visit. Source: HL7 2.5.1 chapter 3.3 (events), 3.4 (PID, PV1)."""

from dataclasses import dataclass

from bridges.hl7.patient import birth_date, other_identifiers, other_numbers
from bridges.hl7.reading import Reading
from bridges.hl7.tokenizer import Segment
from clinic_app.model.bodies import Demographics, Visit
from clinic_app.model.facts import FactKind, FactStatus


@dataclass(frozen=True, slots=True)
class Event:
    """What an event says of the visit: its state (empty = nothing but what PV1-44 and PV1-45 show), whether
    it is undone or open again."""

    state: str = ""
    undone: bool = False
    reopened: bool = False


EVENTS = {
    "A01": Event("arrived"),
    "A02": Event(),
    "A03": Event("discharged"),
    "A04": Event("arrived"),
    "A05": Event("planned"),
    "A06": Event(),
    "A07": Event(),
    "A08": Event(),
    "A10": Event("arrived"),
    "A11": Event("arrived", undone=True),
    "A12": Event(),
    "A13": Event("arrived", reopened=True),
    "A28": Event(),
    "A31": Event(),
    "A60": Event(),
}
"""Events that are read. A11 takes back an arrival, A12 a transfer (PV1 is as it was before), A13 a discharge;
A28 and A31 rarely have a visit; A60 is about allergies."""

_SEXES = {
    "M": "male",
    "F": "female",
    "O": "other",
    "A": "other",
    "MALE": "male",
    "FEMALE": "female",
    "OTHER": "other",
}


def translate_adt(reading: Reading, trigger: str) -> None:
    """Note demographics and, where the event has one, the visit."""
    event = EVENTS[trigger]
    demographics(reading)
    pv1 = reading.message.first("PV1")
    # Class N says that PV1 stands there only because the structure wants it.
    if pv1 and reading.text(pv1, 2) != "N":
        _visit(reading, event)


def demographics(reading: Reading) -> None:
    """Note who the person is, as PID says."""
    pid = reading.message.first("PID")
    name = _legal_name(pid)
    body = Demographics(
        family=reading.meant(pid.within(name, 1, 1)),
        given=reading.meant(pid.within(name, 2, 1)),
        birth_date=birth_date(reading),
        sex=_SEXES.get(reading.text(pid, 8).upper(), "unknown"),
        language=reading.text(pid, 15),
        other_ids=other_identifiers(reading),
        deceased=reading.text(pid, 30).upper() == "Y" or bool(reading.text(pid, 29)),
    )
    if other_numbers(reading):
        text = "the message also names another number; results under it wait until it is linked"
        reading.remark("OTHER-NUMBER", f"PID-3: {text}")
    reading.state(FactKind.PATIENT, "", "patient", FactStatus.FINAL, None, body, position="PID")


def _legal_name(pid: Segment) -> str:
    """The repetition of PID-5 whose type (component 7) is legal, else the first one."""
    names = pid.repetitions(5)
    return next((name for name in names if pid.within(name, 7) == "L"), names[0] if names else "")


def _visit(reading: Reading, event: Event) -> None:
    """A visit needs a number or a beginning; A01, A04 and A10 without either begin when EVN says."""
    pv1, evn = reading.message.first("PV1"), reading.message.first("EVN")
    start, end = reading.moment(pv1, 44), reading.moment(pv1, 45)
    if start is None and event.state == "arrived" and not event.undone:
        start = reading.moment(evn, 6) or reading.moment(evn, 2)
    if event.reopened:
        end = None
    elif end is None and event.state == "discharged":
        end = reading.moment(evn, 6) or reading.moment(evn, 2)
    number = reading.text(pv1, 19)
    if not number and start is None:
        if event.state:
            reading.remark("VISIT-WITHOUT-KEY", "PV1-19 and PV1-44 are empty, so the visit was not recorded")
        return
    body = Visit(
        number=number,
        patient_class=reading.text(pv1, 2),
        location=place(reading, pv1, 3),
        start=start,
        end=end,
        state=event.state,
    )
    key = f"visit:{number}" if number else f"visit-at:{start.text if start else ''}"
    status = FactStatus.WITHDRAWN if event.undone else FactStatus.FINAL
    # In one second: an arrival, then its discharge, then what undoes it, then what undoes everything.
    later = 3 * event.undone or 2 * event.reopened or int(event.state == "discharged")
    reading.state(FactKind.VISIT, "", key, status, start or end, body, position="PV1", ends=later)


def place(reading: Reading, segment: Segment, field: int) -> str:
    """A location (PL) in words: its description, else point of care, room and bed."""
    described = reading.text(segment, field, 9)
    if described:
        return described
    parts = (reading.text(segment, field, component, 1) for component in (1, 2, 3))
    return " ".join(part for part in parts if part)
