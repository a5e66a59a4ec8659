"""What came for the open person since the visit began: for the staff window only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from clinic_app.model.facts import Source
from clinic_app.model.words import Words
from clinic_app.picture.types import Picture, Point
from clinic_app.picture.wording import measure_names
from clinic_app.viewmodels.saying import moment_day

_PREFIXES = ("lab_", "pro_", "symptom_")


@dataclass(frozen=True, slots=True)
class NewsLine:
    """One new thing: what it is, and where it comes from."""

    text: str
    origin: str


def news_between(before: Picture, now: Picture, today: date, words: Words) -> tuple[NewsLine, ...]:
    """New values, cultures, medicines and topics of a person, in this order."""
    lines = list(_new_values(before, now, today, words))
    lines += [
        NewsLine(
            _culture(words, [name for _, name in culture.organisms]), moment_day(words, culture.at, today)
        )
        for culture in now.cultures
        if culture not in before.cultures
    ]
    lines += [
        NewsLine(words("Medicine: {name}", name=line.name), moment_day(words, line.started, today))
        for line in now.medicines
        if line not in before.medicines
    ]
    lines += [
        NewsLine(
            words("A private topic") if item.private else words("A topic"), moment_day(words, item.at, today)
        )
        for item in now.agenda
        if item not in before.agenda
    ]
    return tuple(lines)


def series_label(words: Words, code: str) -> str:
    """A series by a name that staff read: the plain name where it has one, else its key without prefix."""
    named = measure_names(words).get(code)
    if named is not None and code != "fev1_percent_predicted":
        return named
    for prefix in _PREFIXES:
        code = code.removeprefix(prefix)
    if code.startswith("home_"):
        return words("{name} at home", name=series_label(words, code.removeprefix("home_")))
    return code.upper() if len(code) <= 4 else code.replace("_", " ")


def _culture(words: Words, names: list[str]) -> str:
    return words("Culture: {names}", names=", ".join(names)) if names else words("Culture: no growth")


def _new_values(before: Picture, now: Picture, today: date, words: Words) -> Iterable[NewsLine]:
    for code, points in now.series.items():
        known = {(point.fact_id, point.status) for point in before.series.get(code, ())}
        for point in points:
            if point.source != Source.COMPUTED and (point.fact_id, point.status) not in known:
                yield NewsLine(
                    f"{series_label(words, code)} {_shown(point)}",
                    _origin(words, point, today),
                )


def _shown(point: Point) -> str:
    value = f"{point.value.normalize():f}" if isinstance(point.value, Decimal) else str(point.value or "")
    unit = "" if point.unit.startswith("{") else point.unit
    return f"{point.comparator}{value} {unit}".strip()


def _origin(words: Words, point: Point, today: date) -> str:
    entry = words("entry {id}", id=point.inbox_id) if point.inbox_id else ""
    return " · ".join(part for part in (moment_day(words, point.at, today), point.author, entry) if part)
