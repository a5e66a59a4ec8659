"""The value and unit of a result (OBX-2, OBX-5, OBX-6), or why they cannot be used.

Source: HL7 2.5.1 chapter 7.4.2 (OBX), 2.A.47 (NM), 2.A.70 (SN).
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from bridges.hl7.orders import Result
from bridges.hl7.profile import MeasurementRow
from bridges.hl7.reading import Reading, shown
from clinic_app.model.entries import Hold

_NUMBER = r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})"
_AMOUNT = re.compile(
    rf"(?P<comparator><=|>=|=<|=>|[<>=≤≥])?\s*(?P<number>{_NUMBER})\s*(?P<unit>[^\W0-9_].*|[%°/\[{{].*)?"
)
_COMPARATORS = {
    "": "",
    "=": "",
    "<": "<",
    "<=": "<=",
    "=<": "<=",
    "≤": "<=",
    ">": ">",
    ">=": ">=",
    "=>": ">=",
    "≥": ">=",
}
_TEXTS = ("ST", "TX", "FT", "")
_CODED = ("CE", "CWE", "CNE", "CF", "IS", "ID")
_RATIO_LIMIT = Decimal("1.5")
"""A share above this was sent in per cent: FEV1/FVC comes as 0.76 or as 76."""


@dataclass(frozen=True, slots=True)
class Amount:
    """What OBX-5 says: a number (with comparator and, in text, its own unit) or words."""

    number: Decimal | None
    text: str
    comparator: str = ""
    unit: str = ""


def amount_of(reading: Reading, result: Result, row: MeasurementRow) -> Amount | Hold | None:
    """The value; None where nothing was sent, or a text that stands for that; a hold where there is more or
    something else than one number or words."""
    obx = result.obx
    kind = obx.part(2).strip().upper()
    repetitions = obx.repetitions(5)
    meant = reading.meant(obx.field(5))
    if not meant or reading.profile.stands_for_nothing(meant):
        return None
    if kind in _CODED:
        return _coded(reading, result, row)
    if kind == "SN":
        return _structured(reading, result)
    if kind == "NM" or kind in _TEXTS:
        text = reading.whole(obx, 5) if kind in _TEXTS else reading.meant(obx.part(5))
        if kind == "NM" and len(repetitions) > 1:
            return _unreadable(result, "holds several values")
        return _written(reading, result, text, kind == "NM")
    return _unreadable(result, f"is of type {shown(kind)}, which holds no number")


def unit_of(reading: Reading, result: Result, row: MeasurementRow, amount: Amount) -> tuple[str, str] | Hold:
    """UCUM unit and the unit as sent, of a number; a hold where it is missing, unknown, or of another
    quantity."""
    sent = _sent_unit(reading, result) or amount.unit
    if not sent:
        if row.ratio and amount.number is not None:
            return ("1" if abs(amount.number) <= _RATIO_LIMIT else "%"), ""
        if row.blank_unit:
            return row.blank_unit, ""
        mend = f"Ask the sender to fill OBX-6, or set blank_unit of {row.key} in the profile."
        return Hold("UNKNOWN-UNIT", f"{result.place}-6 is empty, the unit of {row.series} is not known", mend)
    unit = _known_unit(reading, result, sent)
    if not unit:
        mend = f"Add {shown(sent)} to [units] in the profile."
        return Hold("UNKNOWN-UNIT", f"{result.place}-6: the unit {shown(sent)} is not in the profile", mend)
    if unit != row.unit and unit not in row.also and unit != row.blank_unit:
        mend = f"Ask the sender, or add {unit} to also of {row.key} in the profile if it is right."
        return Hold("UNKNOWN-UNIT", f"{result.place}-6: {shown(sent)} is no unit for {row.series}", mend)
    if row.ratio and unit == "%" and amount.number is not None and abs(amount.number) <= _RATIO_LIMIT:
        unit = "1"
    return unit, sent


def _sent_unit(reading: Reading, result: Result) -> str:
    """OBX-6 as sent; ``10^3/uL`` with its delimiter unescaped is one unit, not two components."""
    whole = reading.whole(result.obx, 6)
    if reading.profile.unit(whole):
        return whole
    return reading.text(result.obx, 6, 1, 1) or reading.text(result.obx, 6, 2)


def _known_unit(reading: Reading, result: Result, sent: str) -> str:
    found = reading.profile.unit(sent)
    if found:
        return found
    others = (reading.text(result.obx, 6, component) for component in (2, 4, 5))
    known = (reading.profile.unit(text) for text in others if text)
    return next((unit for unit in known if unit), "")


def _written(reading: Reading, result: Result, text: str, numeric: bool) -> Amount | Hold:
    plain = text
    if reading.profile.decimal_comma and text.count(",") == 1 and "." not in text:
        plain = text.replace(",", ".")
    found = _AMOUNT.fullmatch(plain)
    if found is None:
        if numeric or re.search(r"[0-9]", text):
            return _unreadable(result, "is not one number")
        return Amount(None, text)
    unit = found["unit"] or ""
    if unit and not reading.profile.unit(unit):
        return _unreadable(result, "holds more than a number and its unit")
    if unit and _differs_from_field(reading, result, unit):
        return _unreadable(result, "holds another unit than OBX-6")
    return Amount(Decimal(found["number"]), text, _COMPARATORS[found["comparator"] or ""], unit)


def _differs_from_field(reading: Reading, result: Result, unit: str) -> bool:
    sent = _sent_unit(reading, result)
    return bool(sent) and reading.profile.unit(unit) != _known_unit(reading, result, sent)


def _structured(reading: Reading, result: Result) -> Amount | Hold:
    """SN: comparator, number, and a separator with a second number where it is a ratio or a range (kept as
    words)."""
    obx = result.obx
    comparator, first, separator, second = (reading.text(obx, 5, component) for component in (1, 2, 3, 4))
    if len(obx.repetitions(5)) > 1:
        return _unreadable(result, "holds several values")
    if comparator not in _COMPARATORS or not re.fullmatch(_NUMBER, first):
        return _unreadable(result, "is not one number")
    text = f"{comparator}{first}{separator}{second}"
    if separator or second:
        return Amount(None, text)
    return Amount(Decimal(first), text, _COMPARATORS[comparator])


def _coded(reading: Reading, result: Result, row: MeasurementRow) -> Amount:
    """Words of a code; a code that is itself a whole number is the score of a row without a physical unit."""
    obx = result.obx
    written = obx.repetitions(5)[0]
    words = reading.wording(obx, written)
    code = reading.meant(obx.within(written, 1))
    if row.blank_unit and re.fullmatch(r"[0-9]{1,3}", code):
        return Amount(Decimal(code), words)
    return Amount(None, words)


def _unreadable(result: Result, reason: str) -> Hold:
    mend = "Look at the raw message; ask the sender to correct it and send again."
    return Hold("UNREADABLE-VALUE", f"{result.place}-5 {reason}", mend)
