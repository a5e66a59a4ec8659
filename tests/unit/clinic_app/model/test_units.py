"""Lines between units, held against Pint with UCUM's own definitions."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ucumvert import PintUcumRegistry

from clinic_app.model.units import FACTORS, SAME, Kept, Line, is_concentration, line_between

GLUCOSE = Kept("mg/dL", Fraction("180.156"))
PREFIXES = st.sampled_from(["", "k", "d", "c", "m", "u", "n", "p"])
LITRES = st.sampled_from(["L", "dL", "cL", "mL", "uL"])
WHAT = st.sampled_from(["g", "mol", "kat", "U", "[IU]"])
REGISTRY = PintUcumRegistry()


def by_pint(unit: str, to: str) -> float:
    one, other = (REGISTRY.from_ucum(text) for text in (unit, to))
    return float((1 * one).to(other.units).magnitude / getattr(other, "magnitude", 1))


@pytest.mark.parametrize("units", sorted(pair for pair in FACTORS if "{ratio}" not in pair))
def test_the_factors_are_those_of_pint(units: tuple[str, str]) -> None:
    assert float(FACTORS[units]) == pytest.approx(by_pint(*units), rel=1e-9)


@given(PREFIXES, PREFIXES, LITRES, LITRES, WHAT)
def test_concentrations_are_those_of_pint(one: str, other: str, per: str, per_other: str, what: str) -> None:
    unit, to = f"{one}{what}/{per}", f"{other}{what}/{per_other}"
    line = line_between(unit, to)
    assert line is not None and is_concentration(unit)
    assert float(line.factor) == pytest.approx(by_pint(unit, to), rel=1e-9)


def test_fahrenheit() -> None:
    line = line_between("[degF]", "Cel")
    assert line is not None
    assert [line(Fraction(degrees)) for degrees in (212, 32)] == [Fraction(100), Fraction(0)]
    assert line.back()(Fraction(37)) == Fraction("98.6")


def test_mass_becomes_substance_only_for_a_named_molecule() -> None:
    line = line_between("mg/dL", "mmol/L", GLUCOSE)
    assert line is not None and line(Fraction("180.156")) == 10
    assert line_between("mmol/L", "mg/dL", GLUCOSE) == line.back()
    assert line_between("mg/dL", "mmol/L") is None
    assert line_between("mg/dL", "mmol/L", Kept("mg/dL")) is None
    assert line_between("U/L", "mmol/L", GLUCOSE) is None


def test_enzymes_in_katal() -> None:
    line = line_between("ukat/L", "U/L")
    assert line is not None and line(Fraction("0.5")) == 30
    assert line_between("U/L", "ukat/L") == line.back()
    assert float(line.factor) == pytest.approx(by_pint("ukat/L", "umol/min/L"), rel=1e-9)


def test_agreed_lines_go_both_ways_and_only_between_their_units() -> None:
    kept = Kept("%", lines={"mmol/mol": Line(Fraction("0.09148"), Fraction("2.152"))})
    there, back = line_between("mmol/mol", "%", kept), line_between("%", "mmol/mol", kept)
    assert there is not None and back is not None
    assert there(Fraction(53)) == Fraction("7.00044")
    assert back(Fraction("7.00044")) == 53
    assert line_between("mmol/mol", "mmol/L", kept) is None
    assert line_between("kg", "%", kept) is None


@pytest.mark.parametrize(("unit", "to"), [("kg", "L"), ("mg/dL", "mg/g"), ("mg/dL", "kg"), ("", "kg")])
def test_what_does_not_belong_together(unit: str, to: str) -> None:
    assert line_between(unit, to) is None


def test_the_same_unit() -> None:
    assert line_between("foo", "foo") is SAME
    assert not is_concentration("mg") and not is_concentration("mg/dl")
