"""ORM and OML: what was ordered, so that what is due can be told from what is on its way.

Source: HL7 2.5.1 chapter 4.4 (ORM O01, OML O21), 4.5 (ORC, OBR); tables 0119 (ORC-1), 0038 (ORC-5).
"""

from bridges.hl7.orders import Order as Requested
from bridges.hl7.orders import order_key, orders_of
from bridges.hl7.reading import Reading, shown
from bridges.hl7.translate_rde import translate_rde
from clinic_app.model.bodies import Order
from clinic_app.model.facts import FactKind, FactStatus

CONTROLS = {
    "": "ordered",
    "NW": "ordered",
    "OK": "ordered",
    "NA": "ordered",
    "SN": "ordered",
    "XO": "ordered",
    "XX": "ordered",
    "XR": "ordered",
    "RO": "ordered",
    "RP": "ordered",
    "RU": "ordered",
    "PA": "ordered",
    "CH": "ordered",
    "RL": "ordered",
    "RE": "done",
    "CA": "cancelled",
    "CR": "cancelled",
    "OC": "cancelled",
    "DC": "cancelled",
    "DR": "cancelled",
    "OD": "cancelled",
    "UA": "cancelled",
}
"""ORC-1; what is neither here nor a change of status (SC, SR, SS) is looked at by a person."""
STATES = {
    "A": "under_way",
    "IP": "under_way",
    "SC": "ordered",
    "HD": "ordered",
    "CM": "done",
    "CA": "cancelled",
    "DC": "cancelled",
    "RP": "cancelled",
    "ER": "cancelled",
}
"""ORC-5, which says more than an order control that only reports."""
_REPORTS = frozenset({"SC", "SR", "SS"})
_MEDICINES = ("RXO", "RXE")


def translate_orm(reading: Reading, trigger: str) -> None:
    """Note every order of a test (OBR); an older ORM may hold prescriptions (RXO) instead."""
    for order in orders_of(reading.message):
        if order.obr:
            _order(reading, order)
    if any(reading.message.all(name) for name in _MEDICINES) and not reading.message.all("OBR"):
        translate_rde(reading, trigger)


def _order(reading: Reading, order: Requested) -> None:
    place = f"OBR[{order.number}]"
    codes = reading.codes(order.obr, order.obr.field(4))
    words = reading.wording(order.obr, order.obr.field(4))
    key = order_key(reading, order)
    if not words or not key:
        field = "4" if not words else "2 and -3"
        mend = "Ask the sender to number the order and to name what is ordered."
        reading.hold(
            "UNREADABLE-VALUE", f"{place}-{field} is empty, the order cannot be told from others", mend
        )
        return
    state = _state(reading, order)
    if not state:
        return
    due = reading.moment(order.orc, 7, 4) or reading.moment(order.obr, 27, 4, at=place)
    due = due or reading.moment(order.obr, 7, at=place) or reading.moment(order.obr, 6, at=place)
    body = Order(words, "|".join(codes[0]) if codes else "", state, due)
    at = reading.moment(order.orc, 9) or due
    author = " ".join(
        part for part in (reading.text(order.orc, 12, 3), reading.text(order.orc, 12, 2, 1)) if part
    )
    ends = state in ("done", "cancelled")
    key = f"order:{key}|{body.code}"
    reading.state(FactKind.ORDER, "", key, FactStatus.FINAL, at, body, author, place, ends=ends)


def _state(reading: Reading, order: Requested) -> str:
    """State of the order; empty where it was held."""
    control, status = reading.text(order.orc, 1).upper(), reading.text(order.orc, 5).upper()
    if control in _REPORTS:
        control = ""
    elif control not in CONTROLS:
        mend = "Look at the raw message; ask the sender which order control of table 0119 is meant."
        place = f"ORC[{order.number}]-1"
        reading.hold("UNKNOWN-STATUS", f"{place}: the order control {shown(control)} is not read", mend)
        return ""
    state = CONTROLS[control]
    return state if state == "cancelled" else STATES.get(status, state)
