"""One sentence and one word per series: what the last value is against the one of the last visit."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from clinic_app.picture.scene import Scene, upto
from clinic_app.picture.times import say_day
from clinic_app.picture.types import Point
from clinic_app.picture.wording import rounded

DECIMALS: Mapping[str, int] = {
    "fev1": 2,
    "fvc": 2,
    "fev1_percent_predicted": 0,
    "weight": 1,
    "height": 0,
    "bmi": 1,
    "bmi_percentile": 0,
    "spo2": 0,
}
"""Decimals with which a series is said; symptoms are whole numbers, anything else is said as it was sent."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The newest value of a series and the one it is told against, as they are said."""

    new: Point
    old: Point
    new_value: Decimal
    old_value: Decimal

    @property
    def difference(self) -> Decimal:
        """New minus old, of the numbers as they are said, so that sentence and chart agree."""
        return self.new_value - self.old_value


def compared(scene: Scene, name: str, decimals: int) -> Compared | None:
    """The newest value since the last visit against the last one up to it; None if one is missing."""
    if scene.since is None:
        return None
    points = scene.numbers(name)
    day = scene.since.text[:10]
    before = [point for point in points if point.at is not None and upto(point.at, day)]
    if not before or len(before) == len(points):
        return None
    new, old = points[-1], before[-1]
    assert isinstance(new.value, Decimal) and isinstance(old.value, Decimal)
    return Compared(new, old, rounded(new.value, decimals), rounded(old.value, decimals))


def sentences(scene: Scene) -> tuple[dict[str, str], dict[str, str]]:
    """The sentences and the last words of every series that has something to compare, by series name."""
    said: dict[str, str] = {}
    last: dict[str, str] = {}
    for name in scene.series:
        if name in DECIMALS or name.startswith("symptom_"):
            pair = compared(scene, name, DECIMALS.get(name, 0))
            said[name] = _only(scene, name) if pair is None else _sentence(scene, name, pair)
            last[name] = "" if pair is None else _word(scene, name, pair.difference)
    return {name: text for name, text in said.items() if text}, {
        name: word for name, word in last.items() if word
    }


def _only(scene: Scene, name: str) -> str:
    """A series that has nothing to be compared with: its last value, or that there is none."""
    points, words = scene.numbers(name), scene.words
    if points and points[-1].at is not None and isinstance(value := points[-1].value, Decimal):
        shown = rounded(value, DECIMALS.get(name, 0))
        return words(
            "The last value is {value}, of {day}.", value=shown, day=say_day(words, points[-1].at.day)
        )
    return words("There is no number yet.")


def _sentence(scene: Scene, name: str, pair: Compared) -> str:
    words = scene.words
    day = say_day(words, pair.old.at.day) if pair.old.at else ""
    if name.startswith("symptom_"):
        return words(
            "You said {new} of 10. On {day} it was {old}.", new=pair.new_value, old=pair.old_value, day=day
        )
    size = abs(pair.difference)
    if not size:
        return words("The same as on {day}.", day=day)
    if name in ("fev1_percent_predicted", "bmi_percentile", "spo2"):
        if pair.difference < 0:
            return words.plural(
                "{count} point lower than on {day}.",
                "{count} points lower than on {day}.",
                int(size),
                day=day,
            )
        return words.plural(
            "{count} point higher than on {day}.", "{count} points higher than on {day}.", int(size), day=day
        )
    if pair.difference < 0:
        return words("{size} {unit} less than on {day}.", size=size, unit=pair.new.unit, day=day)
    return words("{size} {unit} more than on {day}.", size=size, unit=pair.new.unit, day=day)


def _word(scene: Scene, name: str, difference: Decimal) -> str:
    """The word beside the last value; no praise and no alarm, only the direction."""
    words = scene.words
    if not difference:
        return words("the same")
    if name in ("weight", "bmi"):
        return words("less") if difference < 0 else words("more")
    return words("lower") if difference < 0 else words("higher")
