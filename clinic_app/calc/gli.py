"""Spirometry against the race-neutral GLI Global reference (2022): % predicted, z, lower limit of normal.

Source: Bowerman C, et al. Am J Respir Crit Care Med 2023;207:768-774, with its supplement (tables in
``resources/reference/gli_global_2022``). The exact decimal age goes into the logarithms; the splines are
interpolated linearly between their 0.25-year rows. Valid from 3 to 95 years; outside there is no number.
"""

from collections.abc import Mapping
from csv import DictReader
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from clinic_app.calc.numbers import Computed, Refusal
from clinic_app.calc.tables import SEXES, Column, Sex, read_columns

METHOD = "GLI Global"
VERSION = "2022"
AGE_RANGE = (3.0, 95.0)
HEIGHT_RANGE = (50.0, 250.0)  # outside it the height is a slip of unit (1.72 for 172), not a person
Measure = Literal["fev1", "fvc", "fev1_fvc"]
MEASURES: tuple[Measure, Measure, Measure] = ("fev1", "fvc", "fev1_fvc")
_UNITS: Mapping[Measure, str] = {"fev1": "L", "fvc": "L", "fev1_fvc": "1"}
_HIGHEST: Mapping[Measure, float] = {"fev1": 20.0, "fvc": 20.0, "fev1_fvc": 1.0}
_LOWER_Z = -1.645


@dataclass(frozen=True, slots=True)
class Equation:
    """Coefficients of one sex and measure, with its spline columns."""

    m: tuple[float, float, float]
    s: tuple[float, float]
    power: tuple[float, float]
    ages: Column
    m_spline: Column
    s_spline: Column


@dataclass(frozen=True, slots=True)
class GliTables:
    """All equations, by sex and measure; built once at start by `read_tables`."""

    equations: Mapping[tuple[Sex, Measure], Equation]


@dataclass(frozen=True, slots=True)
class GliColumns:
    """Results for a whole series; NaN where no number can be given."""

    percent: Column
    z: Column
    lower_limit: Column


@dataclass(frozen=True, slots=True)
class GliResult:
    """Results for one measurement; the lower limit is in the measure's unit."""

    percent: Computed
    z: Computed
    lower_limit: Computed


def read_tables(coefficients: str, male: str, female: str) -> GliTables:
    """The tables from the texts of coefficients.csv and both splines files; ValueError if unfit."""
    splines = {"male": read_columns(male), "female": read_columns(female)}
    rows = {(row["sex"], row["measure"]): row for row in DictReader(coefficients.splitlines())}
    missing = [(sex, measure) for sex in SEXES for measure in MEASURES if (sex, measure) not in rows]
    if missing:
        raise ValueError(f"no GLI coefficients for {missing}")
    return GliTables(
        MappingProxyType(
            {
                (sex, measure): _equation(rows[sex, measure], splines[sex], measure)
                for sex in SEXES
                for measure in MEASURES
            }
        )
    )


def _equation(row: Mapping[str, str], splines: Mapping[str, Column], measure: Measure) -> Equation:
    return Equation(
        m=(float(row["m_constant"]), float(row["m_ln_height"]), float(row["m_ln_age"])),
        s=(float(row["s_constant"]), float(row["s_ln_age"])),
        power=(float(row["l_constant"]), float(row["l_ln_age"])),
        ages=splines["age_years"],
        m_spline=splines[f"{measure}_m"],
        s_spline=splines[f"{measure}_s"],
    )


def gli_columns(
    tables: GliTables, sex: Sex, measure: Measure, ages: Column, heights: Column, values: Column
) -> GliColumns:
    """A whole series at once: ages in years, heights in cm, values in litres (the ratio as a fraction)."""
    fit = (ages >= AGE_RANGE[0]) & (ages <= AGE_RANGE[1]) & (values > 0) & (values <= _HIGHEST[measure])
    fit &= (heights >= HEIGHT_RANGE[0]) & (heights <= HEIGHT_RANGE[1])
    equation = tables.equations[sex, measure]
    age, height, value = (np.where(fit, column, np.nan) for column in (ages, heights, values))
    ln_age = np.log(age)
    m_spline = np.interp(age, equation.ages, equation.m_spline)
    s_spline = np.interp(age, equation.ages, equation.s_spline)
    median = np.exp(equation.m[0] + equation.m[1] * np.log(height) + equation.m[2] * ln_age + m_spline)
    spread = np.exp(equation.s[0] + equation.s[1] * ln_age + s_spline)
    power = equation.power[0] + equation.power[1] * ln_age
    return GliColumns(
        percent=100 * value / median,
        z=((value / median) ** power - 1) / (power * spread),
        lower_limit=median * (1 + _LOWER_Z * power * spread) ** (1 / power),
    )


def gli(
    tables: GliTables, sex: Sex, measure: Measure, age: float, height: float, value: float
) -> GliResult | Refusal:
    """One measurement (years, cm, litres; the ratio as a fraction), or why there is no number."""
    refusal = why_not(measure, age, height, value)
    if refusal is not None:
        return refusal
    columns = gli_columns(tables, sex, measure, *(np.array([number]) for number in (age, height, value)))
    return GliResult(
        percent=Computed(float(columns.percent[0]), "%", METHOD, VERSION),
        z=Computed(float(columns.z[0]), "{Zscore}", METHOD, VERSION),
        lower_limit=Computed(float(columns.lower_limit[0]), _UNITS[measure], METHOD, VERSION),
    )


def why_not(measure: Measure, age: float, height: float, value: float) -> Refusal | None:
    """The reason why there is no number for these, or None where there is one."""
    if not AGE_RANGE[0] <= age <= AGE_RANGE[1]:
        return Refusal("AGE", "the GLI Global reference covers ages 3 to 95 years")
    if not HEIGHT_RANGE[0] <= height <= HEIGHT_RANGE[1]:
        return Refusal("HEIGHT", "the height must be between 50 and 250 cm")
    if not 0 < value <= _HIGHEST[measure]:
        return Refusal(
            "VALUE", f"the measurement must be above 0 and at most {_HIGHEST[measure]:g} {_UNITS[measure]}"
        )
    return None
