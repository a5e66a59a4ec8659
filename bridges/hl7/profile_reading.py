"""Reads a site profile from TOML and says, with line and key, what is wrong in it."""

import codecs
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, tzinfo
from decimal import Decimal
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bridges.hl7.acknowledge import Accepts
from bridges.hl7.dialect import dialect_of
from bridges.hl7.profile import (
    Code,
    CultureRow,
    Identifiers,
    MeasurementRow,
    Medicines,
    Organisms,
    RosterRules,
    SiteProfile,
)
from bridges.hl7.profile_shape import ARRAYS, OWN_FORMS, ProfileProblem, check_shape, line_of
from bridges.hl7.profile_units import check_units
from bridges.hl7.profile_z import z_rows
from clinic_app.model.errors import EnvironmentFault
from clinic_app.model.facts import FactStatus
from clinic_app.model.units import Kept

Rows = list[dict[str, Any]]
Limits = tuple[Decimal | None, Decimal | None, str]
"""Least and greatest value, and their unit."""


def parse_profile(
    text: str, shipped: Mapping[str, str] | None = None, kept: Mapping[str, Kept] | None = None
) -> SiteProfile:
    """The profile written in ``text``.

    Args:
        text: TOML.
        shipped: texts of the profiles that ``extends`` may name.
        kept: what turns units of laboratory series into each other, by series.

    Raises EnvironmentFault PROFILE-INVALID that names line, key and reason; no half-valid profile is ever
    used.
    """
    try:
        tables = _load(text)
        base = tables.get("extends", "")
        if base:
            if base not in (shipped or {}):
                raise ProfileProblem(("extends",), f"there is no profile named {base!r} to extend")
            tables = _merged(_load((shipped or {})[base]), tables)
            text_and_base = text + (shipped or {})[base]
        else:
            text_and_base = text
        digest = blake2b(text_and_base.encode(), digest_size=6).hexdigest()
        return _build(tables, digest, kept or {})
    except tomllib.TOMLDecodeError as error:
        raise _invalid(str(error)) from None
    except ProfileProblem as problem:
        line = line_of(text, problem.path)
        place = f"line {line}, " if line else ""
        raise _invalid(f"{place}{problem.key}: {problem.reason}") from None


def _invalid(what: str) -> EnvironmentFault:
    mend = "Correct the profile and start again; the profile in use so far stays in use until then."
    return EnvironmentFault("PROFILE-INVALID", f"the site profile cannot be used: {what}", mend)


def _load(text: str) -> dict[str, Any]:
    tables = tomllib.loads(text, parse_float=Decimal)
    check_shape(tables)
    return tables


