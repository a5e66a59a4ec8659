"""RDS and RAS: medicines handed out and given. They show that a medicine is taken, never that it was stopped.

Source: HL7 2.5.1 chapter 4.13.8 (RDS O13), 4.13.12 (RAS O17), 4.14.5 (RXD), 4.14.7 (RXA).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bridges.hl7.reading import Reading
from bridges.hl7.tokenizer import Segment
from clinic_app.model.bodies import Medicine
from clinic_app.model.facts import FactKind, FactStatus


@dataclass(frozen=True, slots=True)
class Event:
    """One RXD or RXA with its order and route (empty segments where they were not sent)."""

    orc: Segment
    segment: Segment
    route: Segment


Note = Callable[[Reading, Event, str], None]
_NOT_GIVEN = frozenset({"RE", "NA"})


def translate_rds(reading: Reading, trigger: str) -> None:
    """Note what was handed out (RXD)."""
    _events(reading, "RXD", dispensed)


def translate_ras(reading: Reading, trigger: str) -> None:
    """Note what was given (RXA); what was refused or not given is withdrawn, and remarked."""
    _events(reading, "RXA", given)


def _events(reading: Reading, name: str, note: Note) -> None:
    for number, event in enumerate(_events_of(reading, name), 1):
        note(reading, event, f"{name}[{number}]")


def _events_of(reading: Reading, name: str) -> list[Event]:
    """Each segment of this name with the ORC before it and the RXR that follows it (one before it is about
    the order).
    """
    nothing = Segment("", reading.message.separators)
    orc, found, open_ = nothing, list[Event](), False
    for segment in reading.message.segments:
        if segment.name == "ORC":
            orc, open_ = segment, False
        elif segment.name == name:
            found.append(Event(orc, segment, nothing))
            open_ = True
        elif segment.name == "RXR" and open_:
            found[-1] = replace(found[-1], route=segment)
            open_ = False
    return found


def dispensed(reading: Reading, event: Event, place: str) -> None:
    """RXD: 2 what, 3 when, 4 how much, 5 of what, 7 prescription number."""
    rxd = event.segment
    amount = f"{reading.text(rxd, 4)} {reading.wording(rxd, rxd.field(5))}".strip()
    order = reading.text(rxd, 7) or _order(reading, event.orc)
    _state(reading, event, place, "dispensed", 2, amount, order)


def given(reading: Reading, event: Event, place: str) -> None:
    """RXA: 3 when, 5 what, 6 how much, 7 of what, 20 whether."""
    rxa = event.segment
    refused = reading.text(rxa, 20).upper() in _NOT_GIVEN
    if refused:
        reading.remark("NOT-GIVEN", f"{place}: the medicine was not given")
    amount = f"{reading.text(rxa, 6)} {reading.wording(rxa, rxa.field(7))}".strip()
    _state(reading, event, place, "given", 5, amount, _order(reading, event.orc), refused=refused)


def _state(
    reading: Reading,
    event: Event,
    place: str,
    origin: str,
    what: int,
    dose: str,
    order: str,
    *,
    refused: bool = False,
) -> None:
    segment, route = event.segment, event.route
    written = segment.field(what)
    name, codes = reading.wording(segment, written), reading.codes(segment, written)
    if not name:
        mend = f"Ask the sender to name the medicine in {segment.name}-{what}."
        reading.hold("UNREADABLE-VALUE", f"{place}-{what} is empty, the medicine is not known", mend)
        return
    at = reading.moment(segment, 3, at=place)
    texts = tuple(dict.fromkeys((name, *(reading.meant(segment.within(written, n)) for n in (5, 9)))))
    body = Medicine(
        name=name,
        code="|".join(codes[0]) if codes else "",
        action="started",
        dose=dose,
        route=reading.wording(route, route.field(1)),
        start=at,
        end=None,
        ingredients=reading.profile.medicines.ingredients(texts, tuple(codes)),
        origin=origin,
    )
    # One prescription number, or one order, may stand for several medicines of one moment.
    what_it_is = body.code or name.casefold()
    key = f"{origin}:{order}|{what_it_is}|{at.text if at else reading.text(segment, 1)}"
    removed = reading.text(event.orc, 1).upper() in ("CA", "OC") or reading.text(segment, 21).upper() == "D"
    # What was not given takes back that it was, if somebody said so before.
    removed = removed or refused
    status = FactStatus.WITHDRAWN if removed else FactStatus.FINAL
    reading.state(FactKind.MEDICINE, "", key, status, at, body, position=place, ends=removed)


def _order(reading: Reading, orc: Segment) -> str:
    for field in (2, 3):
        text = "^".join(reading.text(orc, field, component) for component in (1, 2)).rstrip("^")
        if text:
            return text
    return ""
