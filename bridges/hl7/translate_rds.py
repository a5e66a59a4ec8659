"""RDS and RAS: medicines handed out and given. They show that a medicine is taken, never that it was stopped.

Source: HL7 2.5.1 chapter 4.13.8 (RDS O13), 4.13.12 (RAS O17), 4.14.5 (RXD), 4.14.7 (RXA).
"""

from collections.abc import Callable

from bridges.hl7.reading import Reading
from bridges.hl7.tokenizer import Segment
from clinic_app.model.bodies import Medicine
from clinic_app.model.facts import FactKind, FactStatus

Note = Callable[[Reading, Segment, Segment, str], None]
_NOT_GIVEN = frozenset({"RE", "NA"})


def translate_rds(reading: Reading, trigger: str) -> None:
    """Note what was handed out (RXD)."""
    _events(reading, "RXD", dispensed)


def translate_ras(reading: Reading, trigger: str) -> None:
    """Note what was given (RXA); what was refused or not given is withdrawn, and remarked."""
    _events(reading, "RXA", given)


def _events(reading: Reading, name: str, note: Note) -> None:
    orc = Segment("", reading.message.separators)
    number = 0
    for segment in reading.message.segments:
        if segment.name == "ORC":
            orc = segment
        elif segment.name == name:
            number += 1
            note(reading, orc, segment, f"{name}[{number}]")


def dispensed(reading: Reading, orc: Segment, rxd: Segment, place: str) -> None:
    """RXD: 2 what, 3 when, 4 how much, 5 of what, 7 prescription number."""
    amount = f"{reading.text(rxd, 4)} {reading.wording(rxd, rxd.field(5))}".strip()
    order = reading.text(rxd, 7) or _order(reading, orc)
    _state(reading, orc, rxd, place, "dispensed", 2, amount, order)


def given(reading: Reading, orc: Segment, rxa: Segment, place: str) -> None:
    """RXA: 3 when, 5 what, 6 how much, 7 of what, 20 whether."""
    refused = reading.text(rxa, 20).upper() in _NOT_GIVEN
    if refused:
        reading.remark("NOT-GIVEN", f"{place}: the medicine was not given")
    amount = f"{reading.text(rxa, 6)} {reading.wording(rxa, rxa.field(7))}".strip()
    _state(reading, orc, rxa, place, "given", 5, amount, _order(reading, orc), refused=refused)


def _state(
    reading: Reading,
    orc: Segment,
    segment: Segment,
    place: str,
    origin: str,
    what: int,
    dose: str,
    order: str,
    *,
    refused: bool = False,
) -> None:
    written = segment.field(what)
    name, codes = reading.wording(segment, written), reading.codes(segment, written)
    if not name:
        mend = f"Ask the sender to name the medicine in {segment.name}-{what}."
        reading.hold("UNREADABLE-VALUE", f"{place}-{what} is empty, the medicine is not known", mend)
        return
    at = reading.moment(segment, 3, at=place)
    texts = tuple(dict.fromkeys((name, *(reading.meant(segment.within(written, n)) for n in (5, 9)))))
    route = _following(reading, segment, "RXR")
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
    removed = reading.text(orc, 1).upper() in ("CA", "OC") or reading.text(segment, 21).upper() == "D"
    # What was not given takes back that it was, if somebody said so before.
    removed = removed or refused
    status = FactStatus.WITHDRAWN if removed else FactStatus.FINAL
    reading.state(FactKind.MEDICINE, "", key, status, at, body, position=place, ends=removed)


def _following(reading: Reading, segment: Segment, name: str) -> Segment:
    """The segment of this name between this one and the next order; an empty one where there is none."""
    found, after = Segment("", segment.separators), False
    for other in reading.message.segments:
        if after and other.name in (name, segment.name, "ORC"):
            return other if other.name == name else found
        after = after or other is segment
    return found


def _order(reading: Reading, orc: Segment) -> str:
    for field in (2, 3):
        text = "^".join(reading.text(orc, field, component) for component in (1, 2)).rstrip("^")
        if text:
            return text
    return ""
