"""The open person in the staff window: what is new, what to look at, what is due, and private topics behind a
click.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clinic_app.model.words import Words
from clinic_app.picture.types import Evidence, MedicineLine, Picture
from clinic_app.viewmodels.news import NewsLine
from clinic_app.viewmodels.saying import birth_day, moment_day

_CULTURES = 3
_DUE_STATES = ("due", "unknown")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line and what stands small below it; ``check`` marks what a person must look at."""

    text: str
    detail: str = ""
    check: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of lines."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class StaffPerson:
    """Everything beside the list for one person; ``private`` are topics for the clinician only, shown on a
    click.
    """

    name: str
    identity: str
    news: Section
    sections: tuple[Section, ...]
    private: tuple[str, ...]


def build_person(
    picture: Picture, number: str, news: Sequence[NewsLine], today: date, words: Words
) -> StaffPerson:
    """The staff's side of one person."""
    patient = picture.patient
    title = words.plural("{count} new result", "{count} new results", len(news))
    sections = (
        _attention(picture, words),
        _due(picture, words),
        _medicines(picture, today, words),
        _cultures(picture, today, words),
    )
    return StaffPerson(
        name=patient.name or words("Name not known here"),
        identity=" · ".join((birth_day(words, patient.birth_date), number)),
        news=Section(
            title if news else "", tuple(Entry(line.text, line.origin, check=True) for line in news)
        ),
        sections=tuple(section for section in sections if section.entries),
        private=tuple(item.text for item in picture.agenda if item.private),
    )


def _attention(picture: Picture, words: Words) -> Section:
    entries = (
        Entry(item.text, _reason(item.reason, item.evidence, words), check=True)
        for item in picture.attention
        if item.kind != "due"
    )
    return Section(words("To look at"), tuple(entries))


def _reason(reason: str, evidence: Evidence, words: Words) -> str:
    behind = ", ".join(str(entry) for entry in dict.fromkeys(evidence.inbox_ids) if entry)
    return " ".join(part for part in (reason, words("Entry {ids}.", ids=behind) if behind else "") if part)


def _due(picture: Picture, words: Words) -> Section:
    lines = sorted(
        (line for line in picture.due if line.state in _DUE_STATES),
        key=lambda line: _DUE_STATES.index(line.state),
    )
    return Section(words("Care checks"), tuple(Entry(line.text, check=line.state == "due") for line in lines))


def _medicines(picture: Picture, today: date, words: Words) -> Section:
    lines = (line for line in picture.medicines if line.state != "stopped")
    return Section(
        words("Medicines on record"),
        tuple(Entry(line.name, _ordered(line, today, words)) for line in lines),
    )


def _ordered(line: MedicineLine, today: date, words: Words) -> str:
    """Since when, or until when where the known end has passed: whether it is still taken nobody said."""
    if line.stopped is not None and line.stopped.day < today:
        return words("ordered until {day}", day=moment_day(words, line.stopped, today))
    return words("since {day}", day=moment_day(words, line.started, today)) if line.started else ""


def _cultures(picture: Picture, today: date, words: Words) -> Section:
    newest = sorted(
        (c for c in picture.cultures if c.at is not None), key=lambda c: c.at.text if c.at else ""
    )
    entries = (
        Entry(
            ", ".join(name for _, name in culture.organisms) or words("no growth"),
            ", ".join(part for part in (culture.specimen, moment_day(words, culture.at, today)) if part),
        )
        for culture in reversed(newest[-_CULTURES:])
    )
    return Section(words("Last cultures"), tuple(entries))
