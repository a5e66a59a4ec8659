"""The three aligned trends, from the picture's series: which ones, their marks, gaps, goal band and words."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

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


def chosen_codes(picture: Picture, allowed: frozenset[str], today: date) -> tuple[str, ...]:
    """The series of the three charts: lung strength, weight, and how you feel (else height of a child, else oxygen)."""
    born = picture.patient.birth_date
    growing = born is not None and completed_years(born.day, today) < _GROWN_UP
    third = ("symptom_overall", "height", "spo2") if growing else ("symptom_overall", "spo2")
    rows = (("fev1_percent_predicted", "fev1"), ("weight",), third)
    chosen = (_first_with_data(picture, row, allowed) for row in rows)
    return tuple(code for code in chosen if code)


def build_trends(
    picture: Picture, codes: Sequence[str], hidden: frozenset[str], today: date, words: Words
) -> tuple[tuple[Trend, ...], TimeAxis]:
    """The charts of these series and their common time axis; a hidden card keeps only its title."""
    measures = [measure(words, code) for code in codes]
    shown = [one for one in measures if one.code not in hidden]
    drawn = {one.code: _numbers(picture, one.code, today) for one in shown}
    days = [[day for day, _ in points] for points in drawn.values()]
    axis = time_axis(words, [each[0] for each in days], [each[-1] for each in days], today)
    trends = (
        Trend(one.code, one.title, hidden=True)
        if one.code in hidden
        else _trend(picture, one, drawn[one.code], axis, today, words)
        for one in measures
    )
    return tuple(trends), axis


def _first_with_data(picture: Picture, codes: Iterable[str], allowed: frozenset[str]) -> str:
    for code in codes:
        if code in allowed and any(_drawable(point) for point in picture.series.get(code, ())):
            return code
    return ""


def _drawable(point: Point) -> bool:
    return isinstance(point.value, Decimal) and point.at is not None


def _numbers(picture: Picture, code: str, today: date) -> list[tuple[float, Point]]:
    """Points that can be drawn with their day numbers, in order of time, none from the future (unless all are)."""
    points = [(day_number(p.at), p) for p in picture.series.get(code, ()) if p.at is not None and _drawable(p)]
    points.sort(key=lambda pair: pair[0])
    return [pair for pair in points if pair[0] < today.toordinal() + 1] or points[:1]


def _trend(
    picture: Picture,
    one: Measure,
    points: Sequence[tuple[float, Point]],
    axis: TimeAxis,
    today: date,
    words: Words,
) -> Trend:
    unit = points[-1][1].unit
    home = [pair for pair in _numbers(picture, one.home, today) if pair[1].unit == unit] if one.home else []
    marks = _marks(points, one, axis, today, words)
    home_marks = _marks(home, one, axis, today, words)
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
    """Say how old the last value is; one that is too old no longer says how things are."""
    if last.at is None:
        return trend
    age = age_words(words, last.at.day, today)
    if (today - last.at.day).days <= CLINIC_GAP_DAYS:
        return replace(trend, age=age)
    return replace(trend, age=age, stale=True, word=words("an old value"))


def _value(point: Point) -> Decimal:
    return point.value if isinstance(point.value, Decimal) else Decimal(0)


def _marks(
    points: Sequence[tuple[float, Point]], one: Measure, axis: TimeAxis, today: date, words: Words
) -> tuple[Mark, ...]:
    """Marks inside the time axis, and the one before it from which the line comes in."""
    inside = [index for index, (day, _) in enumerate(points) if day >= axis.first]
    begin = max(0, inside[0] - 1) if inside else len(points)
    marks = []
    for index in range(begin, len(points)):
        day, point = points[index]
        following = points[index + 1][0] if index + 1 < len(points) else None
        joined = following is not None and following - day <= CLINIC_GAP_DAYS
        marks.append(Mark(day, float(_value(point)), joined, origin_line(words, point, one, today)))
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
