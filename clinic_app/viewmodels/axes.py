"""Axes: the one time axis of all charts, and calm vertical scales."""

from collections.abc import Iterable, Sequence
from datetime import date
from math import floor

from clinic_app.model.moment import Moment
from clinic_app.model.words import Words
from clinic_app.viewmodels.saying import month_names
from clinic_app.viewmodels.shared_state import Scale, TimeAxis

_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 25, 50, 100)
_DAYS_SHOWN = 745
_LEAST_DAYS = 190
_MARGIN = 0.036
_EDGE = 0.03


def day_number(at: Moment) -> float:
    """Days since the year 1 as the sender's calendar counts, with the part of the day where a time was
    sent.
    """
    text = at.text
    if len(text) < 10:
        return float(at.day.toordinal())
    # Asked for thousands of times per picture: the day is read in one step.
    day = float(date.fromisoformat(text[:10]).toordinal())
    if len(text) == 10:
        return day
    clock = text[11:16]
    return day + (int(clock[:2]) * 60 + int(clock[3:5] or 0)) / 1440


def time_axis(words: Words, first_days: Sequence[float], last_days: Sequence[float], today: date) -> TimeAxis:
    """Two years up to today; less where the record is younger, more where its newest values are older.

    ``first_days`` and ``last_days`` are the first and last mark of each chart.
    """
    now = today.toordinal()
    earliest = min(first_days, default=float(now))
    first = min(max(earliest, now - _DAYS_SHOWN), now - _LEAST_DAYS)
    first = min([first, *(day - 60 for day in last_days)])
    air = (now - first) * _MARGIN
    first, last = first - air, now + 1 + air
    return TimeAxis(first, last, tuple(_time_ticks(words, first, last)))


def _time_ticks(words: Words, first: float, last: float) -> Iterable[tuple[float, str]]:
    months = month_names(words)
    span = last - first
    wanted = (1, 4, 7, 10) if span < 420 else (1, 7) if span < 1200 else (1,)
    for year in range(date.fromordinal(int(first)).year, date.fromordinal(int(last)).year + 1):
        for month in wanted:
            day = date(year, month, 1).toordinal()
            if first + span * _EDGE <= day <= last - span * _EDGE:
                yield day, str(year) if month == 1 else months[month - 1]


def vertical(values: Sequence[float], least_span: float, ends: tuple[float, float] | None) -> Scale:
    """A scale with three ticks around the values, at least ``least_span`` high; or with fixed ends."""
    if ends is not None:
        middle = (ends[0] + ends[1]) / 2
        return _scale([ends[0], middle, ends[1]])
    low, high = min(values, default=0.0), max(values, default=least_span)
    missing = max(0.0, least_span - (high - low)) / 2
    low, high = max(0.0, low - missing), high + missing
    high = max(high, low + least_span)
    for step in _STEPS:
        for start in (step, step / 2) if step / 2 in _STEPS else (step,):
            bottom = floor(low / start + 1e-9) * start
            if bottom + 2 * step >= high - 1e-9:
                return _scale([bottom, bottom + step, bottom + 2 * step])
    return _scale([low, high])


def _scale(ticks: Sequence[float]) -> Scale:
    """Ticks with a little air above and below, so that no mark is cut off."""
    air = (ticks[-1] - ticks[0]) * 0.1
    return Scale(ticks[0] - air, ticks[-1] + air, tuple((tick, f"{round(tick, 2):g}") for tick in ticks))
