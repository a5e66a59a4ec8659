"""The LMS method."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.calc.lms import lms_value, lms_z, normal_cdf, normal_quantile


def test_cdc_worked_example() -> None:
    # The worked example of CDC's growth chart data page: a boy of 9.5 months, 9.7 kg, is at z 0.207 (58th
    # percentile).
    z = lms_z(9.7, -0.1600954, 9.476500305, 0.11218624)
    assert round(z, 3) == 0.207
    assert round(100 * normal_cdf(z)) == 58


@given(
    st.floats(-3, 3),
    st.one_of(st.just(0.0), st.floats(0.01, 2.5), st.floats(-2.5, -0.01)),
    st.floats(1, 100),
    st.floats(0.03, 0.12),
)
def test_value_is_the_inverse_of_z(z: float, power: float, median: float, spread: float) -> None:
    assert lms_z(lms_value(z, power, median, spread), power, median, spread) == pytest.approx(z, abs=1e-6)


def test_power_0_is_the_limit_of_small_powers() -> None:
    assert lms_z(20, 0, 16, 0.1) == pytest.approx(lms_z(20, 1e-9, 16, 0.1), rel=1e-5)
    assert lms_value(1.5, 0, 16, 0.1) == pytest.approx(lms_value(1.5, 1e-9, 16, 0.1), rel=1e-5)


@given(st.floats(-8, 8))
def test_quantile_is_the_inverse_of_the_distribution(z: float) -> None:
    lower = -abs(z)
    assert normal_quantile(normal_cdf(lower)) == pytest.approx(lower, abs=1e-9)


def test_the_far_tail_keeps_its_digits() -> None:
    assert normal_cdf(-8.21) == pytest.approx(1.1e-16, rel=0.1)
