"""What the organisms of a culture are sensitive to.

Laboratories send it in the culture's own order, tied to the organism by the same OBX-4, or in an order of its
own (a child) that names its parent in OBR-26 (result: code, OBX-4, words) and OBR-29 (order). Source: HL7
2.5.1 chapter 7.4.1 (OBR-26, OBR-29), 7.4.2 (OBX-4, OBX-8), table 0078.
"""

from collections.abc import Sequence

from bridges.hl7.cultures import organisms_in, specimen_of
from bridges.hl7.orders import Order, Result, author_of
from bridges.hl7.profile import Code
from bridges.hl7.reading import Reading
from clinic_app.model.bodies import Susceptibility
from clinic_app.model.facts import FactKind, FactStatus
from clinic_app.model.moment import Moment

_FLAGS = frozenset({"S", "I", "R", "MS", "VS", "SDD", "NS"})
_WORDS = {
    "SUSCEPTIBLE": "S",
    "SENSITIVE": "S",
    "INTERMEDIATE": "I",
    "RESISTANT": "R",
    "NON-SUSCEPTIBLE": "NS",
    "SUSCEPTIBLE-DOSE DEPENDENT": "SDD",
}


def interpretation(reading: Reading, result: Result) -> str:
    """S, I, R … of OBX-8, else of a value that says nothing but this; empty where the result says none."""
    flags = [reading.meant(flag).upper() for flag in result.obx.repetitions(8)]
    value = reading.text(result.obx, 5).upper()
    told = next((flag for flag in flags if flag in _FLAGS), "")
    return told or (value if value in _FLAGS else _WORDS.get(value, ""))


def is_susceptibility(
    reading: Reading, orders: Sequence[Order], order: Order, result: Result, panels: Sequence[Code]
) -> bool:
    """Whether a result of a culture's order, or of a child of one, says what an organism is sensitive to."""
    if not interpretation(reading, result):
        return False
    cultures = reading.profile.cultures
    if any(code in cultures for code in panels):
        return True
    return any(
        code in cultures
        for parent in _parents(reading, orders, order)
        for code in reading.codes(parent.obr, parent.obr.field(4))
    )


def state_susceptibility(
    reading: Reading,
    orders: Sequence[Order],
    order: Order,
    result: Result,
    status: FactStatus,
    key: str,
    at: Moment | None,
) -> None:
    """Note one drug."""
    obx = result.obx
    codes = reading.codes(obx, obx.field(3))
    organism, words = _organism(reading, orders, order, result)
    comparator = reading.text(obx, 5, 1) if obx.part(2).strip().upper() == "SN" else ""
    value = f"{comparator}{reading.text(obx, 5, 2)}" if comparator else reading.text(obx, 5)
    said = interpretation(reading, result)
    parents = _parents(reading, orders, order)
    specimens = (specimen_of(reading, one) for one in (order, *parents))
    body = Susceptibility(
        drug=reading.wording(obx, obx.field(3)),
        code="|".join(codes[0]) if codes else "",
        interpretation=said,
        text="" if value.upper() in _FLAGS or value.upper() in _WORDS else value,
        organism=organism,
        organism_text=words,
        specimen=next((one for one in specimens if one), ""),
    )
    author = author_of(reading, result)
    reading.state(FactKind.SUSCEPTIBILITY, organism, key, status, at, body, author, result.place)


def _parents(reading: Reading, orders: Sequence[Order], order: Order) -> list[Order]:
    """The orders of this message that OBR-29 names; where it names none, those before it, if OBR-26 is
    there.
    """
    named = {reading.text(order.obr, 29, component, 1) for component in (1, 2)} - {""}
    if named:
        return [one for one in orders if one is not order and named & _numbers(reading, one)]
    if reading.text(order.obr, 26) or reading.text(order.obr, 26, 2) or reading.text(order.obr, 26, 3):
        return [one for one in orders if one.number < order.number and one.obr]
    return []


def _numbers(reading: Reading, order: Order) -> set[str]:
    found = {reading.text(segment, field) for segment in (order.obr, order.orc) for field in (2, 3)}
    return found - {""}


def _organism(reading: Reading, orders: Sequence[Order], order: Order, result: Result) -> tuple[str, str]:
    """Key and words: by the same OBX-4 in the order or its parent, by the words of OBR-26, or the only one
    there is; else unknown.
    """
    parents = _parents(reading, orders, order)
    sub_id = reading.text(order.obr, 26, 2) if parents else reading.text(result.obx, 4).partition(".")[0]
    grown = [
        (reading.text(one.obx, 4).partition(".")[0], found)
        for each in (order, *parents)
        for one in each.results
        for found in organisms_in(reading, one)
    ]
    tied = [found for number, found in grown if sub_id and number == sub_id]
    if len(set(tied)) == 1:
        return tied[0]
    words = reading.text(order.obr, 26, 3)
    if words:
        return reading.profile.organisms.named(words) or "", words
    different = list(dict.fromkeys(found for _, found in grown))
    return different[0] if len(different) == 1 else ("", "")
