"""Values that the picture computes: FEV1 % predicted, BMI, BMI percentile.

They are not facts: each point names its method and version and the facts that it comes from. Where no number
can be given, the measured point says why in its note.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from math import isnan

import numpy as np

from clinic_app.calc import gli
from clinic_app.calc.age import DAYS_PER_MONTH, DAYS_PER_YEAR
from clinic_app.calc.bmi import bmi
from clinic_app.calc.growth import AGE_RANGE_MONTHS, BmiForAge, bmi_for_ages
from clinic_app.calc.numbers import Computed, Refusal
from clinic_app.calc.tables import Column, Sex
from clinic_app.model.facts import Source
from clinic_app.model.words import Words
from clinic_app.picture.heights import Heights, day_number, height_for, number, usable
from clinic_app.picture.person import Person
from clinic_app.picture.tables import PictureTables
from clinic_app.picture.types import Point


@dataclass(frozen=True, slots=True)
class Outcome:
    """Computed series by name, and the measured points with a note where no number could be given."""

    series: dict[str, tuple[Point, ...]]
    measured: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A measurement with its height, and the age in days on its day (None without a birth date)."""

    index: int
    point: Point
    height: Point
    age_days: int | None

    @property
    def months(self) -> float | None:
        """Exact age in months."""
        return None if self.age_days is None else self.age_days / DAYS_PER_MONTH


def percent_predicted(
    name: str, points: Sequence[Point], heights: Heights, person: Person, tables: PictureTables, words: Words
) -> Outcome:
    """FEV1 % predicted of a series of litres, computed for the whole series at once."""
    if person.sex is None or person.born is None:
        missing = (
            words("the sex is not known") if person.sex is None else words("the birth date is not known")
        )
        note = words("No number: {reason}.", reason=missing)
        return Outcome({name: ()}, tuple(_noted(point, note) for point in points))
    pairs, notes = _pairs(points, "L", heights, person.born, words)
    columns = _columns(pairs)
    result = gli.gli_columns(tables.gli, person.sex, "fev1", *columns)
    computed = []
    for row, pair in enumerate(pairs):
        percent = float(result.percent[row])
        if not isnan(percent):
            details = _lung_details(float(result.z[row]), float(result.lower_limit[row]), words)
            computed.append(_derived(pair, Computed(percent, "%", gli.METHOD, gli.VERSION), details))
        else:
            notes[pair.index] = _gli_refusal(pair, words)
    return Outcome({name: tuple(computed)}, _with_notes(points, notes))


def body_mass(
    points: Sequence[Point], heights: Heights, person: Person, tables: PictureTables, words: Words
) -> Outcome:
    """BMI of every weight from 2 y on, and its percentile below 20 y."""
    pairs, notes = _pairs(points, "kg", heights, person.born, words)
    values: list[tuple[Pair, Computed]] = []
    for pair in pairs:
        if pair.months is not None and pair.months < AGE_RANGE_MONTHS[0]:
            continue
        value = bmi(number(pair.point), number(pair.height))
        if isinstance(value, Refusal):
            notes[pair.index] = words("No number: {reason}.", reason=value.reason)
        else:
            values.append((pair, value))
    masses = tuple(_derived(pair, value, "") for pair, value in values)
    series = {"bmi": masses, "bmi_percentile": _percentiles(values, person.sex, tables)}
    return Outcome(series, _with_notes(points, notes))


def _percentiles(
    values: Sequence[tuple[Pair, Computed]], sex: Sex | None, tables: PictureTables
) -> tuple[Point, ...]:
    """The percentiles of those values that have one."""
    if sex is None:
        return ()
    young = [(p, value) for p, value in values if p.months is not None and p.months < AGE_RANGE_MONTHS[1]]
    months = [pair.months or 0 for pair, _ in young]
    results = bmi_for_ages(tables.bmi, sex, months, [value.value for _, value in young])
    return tuple(
        _derived(pair, result.percentile, f"z {result.z.value:.2f}")
        for (pair, _), result in zip(young, results, strict=True)
        if isinstance(result, BmiForAge)
    )


def _pairs(
    points: Sequence[Point], unit: str, heights: Heights, born: date | None, words: Words
) -> tuple[list[Pair], dict[int, str]]:
    """The points to compute with, each with its height; and why the others cannot be, by index."""
    pairs: list[Pair] = []
    notes: dict[int, str] = {}
    unfit = words("No number: the value is not a plain number with a day.")
    for index, point in enumerate(points):
        if not usable(point, unit):
            notes[index] = unfit
            continue
        day = day_number(point)
        age_days = None if born is None else day - born.toordinal()
        age = None if age_days is None else age_days / DAYS_PER_YEAR
        height = height_for(heights, day, age, words)
        if isinstance(height, str):
            notes[index] = height
        else:
            pairs.append(Pair(index, point, height, age_days))
    return pairs, notes


def _columns(pairs: Sequence[Pair]) -> tuple[Column, Column, Column]:
    """Ages in years, heights in cm, values, as columns."""
    ages = np.array([pair.age_days for pair in pairs], dtype=np.float64) / DAYS_PER_YEAR
    heights = np.array([number(pair.height) for pair in pairs])
    return ages, heights, np.array([number(pair.point) for pair in pairs])


def _lung_details(z: float, lower_limit: float, words: Words) -> str:
    return words("z {z}, lower limit of normal {limit} L", z=f"{z:.2f}", limit=f"{lower_limit:.2f}")


def _gli_refusal(pair: Pair, words: Words) -> str:
    assert pair.age_days is not None
    years = pair.age_days / DAYS_PER_YEAR
    refusal = gli.why_not("fev1", years, number(pair.height), number(pair.point))
    assert refusal is not None, "the series and the single calculation refuse the same"
    return words("No number: {reason}.", reason=refusal.reason)


def _derived(pair: Pair, result: Computed, details: str) -> Point:
    """The computed point: time and status of the measurement, ids of its newest input."""
    point, height = pair.point, pair.height
    newest = height if day_number(height) > day_number(point) else point
    used = f"{height.value} cm, {date.fromordinal(day_number(height))}"
    return Point(
        at=point.at,
        value=Decimal(f"{result.value:.4f}"),
        comparator="",
        unit=result.unit,
        source=Source.COMPUTED,
        author="",
        status=point.status,
        recorded_at=max(point.recorded_at, height.recorded_at),
        fact_id=newest.fact_id,
        inbox_id=newest.inbox_id,
        method=result.label,
        derived_from=(point.fact_id, height.fact_id),
        note=f"{details}; {used}" if details else used,
    )


def _with_notes(points: Sequence[Point], notes: dict[int, str]) -> tuple[Point, ...]:
    if not notes:
        return tuple(points)
    return tuple(
        _noted(point, notes[index]) if index in notes else point for index, point in enumerate(points)
    )


def _noted(point: Point, note: str) -> Point:
    return replace(point, note=f"{point.note} {note}".strip())
