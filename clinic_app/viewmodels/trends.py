"""The three aligned trends, from the picture's series: which ones, their marks, gaps, goal band and words."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import partial

from clinic_app.model.words import Words
from clinic_app.picture.types import GoalBand, Picture, Point
from clinic_app.viewmodels.axes import day_number, time_axis, vertical
from clinic_app.viewmodels.measures import Measure, measure
from clinic_app.viewmodels.origins import from_patient, origin_line, short_origin
from clinic_app.viewmodels.saying import age_words, completed_years, number, short_day
from clinic_app.viewmodels.shared_state import Band, Mark, Scale, TimeAxis, Trend

CLINIC_GAP_DAYS = 274
"""Longer than this (nine months) between two values is drawn as a gap, and makes the last one old."""
HOME_GAP_DAYS = 21
"""After this many days without home values the legend says when the last one came."""
_GROWN_UP = 20


@dataclass(frozen=True, slots=True)
class Source:
    """What charts are drawn from: the picture, the allowed series, the hidden ones, today, and the
    language.
    """

    picture: Picture
    allowed: frozenset[str]
    hidden: frozenset[str]
    today: date
    words: Words
    _found: dict[str, list[tuple[float, Point]]] = field(default_factory=dict, init=False, compare=False)

    def numbers(self, code: str) -> list[tuple[float, Point]]:
        """Points of an allowed series that can be drawn, with their day numbers, in order of time.

        What is dated in the future is left out, unless there is nothing else.
        """
        if code not in self._found:
            self._found[code] = self._find(code) if code in self.allowed else []
        return self._found[code]

    def _find(self, code: str) -> list[tuple[float, Point]]:
        series = self.picture.series.get(code, ())
        points = [(day_number(p.at), p) for p in series if p.at is not None and isinstance(p.value, Decimal)]
        points.sort(key=lambda pair: pair[0])
        return [pair for pair in points if pair[0] < self.today.toordinal() + 1] or points[:1]


def chosen_codes(source: Source) -> tuple[str, ...]:
    """The series of the three charts: lung strength, weight, and how you feel.

    Where nobody said how they feel: a child's height, else oxygen.
    """
    born = source.picture.patient.birth_date
    growing = born is not None and completed_years(born.day, source.today) < _GROWN_UP
    third = ("symptom_overall", "height", "spo2") if growing else ("symptom_overall", "spo2")
    rows = (("fev1_percent_predicted", "fev1"), ("weight",), third)
    chosen = (next((code for code in row if source.numbers(code)), "") for row in rows)
    return tuple(code for code in chosen if code)


def build_trends(source: Source) -> tuple[tuple[Trend, ...], TimeAxis]:
    """The charts and their common time axis; a hidden card keeps only its title."""
    measures = [measure(source.words, code) for code in chosen_codes(source)]
    drawn = {one.code: source.numbers(one.code) for one in measures if one.code not in source.hidden}
    days = [[day for day, _ in points] for points in drawn.values()]
    axis = time_axis(source.words, [each[0] for each in days], [each[-1] for each in days], source.today)
    trends = (
        _trend(source, one, drawn[one.code], axis)
        if one.code in drawn
        else Trend(one.code, one.title, hidden=True)
        for one in measures
    )
    return tuple(trends), axis


def _trend(source: Source, one: Measure, points: Sequence[tuple[float, Point]], axis: TimeAxis) -> Trend:
    picture, today, words = source.picture, source.today, source.words
    unit = points[-1][1].unit
    home = [pair for pair in source.numbers(one.home) if pair[1].unit == unit]
    marks = _marks(source, one, points, axis)
    home_marks = _marks(source, one, home, axis)
    goal = _goal(picture.goals, one.code, unit)
    scale = vertical(_heights((*marks, *home_marks), goal), one.least_span, one.ends)
    last = points[-1][1]
    trend = Trend(
        code=one.code,
        title=one.title,
        sentence=picture.sentences.get(one.code, ""),
        value=f"{last.comparator}{number(_value(last), one.decimals)}",
        unit=one.unit,
        word=picture.last_words.get(one.code, ""),
        origin=short_origin(words, last, today),
        home=_home_legend(words, home, home_marks, today),
        marks=marks,
        home_marks=home_marks,
        band=_band(goal, scale, words),
        scale=scale,
    )
    return _aged(trend, last, today, words)


def _aged(trend: Trend, last: Point, today: date, words: Words) -> Trend:
    """Say how old the last value is; where it is too old, that is the word beside it, not how things are."""
    if last.at is None:
        return trend
    age = age_words(words, last.at.day, today)
    if (today - last.at.day).days <= CLINIC_GAP_DAYS:
        return replace(trend, age=age)
    return replace(trend, word=age, stale=True)


def _value(point: Point) -> Decimal:
    return point.value if isinstance(point.value, Decimal) else Decimal(0)


def _marks(
    source: Source, one: Measure, points: Sequence[tuple[float, Point]], axis: TimeAxis
) -> tuple[Mark, ...]:
    """Marks inside the time axis, and the one before it from which the line comes in."""
    inside = [index for index, (day, _) in enumerate(points) if day >= axis.first]
    begin = max(0, inside[0] - 1) if inside else len(points)
    days = [day for day, _ in points]
    marks = []
    for index, (day, point) in enumerate(points[begin:], begin):
        joined = index + 1 < len(days) and days[index + 1] - day <= CLINIC_GAP_DAYS
        tell = partial(origin_line, source.words, point, one, source.today)
        marks.append(Mark(day, float(_value(point)), joined, tell))
    return tuple(marks)


def _heights(marks: Sequence[Mark], goal: GoalBand | None) -> list[float]:
    heights = [mark.value for mark in marks]
    if goal is not None:
        heights.extend(float(end) for end in (goal.low, goal.high) if end is not None)
    return heights


def _goal(goals: Sequence[GoalBand], code: str, unit: str) -> GoalBand | None:
    """The goal of this series in the unit that is drawn."""
    return next((goal for goal in goals if goal.code == code and goal.unit in ("", unit)), None)


def _band(goal: GoalBand | None, scale: Scale, words: Words) -> Band | None:
    if goal is None:
        return None
    low = scale.low if goal.low is None else max(float(goal.low), scale.low)
    high = scale.high if goal.high is None else min(float(goal.high), scale.high)
    own = words("your goal")
    label = own if goal.origin == own else words("goal")
    return Band(low, high, label) if high > low else None


def _home_legend(
    words: Words, home: Sequence[tuple[float, Point]], drawn: Sequence[Mark], today: date
) -> str:
    if not drawn:
        return ""
    last = home[-1][1]
    if last.at is None or (today - last.at.day).days <= HOME_GAP_DAYS:
        return words("at home")
    return words("at home, last {day}", day=short_day(words, last.at.day, today))


def last_told(picture: Picture, allowed: frozenset[str]) -> Point | None:
    """The newest point that the patient gave, for "your answers"."""
    told = [
        point
        for code in sorted(allowed)
        for point in picture.series.get(code, ())
        if from_patient(point) and point.at is not None
    ]
    return max(told, key=lambda point: day_number(point.at) if point.at else 0.0, default=None)
