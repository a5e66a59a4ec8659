"""RDE: prescriptions. Source: HL7 2.5.1 chapter 4.13 (RDE), 4.14 (RXO, RXR, RXC, RXE), table 0119 (ORC-1)."""

from dataclasses import dataclass, field

from bridges.hl7.reading import Reading, shown
from bridges.hl7.tokenizer import Message, Segment
from clinic_app.model.bodies import Medicine
from clinic_app.model.facts import FactKind, FactStatus
from clinic_app.model.moment import Moment

ACTIONS = {
    "": "started",
    "NW": "started",
    "OK": "started",
    "OE": "started",
    "OP": "started",
    "NA": "started",
    "RE": "started",
    "XO": "changed",
    "XX": "changed",
    "XR": "changed",
    "RO": "changed",
    "RF": "changed",
    "RL": "changed",
    "PR": "changed",
    "PY": "changed",
    "AF": "changed",
    "SC": "changed",
    "SN": "changed",
    "CA": "stopped",
    "CR": "stopped",
    "OC": "stopped",
    "DC": "stopped",
    "DR": "stopped",
    "OD": "stopped",
}
"""ORC-1: new, accepted (OP for a pharmacy outside, NA with a number, RE with what follows); changed,
replacing, refilled, released, status; cancelled, discontinued. A medicine on hold (HD) is neither stopped nor
taken: a person looks at it."""
_ENDED = frozenset({"CA", "DC", "CM"})
"""ORC-5 with which a change of status (SC) ends the order."""


