"""What a person can choose from to mend a hold: series, units, or that something does not concern us.

The choices come from the profile's own text and the one that it extends, so that they carry the names that
stand there.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from clinic_app.model.mending import Concern, ConcernKind, Mend, MendKind
from clinic_app.model.units import Kept, line_between

Row = Mapping[str, Any]
_ANYTHING = "*"
"""Stands for anything in a profile's patterns and cannot be written there as itself."""


def rows_of(text: str, shipped: Mapping[str, str], table: str) -> Sequence[Row]:
    """Rows of a table: the profile's own, then those of the profile that it extends."""
    own = tomllib.loads(text)
    base = tomllib.loads(shipped.get(own.get("extends", ""), ""))
    return [*own.get(table, ()), *base.get(table, ())]


def row_for(rows: Sequence[Row], concern: Concern) -> Row | None:
    """The row of a code; the profile's own comes first."""
    wanted = (concern.system, concern.code)
    return next((row for row in rows if (row["system"], row.get("code", "")) == wanted), None)


def choices(
    concern: Concern, text: str, shipped: Mapping[str, str], kept: Mapping[str, Kept]
) -> tuple[Mend, ...]:
    """What can be chosen; what fits the result stands first. Empty where nothing can.

    Args:
        concern: what is to be mended.
        text: the site's profile, a valid one.
        shipped: texts of the profiles that it may extend.
        kept: what turns units of laboratory series into each other, by series.
    """
    rows = rows_of(text, shipped, "measurement")
    row = row_for(rows, concern)
    if concern.kind is ConcernKind.CODE:
        return (*_measurements(rows), *_other_meanings(concern))
    if concern.kind is ConcernKind.UNCONFIRMED:
        found = row or row_for(rows_of(text, shipped, "culture"), concern)
        return (Mend(MendKind.CONFIRM, name=found["name"], fits=True),) if found else ()
    if concern.kind is ConcernKind.UNIT:
        return tuple(_units(rows, row))
    if concern.kind is ConcernKind.OTHER_UNIT and row and concern.unit:
        fits = line_between(concern.unit, row["unit"], kept.get(row["series"])) is not None
        return (Mend(MendKind.ALSO, concern.unit, name=row["name"], fits=True),) if fits else ()
    if concern.kind is ConcernKind.NO_UNIT and row:
        return tuple(Mend(MendKind.BLANK_UNIT, unit, name=row["name"], fits=True) for unit in _of(row))
    if concern.kind is ConcernKind.SENDER and _ANYTHING not in concern.sender:
        return (Mend(MendKind.SENDER, concern.sender, fits=True),)
    return ()


def _measurements(rows: Sequence[Row]) -> Iterator[Mend]:
    """Each series with each unit that a row expects of it, once, in the order of the profile."""
    seen = set()
    for row in rows:
        if (row["series"], row["unit"]) not in seen:
            seen.add((row["series"], row["unit"]))
            yield Mend(MendKind.MEASUREMENT, row["series"], row["unit"], row["name"])


def _other_meanings(concern: Concern) -> Iterator[Mend]:
    yield Mend(MendKind.CULTURE)
    yield Mend(MendKind.PANEL)
    if _ANYTHING not in concern.system + concern.code:
        yield Mend(MendKind.IGNORE)


def _units(rows: Sequence[Row], row: Row | None) -> Iterator[Mend]:
    """Units that the result's own row takes, then every other that is in use."""
    fitting = dict.fromkeys(_of(row) if row else ())
    for unit in fitting:
        yield Mend(MendKind.UNIT, unit, fits=True)
    for unit in sorted({unit for one in rows for unit in _of(one)} - set(fitting)):
        yield Mend(MendKind.UNIT, unit)


def _of(row: Row) -> tuple[str, ...]:
    return (row["unit"], *row.get("also", ()))
