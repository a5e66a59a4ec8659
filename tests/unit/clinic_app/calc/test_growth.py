"""BMI for age."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.calc.growth import Z_CAP, BmiForAge, BmiTables, bmi_for_age, read_bmi_tables
from clinic_app.calc.lms import normal_cdf, normal_quantile
from clinic_app.calc.numbers import Refusal
from clinic_app.calc.tables import SEXES, Sex

# CDC's published percentiles of BMI for boys of 24 months (bmiagerev.csv), five digits.
PUBLISHED = {3: 14.52095, 10: 15.09033, 25: 15.74164, 50: 16.57503, 75: 17.55719, 90: 18.60948, 95: 19.33801}
MONTHS = st.floats(24, 240, exclude_max=True)


def outcome(tables: BmiTables, sex: Sex, months: float, bmi: float) -> BmiForAge:
    result = bmi_for_age(tables, sex, months, bmi)
    assert isinstance(result, BmiForAge)
    return result


@pytest.mark.parametrize(("percentile", "bmi"), PUBLISHED.items())
def test_published_percentiles(bmi_tables: BmiTables, percentile: int, bmi: float) -> None:
    result = outcome(bmi_tables, "male", 24, bmi)
    assert result.percentile.value == pytest.approx(percentile, abs=2e-4)
    assert result.z.value == pytest.approx(normal_quantile(percentile / 100), abs=2e-5)


def test_above_the_95th_percentile_by_hand(bmi_tables: BmiTables) -> None:
    # A boy of 40.5 months, BMI 19: P95 18.03986198 and sigma 2.022795 stand in the 2022 table.
    expected = 90 + 10 * normal_cdf((19 - 18.03986198) / 2.022795)
    result = outcome(bmi_tables, "male", 40.5, 19.0)
    assert result.percentile.value == pytest.approx(expected, abs=1e-5)
    assert result.z.value == pytest.approx(normal_quantile(expected / 100), abs=1e-5)


@pytest.mark.parametrize("sex", SEXES)
def test_the_published_95th_percentile_is_where_both_parts_meet(bmi_tables: BmiTables, sex: Sex) -> None:
    months, p95 = bmi_tables.extension["age_months"], bmi_tables.extension[f"{sex}_p95"]
    for month, bmi in zip(months[:-2].tolist(), p95[:-2].tolist(), strict=True):
        assert outcome(bmi_tables, sex, month, bmi).percentile.value == pytest.approx(95, abs=1e-4)


def test_between_the_rows_l_m_s_are_linear(bmi_tables: BmiTables) -> None:
    # By hand: a girl at 100.25 months; the median lies a quarter of the way back from 100.5 to 99.5.
    at = bmi_tables.lms["age_months"].tolist().index(99.5)
    median = 0.25 * bmi_tables.lms["female_m"][at] + 0.75 * bmi_tables.lms["female_m"][at + 1]
    assert outcome(bmi_tables, "female", 100.25, float(median)).z.value == pytest.approx(0, abs=1e-12)


def test_extreme_values_are_capped(bmi_tables: BmiTables) -> None:
    result = outcome(bmi_tables, "female", 30, 150)
    assert result.z.value == Z_CAP == 8.21
    assert result.percentile.value == 100


def test_numbers_carry_unit_method_and_version(bmi_tables: BmiTables) -> None:
    result = outcome(bmi_tables, "female", 120, 17)
    assert (result.percentile.unit, result.z.unit) == ("%", "{Zscore}")
    assert result.percentile.label == result.z.label == "CDC BMI for age 2000+2022"


@pytest.mark.parametrize(
    ("months", "bmi", "code"),
    [
        (23.99, 16, "AGE"),
        (240, 22, "AGE"),
        (float("nan"), 22, "AGE"),
        (100, 0, "VALUE"),
        (100, float("nan"), "VALUE"),
    ],
)
def test_outside_the_range_there_is_a_reason_and_no_number(
    bmi_tables: BmiTables, months: float, bmi: float, code: str
) -> None:
    refusal = bmi_for_age(bmi_tables, "male", months, bmi)
    assert isinstance(refusal, Refusal)
    assert refusal.code == code and refusal.reason


@given(st.sampled_from(SEXES), MONTHS, st.floats(8, 80), st.floats(8, 80))
def test_more_is_never_less(bmi_tables: BmiTables, sex: Sex, months: float, one: float, other: float) -> None:
    low, high = (outcome(bmi_tables, sex, months, bmi) for bmi in sorted((one, other)))
    assert low.percentile.value <= high.percentile.value
    assert low.z.value <= high.z.value + 1e-9


def test_a_table_that_does_not_reach_far_enough_is_refused(bmi_texts: list[str]) -> None:
    lms, extension = bmi_texts
    with pytest.raises(ValueError, match="240"):
        read_bmi_tables("\n".join(lms.splitlines()[:100]), extension)
    head, first, *rest = extension.splitlines()
    with pytest.raises(ValueError, match="24"):
        read_bmi_tables(lms, "\n".join([head, *rest]))
    assert first.startswith("24,")
