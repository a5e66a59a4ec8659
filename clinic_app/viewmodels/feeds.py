"""Health of the feeds in words."""

from collections.abc import Sequence
from datetime import datetime

from clinic_app.model.entries import DROP, LOAD
from clinic_app.model.people import OUTBOX, FeedState
from clinic_app.model.words import Words
from clinic_app.viewmodels.saying import ago_words

_QUIET_SECONDS = 24 * 3600


def shared_feeds(feeds: Sequence[FeedState], answered: str, now: datetime, words: Words) -> tuple[str, ...]:
    """The bottom line of the shared screen: when the clinic's data came, and when the patient last answered.

    ``answered`` is the day in words, empty where there are no answers. No counts: those are for staff.
    """
    clinic = next((feed for feed in feeds if feed.channel == "mllp"), None)
    told = words("Your answers: {day}", day=answered) if answered else words("Your answers: none yet")
    return _clinic_words(clinic, now, words), told


def _clinic_words(feed: FeedState | None, now: datetime, words: Words) -> str:
    if feed is None or feed.last_received is None:
        return words("Clinic data: none yet")
    ago = ago_words(words, feed.last_received, now)
    if (now - feed.last_received).total_seconds() > _QUIET_SECONDS:
        return words("No new clinic data since {day}. You see the last copy.", day=ago)
    return words("Clinic data: {ago}", ago=ago)


def held_of(feeds: Sequence[FeedState]) -> int:
    """How many received entries are held; what the EHR refused of ours is something else."""
    return sum(feed.held for feed in feeds if feed.channel != OUTBOX)


def held_badge(count: int, words: Words) -> str:
    """The words of the button that leads to what is held; empty where nothing is."""
    return words.plural("{count} held", "{count} held", count) if count else ""


def staff_feeds(feeds: Sequence[FeedState], now: datetime, words: Words) -> tuple[str, ...]:
    """The strip of the staff window: last arrival per feed, what waits, and what is wrong."""
    parts: list[str] = []
    for feed in sorted(feeds, key=lambda feed: feed.channel, reverse=True):
        if feed.channel == OUTBOX:
            continue
        name = _name(feed.channel, words)
        last = (
            words("nothing yet") if feed.last_received is None else ago_words(words, feed.last_received, now)
        )
        parts.append(words("{feed}: {ago}", feed=name, ago=last))
        if feed.waiting:
            parts.append(words.plural("{count} waits", "{count} wait", feed.waiting))
        if feed.outside:
            told = words.plural("{count} for another person", "{count} for other people", feed.outside)
            parts.append(told)
        if feed.note:
            parts.append(_note_words(feed.note, words))
    return (*parts, *_outbox_words(feeds, words))


def _outbox_words(feeds: Sequence[FeedState], words: Words) -> tuple[str, ...]:
    """What goes back to the EHR, where anything of it is open; what was refused is work to do."""
    parts: list[str] = []
    for feed in feeds:
        if feed.channel == OUTBOX and feed.waiting:
            parts.append(words.plural("{count} to the EHR waits", "{count} to the EHR wait", feed.waiting))
        if feed.channel == OUTBOX and feed.held:
            refused = words.plural(
                "The EHR refused {count} message ({command}).",
                "The EHR refused {count} messages ({command}).",
                feed.held,
                command="commonground outbox list",
            )
            parts.append(refused)
    return tuple(parts)


def _name(channel: str, words: Words) -> str:
    if channel == DROP:
        return words("EHR files")
    if channel == LOAD:
        return words("Loaded history")
    return words("EHR") if channel.startswith("mllp") else words("Portal")


def _note_words(code: str, words: Words) -> str:
    """What the bridge reports, in words where the code is known, with the code to look it up."""
    if code == "BRIDGE-DOWN":
        return words("The bridge is not running ({code}).", code=code)
    if code.startswith("PORTAL"):
        return words("The portal cannot be reached ({code}).", code=code)
    return code
