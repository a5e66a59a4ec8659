"""ORM and OML: what was ordered, so that what is due can be told from what is on its way.

An order is known by the placer's number: the filler's comes later. Source: HL7 2.5.1 chapter 4.4 (ORM O01,
OML O21), 4.5 (ORC, OBR, TQ1); tables 0119 (ORC-1), 0038 (ORC-5).
"""

from bridges.hl7.orders import Order as Requested
from bridges.hl7.orders import order_key, orders_of
from bridges.hl7.profile import Code
from bridges.hl7.reading import Reading, shown
from bridges.hl7.tokenizer import Message, Segment
from bridges.hl7.translate_rde import prescriptions_of, state_prescription, stops
from clinic_app.model.bodies import Order
from clinic_app.model.facts import FactKind, FactStatus

CONTROLS = {
    "": "ordered",
    "NW": "ordered",
    "OK": "ordered",
    "OE": "ordered",
    "OP": "ordered",
    "NA": "ordered",
    "SN": "ordered",
    "XO": "ordered",
    "XX": "ordered",
    "XR": "ordered",
    "RO": "ordered",
    "PA": "ordered",
    "CH": "ordered",
    "RL": "ordered",
    "OR": "ordered",
    "HD": "on_hold",
    "OH": "on_hold",
    "HR": "on_hold",
    "RE": "done",
    "CA": "cancelled",
    "CR": "cancelled",
    "OC": "cancelled",
    "DC": "cancelled",
    "DR": "cancelled",
    "OD": "cancelled",
    "UA": "cancelled",
    "RP": "cancelled",
    "RQ": "cancelled",
    "RU": "cancelled",
}
"""ORC-1; RP, RQ and RU speak of the order that another one (RO) replaces. What is neither here nor a change
of status (SC, SR, SS) is looked at by a person."""
STATES = {
    "A": "under_way",
    "IP": "under_way",
    "SC": "ordered",
    "HD": "on_hold",
    "CM": "done",
    "CA": "cancelled",
    "DC": "cancelled",
    "RP": "cancelled",
}
"""ORC-5, which says more than an order control that only reports."""
_ERROR = "ER"
_REPORTS = frozenset({"SC", "SR", "SS"})
_DETAILS = frozenset({"OBR", "RXO", "RXE", "RQD", "RQ1", "ODS", "ODT"})
"""What an ORC may be followed by that says what is ordered; diets and supplies are not read."""
_PLACER_FIRST = (("placer", 2), ("filler", 3))


def translate_orm(reading: Reading, trigger: str) -> None:
    """Note every order of a test (OBR); an older ORM may hold prescriptions (RXO) as well."""
    timings, prescriptions = _timings(reading.message), prescriptions_of(reading.message)
    for order in orders_of(reading.message):
        if order.obr:
            _order(reading, order, timings[id(order.obr)])
    without = _without_details(reading.message)
    for order in without:
        _only_number(reading, order)
    # In an ORM, what a number stops may as well be a prescription; in an OML it is a test.
    old = reading.message.first("MSH").part(9).strip().upper() == "ORM"
    stopped = {id(one.orc) for one in without if old and stops(reading, one.orc)}
    for prescription in prescriptions:
        if prescription.rxe or prescription.rxo or id(prescription.orc) in stopped:
            state_prescription(reading, prescription)


def _timings(message: Message) -> dict[int, Segment]:
    """The TQ1 of each OBR: before it (after its ORC) or behind it."""
    nothing = Segment("", message.separators)
    found: dict[int, Segment] = {}
    waiting, last = nothing, None
    for segment in message.segments:
        if segment.name == "ORC":
            waiting, last = nothing, None
        elif segment.name == "OBR":
            found[id(segment)], waiting, last = waiting, nothing, segment
        elif segment.name == "TQ1" and last is None:
            waiting = waiting or segment
        elif segment.name == "TQ1" and last is not None:
            found[id(last)] = found[id(last)] or segment
    return found


