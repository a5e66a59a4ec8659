"""Exact unit conversion."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.calc.numbers import Converted, Refusal
from clinic_app.calc.units import FACTORS, convert

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


@given(NUMBERS, st.sampled_from(sorted(FACTORS)))
def test_no_digit_is_lost(value: Decimal, units: tuple[str, str]) -> None:
    converted = convert(value, *units)
    assert isinstance(converted, Converted)
    assert Fraction(converted.value) == Fraction(value) * Fraction(FACTORS[units])


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
