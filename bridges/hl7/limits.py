"""Whether a value can be at all: the limits of a profile's row, checked after exact conversion."""

from decimal import Decimal
from fractions import Fraction

from bridges.hl7.profile import MeasurementRow
from clinic_app.model.units import line_between


def possible(row: MeasurementRow, value: Decimal, unit: str) -> bool:
    """Whether a value of ``unit`` lies within the limits of its row, which are inclusive.

    True where the row has none, and for a unit that a site took in and that is not known here.
    """
    if unit == row.limit_unit:
        return (row.low is None or value >= row.low) and (row.high is None or value <= row.high)
    line = line_between(unit, row.limit_unit, row.kept)
    if line is None:
        return True
    there = line(Fraction(value))
    return (row.low is None or there >= Fraction(row.low)) and (
        row.high is None or there <= Fraction(row.high)
    )


def span(row: MeasurementRow) -> str:
    """The limits in words: ``0.1 to 8 L``."""
    unit = row.limit_unit
    if row.low is None or row.high is None:
        return f"at least {row.low} {unit}" if row.high is None else f"at most {row.high} {unit}"
    return f"{row.low} to {row.high} {unit}"