def _without_details(message: Message) -> list[Requested]:
    """Each ORC that is followed by nothing that says what is ordered: it speaks of an order sent before."""
    nothing = Segment("", message.separators)
    found: list[Requested] = []
    number, open_ = 0, False
    for segment in message.segments:
        if segment.name == "ORC":
            number, open_ = number + 1, True
            found.append(Requested(segment, nothing, number))
        elif open_ and segment.name in _DETAILS:
            found.pop()
            open_ = False
    return found


def _only_number(reading: Reading, order: Requested) -> None:
    """A change of an order, of which the message gives only the number."""
    place = f"ORC[{order.number}]"
    state, key = _state(reading, order, place), order_key(reading, order, _PLACER_FIRST)
    if not state:
        return
    if not key or (state == "ordered" and reading.text(order.orc, 1).upper() not in _REPORTS):
        mend = "Ask the sender to number the order and to name what is ordered."
        reading.hold("UNREADABLE-VALUE", f"{place}: nothing says what is ordered", mend)
        return
    _note(reading, order, key, Order("", "", state), "", place)


def _order(reading: Reading, order: Requested, timing: Segment) -> None:
    place = f"OBR[{order.number}]"
    codes = reading.codes(order.obr, order.obr.field(4))
    words = reading.wording(order.obr, order.obr.field(4))
    key = order_key(reading, order, _PLACER_FIRST)
    if not words or not key:
        field = "4" if not words else "2 and -3"
        mend = "Ask the sender to number the order and to name what is ordered."
        reading.hold(
            "UNREADABLE-VALUE", f"{place}-{field} is empty, the order cannot be told from others", mend
        )
        return
    state = _state(reading, order, f"ORC[{order.number}]")
    if not state:
        return
    due = reading.moment(timing, 7) or reading.moment(order.obr, 27, 4, at=place)
    due = due or reading.moment(order.orc, 7, 4) or reading.moment(order.obr, 36, at=place)
    due = due or reading.moment(order.obr, 7, at=place) or reading.moment(order.obr, 6, at=place)
    body = Order(words, "|".join(codes[0]) if codes else "", state, due)
    _note(reading, order, key, body, _series(reading, codes), place)


def _note(reading: Reading, order: Requested, key: str, body: Order, series: str, place: str) -> None:
    at = reading.moment(order.orc, 9) or body.due
    people = ((order.orc, 12), (order.obr, 16))
    names = (
        " ".join(part for part in (reading.text(one, field, 3), reading.text(one, field, 2, 1)) if part)
        for one, field in people
    )
    author = next((name for name in names if name), "")
    ends = ("done", "cancelled").index(body.state) + 1 if body.state in ("done", "cancelled") else 0
    reading.state(
        FactKind.ORDER, series, f"order:{key}", FactStatus.FINAL, at, body, author, place, ends=ends
    )


def _series(reading: Reading, codes: list[Code]) -> str:
    """What the results will be, by the codes that also name results; empty where the profile does not
    know."""
    for code in codes:
        row = reading.profile.measurements.get(code)
        if row is not None and row.enabled:
            return row.series
        culture = reading.profile.cultures.get(code)
        if culture is not None and culture.enabled:
            return "culture"
    return ""


def _state(reading: Reading, order: Requested, place: str) -> str:
    """State of the order; empty where it was held."""
    control, status = reading.text(order.orc, 1).upper(), reading.text(order.orc, 5).upper()
    if control in _REPORTS:
        control = ""
    unread = (1, control) if control not in CONTROLS else (5, status) if status == _ERROR else None
    if unread:
        field, said = unread
        mend = "Look at the raw message; ask the sender what became of the order (tables 0119 and 0038)."
        reading.hold("UNKNOWN-STATUS", f"{place}-{field}: {shown(said)} does not say what became of it", mend)
        return ""
    state = CONTROLS[control]
    return state if state == "cancelled" else STATES.get(status, state)
