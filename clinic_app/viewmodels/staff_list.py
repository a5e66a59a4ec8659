"""The patient list of the staff window: today's people first, search, and what stands beside each name."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from clinic_app.model.identity import Identifier
from clinic_app.model.people import FeedState, PatientRow
from clinic_app.model.words import Words
from clinic_app.viewmodels.feeds import held_of
from clinic_app.viewmodels.saying import completed_years, heading_day, short_day

ANSWERS_DAYS = 14
"""Answers sent within these days count for the coming visit."""
_WEEK = 7


class Tone(StrEnum):
    """How a state pill looks; its words say the same."""

    READY = "ready"
    TO_SEE = "to_see"
    CHECK = "check"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Pill:
    """A state in one or two words."""

    text: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One line of the list; ``found_by`` is what the search looks at."""

    identifier: Identifier
    time: str
    name: str
    age: str
    born: str
    number: str
    answers: str
    place: str
    pill: Pill | None
    today: bool
    found_by: str


@dataclass(frozen=True, slots=True)
class StaffList:
    """The list with its heading; ``summary`` counts today's people and answers."""

    heading: str
    summary: str
    rows: tuple[StaffRow, ...]


def build_list(
    rows: Sequence[PatientRow], feeds: Sequence[FeedState], now: datetime, words: Words
) -> StaffList:
    """Today's people by time, then everybody by name."""
    today = now.date()
    lines = sorted((_row(row, today, words) for row in rows), key=_order)
    return StaffList(heading_day(words, today), _summary(lines, feeds, words), tuple(lines))


def filter_rows(rows: Sequence[StaffRow], query: str, *, only_today: bool) -> tuple[StaffRow, ...]:
    """Rows in which every word of the query begins a word of name, number or birth date."""
    wanted = _plain(query).split()
    return tuple(
        row
        for row in rows
        if (row.today or not only_today)
        and all(any(part.startswith(word) for part in row.found_by.split()) for word in wanted)
    )


def mark_open(row: StaffRow, identifier: Identifier | None, words: Words) -> Pill | None:
    """The row's pill, which for the open person says so."""
    return Pill(words("on screen"), Tone.OPEN) if row.identifier == identifier else row.pill


def _order(row: StaffRow) -> tuple[bool, str, str]:
    return (not row.today, row.time if row.today else "", row.name.casefold())


def _row(row: PatientRow, today: date, words: Words) -> StaffRow:
    starts = row.next_appointment
    comes_today = starts is not None and starts.has_day and starts.day == today
    born = row.birth_date
    answered = None if row.last_submission is None else row.last_submission.astimezone().date()
    recent = answered is not None and (today - answered).days <= ANSWERS_DAYS
    return StaffRow(
        identifier=row.identifier,
        time=_time(row, today, words),
        name=row.name,
        age=words("{age} y", age=completed_years(born.day, today)) if born else "",
        # Year, month, day: no reader takes one for another, and a column of it is quick to scan.
        born=born.text[:10] if born else words("not known here"),
        number=row.identifier.value,
        answers=_answers(answered, today, words),
        place=row.appointment_place if comes_today else "",
        pill=_pill(comes_today, recent, words),
        today=comes_today,
        found_by=_plain(f"{row.name} {row.identifier.value} {born.text if born else ''}"),
    )


def _time(row: PatientRow, today: date, words: Words) -> str:
    starts = row.next_appointment
    if starts is None:
        return ""
    if starts.day == today:
        return starts.text[11:16] or words("today")
    return starts.text[:10]


def _answers(answered: date | None, today: date, words: Words) -> str:
    if answered is None:
        return words("nothing sent")
    return short_day(words, answered, today) if (today - answered).days < _WEEK else answered.isoformat()


def _pill(comes_today: bool, recent: bool, words: Words) -> Pill | None:
    if not comes_today:
        return None
    return Pill(words("ready"), Tone.READY) if recent else Pill(words("to see"), Tone.TO_SEE)


def _summary(rows: Sequence[StaffRow], feeds: Sequence[FeedState], words: Words) -> str:
    """``7 people today · 4 sent answers · 5 messages held``."""
    today = [row for row in rows if row.today]
    ready = sum(row.pill is not None and row.pill.tone is Tone.READY for row in today)
    held = held_of(feeds)
    parts = [
        words.plural("{count} person today", "{count} people today", len(today)),
        words.plural("{count} sent answers", "{count} sent answers", ready),
    ]
    if held:
        parts.append(words.plural("{count} message held", "{count} messages held", held))
    return " · ".join(parts)


def _plain(text: str) -> str:
    """Lower case without accents or punctuation, so that a search finds Núñez by nunez and by number."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = (char if char.isalnum() else " " for char in letters if not unicodedata.combining(char))
    return "".join(kept)
