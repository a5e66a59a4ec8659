"""Whether a value can be at all: the limits of a profile's row, checked after exact conversion to its unit.

Fractions, so that °F and the survey inch are exact too. Source: NIST Special Publication 811 (2008), appendix
B; UCUM 2.1.
"""

from decimal import Decimal
from fractions import Fraction

from bridges.hl7.profile import MeasurementRow

FACTORS: dict[tuple[str, str], Fraction] = {
    ("g", "kg"): Fraction(1, 1000),
    ("[lb_av]", "kg"): Fraction("0.45359237"),
    ("[oz_av]", "kg"): Fraction("0.028349523125"),
    ("[stone_av]", "kg"): Fraction("6.35029318"),
    ("m", "cm"): Fraction(100),
    ("mm", "cm"): Fraction(1, 10),
    ("[in_i]", "cm"): Fraction("2.54"),
    ("[in_us]", "cm"): Fraction(10000, 3937),
    ("[ft_i]", "cm"): Fraction("30.48"),
    ("mL", "L"): Fraction(1, 1000),
    ("1", "%"): Fraction(100),
    ("%", "1"): Fraction(1, 100),
    ("[degF]", "Cel"): Fraction(5, 9),
    ("10*9/L", "10*3/uL"): Fraction(1),
    ("k[IU]/L", "[IU]/mL"): Fraction(1),
}
_ZEROS = {"[degF]": 32}


def possible(row: MeasurementRow, value: Decimal, unit: str) -> bool:
    """Whether a value of ``unit`` lies within the limits of its row, which are inclusive.

    True where the row has none, and for a unit that a site took in and that is not known here.
    """
    factor = Fraction(1) if unit == row.limit_unit else FACTORS.get((unit, row.limit_unit))
    if factor is None:
        return True
    shift = _ZEROS.get(unit, 0) if unit != row.limit_unit else 0
    there = (Fraction(value) - shift) * factor
    return (row.low is None or there >= Fraction(row.low)) and (
        row.high is None or there <= Fraction(row.high)
    )


def span(row: MeasurementRow) -> str:
    """The limits in words: ``0.1 to 8 L``."""
    unit = row.limit_unit
    if row.low is None or row.high is None:
        return f"at least {row.low} {unit}" if row.high is None else f"at most {row.high} {unit}"
    return f"{row.low} to {row.high} {unit}"
