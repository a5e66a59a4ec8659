"""Exact unit conversion."""

import re
import tomllib
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.calc.numbers import Converted, Refusal
from clinic_app.calc.units import convert, read_kept_units
from clinic_app.model.units import FACTORS, Kept, Line
from clinic_app.system.resources import Resources

NUMBERS = st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, allow_infinity=False, places=6)


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        ("150", "[lb_av]", "kg", "68.03885550"),
        ("11", "[stone_av]", "kg", "69.85322498"),
        ("3937", "[in_us]", "cm", "10000"),
        ("68", "[in_us]", "cm", "172.7203454406908813817627635"),
        ("16", "[oz_av]", "kg", "0.453592370000"),
        ("3450", "g", "kg", "3.450"),
        ("68", "[in_i]", "cm", "172.72"),
        ("6", "[ft_i]", "cm", "182.88"),
        ("1.72", "m", "cm", "172.00"),
        ("1720", "mm", "cm", "172.0"),
        ("2350", "mL", "L", "2.350"),
        ("0.76", "1", "%", "76.00"),
        ("76", "%", "1", "0.76"),
    ],
)
def test_known_conversions_are_exact(value: str, unit: str, to: str, expected: str) -> None:
    converted = convert(Decimal(value), unit, to)
    assert isinstance(converted, Converted)
    assert str(converted.value) == expected
    assert converted.unit == to
    assert unit in converted.method and to in converted.method


def test_the_same_unit_keeps_every_digit_and_names_no_method() -> None:
    assert convert(Decimal("2.350"), "L", "L") == Converted(Decimal("2.350"), "L", "")


@pytest.mark.parametrize(("unit", "to"), [("kg", "L"), ("stone", "kg"), ("", "kg")])
def test_units_that_do_not_belong_together_are_refused(unit: str, to: str) -> None:
    refusal = convert(Decimal(1), unit, to)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "UNIT" and to in refusal.reason


ENDLESS = {("[in_us]", "cm"), ("L/min", "L/s")}
"""Conversions whose results mostly have no end in decimals."""


@given(NUMBERS, st.sampled_from(sorted(set(FACTORS) - ENDLESS)))
def test_no_digit_is_lost(value: Decimal, units: tuple[str, str]) -> None:
    converted = convert(value, *units)
    assert isinstance(converted, Converted)
    assert Fraction(converted.value) == Fraction(value) * FACTORS[units]


@given(NUMBERS, st.sampled_from(sorted(ENDLESS)))
def test_what_has_no_end_is_right_to_28_digits(value: Decimal, units: tuple[str, str]) -> None:
    converted = convert(value, *units)
    assert isinstance(converted, Converted)
    exact = Fraction(value) * FACTORS[units]
    assert abs(Fraction(converted.value) - exact) <= abs(exact) / 10**27


KEPT = read_kept_units(Resources().text("reference/units/laboratory.toml"))


@pytest.mark.parametrize(
    ("series", "value", "unit", "expected", "method"),
    [
        ("lab_glucose_fasting", "5.4", "mmol/L", "97.28424", "mmol/L × 18.0156 = mg/dL"),
        ("lab_glucose_fasting", "5400", "umol/L", "97.2842400", "umol/L × 0.0180156 = mg/dL"),
        ("lab_glucose_fasting_sub", "100", "mg/dL", "5.550744910", "mmol/L × 18.0156 = mg/dL"),
        ("lab_vitamin_d_25oh", "75", "nmol/L", "30.048525", "nmol/L × 0.400647 = ng/mL"),
        ("lab_hba1c", "53", "mmol/mol", "7.00044", "mmol/mol × 0.09148 + 2.152 = %"),
        ("temperature", "98.6", "[degF]", "37", "Cel × 1.8 + 32 = [degF]"),
        ("lab_platelets", "250", "10*9/L", "250", "10*9/L × 1 = 10*3/uL"),
    ],
)
def test_laboratory_units(series: str, value: str, unit: str, expected: str, method: str) -> None:
    kept = KEPT[series]
    converted = convert(Decimal(value), unit, kept.unit, kept)
    assert isinstance(converted, Converted)
    assert abs(converted.value - Decimal(expected)) < Decimal("1e-9")
    assert (converted.unit, converted.method) == (kept.unit, method)


def test_a_line_without_an_end_either_way_is_told_as_a_fraction() -> None:
    kept = Kept("%", lines={"x": Line(Fraction(7, 3), Fraction(1, 3))})
    converted = convert(Decimal(3), "x", "%", kept)
    assert isinstance(converted, Converted)
    assert (str(converted.value)[:6], converted.method) == ("7.3333", "x × 7/3 + 1/3 = %")
    bare = convert(Decimal(3), "x", "%", Kept("%", lines={"x": Line(Fraction(7, 3))}))
    assert isinstance(bare, Converted) and bare.method == "x × 7/3 = %"


def test_molar_masses_are_those_of_their_formulas() -> None:
    """By the abridged standard atomic weights of IUPAC 2021."""
    weights = {"H": "1.008", "C": "12.011", "N": "14.007", "O": "15.999"}
    rows = tomllib.loads(Resources().text("reference/units/laboratory.toml"))["analyte"]
    with_mass = [row for row in rows if "molar_mass" in row]
    assert len(with_mass) == 6
    for row in with_mass:
        parts = re.findall("([A-Z])([0-9]*)", row["formula"])
        assert sum(Decimal(weights[atom]) * int(number or 1) for atom, number in parts) == Decimal(
            row["molar_mass"]
        )


@pytest.mark.parametrize("text", ["x = 1", "[[analyte]]\nname = 'a'\nseries = ['s', 's2']"])
def test_a_table_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(KeyError):
        read_kept_units(text)


def test_a_series_stands_once() -> None:
    row = "[[analyte]]\nname = 'a'\nseries = ['s']\nunit = '%'\n"
    with pytest.raises(ValueError, match="twice"):
        read_kept_units(row + row)


@given(NUMBERS)
def test_fraction_and_per_cent_are_inverse(value: Decimal) -> None:
    there = convert(value, "1", "%")
    assert isinstance(there, Converted)
    back = convert(there.value, "%", "1")
    assert isinstance(back, Converted) and back.value == value


@given(NUMBERS, NUMBERS, st.sampled_from(sorted(FACTORS)))
def test_order_is_kept(one: Decimal, other: Decimal, units: tuple[str, str]) -> None:
    first, second = convert(one, *units), convert(other, *units)
    assert isinstance(first, Converted) and isinstance(second, Converted)
    assert (first.value < second.value) == (one < other)
