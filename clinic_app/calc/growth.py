"""BMI percentile and z for age: CDC 2000 from 24 to below 240 months, above the 95th by CDC 2022.

Sources: Kuczmarski RJ, et al. Vital Health Stat 2002;11(246); Hales CM, et al. Vital Health Stat 2022;2(197);
tables in ``resources/reference/cdc_bmi``. L, M, S and sigma are linear in exact months. From the 95th
percentile on, the percentile is 90 + 10 Φ((BMI − P95)/sigma), P95 taken from the same interpolated L, M, S so
that both parts meet without a step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clinic_app.calc.lms import lms_value, lms_z, normal_cdf, normal_quantile
from clinic_app.calc.numbers import Computed, Refusal
from clinic_app.calc.tables import Column, Sex, read_columns

METHOD = "CDC BMI for age"
VERSION = "2000+2022"
AGE_RANGE_MONTHS = (24.0, 240.0)
BMI_RANGE = (3.0, 200.0)  # outside it a weight or height is a slip of unit, not a person
Z_CAP = 8.21
_Z95 = normal_quantile(0.95)


@dataclass(frozen=True, slots=True)
class BmiTables:
    """The columns of both files; built once at start by `read_bmi_tables`."""

    lms: Mapping[str, Column]
    extension: Mapping[str, Column]


@dataclass(frozen=True, slots=True)
class BmiForAge:
    """Percentile (0 to 100) and z-score of one BMI."""

    percentile: Computed
    z: Computed


def read_bmi_tables(lms: str, extension: str) -> BmiTables:
    """The tables from the texts of lms_2000.csv and extension_2022.csv; ValueError if unfit."""
    tables = BmiTables(read_columns(lms), read_columns(extension))
    low, high = AGE_RANGE_MONTHS
    for columns in (tables.lms, tables.extension):
        if columns["age_months"][0] > low or columns["age_months"][-1] < high:
            raise ValueError("a BMI table does not reach from 24 to 240 months")
    return tables


def bmi_for_age(tables: BmiTables, sex: Sex, months: float, bmi: float) -> BmiForAge | Refusal:
    """Percentile and z-score of a BMI (kg/m2) at an exact age in months, or why there is none."""
    return bmi_for_ages(tables, sex, (months,), (bmi,))[0]


def bmi_for_ages(
    tables: BmiTables, sex: Sex, months: Sequence[float], bmis: Sequence[float]
) -> list[BmiForAge | Refusal]:
    """`bmi_for_age` for a whole series: the tables are interpolated once for all its ages."""
    columns = [_at(tables.lms, f"{sex}_{name}", months) for name in "lms"]
    columns.append(_at(tables.extension, f"{sex}_sigma", months))
    return [
        _refusal(month, bmi) or _place(bmi, *parameters)
        for month, bmi, *parameters in zip(months, bmis, *columns, strict=True)
    ]


def _at(columns: Mapping[str, Column], name: str, months: Sequence[float]) -> list[float]:
    return [float(value) for value in np.interp(months, columns["age_months"], columns[name])]


def _refusal(months: float, bmi: float) -> Refusal | None:
    if not AGE_RANGE_MONTHS[0] <= months < AGE_RANGE_MONTHS[1]:
        return Refusal("AGE", "the CDC BMI reference covers ages 2 to 20 years")
    if not BMI_RANGE[0] <= bmi <= BMI_RANGE[1]:
        return Refusal("VALUE", "the BMI must be between 3 and 200 kg/m2")
    return None


def _place(bmi: float, power: float, median: float, spread: float, sigma: float) -> BmiForAge:
    z = lms_z(bmi, power, median, spread)
    if z < _Z95:
        return _result(100 * normal_cdf(z), z)
    # The share above is kept, not the share below: far out 1 − share would round to 0.
    above = 0.1 * normal_cdf((lms_value(_Z95, power, median, spread) - bmi) / sigma)
    return _result(100 * (1 - above), Z_CAP if above <= normal_cdf(-Z_CAP) else -normal_quantile(above))


def _result(percentile: float, z: float) -> BmiForAge:
    return BmiForAge(Computed(percentile, "%", METHOD, VERSION), Computed(z, "{Zscore}", METHOD, VERSION))
