"""ORU: measurements and cultures. Source: HL7 2.5.1 chapter 7.3 (ORU), 7.4 (OBR, OBX), table 0085
(OBX-11)."""

from bridges.hl7 import limits
from bridges.hl7.cultures import culture_row, state_culture
from bridges.hl7.orders import Order, Result, author_of, note_of, order_key, orders_of, remark_empty, taken_at
from bridges.hl7.profile import Code, MeasurementRow
from bridges.hl7.quantities import Amount, amount_of, unit_of
from bridges.hl7.reading import Reading, named, shown
from bridges.hl7.susceptibilities import Isolates
from bridges.hl7.tokenizer import NULL
from clinic_app.model.bodies import Measurement
from clinic_app.model.entries import Hold
from clinic_app.model.facts import FactKind, FactStatus
from clinic_app.model.moment import Moment

STATUSES = {
    "O": FactStatus.REGISTERED,
    "I": FactStatus.REGISTERED,
    "S": FactStatus.PRELIMINARY,
    "R": FactStatus.PRELIMINARY,
    "P": FactStatus.PRELIMINARY,
    "F": FactStatus.FINAL,
    "U": FactStatus.FINAL,
    "V": FactStatus.FINAL,
    "B": FactStatus.FINAL,
    "C": FactStatus.CORRECTED,
    "A": FactStatus.CORRECTED,
    "D": FactStatus.WITHDRAWN,
    "W": FactStatus.WITHDRAWN,
    "X": FactStatus.WITHDRAWN,
}
"""OBX-11: ordered, pending, partial, not verified, preliminary, final (also U, V, B), corrected, deleted,
wrong, not done."""
_NOT_ASKED = "N"
_SPELLED = {"FINAL": "F", "CORRECTED": "C", "PRELIMINARY": "P", "PRELIM": "P", "DELETED": "D"}
_ORDER_STATUSES = frozenset("ISRPFC")
"""Values of OBR-25 that mean the same in OBX-11."""


def translate_oru(reading: Reading, trigger: str) -> None:
    """Note every result that the profile knows; hold those that it does not."""
    state_results(reading, orders_of(reading.message))


def state_results(reading: Reading, orders: list[Order]) -> None:
    """Note the results of these orders, as of an ORU."""
    isolates = Isolates(reading, orders)
    for order in orders:
        panels = reading.codes(order.obr, order.obr.field(4))
        if any(map(reading.profile.ignores_panel, panels)):
            reading.passed_over += len(order.results)
            continue
        for result in order.results:
            _result(reading, isolates, order, result, panels)


def _result(reading: Reading, isolates: Isolates, order: Order, result: Result, panels: list[Code]) -> None:
    profile, obx = reading.profile, result.obx
    codes = reading.codes(obx, obx.field(3))
    if any(profile.ignores(code) or code in profile.panels for code in codes):
        reading.passed_over += 1
        return
    status = _status(reading, order, result)
    if status is None:
        return
    culture = culture_row(reading, result, codes, panels)
    row = next((profile.measurements[code] for code in codes if code in profile.measurements), None)
    if culture is not None and culture.enabled:
        at, known = _when(reading, order, result)
        if known or status is FactStatus.WITHDRAWN:
            key = _key(reading, order, result, codes, at)
            state_culture(reading, order, result, culture, status, key, at)
    elif row is not None and row.enabled:
        at, known = _when(reading, order, result)
        if known or status is FactStatus.WITHDRAWN:
            _measurement(reading, result, row, status, _key(reading, order, result, codes, at), at)
    elif culture is not None or row is not None:
        reason = f"{result.place}-3: the code {named(codes)} is in the profile but not yet confirmed"
        mend = "Have someone check the code, then set enabled and confirmed in the profile, and replay."
        reading.hold("CODE-NOT-CONFIRMED", reason, mend)
    elif isolates.tells_of(order, result):
        at, known = _when(reading, order, result)
        if known or status is FactStatus.WITHDRAWN:
            isolates.state(order, result, status, _key(reading, order, result, codes, at), at)
    else:
        reason = f"{result.place}-3: the code {named(codes)} is not in the profile" if codes else ""
        mend = "Add the code to the profile, or to ignore.codes, and replay."
        reading.hold("UNKNOWN-CODE", reason or f"{result.place}-3 holds no code", mend)