@dataclass(slots=True)
class Prescription:
    """One order: ORC with RXE, RXO, RXR, RXC and TQ1 as far as they were sent."""

    number: int
    orc: Segment
    rxe: Segment
    rxo: Segment
    rxr: Segment
    tq1: Segment
    components: list[Segment] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Where it stands, as reasons name it."""
        return f"{'RXE' if self.rxe else 'ORC'}[{self.number}]"


def translate_rde(reading: Reading, trigger: str) -> None:
    """Note every prescription."""
    for prescription in prescriptions_of(reading.message):
        state_prescription(reading, prescription)


def prescriptions_of(message: Message) -> list[Prescription]:
    """Prescriptions in turn: each ORC begins one, as does an RXE where the last one has one already."""
    nothing = Segment("", message.separators)
    found: list[Prescription] = []
    for segment in message.segments:
        if segment.name == "ORC" or (segment.name in ("RXE", "RXO") and (not found or found[-1].rxe)):
            found.append(Prescription(len(found) + 1, nothing, nothing, nothing, nothing, nothing))
        if not found:
            continue
        last = found[-1]
        if segment.name == "ORC":
            last.orc = segment
        elif segment.name == "RXE":
            last.rxe = segment
        elif segment.name == "RXO":
            last.rxo = segment
        elif segment.name == "RXC":
            last.components.append(segment)
        elif segment.name == "RXR":
            # RXR and TQ1 come twice, first for the order (RXO), then for what the pharmacy gives (RXE).
            last.rxr = segment if segment.field(1) else last.rxr
        elif segment.name == "TQ1":
            last.tq1 = segment
    return found


def state_prescription(reading: Reading, order: Prescription) -> None:
    """Note one prescription. A stop may leave out what is stopped, if it has the number of the order: its
    earlier messages say it, whenever they arrive.
    """
    action = _action(reading, order)
    if not action:
        return
    given, number = (order.rxe, 2) if order.rxe.field(2) else (order.rxo, 1)
    name = reading.wording(given, given.field(number))
    if not name and not (action == "stopped" and _number(reading, order)):
        reason = f"{order.place}: RXE-2 and RXO-1 are empty, the medicine is not known"
        reading.hold("UNREADABLE-VALUE", reason, "Ask the sender to name the medicine in RXE-2.")
        return
    codes = reading.codes(given, given.field(number))
    start, end = _times(reading, order)
    effective = reading.moment(order.orc, 15, at=f"ORC[{order.number}]")
    start = start or (effective if action != "stopped" else None)
    effective = effective or reading.moment(order.orc, 9, at=f"ORC[{order.number}]")
    end = effective or end if action == "stopped" else end
    texts = [name, *(reading.meant(given.within(given.field(number), component)) for component in (5, 9))]
    texts += [reading.wording(part, part.field(2)) for part in order.components]
    body = Medicine(
        name=name,
        code="|".join(codes[0]) if codes else "",
        action=action,
        dose=_dose(reading, order),
        route=reading.wording(order.rxr, order.rxr.field(1)),
        start=start,
        end=end,
        ingredients=reading.profile.medicines.ingredients(tuple(texts), tuple(codes)),
    )
    at = end if action == "stopped" else start or effective
    author = _prescriber(reading, order)
    key = _key(reading, order, body)
    stopped = action == "stopped"
    reading.state(FactKind.MEDICINE, "", key, FactStatus.FINAL, at, body, author, order.place, ends=stopped)


def stops(reading: Reading, orc: Segment) -> bool:
    """Whether an ORC ends the order that it names."""
    control = reading.text(orc, 1).upper()
    if control == "SC":
        return reading.text(orc, 5).upper() in _ENDED
    return ACTIONS.get(control) == "stopped"


def _action(reading: Reading, order: Prescription) -> str:
    if stops(reading, order.orc):
        return "stopped"
    control = reading.text(order.orc, 1).upper()
    action = ACTIONS.get(control, "")
    if not action:
        mend = "Look at the raw message; ask the sender which order control of table 0119 is meant."
        reading.hold(
            "UNKNOWN-STATUS", f"ORC[{order.number}]-1: the order control {shown(control)} is not read", mend
        )
    return action


def _times(reading: Reading, order: Prescription) -> tuple[Moment | None, Moment | None]:
    """Start and end: TQ1-7 and TQ1-8, else RXE-1.4 and RXE-1.5, else ORC-7.4 and ORC-7.5 of older
    versions."""
    start = reading.moment(order.tq1, 7)
    start = start or reading.moment(order.rxe, 1, 4, at=order.place) or reading.moment(order.orc, 7, 4)
    end = reading.moment(order.tq1, 8)
    end = end or reading.moment(order.rxe, 1, 5, at=order.place) or reading.moment(order.orc, 7, 5)
    return start, end


def _dose(reading: Reading, order: Prescription) -> str:
    """Amount, unit and frequency as sent: ``2-3 tablet, BID``."""
    given, low, high, unit = (order.rxe, 3, 4, 5) if order.rxe.field(3) else (order.rxo, 2, 3, 4)
    least, most = reading.text(given, low), reading.text(given, high)
    amount = f"{least}-{most}" if most and most != least else least
    amount = f"{amount} {reading.wording(given, given.field(unit))}".strip() if amount else ""
    often = (
        reading.text(order.tq1, 3, 1, 1),
        reading.text(order.rxe, 1, 2, 1),
        reading.text(order.orc, 7, 2, 1),
    )
    frequency = next((text for text in often if text), "")
    instruction = reading.wording(order.rxe, order.rxe.field(7)) if not amount and not frequency else ""
    return ", ".join(part for part in (amount, frequency, instruction) if part)


def _prescriber(reading: Reading, order: Prescription) -> str:
    person = (reading.text(order.orc, 12, 3), reading.text(order.orc, 12, 2, 1))
    return " ".join(part for part in person if part)


def _key(reading: Reading, order: Prescription, body: Medicine) -> str:
    """Its number, else medicine and beginning."""
    number = _number(reading, order)
    return number or f"medicine:{body.code or body.name.casefold()}|{body.start.text if body.start else ''}"


def _number(reading: Reading, order: Prescription) -> str:
    """Placer order number, else filler number, else prescription number; empty where none was sent."""
    for name, segment, number in (("placer", order.orc, 2), ("filler", order.orc, 3), ("rx", order.rxe, 15)):
        parts = (reading.text(segment, number, component) for component in (1, 2))
        text = "^".join(parts).rstrip("^")
        if text:
            return f"{name}:{text}"
    return ""
