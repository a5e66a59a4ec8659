"""Reference tables and clinic rules for the picture: read and checked once at start, then frozen."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, TypeVar

from clinic_app.calc.gli import GliTables, read_tables
from clinic_app.calc.growth import BmiTables, read_bmi_tables
from clinic_app.calc.units import read_kept_units
from clinic_app.model.errors import EnvironmentFault
from clinic_app.model.units import Kept
from clinic_app.picture.wording import CHECK_WORDINGS

GLI_FILES = tuple(
    f"reference/gli_global_2022/{name}"
    for name in ("coefficients.csv", "splines_male.csv", "splines_female.csv")
)
BMI_FILES = ("reference/cdc_bmi/lms_2000.csv", "reference/cdc_bmi/extension_2022.csv")
CHECKS, FALL, NUTRITION, MODULATORS, CHANGES = (
    f"care_checks/{name}.toml"
    for name in ("checks", "lung_function_fall", "nutrition", "modulators", "changes")
)
Read = TypeVar("Read")
SHARED = "policy/shared_screen.toml"
UNITS = "reference/units/laboratory.toml"
RESOURCES: tuple[str, ...] = (
    *GLI_FILES,
    *BMI_FILES,
    UNITS,
    CHECKS,
    FALL,
    NUTRITION,
    MODULATORS,
    CHANGES,
    SHARED,
)
"""Paths under ``resources/`` whose texts `tables_from` wants."""


@dataclass(frozen=True, slots=True)
class CareCheck:
    """One care check: `count` different days with one of `codes` within the interval, from an age on."""

    key: str
    codes: tuple[str, ...]
    count: int
    interval_months: int
    from_age_years: int
    not_with: frozenset[str]
    wording: str
    private: bool
    source: str


@dataclass(frozen=True, slots=True)
class FallRule:
    """When a fall of lung function deserves a look; per cents are relative to the best of the window."""

    series: str
    window_months: int
    earlier_tests: int
    attention_percent: Decimal
    staff_percent: Decimal
    accepted_statuses: frozenset[str]
    refused_grades: frozenset[str]


@dataclass(frozen=True, slots=True)
class BandRule:
    """A goal band for people of some sexes and ages (completed years, `below` not included)."""

    code: str
    sexes: tuple[str, ...]
    from_age_years: int
    below_age_years: int
    low: Decimal
    high: Decimal
    unit: str
    origin: str


@dataclass(frozen=True, slots=True)
class Modulators:
    """Names by which CFTR modulators are recognised, in lower case; brands name their ingredients."""

    ingredients: tuple[str, ...]
    brands: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ToldMeasure:
    """A measure told under "since last time": least difference worth a line, decimals it is said with."""

    code: str
    least: Decimal
    decimals: int


@dataclass(frozen=True, slots=True)
class SharedList:
    """The allow-list of the shared screen: what is not named here is for staff."""

    series: frozenset[str]
    checks: frozenset[str]
    ingredients: frozenset[str]
    kinds: frozenset[str]

    def audience(self, allowed: bool) -> str:
        """``shared`` or ``staff``."""
        return "shared" if allowed else "staff"


@dataclass(frozen=True, slots=True)
class PictureTables:
    """What a picture needs besides facts; `disabled_codes` are series that the site profile turned off."""

    gli: GliTables
    bmi: BmiTables
    checks: tuple[CareCheck, ...]
    fall: FallRule
    bands: tuple[BandRule, ...]
    modulators: Modulators
    told: tuple[ToldMeasure, ...]
    shared: SharedList
    units: Mapping[str, Kept]
    disabled_codes: frozenset[str] = field(default=frozenset())


def tables_from(texts: Mapping[str, str], disabled_codes: frozenset[str] = frozenset()) -> PictureTables:
    """The tables from the texts of `RESOURCES`, by path.

    Raises EnvironmentFault (SETTINGS-INVALID) that names the file and what is wrong in it.
    """
    return PictureTables(
        gli=_checked(GLI_FILES[0], lambda: read_tables(*(texts[name] for name in GLI_FILES))),
        bmi=_checked(BMI_FILES[0], lambda: read_bmi_tables(*(texts[name] for name in BMI_FILES))),
        checks=_checked(CHECKS, lambda: _checks(_toml(texts, CHECKS))),
        fall=_checked(FALL, lambda: _fall(_toml(texts, FALL))),
        bands=_checked(NUTRITION, lambda: _bands(_toml(texts, NUTRITION))),
        modulators=_checked(MODULATORS, lambda: _modulators(_toml(texts, MODULATORS))),
        told=_checked(CHANGES, lambda: _told(_toml(texts, CHANGES))),
        shared=_checked(SHARED, lambda: _shared(_toml(texts, SHARED))),
        units=_checked(UNITS, lambda: read_kept_units(texts[UNITS])),
        disabled_codes=disabled_codes,
    )


def _checked(path: str, read: Callable[[], Read]) -> Read:
    try:
        return read()
    except (ValueError, KeyError, TypeError, InvalidOperation) as error:
        what = f"no {error}" if isinstance(error, KeyError) else str(error)
        raise EnvironmentFault(
            "SETTINGS-INVALID",
            f"resources/{path} cannot be used ({what})",
            "Correct that file, or put back the one that came with the program.",
        ) from error


def _toml(texts: Mapping[str, str], path: str) -> dict[str, Any]:
    return tomllib.loads(texts[path])


def _checks(data: Mapping[str, Any]) -> tuple[CareCheck, ...]:
    checks = tuple(
        CareCheck(
            key=str(row["key"]),
            codes=_names(row["codes"]),
            count=_positive(row, "count"),
            interval_months=_positive(row, "interval_months"),
            from_age_years=int(row["from_age_years"]),
            not_with=frozenset(_names(row["not_with"])),
            wording=str(row["wording"]),
            private=bool(row["private"]),
            source=f"{row['source']} ({row['year']})",
        )
        for row in data["check"]
    )
    if len({check.key for check in checks}) < len(checks):
        raise ValueError("two checks have the same key")
    unknown = sorted({check.wording for check in checks} - CHECK_WORDINGS)
    if unknown:
        raise ValueError(f"no such wording: {', '.join(unknown)}")
    return checks


def _fall(data: Mapping[str, Any]) -> FallRule:
    rule = FallRule(
        series=str(data["series"]),
        window_months=_positive(data, "window_months"),
        earlier_tests=_positive(data, "earlier_tests"),
        attention_percent=Decimal(str(data["attention_percent"])),
        staff_percent=Decimal(str(data["staff_percent"])),
        accepted_statuses=frozenset(_names(data["accepted_statuses"])),
        refused_grades=frozenset(_names(data["refused_grades"])),
    )
    if not 0 < rule.staff_percent <= rule.attention_percent:
        raise ValueError("staff_percent must be above 0 and at most attention_percent")
    return rule


def _bands(data: Mapping[str, Any]) -> tuple[BandRule, ...]:
    origin = f"{data['source']} ({data['year']})"
    return tuple(
        BandRule(
            code=str(row["code"]),
            sexes=_names(row["sex"]),
            from_age_years=int(row["from_age_years"]),
            below_age_years=int(row["below_age_years"]),
            low=Decimal(row["low"]),
            high=Decimal(row["high"]),
            unit=str(row["unit"]),
            origin=origin,
        )
        for row in data["band"]
    )


def _modulators(data: Mapping[str, Any]) -> Modulators:
    brands = {name.lower(): _names(parts) for name, parts in data["brands"].items()}
    return Modulators(tuple(name.lower() for name in _names(data["ingredients"])), MappingProxyType(brands))


def _told(data: Mapping[str, Any]) -> tuple[ToldMeasure, ...]:
    return tuple(
        ToldMeasure(str(row["code"]), Decimal(row["least"]), int(row["decimals"])) for row in data["measure"]
    )


def _shared(data: Mapping[str, Any]) -> SharedList:
    return SharedList(
        *(frozenset(_names(data[name])) for name in ("series", "checks", "ingredients", "kinds"))
    )


def _names(value: Sequence[str]) -> tuple[str, ...]:
    if isinstance(value, str) or not all(isinstance(name, str) for name in value):
        raise ValueError(f"a list of names was expected, not {value!r}")
    return tuple(value)


def _positive(row: Mapping[str, Any], name: str) -> int:
    number = int(row[name])
    if number < 1:
        raise ValueError(f"{name} must be at least 1")
    return number
