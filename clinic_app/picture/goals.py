"""Goal bands of the charts: the patient's own goal first, else the guideline's band for sex and age."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from clinic_app.model.bodies import Goal
from clinic_app.picture.current import Thing
from clinic_app.picture.scene import Scene
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
            bands[body.code] = GoalBand(body.code, body.low, body.high, body.unit, scene.words("your goal"))
    return bands


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
