"""Exact unit conversion in decimals, to the unit in which a kind of measurement is kept.

The factors are exact by definition (international pound 0.45359237 kg, inch 2.54 cm), so no digit is lost;
only the survey inch (100/3937 m) has no end in decimals and is rounded to 28 digits.
Units are UCUM codes. Source: NIST Special Publication 811 (2008), appendix B; UCUM 2.1.
"""

from decimal import Context, Decimal

from clinic_app.calc.numbers import Converted, Refusal

_EXACT = Context(prec=2000)
FACTORS: dict[tuple[str, str], Decimal] = {
    ("g", "kg"): Decimal("0.001"),
    ("[lb_av]", "kg"): Decimal("0.45359237"),
    ("[oz_av]", "kg"): Decimal("0.028349523125"),
    ("[stone_av]", "kg"): Decimal("6.35029318"),
    ("m", "cm"): Decimal(100),
    ("mm", "cm"): Decimal("0.1"),
    ("[in_i]", "cm"): Decimal("2.54"),
    ("[ft_i]", "cm"): Decimal("30.48"),
    ("mL", "L"): Decimal("0.001"),
    ("1", "%"): Decimal(100),
    ("{ratio}", "%"): Decimal(100),
    ("%", "1"): Decimal("0.01"),
}

RATIOS: dict[tuple[str, str], tuple[Decimal, Decimal]] = {("[in_us]", "cm"): (Decimal(10000), Decimal(3937))}
"""Factors that no decimal number can be."""
_ROUNDED = Context(prec=28)


def convert(value: Decimal, unit: str, to: str) -> Converted | Refusal:
    """`value` of `unit` in the unit `to`, exactly; a refusal for units that do not belong together."""
    if unit == to:
        return Converted(value, to, "")
    if (unit, to) in RATIOS:
        over, under = RATIOS[unit, to]
        exact = _ROUNDED.divide(_EXACT.multiply(value, over), under)
        return Converted(exact, to, f"{unit} × {over}/{under} = {to}")
    factor = FACTORS.get((unit, to))
    if factor is None:
        return Refusal("UNIT", f"{unit or 'no unit'} cannot be turned into {to}")
    return Converted(_EXACT.multiply(value, factor), to, f"{unit} × {factor} = {to}")
