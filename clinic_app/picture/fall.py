"""A fall of lung function, by the clinic's rule (``resources/care_checks/lung_function_fall.toml``).

The newest clinic % predicted is compared with the best of the 12 months before it: only tests before a
bronchodilator, of accepted status and quality, at least two earlier ones, and none from before a modulator
was started.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from clinic_app.picture.heights import day_number
from clinic_app.picture.scene import Scene
from clinic_app.picture.tables import FallRule
from clinic_app.picture.times import months_before
from clinic_app.picture.types import Point

_GRADE = re.compile(r"\bgrade[\s:=]*([a-z])\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fall:
    """A fall from `best` to `newest`: relative per cent, and whether it is for the shared screen."""

    best: Point
    newest: Point
    percent: Decimal
    attention: bool


def lung_function_fall(scene: Scene, modulator_starts: Mapping[str, date]) -> Fall | None:
    """The fall that deserves a look today, or None; `modulator_starts` are by ingredient."""
    rule = scene.tables.fall
    notes = {point.fact_id: point.note for point in scene.series.get("fev1", ())}
    tests = [point for point in scene.numbers(rule.series) if _accepted(point, notes, rule)]
    if not tests or not scene.record_held(scene.today):
        return None
    newest = tests[-1]
    day = date.fromordinal(day_number(newest))
    if day <= months_before(scene.today, rule.window_months):
        return None
    restart = max((start for start in modulator_starts.values() if start < day), default=date.min)
    # A test on the day of the first dose was blown before it worked: it belongs to the time before.
    first = max(months_before(day, rule.window_months).toordinal(), restart.toordinal() + 1)
    earlier = [point for point in tests if first <= day_number(point) < day.toordinal()]
    if len({day_number(point) for point in earlier}) < rule.earlier_tests:
        return None
    return _judged(max(earlier, key=_size), newest, rule)


def _accepted(point: Point, notes: Mapping[int, str], rule: FallRule) -> bool:
    """Whether status and quality allow a comparison; the grade stands in the note of the measured litres."""
    measured = point.derived_from[0] if point.derived_from else point.fact_id
    grade = _GRADE.search(notes.get(measured, ""))
    return point.status in rule.accepted_statuses and (
        grade is None or grade[1].upper() not in rule.refused_grades
    )


def _size(point: Point) -> Decimal:
    assert isinstance(point.value, Decimal)
    return point.value


def _judged(best: Point, newest: Point, rule: FallRule) -> Fall | None:
    percent = (_size(best) - _size(newest)) / _size(best) * 100
    if percent < rule.staff_percent:
        return None
    return Fall(best, newest, percent, attention=percent >= rule.attention_percent)
