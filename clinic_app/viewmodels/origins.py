"""Where a value comes from, in words: source, day, author, standing, and the inbox entry behind it."""

from datetime import date
from decimal import Decimal
from textwrap import shorten

from clinic_app.model.facts import FactStatus, Source
from clinic_app.model.words import Words
from clinic_app.picture.types import Point
from clinic_app.viewmodels.measures import Measure
from clinic_app.viewmodels.saying import full_day, moment_day

SEPARATOR = " · "
_AUTHOR = 28


def from_patient(point: Point) -> bool:
    """Whether the patient or a device of theirs gave the value."""
    return point.source in (Source.PATIENT, Source.DEVICE)


def source_words(words: Words, source: str) -> str:
    """The source as the screen names it."""
    if source == Source.PATIENT:
        return words("you told us")
    if source == Source.DEVICE:
        return words("your device")
    if source == Source.STAFF:
        return words("care team")
    if source == Source.LOADED:
        return words("earlier records")
    return words("clinic")


def status_words(words: Words, point: Point) -> str:
    """The standing of a value; a correction says that it replaced something."""
    if point.status in (FactStatus.REGISTERED, FactStatus.PRELIMINARY):
        return words("not final yet")
    if point.status == FactStatus.CORRECTED or point.replaces:
        return words("corrected")
    return words("final")


def short_origin(words: Words, point: Point, today: date) -> str:
    """Source and day beside the last value: "clinic, 3 March"."""
    return f"{source_words(words, point.source)}, {moment_day(words, point.at, today)}"


def origin_line(words: Words, point: Point, measure: Measure, today: date) -> str:
    """All that is known about one value, for the card's foot line; what matters least stands last."""
    shown = f"{point.value.normalize():f}" if isinstance(point.value, Decimal) else str(point.value or "")
    if isinstance(point.value, Decimal) and len(shown.partition(".")[2]) > 2:
        shown = f"{point.value:.2f}"
    day = moment_day(words, point.at, today)
    if point.at is not None and point.at.has_day:
        day = full_day(words, point.at.day)
    parts = (
        f"{point.comparator}{shown} {measure.unit}",
        day,
        source_words(words, point.source),
        shorten(point.author, width=_AUTHOR, placeholder=" …"),
        status_words(words, point),
        words("entry {id}", id=point.inbox_id) if point.inbox_id else "",
        measure.precise,
        point.method,
    )
    return SEPARATOR.join(part for part in parts if part)