def _measurement(
    reading: Reading, result: Result, row: MeasurementRow, status: FactStatus, key: str, at: Moment | None
) -> None:
    withdrawn = status is FactStatus.WITHDRAWN
    amount = amount_of(reading, result, row)
    if amount is None and not withdrawn:
        remark_empty(reading, result, status)
        return
    unit = (
        unit_of(reading, result, row, amount)
        if isinstance(amount, Amount) and amount.number is not None
        else None
    )
    held = next((found for found in (amount, unit) if isinstance(found, Hold)), None)
    held = held or _impossible(result, row, amount, unit)
    if held and not withdrawn:
        reading.holds.append(held)
        return
    # A withdrawal takes effect even where the value that is withdrawn cannot be read.
    known = amount if isinstance(amount, Amount) and not held else Amount(None, "")
    ucum, sent_unit = unit if isinstance(unit, tuple) else ("", "")
    body = Measurement(
        value=known.number,
        text=known.text,
        comparator=known.comparator,
        unit=ucum,
        sent_unit=sent_unit,
        name=reading.wording(result.obx, result.obx.field(3)),
        note=note_of(reading, result),
    )
    author = author_of(reading, result)
    reading.state(FactKind.MEASUREMENT, row.series, key, status, at, body, author, result.place)


def _impossible(
    result: Result, row: MeasurementRow, amount: Amount | Hold | None, unit: tuple[str, str] | Hold | None
) -> Hold | None:
    """Why a number is not recorded that nobody can have; the reason names the limits, not the number."""
    if not isinstance(amount, Amount) or amount.number is None or not isinstance(unit, tuple):
        return None
    if limits.possible(row, amount.number, unit[0]):
        return None
    reason = f"{result.place}-5 cannot be a value of {row.series} ({limits.span(row)})"
    mend = (
        "Look at the value with `commonground inbox show ID --raw`; if the sender meant another unit, map it"
        " in the profile and replay; else have it corrected."
    )
    return Hold("IMPLAUSIBLE-VALUE", reason, mend)


def _status(reading: Reading, order: Order, result: Result) -> FactStatus | None:
    """Status of a result; None where there is nothing to apply (held, or not asked for)."""
    obx = result.obx
    letter = reading.text(obx, 11).upper()
    letter = _SPELLED.get(letter, letter)
    if letter == _NOT_ASKED:
        reading.passed_over += 1
        return None
    if obx.field(5) == NULL:
        return FactStatus.WITHDRAWN
    if not letter:
        ordered = reading.text(order.obr, 25).upper()
        return STATUSES[ordered] if ordered in _ORDER_STATUSES else reading.profile.blank_status
    if letter in STATUSES:
        return STATUSES[letter]
    mend = "Ask the sender which status of table 0085 is meant."
    reading.hold("UNKNOWN-STATUS", f"{result.place}-11: the status {shown(letter)} is not known", mend)
    return None


def _when(reading: Reading, order: Order, result: Result) -> tuple[Moment | None, bool]:
    """OBX-14, else OBR-7, else the time at which the specimen was taken (SPM-17).

    False beside it where one of them was sent and cannot be read: a value at no time, or at another one,
    would stand in the wrong place of a series.
    """
    holds = len(reading.holds)
    found = reading.moment(result.obx, 14, at=result.place)
    found = found or reading.moment(order.obr, 7, at=f"OBR[{order.number}]")
    readable = len(reading.holds) == holds
    if found is None and order.specimens:
        found, taken = taken_at(reading, order)
        readable = readable and taken
    return found, readable


def _key(reading: Reading, order: Order, result: Result, codes: list[Code], at: Moment | None) -> str:
    """Order, OBX-3 and OBX-4. Without an order number the time stands for it, without a time the value does.

    So a message that is sent again under another control id states the same thing, not a second one.
    """
    code = " ".join(codes[0]) if codes else ""
    named = order_key(reading, order)
    if not named:
        panel = reading.text(order.obr, 4)
        named = f"at:{at.text}|{panel}" if at else f"value:{reading.meant(result.obx.field(5))}|{panel}"
    return f"{named}|{code}|{reading.text(result.obx, 4)}"
