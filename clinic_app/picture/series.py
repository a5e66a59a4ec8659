"""Measurements as series: one per name, in order of time, in one unit, clinic and home apart."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from clinic_app.calc.numbers import Refusal
from clinic_app.calc.units import convert
from clinic_app.model.bodies import Measurement
from clinic_app.model.facts import Source, Statement
from clinic_app.model.units import Kept
from clinic_app.model.words import Words
from clinic_app.picture.current import Thing
from clinic_app.picture.types import Point

Series = Mapping[str, tuple[Point, ...]]

UNITS: Mapping[str, str] = {
    "fev1": "L",
    "fvc": "L",
    "fev1_post": "L",
    "fvc_post": "L",
    "fev1_fvc": "%",
    "fev1_percent_predicted_reported": "%",
    "fvc_percent_predicted_reported": "%",
    "weight": "kg",
    "height": "cm",
    "bmi_reported": "kg/m2",
    "spo2": "%",
}
"""The unit in which a series is kept that the program computes with; those of laboratory series are data
(`PictureTables.units`), and any other series keeps the unit that was sent."""

_HOME = "home_"
_ASKED = ("home_", "symptom_", "pro_", "lab_")
_FROM_HOME = frozenset({Source.PATIENT, Source.DEVICE})


def measured_series(
    things: Iterable[Thing], words: Words, laboratory: Mapping[str, Kept] = MappingProxyType({})
) -> dict[str, tuple[Point, ...]]:
    """All measured series; the things come in order of time and stay so. ``laboratory`` says in which unit
    laboratory series are kept, and what turns others into it."""
    series: dict[str, list[Point]] = {}
    for thing in things:
        statement = thing.fact.statement
        body = statement.body
        if isinstance(body, Measurement):
            name = series_name(statement)
            own = UNITS.get(name.removeprefix(_HOME))
            kept = Kept(own) if own else laboratory.get(name)
            series.setdefault(name, []).append(_point(thing, body, kept, words))
    return {name: tuple(points) for name, points in sorted(series.items())}


def series_name(statement: Statement) -> str:
    """The series of a measurement: home values are never put among the clinic's."""
    if statement.source in _FROM_HOME and not statement.code.startswith(_ASKED):
        return f"{_HOME}{statement.code}"
    return statement.code


def _point(thing: Thing, body: Measurement, kept: Kept | None, words: Words) -> Point:
    unit = kept.unit if kept else None
    fact, statement = thing.fact, thing.fact.statement
    value, method, note = body.value, "", body.note
    shown = body.text if value is None else value
    if value is not None and unit is not None and body.unit != unit:
        converted = convert(value, body.unit, unit, kept)
        if isinstance(converted, Refusal):
            # A number in a foreign unit must not be drawn among the others: it is shown as words.
            shown = f"{body.text or value} {body.sent_unit or body.unit}".strip()
            note = words("The unit that was sent does not fit this measurement.")
        else:
            shown, method = converted.value, converted.method
    return Point(
        at=statement.at,
        value=shown,
        comparator=body.comparator,
        unit=body.unit if unit is None else unit,
        source=statement.source,
        author=statement.author,
        status=statement.status,
        recorded_at=fact.recorded_at.isoformat(),
        fact_id=fact.id,
        inbox_id=fact.inbox_id,
        replaces=thing.replaces,
        method=method,
        note=note,
    )
