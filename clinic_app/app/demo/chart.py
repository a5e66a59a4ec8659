"""What charts are filled with: laboratory tests, organisms, medicines (data in resources/demo/chart.toml)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources as packaged
from typing import Any


@dataclass(frozen=True, slots=True)
class LabTest:
    """A yearly test: usual value and spread in ``unit``; results under ``below`` are reported as "<below"."""

    code: str
    name: str
    unit: str
    value: float
    spread: float
    decimals: int
    below: float = 0.0
    from_age: int = 0


@dataclass(frozen=True, slots=True)
class Organism:
    """What a culture may grow, how often, and from which age."""

    code: str
    name: str
    weight: float
    from_age: int


@dataclass(frozen=True, slots=True)
class Drug:
    """What may be prescribed; role is usual, modulator or antibiotic."""

    key: str
    name: str
    role: str
    dose: str
    unit: str
    route: str
    often: str
    from_age: int
    days: int = 0


@dataclass(frozen=True)
class Chart:
    """All of it."""

    labs: tuple[LabTest, ...]
    organisms: tuple[Organism, ...]
    drugs: tuple[Drug, ...]

    @cached_property
    def by_key(self) -> Mapping[str, Drug]:
        """Medicines by their short name."""
        return {drug.key: drug for drug in self.drugs}

    def usual(self, age: float) -> tuple[Drug, ...]:
        """What nearly everybody of this age takes."""
        return tuple(drug for drug in self.drugs if drug.role == "usual" and age >= drug.from_age)

    def antibiotic(self, age: float) -> Drug:
        """The antibiotic for an exacerbation at this age."""
        return next(drug for drug in self.drugs if drug.role == "antibiotic" and age >= drug.from_age)


def read_chart() -> Chart:
    """The chart data that come with the program."""
    text = (packaged.files("resources") / "demo" / "chart.toml").read_text("utf-8")
    return chart_from(tomllib.loads(text))


def chart_from(read: Mapping[str, Any]) -> Chart:
    """Freeze what the file says; TypeError where a row has a word too many or too few."""
    return Chart(
        labs=tuple(LabTest(**row) for row in read["lab"]),
        organisms=tuple(Organism(**row) for row in read["organism"]),
        drugs=tuple(Drug(**row) for row in read["medicine"]),
    )
