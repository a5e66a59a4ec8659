"""Body mass index."""

import pytest

from clinic_app.calc.bmi import bmi
from clinic_app.calc.numbers import Computed, Refusal


def test_a_known_value() -> None:
    result = bmi(70.0, 175.0)
    assert isinstance(result, Computed)
    assert result.value == pytest.approx(22.857142857)
    assert (result.unit, result.label) == ("kg/m2", "weight / height squared 1")


@pytest.mark.parametrize(
    ("weight", "height"), [(0, 170), (-1, 170), (60, 0), (float("nan"), 170), (60, float("inf"))]
)
def test_nothing_impossible_gets_a_number(weight: float, height: float) -> None:
    assert isinstance(bmi(weight, height), Refusal)
