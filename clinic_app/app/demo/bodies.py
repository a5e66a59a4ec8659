"""How tall and heavy a synthetic person is, and with how much breath (a plain model, not a reference)."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources as packaged

import numpy as np

from clinic_app.calc.gli import GliTables, Measure, gli_columns, read_tables
from clinic_app.calc.tables import Sex

# Rounded medians, good enough to look like people: height in cm, body mass index in kg/m2, age in years.
_HEIGHT_AGES = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 20)
_HEIGHTS: dict[Sex, Sequence[float]] = {
    "male": (
        *(50, 76, 87, 95.5, 102.5, 109, 115.5, 122, 128, 133.5, 138.5, 143.5),
        *(149, 156, 164, 170, 173.5, 175.5, 177),
    ),
    "female": (
        *(49.5, 74, 86, 94, 101, 108, 115, 121.5, 127.5, 133, 138, 144.5),
        *(151.5, 157, 160.5, 162, 162.5, 163, 163.5),
    ),
}
_BMI_AGES = (0, 1, 2, 5, 8, 11, 14, 17, 20, 35)
_BMI: dict[Sex, Sequence[float]] = {
    "male": (14, 17, 16.6, 15.5, 16, 17.3, 19.3, 21.3, 22.6, 24),
    "female": (14, 16.8, 16.4, 15.3, 16, 17.4, 19.5, 21, 21.6, 23),
}


@dataclass(frozen=True, slots=True)
class Build:
    """What makes one person's body differ: ``tall`` and ``full`` multiply height and body mass index."""

    sex: Sex
    tall: float
    full: float


def height(build: Build, age: float) -> float:
    """Height in cm at an age in years."""
    return float(np.interp(age, _HEIGHT_AGES, _HEIGHTS[build.sex])) * build.tall


def weight(build: Build, age: float) -> float:
    """Weight in kg at an age in years, before illness takes some away."""
    index = float(np.interp(age, _BMI_AGES, _BMI[build.sex])) * build.full
    return index * (height(build, age) / 100) ** 2


class Lungs:
    """Turns % predicted into litres by the published equations, so that the pictures look plausible."""

    def __init__(self, tables: GliTables) -> None:
        """``tables`` as read by `read_lungs`."""
        self._tables = tables

    def litres(self, build: Build, age: float, measure: Measure, percent: float) -> float:
        """FEV1 or FVC in litres of a person who reaches ``percent`` of predicted; NaN under 3 years."""
        columns = (np.array([number]) for number in (age, height(build, age), 1.0))
        of_one_litre = gli_columns(self._tables, build.sex, measure, *columns).percent[0]
        return float(percent / of_one_litre)


def read_lungs() -> Lungs:
    """The lungs with the tables that come with the program."""
    folder = packaged.files("resources") / "reference" / "gli_global_2022"
    names = ("coefficients.csv", "splines_male.csv", "splines_female.csv")
    return Lungs(read_tables(*((folder / name).read_text("utf-8") for name in names)))
