"""GLI Global spirometry."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.calc.gli import (
    MEASURES,
    GliResult,
    GliTables,
    Measure,
    gli,
    gli_columns,
    read_tables,
)
from clinic_app.calc.numbers import Refusal
from clinic_app.calc.tables import SEXES, Sex

# Independent figures: computed with the R package rspiro, as published with the test vectors of the R package
# pft
# (gli_2022_oracle.csv): sex, age, height, measure, value at 85 % predicted, lower limit, z.
PUBLISHED: list[tuple[Sex, float, float, Measure, float, float, float]] = [
    ("male", 10, 155, "fev1", 2.13797919794469, 1.97793181377276, -1.16451189619181),
    ("female", 10, 155, "fvc", 2.39277197747134, 2.20954923734615, -1.14289608678759),
    ("female", 25, 170, "fev1", 2.91862038950629, 2.65031607978215, -1.09191369005869),
    ("female", 25, 170, "fev1_fvc", 0.737260246018249, 0.758849492274281, -1.91099698570332),
    ("male", 45, 185, "fvc", 4.53791298088137, 4.08619847516747, -1.04838981356531),
    ("male", 65, 170, "fev1_fvc", 0.663350300885487, 0.653091312009336, -1.5278009493873),
    ("female", 85, 185, "fev1", 2.1500073610781, 1.6909693976307, -0.761721399410076),
    ("male", 85, 155, "fvc", 2.15571626879603, 1.86057932285375, -0.922222017638394),
]
AGES = st.floats(3, 95)
HEIGHTS = st.floats(50, 250)
VALUES = st.floats(0.05, 1)


def result(
    tables: GliTables, sex: Sex, measure: Measure, age: float, height: float, value: float
) -> GliResult:
    outcome = gli(tables, sex, measure, age, height, value)
    assert isinstance(outcome, GliResult)
    return outcome


@pytest.mark.parametrize(("sex", "age", "height", "measure", "value", "lower_limit", "z"), PUBLISHED)
def test_published_figures(
    gli_tables: GliTables,
    sex: Sex,
    age: float,
    height: float,
    measure: Measure,
    value: float,
    lower_limit: float,
    z: float,
) -> None:
    outcome = result(gli_tables, sex, measure, age, height, value)
    assert outcome.percent.value == pytest.approx(85, rel=1e-10)
    assert outcome.z.value == pytest.approx(z, rel=1e-10)
    assert outcome.lower_limit.value == pytest.approx(lower_limit, rel=1e-10)


def test_off_the_quarter_years_the_age_is_exact_and_the_spline_is_linear(gli_tables: GliTables) -> None:
    # By hand: a boy of 8.6 years and 130 cm; splines at 8.5 and 8.75 from the table, 0.4 of the way.
    m_spline = -0.0755128299969154 + 0.4 * (-0.0757038895672366 + 0.0755128299969154)
    s_spline = 0.0228325833044933 + 0.4 * (0.0191320246061752 - 0.0228325833044933)
    median = math.exp(-11.399108 + 2.462664 * math.log(130) - 0.011394 * math.log(8.6) + m_spline)
    spread = math.exp(-2.256278 + 0.080729 * math.log(8.6) + s_spline)
    outcome = result(gli_tables, "male", "fev1", 8.6, 130, 1.5)
    assert outcome.percent.value == pytest.approx(100 * 1.5 / median, rel=1e-8)
    assert outcome.z.value == pytest.approx(((1.5 / median) ** 1.22703 - 1) / (1.22703 * spread), rel=1e-7)
    assert outcome.lower_limit.value == pytest.approx(
        median * (1 - 1.645 * 1.22703 * spread) ** (1 / 1.22703), rel=1e-8
    )


def test_numbers_carry_unit_method_and_version(gli_tables: GliTables) -> None:
    outcome = result(gli_tables, "female", "fev1", 20, 165, 2.5)
    assert (outcome.percent.unit, outcome.z.unit, outcome.lower_limit.unit) == ("%", "{Zscore}", "L")
    assert {number.label for number in (outcome.percent, outcome.z, outcome.lower_limit)} == {
        "GLI Global 2022"
    }


@pytest.mark.parametrize(
    ("measure", "age", "height", "value", "code"),
    [
        ("fev1", 2.999, 95, 0.8, "AGE"),
        ("fev1", 95.001, 160, 1.8, "AGE"),
        ("fev1", float("nan"), 160, 1.8, "AGE"),
        ("fev1", 30, 1.72, 3.0, "HEIGHT"),
        ("fev1", 30, 2500, 3.0, "HEIGHT"),
        ("fvc", 30, float("nan"), 3.0, "HEIGHT"),
        ("fev1", 30, 172, 0.0, "VALUE"),
        ("fvc", 30, 172, float("inf"), "VALUE"),
        ("fev1_fvc", 30, 172, 76.0, "VALUE"),
    ],
)
def test_outside_the_range_there_is_a_reason_and_no_number(
    gli_tables: GliTables, measure: Measure, age: float, height: float, value: float, code: str
) -> None:
    refusal = gli(gli_tables, "male", measure, age, height, value)
    assert isinstance(refusal, Refusal)
    assert refusal.code == code and refusal.reason
    column = gli_columns(gli_tables, "male", measure, np.array([age]), np.array([height]), np.array([value]))
    assert np.isnan([column.percent[0], column.z[0], column.lower_limit[0]]).all()


@pytest.mark.parametrize("age", [3, 95])
def test_the_ends_of_the_range_belong_to_it(gli_tables: GliTables, age: float) -> None:
    assert result(gli_tables, "male", "fev1", age, 100, 0.9).percent.value > 0


@given(st.sampled_from(SEXES), st.sampled_from(MEASURES), AGES, HEIGHTS, VALUES, VALUES)
def test_more_is_never_less(
    gli_tables: GliTables, sex: Sex, measure: Measure, age: float, height: float, one: float, other: float
) -> None:
    low, high = (result(gli_tables, sex, measure, age, height, value) for value in sorted((one, other)))
    assert low.percent.value <= high.percent.value
    assert low.z.value <= high.z.value


@given(st.sampled_from(SEXES), st.sampled_from(("fev1", "fvc")), AGES, st.floats(100, 200))
def test_the_lower_limit_lies_at_z_minus_1_645(
    gli_tables: GliTables, sex: Sex, measure: Measure, age: float, height: float
) -> None:
    limit = result(gli_tables, sex, measure, age, height, 1.0).lower_limit.value
    assert result(gli_tables, sex, measure, age, height, limit).z.value == pytest.approx(-1.645, abs=1e-9)


@given(st.lists(st.tuples(AGES, HEIGHTS, VALUES), min_size=1, max_size=20))
def test_a_series_equals_its_single_points(
    gli_tables: GliTables, points: list[tuple[float, float, float]]
) -> None:
    ages, heights, values = (np.array(column) for column in zip(*points, strict=True))
    columns = gli_columns(gli_tables, "female", "fev1", ages, heights, values)
    for at, (age, height, value) in enumerate(points):
        single = result(gli_tables, "female", "fev1", age, height, value)
        assert columns.percent[at] == pytest.approx(single.percent.value, rel=1e-12)


def test_missing_coefficients_are_refused(gli_texts: list[str]) -> None:
    coefficients, male, female = gli_texts
    without = "\n".join(line for line in coefficients.splitlines() if not line.startswith("female,fvc"))
    with pytest.raises(ValueError, match="female"):
        read_tables(without, male, female)
