"""Goal bands of the charts: the patient's own goal first, else the guideline's band for sex and age."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from clinic_app.calc.numbers import Refusal
from clinic_app.calc.units import convert
from clinic_app.model.bodies import Goal
from clinic_app.picture.current import Thing
from clinic_app.picture.scene import Scene
from clinic_app.picture.series import UNITS
from clinic_app.picture.types import GoalBand

_TENTH = Decimal("0.1")


def goal_bands(things: Iterable[Thing], scene: Scene) -> tuple[GoalBand, ...]:
    """One band per series, ordered by series name."""
    bands: dict[str, GoalBand] = {**_guideline_bands(scene), **_own_bands(things, scene)}
    return tuple(bands[code] for code in sorted(bands))


def _own_bands(things: Iterable[Thing], scene: Scene) -> Mapping[str, GoalBand]:
    """Bands of active goals that name a measure; the newest goal of a measure counts."""
    bands: dict[str, GoalBand] = {}
    for thing in things:
        body = thing.fact.statement.body
        if (
            isinstance(body, Goal)
            and body.code
            and body.state == "active"
            and (body.low or body.high) is not None
        ):
            band = _in_chart_unit(body, scene)
            if band is not None:
                bands[body.code] = band
    return bands


def _in_chart_unit(goal: Goal, scene: Scene) -> GoalBand | None:
    """The goal in its chart's unit, to a tenth where it was converted; None where the units do not fit."""
    unit = UNITS.get(goal.code, goal.unit)
    limits: list[Decimal | None] = []
    for limit in (goal.low, goal.high):
        found = None if limit is None else convert(limit, goal.unit, unit)
        if isinstance(found, Refusal):
            return None
        exact = None if found is None else found.value
        limits.append(exact if exact is None or goal.unit == unit else exact.quantize(_TENTH, ROUND_HALF_UP))
    return GoalBand(goal.code, limits[0], limits[1], unit, scene.words("your goal"))


def _guideline_bands(scene: Scene) -> Mapping[str, GoalBand]:
    """The guideline's bands; for grown people the BMI band is also said in kg, by the newest height."""
    age = scene.person.age_on(scene.today)
    if age is None:
        return {}
    bands = {
        rule.code: GoalBand(rule.code, rule.low, rule.high, rule.unit, rule.origin)
        for rule in scene.tables.bands
        if scene.person.sex in rule.sexes and rule.from_age_years <= age < rule.below_age_years
    }
    heights = scene.numbers("height")
    if "bmi" in bands and heights and isinstance(height := heights[-1].value, Decimal):
        squared = (height / 100) ** 2
        low, high = (
            None if limit is None else (limit * squared).quantize(_TENTH, rounding=ROUND_HALF_UP)
            for limit in (bands["bmi"].low, bands["bmi"].high)
        )
        bands["weight"] = GoalBand("weight", low, high, "kg", bands["bmi"].origin)
    return bands
