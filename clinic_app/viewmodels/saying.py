"""Days, ages and numbers as people say them, in the reader's language.

Spanish is written as in the United States and Mexico: with a decimal point, so that a sentence and its
chart agree.
"""

from collections.abc import Hashable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import cast

from clinic_app.model.moment import Moment
from clinic_app.model.words import Words

_AGED_DAYS = 60


def month_names(words: Words) -> tuple[str, ...]:
    """January to December."""
    return _months(cast(Hashable, words))


@lru_cache(maxsize=8)  # asked for once per mark of every chart: measured, a tenth of opening a person
def _months(language: Hashable) -> tuple[str, ...]:
    words = cast(Words, language)
    return (
        words("January"),
        words("February"),
        words("March"),
        words("April"),
        words("May"),
        words("June"),
        words("July"),
        words("August"),
        words("September"),
        words("October"),
        words("November"),
        words("December"),
    )


def weekday_names(words: Words) -> tuple[str, ...]:
    """Monday to Sunday."""
    return (
        words("Monday"),
        words("Tuesday"),
        words("Wednesday"),
        words("Thursday"),
        words("Friday"),
        words("Saturday"),
        words("Sunday"),
    )


def full_day(words: Words, day: date) -> str:
    """``3 March 2026``."""
    return words("{day} {month} {year}", day=day.day, month=month_names(words)[day.month - 1], year=day.year)


def short_day(words: Words, day: date, today: date) -> str:
    """A day as said today: today, yesterday, Saturday, ``3 March``, or with the year where it is another
    one.
    """
    past = (today - day).days
    if past == 0:
        return words("today")
    if past == 1:
        return words("yesterday")
    if 1 < past < 7:
        return weekday_names(words)[day.weekday()]
    if day.year == today.year or 0 < past < 300:
        return words("{day} {month}", day=day.day, month=month_names(words)[day.month - 1])
    return full_day(words, day)


def heading_day(words: Words, day: date) -> str:
    """``Monday 23 November``."""
    return words(
        "{weekday} {day} {month}",
        weekday=weekday_names(words)[day.weekday()],
        day=day.day,
        month=month_names(words)[day.month - 1],
    )


def moment_day(words: Words, at: Moment | None, today: date) -> str:
    """A moment's day with the precision that was sent: day, month or year; empty where nothing was sent."""
    if at is None:
        return ""
    if at.has_day:
        return short_day(words, at.day, today)
    if len(at.text) >= 7:
        return words("{month} {year}", month=month_names(words)[at.day.month - 1], year=at.day.year)
    return at.text[:4]


def birth_day(words: Words, at: Moment | None) -> str:
    """A birth date in full, with the precision that was sent; "not known here" where nothing was."""
    if at is None:
        return words("not known here")
    return full_day(words, at.day) if at.has_day else at.text


def age_words(words: Words, day: date, today: date) -> str:
    """How long ago, once that matters (two months or more); else empty."""
    past = (today - day).days
    if past < _AGED_DAYS:
        return ""
    if past < 730:
        return words.plural("{count} month ago", "{count} months ago", round(past / 30.44))
    return words.plural("{count} year ago", "{count} years ago", past // 365)


def ago_words(words: Words, then: datetime, now: datetime) -> str:
    """How long ago something arrived: just now, minutes, hours, or the day."""
    minutes = int((now - then).total_seconds() // 60)
    if minutes < 1:
        return words("just now")
    if minutes < 60:
        return words.plural("{count} minute ago", "{count} minutes ago", minutes)
    if minutes < 24 * 60:
        return words.plural("{count} hour ago", "{count} hours ago", minutes // 60)
    return short_day(words, then.astimezone().date(), now.astimezone().date())


def completed_years(born: date, today: date) -> int:
    """Age in completed years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def number(value: Decimal, decimals: int) -> str:
    """A number with fixed decimals, rounded half away from zero as people do."""
    return str(value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))