def _merged(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Own values before those of the base; an own row replaces the base's rows of the same system and
    code."""
    merged = dict(base)
    for key, value in own.items():
        if key in OWN_FORMS:
            merged[key] = value + base.get(key, [])
        elif key in ARRAYS:
            taken = {_code(row) for row in value}
            merged[key] = value + [
                row for row in base.get(key, []) if not _code(row)[1] or _code(row) not in taken
            ]
        elif isinstance(value, dict):
            merged[key] = _merged(base.get(key, {}), value)
        else:
            merged[key] = value
    return merged


def _build(tables: dict[str, Any], digest: str, kept: Mapping[str, Kept]) -> SiteProfile:
    site, accept, ignore = tables["site"], tables["accept"], tables["ignore"]
    limits = _limits(tables["measurement"])
    check_units(tables["measurement"], tables["units"], kept)
    measurements = {_code(row): _measurement(row, limits, kept) for row in reversed(tables["measurement"])}
    units = _units(tables["units"], measurements.values())
    return SiteProfile(
        name=tables["name"],
        version=f"{tables['name']}@{digest}",
        zone=_zone(site["time_zone"]),
        charset=_codec(site["charset"]),
        decimal_comma=site["decimal_comma"],
        blank_status=FactStatus(site["blank_result_status"]),
        accepts=Accepts(frozenset(accept["processing_ids"]), tuple(accept["versions"])),
        senders=_any_of(accept["senders"]),
        identifiers=_identifiers(tables["identifiers"]),
        systems={name.upper(): system for name, system in tables["systems"].items()},
        units=units,
        measurements=measurements,
        panels=frozenset(_code(row) for row in tables["panel"]),
        cultures={
            _code(row): CultureRow(row["key"], row.get("specimen", ""), _enabled(row))
            for row in reversed(tables["culture"])
        },
        organism_codes=_codes(tables["cultures"]["organism_codes"]),
        organisms=_organisms(tables["organism"], tables["cultures"]),
        medicines=_medicines(tables["ingredient"], tables["product"]),
        ignored_codes=_any_of(ignore["codes"]),
        ignored_panels=_any_of(ignore["panels"]),
        roster=_roster(tables["roster"]),
        absent=frozenset(" ".join(text.split()).casefold() for text in tables["values"]["absent"]),
        z_rows=z_rows(tables.get("z_segment", [])),
        dialects=tuple((_any_of([senders]), name) for senders, name in tables["dialects"].items()),
        outbound=dialect_of(tables),
    )


def _code(row: Mapping[str, Any]) -> Code:
    return row["system"], row.get("code", "")


def _codes(texts: Iterable[str]) -> frozenset[Code]:
    split = (text.rpartition(" ") for text in texts)
    return frozenset((system, code) for system, _, code in split)


def _enabled(row: Mapping[str, Any]) -> bool:
    return bool(row.get("enabled", True))


def _limits(rows: Rows) -> dict[str, Limits]:
    """Limits by series, which rows without any of their own take over: a laboratory's own code for FEV1 can
    mean no more litres than another."""
    found: dict[str, Limits] = {}
    for row in rows:
        if _limited(row):
            found.setdefault(row["series"], _bounds(row))
    return found


def _limited(row: Mapping[str, Any]) -> bool:
    return "low" in row or "high" in row


def _bounds(row: Mapping[str, Any]) -> Limits:
    low, high = (Decimal(row[key]) if key in row else None for key in ("low", "high"))
    return low, high, row["unit"]


def _measurement(
    row: Mapping[str, Any], limits: Mapping[str, Limits], kept: Mapping[str, Kept]
) -> MeasurementRow:
    taken = _bounds(row) if _limited(row) else limits.get(row["series"], (None, None, row["unit"]))
    low, high, limit_unit = taken
    return MeasurementRow(
        key=row["key"],
        series=row["series"],
        unit=row["unit"],
        also=tuple(row.get("also", ())),
        blank_unit=row.get("blank_unit", ""),
        ratio=row.get("ratio", False),
        enabled=_enabled(row),
        low=low,
        high=high,
        limit_unit=limit_unit,
        kept=kept.get(row["series"]),
    )


def _identifiers(table: Mapping[str, Any]) -> Identifiers:
    return Identifiers(
        tuple(table["types"]),
        frozenset(table["never"]),
        dict(table["authorities"]),
        table["default_authority"],
    )


def _roster(table: Mapping[str, Any]) -> RosterRules | None:
    """None where nothing is set: then everybody gets facts."""
    places, services = ([text.casefold() for text in table[key]] for key in ("locations", "services"))
    if not (table["file"] or places or services):
        return None
    return RosterRules(table["file"], _any_of(places), _any_of(services), bool(places or services))


def _units(table: Mapping[str, str], rows: Iterable[MeasurementRow]) -> dict[str, str]:
    """Units by what is sent: every UCUM code in use as it is written, the table as written and without
    capitals."""
    written: dict[str, str] = {}
    for row in rows:
        written.update((unit, unit) for unit in (row.unit, row.blank_unit, *row.also) if unit)
    written.update((unit, unit) for unit in table.values())
    folded: dict[str, set[str]] = {}
    for sent, unit in [*table.items(), *written.items()]:
        folded.setdefault(" ".join(sent.split()).casefold(), set()).add(unit)
    units = {sent: next(iter(meant)) for sent, meant in folded.items() if len(meant) == 1}
    units.update({" ".join(sent.split()): unit for sent, unit in table.items()})
    units.update(written)
    return units


def _organisms(rows: Rows, cultures: Mapping[str, Any]) -> Organisms:
    names: dict[str, str] = {}
    for row in reversed([row for row in rows if _enabled(row)]):
        names.update((name.casefold(), row["key"]) for name in row["names"])
    return Organisms(
        codes={_code(row): row["key"] for row in reversed(rows) if row.get("code") and _enabled(row)},
        unconfirmed=frozenset(_code(row) for row in rows if row.get("code") and not _enabled(row)),
        names=names,
        pattern=_words(name for row in rows for name in row["names"]),
        no_growth=_any_of(text.casefold() for text in cultures["no_growth"]),
        no_growth_codes=_codes(cultures["no_growth_codes"]),
        flora=_any_of(text.casefold() for text in cultures["flora"]),
    )


def _medicines(ingredients: Rows, products: Rows) -> Medicines:
    """A code that two brands share names neither; an unconfirmed ingredient code is left out, its name is
    not."""
    names: dict[str, tuple[str, ...]] = {}
    codes: dict[Code, tuple[str, ...]] = {}
    for row in ingredients:
        names.update((name.casefold(), (row["key"],)) for name in row["names"])
        if row.get("code") and _enabled(row):
            codes[_code(row)] = (row["key"],)
    shared = Counter(code for row in products for code in set(row.get("codes", ())))
    for row in products:
        made_of = tuple(row["ingredients"])
        names.update((name.casefold(), made_of) for name in row.get("names", ()))
        if _enabled(row):
            codes.update(
                ((row["system"], code), made_of) for code in row.get("codes", ()) if shared[code] == 1
            )
    return Medicines(names, codes, _words(names))


def _words(names: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted({name.casefold() for name in names}, key=lambda name: (-len(name), name))
    return re.compile(
        r"(?<!\w)(" + "|".join(map(re.escape, longest_first)) + r")(?!\w)" if longest_first else r"(?!)"
    )


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """A pattern in which only ``*`` has a meaning."""
    return re.compile(
        "|".join(".*".join(map(re.escape, text.split("*"))) for text in patterns) or r"(?!)", re.DOTALL
    )


def _zone(name: str) -> tzinfo | None:
    if not name:
        return None
    if name == "UTC":
        return UTC  # known without a zone database
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ProfileProblem(("site", "time_zone"), f"{name!r} is not a time zone") from None


def _codec(name: str) -> str:
    try:
        found = codecs.lookup(name).name
        if "MSH".encode(found) != b"MSH":
            raise LookupError(name)
    except (LookupError, TypeError, ValueError):
        raise ProfileProblem(
            ("site", "charset"), f"{name!r} is not a character set with ASCII in it"
        ) from None
    return found
