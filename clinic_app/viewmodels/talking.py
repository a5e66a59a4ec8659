"""The right side: what we want to talk about, and what happened since last time; never more than seven things
first.
"""

from collections.abc import Sequence
from datetime import date

from clinic_app.model.words import Words
from clinic_app.picture.types import AgendaItem, ChangeLine, Picture
from clinic_app.viewmodels.saying import full_day, moment_day, short_day
from clinic_app.viewmodels.shared_state import Line, Listing, Sign, TopicCard

MOST_THINGS = 7
MOST_TOPICS = 3
MOST_LINES = 5
_DONE = frozenset({"done", "closed", "parked", "withdrawn"})
_SIGNS = {"down": Sign.DOWN, "up": Sign.UP, "new": Sign.NEW, "open": Sign.OPEN}
_RECORD_DAYS = 365


def share_attention(patient: int, clinician: int, lines: int) -> tuple[int, int, int]:
    """How many patient's topics, clinician's topics and lines are shown first: 3, 3 and 5 at most, 7
    together.

    The patient's topics come first; two lines keep their place beside the clinician's topics.
    """
    first = min(patient, MOST_TOPICS)
    left = MOST_THINGS - first
    second = min(clinician, MOST_TOPICS, left - min(lines, 2))
    return first, second, min(lines, MOST_LINES, left - second)


def shared_topics(agenda: Sequence[AgendaItem]) -> tuple[tuple[AgendaItem, ...], tuple[AgendaItem, ...]]:
    """The patient's and the clinician's open topics that may be shown; private ones leave no trace."""
    may = [item for item in agenda if not item.private and item.state not in _DONE and item.text.strip()]
    return tuple(i for i in may if i.by == "patient"), tuple(i for i in may if i.by != "patient")


def shared_lines(picture: Picture, allowed: frozenset[str], checks: frozenset[str]) -> tuple[Line, ...]:
    """Changes, then what is due: only what is marked for sharing and stands on the allow-list."""
    lines = [
        Line(_SIGNS[change.sign], change.text) for change in picture.changes if _may_tell(change, allowed)
    ]
    due = [
        Line(Sign.OPEN, line.text)
        for line in picture.due
        if line.audience == "shared" and line.state == "due" and line.key in checks
    ]
    return tuple(dict.fromkeys((*lines, *due)))


def _may_tell(change: ChangeLine, allowed: frozenset[str]) -> bool:
    """Numbers must be of an allowed series; other kinds were decided by the picture from the same list."""
    if change.audience != "shared" or change.sign not in _SIGNS:
        return False
    return change.kind not in ("measurement", "answer") or change.code in allowed


def talk_and_since(
    picture: Picture, allowed: frozenset[str], checks: frozenset[str], today: date, words: Words
) -> tuple[Listing, Listing]:
    """Both cards of the right side."""
    patient, clinician = shared_topics(picture.agenda)
    lines = shared_lines(picture, allowed, checks)
    first, second, told = share_attention(len(patient), len(clinician), len(lines))
    cards = [_card(item, picture, words) for item in (*patient[:first], *clinician[:second])]
    rest = [_card(item, picture, words) for item in (*patient[first:], *clinician[second:])]
    nothing = "" if cards else words("Nothing is noted yet. What matters to you today?")
    talk = Listing(
        words("We want to talk about"),
        words("Topics"),
        topics=(*cards, *rest),
        first_topics=len(cards),
        note=nothing,
    )
    note = _since_note(picture, bool(lines), today, words)
    return talk, Listing(
        _since_title(picture, today, words), words("What is new"), lines=lines, first_lines=told, note=note
    )


def quoted(words: Words, text: str) -> str:
    """The patient's words, unchanged, in quotation marks."""
    return words("“{words}”", words=text.strip())


def _card(item: AgendaItem, picture: Picture, words: Words) -> TopicCard:
    if item.by == "patient":
        return TopicCard(quoted(words, item.text), picture.patient.given or words("you"), True)
    return TopicCard(item.text.strip(), words("Your care team"), False)


def _since_title(picture: Picture, today: date, words: Words) -> str:
    if picture.since is None:
        return words("What is new")
    return words("Since {day}", day=moment_day(words, picture.since, today))


def _since_note(picture: Picture, told: bool, today: date, words: Words) -> str:
    begins = picture.record_begins
    if begins is None:
        return words("There is no record from the clinic yet.")
    if (today - begins.day).days < _RECORD_DAYS:
        day = full_day(words, begins.day) if begins.has_day else short_day(words, begins.day, today)
        return words("Our record begins on {day}.", day=day)
    return "" if told else words("No changes to tell.")
