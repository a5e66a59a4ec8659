"""Exact conversion between UCUM units, in fractions: °F, the survey inch and molar masses lose nothing.

Factors are exact by definition (international pound 0.45359237 kg, inch 2.54 cm). Mass is turned into amount
of substance only for a named molecule. Source: NIST Special Publication 811 (2008), appendix B; UCUM 2.1.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

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
    ("cL", "L"): Fraction(1, 100),
    ("dL", "L"): Fraction(1, 10),
    ("mL/s", "L/s"): Fraction(1, 1000),
    ("L/min", "L/s"): Fraction(1, 60),
    ("1", "%"): Fraction(100),
    ("{ratio}", "%"): Fraction(100),
    ("%", "1"): Fraction(1, 100),
    ("10*9/L", "10*3/uL"): Fraction(1),
    ("[IU]/mL", "k[IU]/L"): Fraction(1),
    ("k[IU]/L", "[IU]/mL"): Fraction(1),
}

_PREFIXES = {
    "": 0,
    "k": 3,
    "d": -1,
    "c": -2,
    "m": -3,
    "u": -6,
    "n": -9,
    "p": -12,
}
_CONCENTRATION = re.compile(r"([kdcmunp]?)(g|mol|kat|U|\[IU\])/([kdcmun]?)(L|g|mol)")

_UNITS_PER_KATAL = 60_000_000
"""One unit of an enzyme turns a micromole a minute, one katal a mole a second."""


@dataclass(frozen=True, slots=True)
class Line:
    """A value in another unit: ``value × factor + offset``."""

    factor: Fraction
    offset: Fraction = Fraction(0)

    def __call__(self, value: Fraction) -> Fraction:
        """The value in the other unit."""
        return value * self.factor + self.offset

    def back(self) -> "Line":
        """The same line the other way."""
        return Line(1 / self.factor, -self.offset / self.factor)


SAME = Line(Fraction(1))
_LINES: dict[tuple[str, str], Line] = {
    **{units: Line(factor) for units, factor in FACTORS.items()},
    ("[degF]", "Cel"): Line(Fraction(5, 9), Fraction(-160, 9)),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """In which unit a series is kept, and what else turns units of what it measures into it.

    Attributes:
        unit: UCUM unit.
        molar_mass: g/mol of the molecule; None where amounts of substance have no meaning.
        lines: agreed lines from other units, by unit.
    """

    unit: str
    molar_mass: Fraction | None = None
    lines: Mapping[str, Line] | None = None


def line_between(unit: str, to: str, kept: Kept | None = None) -> Line | None:
    """What turns `unit` into `to`; None where they do not belong together."""
    if unit == to:
        return SAME
    found = _LINES.get((unit, to)) or _concentrations(unit, to, kept)
    if found is not None or kept is None:
        return found
    agreed = kept.lines or {}
    if to == kept.unit and unit in agreed:
        return agreed[unit]
    return agreed[to].back() if unit == kept.unit and to in agreed else None


def is_concentration(unit: str) -> bool:
    """Whether a unit is an amount per volume, mass or amount, of the kinds in which laboratories report."""
    return bool(_CONCENTRATION.fullmatch(unit))


def _concentrations(unit: str, to: str, kept: Kept | None) -> Line | None:
    """Between concentrations: by their prefixes, and by the molar mass where one is mass and one is not."""
    one, other = _CONCENTRATION.fullmatch(unit), _CONCENTRATION.fullmatch(to)
    if one is None or other is None or one[4] != other[4]:
        return None
    factor = Fraction(10) ** (_size(one) - _size(other))
    if one[2] == other[2]:
        return Line(factor)
    if {one[2], other[2]} == {"U", "kat"}:
        return Line(factor / _UNITS_PER_KATAL if one[2] == "U" else factor * _UNITS_PER_KATAL)
    mass = kept.molar_mass if kept else None
    if mass is None or {one[2], other[2]} != {"g", "mol"}:
        return None
    return Line(factor / mass if one[2] == "g" else factor * mass)


def _size(concentration: re.Match[str]) -> int:
    return _PREFIXES[concentration[1]] - _PREFIXES[concentration[3]]
