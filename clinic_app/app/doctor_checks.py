"""The checks behind ``commonground doctor``: each says what it found, in which state, and the mend."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic_app.model.errors import CommonGroundError
from clinic_app.model.people import FeedState

STALE_AFTER = timedelta(hours=24)
"""A feed that brought nothing for this long is called stale: a clinic's EHR sends every working day."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line: ``state`` is ok, note, stale or wrong; ``code`` and ``mend`` are empty where all is well."""

    name: str
    state: str
    what: str
    mend: str = ""
    code: str = ""

    @classmethod
    def wrong(cls, name: str, error: CommonGroundError) -> "Check":
        """The line of a check that raised one of our errors."""
        return cls(name, "wrong", error.what, error.mend, error.code)


def feed_checks(feeds: tuple[FeedState, ...], now: datetime) -> Iterator[Check]:
    """How old each feed's last message is, what is held, what waits."""
    names = {"mllp": "EHR feed", "fhir": "portal feed"}
    for feed in feeds:
        name = names.get(feed.channel, feed.channel)
        yield _age(name, feed, now)
        if feed.held:
            mend = "See `commonground inbox list --state held`; each entry names its mend."
            yield Check(name, "note", f"{feed.held} entries are held", mend, "ENTRIES-HELD")
        if feed.waiting:
            mend = "If this stays, see whether the bridge runs (`commonground doctor`)."
            yield Check(name, "note", f"{feed.waiting} entries wait to be translated", mend, "ENTRIES-WAITING")


def _age(name: str, feed: FeedState, now: datetime) -> Check:
    if feed.last_received is None:
        return Check(name, "note", "nothing has come yet", "Send a message, or look at the sender.", "FEED-SILENT")
    age = now - feed.last_received
    text = f"last received {feed.last_received:%Y-%m-%d %H:%M} UTC"
    if age > STALE_AFTER:
        return Check(name, "stale", text, "Look whether the sender still sends.", "FEED-STALE")
    return Check(name, "ok", text)
