"""Medicines as a timeline: long-term modulators as bars with their names, courses of antibiotics as boxes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clinic_app.model.moment import Moment
from clinic_app.model.words import Words
from clinic_app.picture.types import MedicineLine
from clinic_app.viewmodels.axes import day_number
from clinic_app.viewmodels.saying import month_names
from clinic_app.viewmodels.shared_state import Bar, Lane, TimeAxis

MODULATOR_ENDING = "caftor"
"""International names of CFTR modulators end so (WHO stem)."""
_LONG_ROWS = 2
_STRENGTH = re.compile(r"[\s,]*[(\d].*$")
_LEAST_DAYS = 7


@dataclass(frozen=True, slots=True)
class _Span:
    first: float
    last: float
    line: MedicineLine


def allowed_medicines(
    medicines: Sequence[MedicineLine], ingredients: frozenset[str]
) -> tuple[MedicineLine, ...]:
    """Those that may be drawn: marked for sharing, and made of allow-listed ingredients only."""
    return tuple(
        line
        for line in medicines
        if line.audience == "shared" and line.ingredients and set(line.ingredients) <= ingredients
    )


def medicine_lanes(
    medicines: Sequence[MedicineLine], axis: TimeAxis, today: date, words: Words
) -> tuple[Lane, ...]:
    """At most two lanes of long-term medicines and one of courses; empty where there is nothing to draw."""
    modulators = [line for line in medicines if _is_modulator(line)]
    courses = [line for line in medicines if not _is_modulator(line)]
    lanes = [
        Lane(tuple(_bar(span, words) for span in row))
        for row in _rows(_spans(modulators, axis, today))[:_LONG_ROWS]
    ]
    spans = _spans(courses, axis, today)
    if spans:
        latest = max(spans, key=lambda span: (span.last, span.first)).line
        bars = tuple(Bar(span.first, max(span.last, span.first + _LEAST_DAYS), "", "") for span in spans)
        lanes.append(Lane(bars, courses=True, note=_course_note(latest, today, words)))
    return tuple(lanes)


def short_name(name: str) -> str:
    """The medicine's name as sent, without strength and form; its first letter a capital."""
    short = _STRENGTH.sub("", name).strip() or name.strip()
    return short[:1].upper() + short[1:]


def _is_modulator(line: MedicineLine) -> bool:
    return any(name.endswith(MODULATOR_ENDING) for name in line.ingredients)


def _spans(lines: Sequence[MedicineLine], axis: TimeAxis, today: date) -> list[_Span]:
    """Times inside the axis; without a known start it begins at the left edge, without a stop it lasts until
    today.
    """
    spans = []
    for line in lines:
        first = axis.first if line.started is None else max(axis.first, day_number(line.started))
        last = today.toordinal() + 1.0 if line.stopped is None else day_number(line.stopped)
        if last > axis.first and first < axis.last:
            spans.append(_Span(first, min(last, axis.last), line))
    return sorted(spans, key=lambda span: (span.first, span.line.name))


def _rows(spans: Sequence[_Span]) -> list[list[_Span]]:
    """Spans in as few rows as they need without covering each other."""
    rows: list[list[_Span]] = []
    for span in spans:
        free = next((row for row in rows if row[-1].last <= span.first), None)
        if free is None:
            rows.append([span])
        else:
            free.append(span)
    return rows


def _bar(span: _Span, words: Words) -> Bar:
    name = short_name(span.line.name)
    label = name
    if span.line.stopped is not None:
        label = words("{medicine} until {month}", medicine=name, month=_month(span.line.stopped, words))
    elif span.line.started is not None:
        label = words("{medicine} since {month}", medicine=name, month=_month(span.line.started, words))
    return Bar(span.first, span.last, label, name)


def _month(at: Moment, words: Words) -> str:
    if len(at.text) < 7:
        return at.text[:4]
    return words("{month} {year}", month=month_names(words)[at.day.month - 1], year=at.day.year)


def _course_note(line: MedicineLine, today: date, words: Words) -> str:
    at = line.started
    if at is None:
        return words("antibiotics")
    recent = (today - at.day).days < 330 and len(at.text) >= 7
    when = month_names(words)[at.day.month - 1] if recent else _month(at, words)
    return words("antibiotics, {month}", month=when)
