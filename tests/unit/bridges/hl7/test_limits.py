"""Limits of values, checked after exact conversion."""

from decimal import Decimal
from fractions import Fraction

import pytest

from bridges.hl7.limits import possible, span
from bridges.hl7.profile import MeasurementRow
from clinic_app.model.units import Kept, line_between
from tests.unit.bridges.hl7.messages import generic, site

OWN = """
[[measurement]]
key = "own"
system = "L"
code = "LUFU1"
name = "FEV1"
status = "site"
source = "handbook"
series = "fev1"
unit = "{unit}"
{more}
"""


def row(unit: str, low: str | None, high: str | None) -> MeasurementRow:
    least, most = (None if limit is None else Decimal(limit) for limit in (low, high))
    return MeasurementRow("x", "x", unit, low=least, high=most, limit_unit=unit)


@pytest.mark.parametrize(
    ("unit", "sent", "inside", "outside"),
    [
        ("L", "L", ("0.1", "8", "8.0"), ("0.0999", "8.0001", "-1")),
        ("L", "mL", ("100", "8000"), ("99.9", "8000.1")),
        ("Cel", "[degF]", ("32.18", "46.4"), ("32.1799", "46.4001")),
        ("cm", "[in_us]", ("0.03937", "3.1496"), ("0.0393", "3.1497")),
    ],
)
def test_limits_are_inclusive_in_every_unit(
    unit: str, sent: str, inside: tuple[str, ...], outside: tuple[str, ...]
) -> None:
    limited = row(unit, "0.1", "8")
    assert all(possible(limited, Decimal(value), sent) for value in inside)
    assert not any(possible(limited, Decimal(value), sent) for value in outside)


def test_one_limit_none_and_a_unit_that_is_not_known() -> None:
    huge = Decimal("9" * 20)
    assert possible(row("L", None, None), huge, "L")
    assert possible(row("L", "1", None), huge, "L") and not possible(row("L", "1", None), -huge, "L")
    assert possible(row("L", None, "1"), -huge, "L") and not possible(row("L", None, "1"), huge, "L")
    assert possible(row("L", "0", "1"), huge, "cup")


def test_limits_hold_for_the_amount_of_substance_too() -> None:
    glucose = MeasurementRow(
        "g", "lab_g", "mmol/L", low=Decimal(5), high=Decimal(2500), limit_unit="mg/dL",
        kept=Kept("mg/dL", Fraction("180.156")),
    )  # fmt: skip
    assert possible(glucose, Decimal("5.4"), "mmol/L")
    assert not possible(glucose, Decimal("0.2"), "mmol/L") and not possible(glucose, Decimal(140), "mmol/L")


def test_limits_in_words() -> None:
    assert span(row("L", "0.1", "8")) == "0.1 to 8 L"
    assert span(row("L", "0.1", None)) == "at least 0.1 L"
    assert span(row("L", None, "8")) == "at most 8 L"


def test_every_unit_of_a_limited_row_of_the_shipped_profile_can_be_checked() -> None:
    for found in generic().measurements.values():
        assert found.low is not None and found.high is not None
        assert all(line_between(unit, found.unit) for unit in found.also)


def test_a_sites_own_code_has_the_limits_of_its_series_unless_it_has_some() -> None:
    code = ("L", "LUFU1")
    own = site(OWN.format(unit="L", more="")).measurements[code]
    assert (own.low, own.high) == (Decimal("0.1"), Decimal(8))
    assert site(OWN.format(unit="L", more="low = 0.25")).measurements[code].low == Decimal("0.25")
    assert site(OWN.format(unit="L", more="low = 0.25")).measurements[code].high is None
    millilitres = site(OWN.format(unit="mL", more="")).measurements[code]
    assert possible(millilitres, Decimal(2100), "mL") and not possible(millilitres, Decimal("2.1"), "mL")
    alone = OWN.replace('series = "fev1"', 'series = "fev9"').format(unit="L", more="")
    other = site(alone).measurements[code]
    assert (other.low, other.high) == (None, None)
