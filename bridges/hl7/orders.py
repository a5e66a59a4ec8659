"""The orders of an ORU: which results, notes and specimens belong to which OBR, and what names the order.

hl7apy's groups are not used: results outside an order, before ORC, or of unknown structure must not fall
away.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bridges.hl7.reading import Reading
from bridges.hl7.tokenizer import Message, Segment
from clinic_app.model.facts import FactStatus
from clinic_app.model.moment import Moment

FILLER_FIRST = (("filler", 3), ("placer", 2))
"""A result is known by the number of the laboratory that made it."""
_LONG = 2000
"""Most characters of an order's notes that stand with each of its results."""


@dataclass(slots=True)
class Result:
    """One OBX, its number in the whole message (from 1), and the NTE that follow it."""

    obx: Segment
    number: int
    notes: list[Segment] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Where it stands, as reasons name it: ``OBX[3]``."""
        return f"OBX[{self.number}]"


@dataclass(slots=True)
class Order:
    """ORC and OBR (empty where they were not sent) with what follows them until the next.

    Attributes:
        notes: the NTE before the first result.
        key, specimen, taken, said: see `order_key`, `cultures.specimen_of`, `taken_at` and `said_of`.
    """

    orc: Segment
    obr: Segment
    number: int
    results: list[Result] = field(default_factory=list)
    specimens: list[Segment] = field(default_factory=list)
    notes: list[Segment] = field(default_factory=list)
    # What is the same for all its results, once it was asked for: a message may have thousands of them.
    key: str | None = None
    specimen: str | None = None
    taken: tuple[Moment | None, bool] | None = None
    said: str | None = None


def orders_of(message: Message) -> list[Order]:
    """All orders in turn; results before the first OBR belong to an order without OBR."""
    nothing = Segment("", message.separators)
    orders = [Order(nothing, nothing, 0)]
    common, noted, results = nothing, False, 0
    for segment in message.segments:
        name = segment.name
        if name == "OBX":
            results += 1
            orders[-1].results.append(Result(segment, results))
        elif name == "NTE":
            (orders[-1].results[-1] if noted else orders[-1]).notes.append(segment)
        elif name == "OBR":
            orders.append(Order(common, segment, len(orders)))
            common = nothing
        elif name == "ORC":
            common = segment
        elif name == "SPM":
            orders[-1].specimens.append(segment)
        noted = name == "OBX" or (name == "NTE" and noted)
    return orders


def order_key(reading: Reading, order: Order, numbers: Sequence[tuple[str, int]] = FILLER_FIRST) -> str:
    """What names the order: by default the filler number (OBR-3, ORC-3), else the placer number (OBR-2,
    ORC-2); empty where none was sent."""
    if numbers is not FILLER_FIRST:
        return _key_by(reading, order, numbers)
    if order.key is None:
        order.key = _key_by(reading, order, numbers)
    return order.key


def _key_by(reading: Reading, order: Order, numbers: Sequence[tuple[str, int]]) -> str:
    for name, number in numbers:
        for segment in (order.obr, order.orc):
            parts = (reading.text(segment, number, component) for component in (1, 2))
            text = "^".join(parts).rstrip("^")
            if text:
                return f"{name}:{text}"
    return ""


def taken_at(reading: Reading, order: Order) -> tuple[Moment | None, bool]:
    """When the specimen was taken (the first SPM-17 there is); True beside it unless one cannot be read."""
    if order.taken is None:
        holds, found = len(reading.holds), None
        for specimen in order.specimens:
            found = found or reading.moment(specimen, 17)
        order.taken = found, len(reading.holds) == holds
    return order.taken


def said_of(reading: Reading, order: Order, result: Result) -> str:
    """The notes of the whole order, as they belong to one of its results; long ones to the first only, so
    that thousands of results do not repeat thousands of lines.
    """
    if order.said is None:
        order.said = "; ".join(text for note in order.notes if (text := reading.whole(note, 3)))
    return order.said if len(order.said) <= _LONG or result is order.results[0] else ""


def note_of(reading: Reading, result: Result, of_order: str = "") -> str:
    """What else was said of a result: abnormal flag, method, device, and the notes that follow it; then what
    was said of its whole order.
    """
    obx = result.obx
    parts: list[str] = []
    if obx.field(8):
        flags = [reading.meant(obx.within(written, 1)) for written in obx.repetitions(8)]
        parts += [f"flag {flag}" for flag in flags if flag not in ("", "N")]
    if len(obx.fields) > 17:
        parts += [reading.wording(obx, written) for written in obx.repetitions(17)]
        parts.append(reading.text(obx, 18))
    parts += [reading.whole(note, 3) for note in result.notes]
    parts.append(of_order)
    return "; ".join(part for part in parts if part) if parts else ""


def author_of(reading: Reading, result: Result) -> str:
    """Who observed it (OBX-16), else who produced it (OBX-15, OBX-23)."""
    obx = result.obx
    if len(obx.fields) <= 15:
        return ""
    person = (reading.text(obx, 16, 3), reading.text(obx, 16, 2, 1))
    name = " ".join(part for part in person if part) or reading.text(obx, 16)
    return name or reading.text(obx, 15, 2) or reading.text(obx, 15) or reading.text(obx, 23)


def remark_empty(reading: Reading, result: Result, status: FactStatus) -> None:
    """Say that a result came without a value; one that corrects an earlier one, or only changes its status,
    is held: what stands on the screen no longer does."""
    if reading.text(result.obx, 11).upper() == "U":
        mend = "Ask the sender to send the result itself with its final status."
        reading.hold("UNREADABLE-VALUE", f"{result.place} changes a status (U) without the value", mend)
    elif status is FactStatus.CORRECTED:
        mend = "Ask the sender to send the result with its new value, or to delete it (OBX-11 D)."
        reading.hold(
            "UNREADABLE-VALUE", f"{result.place} corrects a result without saying the new value", mend
        )
    else:
        reading.remark("EMPTY-RESULT", f"{result.place}-5 is empty, so there was nothing to record")
