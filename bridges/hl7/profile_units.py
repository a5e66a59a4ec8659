"""Whether the units of a site profile are units, and can be drawn on the axis of their series."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bridges.hl7.profile_shape import ProfileProblem
from bridges.hl7.ucum import is_unit
from clinic_app.model.units import Kept, line_between


def check_units(
    rows: Sequence[Mapping[str, Any]], table: Mapping[str, str], kept: Mapping[str, Kept]
) -> None:
    """Refuse a text that is no unit, and a unit that nothing turns into that of its series (ProfileProblem).

    Args:
        rows: the measurement rows; the last of a series (that of the profile which was extended) says the
            unit of the series, unless ``kept`` does.
        table: units by what is sent.
        kept: in which unit laboratory series are kept, by series.
    """
    for sent, unit in table.items():
        if not is_unit(unit):
            raise ProfileProblem(("units", sent), f"{unit!r} is no UCUM unit")
    units = {str(row["series"]): str(row["unit"]) for row in rows}
    for number, row in enumerate(rows):
        series = row["series"]
        own = kept.get(series)
        to = own.unit if own else units[series]
        for key, unit in _units_of(row):
            if not is_unit(unit):
                raise ProfileProblem(("measurement", number, key), f"{unit!r} is no UCUM unit")
            if line_between(unit, to, own) is None:
                reason = f"nothing here turns {unit} into {to}, the unit in which {series} is kept"
                raise ProfileProblem(("measurement", number, key), reason)


def _units_of(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "unit", row["unit"]
    if row.get("blank_unit"):
        yield "blank_unit", row["blank_unit"]
    for unit in row.get("also", ()):
        yield "also", unit
