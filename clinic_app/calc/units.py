"""Unit conversion in decimals, to the unit in which a kind of measurement is kept.

Exact wherever the result has an end in decimals; else (the survey inch is 100/3937 m, a molar mass divides)
rounded to 28 digits. Units are UCUM codes; factors and their source are those of `clinic_app.model.units`.
"""

import tomllib
from decimal import Context, Decimal
from fractions import Fraction

from clinic_app.calc.numbers import Converted, Refusal
from clinic_app.model.units import Kept, Line, line_between

_EXACT = Context(prec=2000)
_ROUNDED = Context(prec=28)


def convert(value: Decimal, unit: str, to: str, kept: Kept | None = None) -> Converted | Refusal:
    """`value` of `unit` in the unit `to`; a refusal for units that do not belong together.

    Args:
        value: as sent.
        unit: its UCUM unit.
        to: the UCUM unit that is wanted.
        kept: what is known of the thing that was measured (molar mass, agreed lines).
    """
    line = line_between(unit, to, kept)
    if line is None:
        return Refusal("UNIT", f"{unit or 'no unit'} cannot be turned into {to}")
    if unit == to:
        return Converted(value, to, "")
    return Converted(_applied(value, line), to, _told(line, unit, to))


def read_kept_units(text: str) -> dict[str, Kept]:
    """The units in which laboratory series are kept, by series, from the text of
    ``reference/units/laboratory.toml``.

    Raises ValueError, KeyError or TypeError for a text that is no such table.
    """
    kept: dict[str, Kept] = {}
    for row in tomllib.loads(text)["analyte"]:
        lines = (
            {str(row["from"]): Line(Fraction(row["factor"]), Fraction(row["offset"]))}
            if "from" in row
            else {}
        )
        mass = Fraction(row["molar_mass"]) if "molar_mass" in row else None
        if any(series in kept for series in row["series"]):
            raise ValueError(f"a series of {row['name']} is named twice")
        kept.update((str(series), Kept(str(row["unit"]), mass, lines)) for series in row["series"])
    return kept


def _applied(value: Decimal, line: Line) -> Decimal:
    factor, offset = _decimal(line.factor), _decimal(line.offset)
    if factor is not None and offset is not None:
        scaled = _EXACT.multiply(value, factor)
        return _EXACT.add(scaled, offset) if offset else scaled
    there = line(Fraction(value))
    return _ROUNDED.divide(Decimal(there.numerator), Decimal(there.denominator))


def _told(line: Line, unit: str, to: str) -> str:
    """The line in words, in the direction in which its numbers have an end: ``mmol/L × 18.0156 = mg/dL``."""
    for way, one, other in ((line, unit, to), (line.back(), to, unit)):
        factor, offset = _decimal(way.factor), _decimal(way.offset)
        if factor is not None and offset is not None:
            return f"{one} × {_plain(factor)}{f' + {_plain(offset)}' if offset else ''} = {other}"
    factor_text = f"{line.factor.numerator}/{line.factor.denominator}"
    added = f" + {line.offset}" if line.offset else ""
    return f"{unit} × {factor_text}{added} = {to}"


def _decimal(number: Fraction) -> Decimal | None:
    """The same number as a decimal; None where it has no end."""
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return _EXACT.divide(Decimal(number.numerator), Decimal(number.denominator)) if rest == 1 else None


def _plain(number: Decimal) -> str:
    return f"{number:f}"
