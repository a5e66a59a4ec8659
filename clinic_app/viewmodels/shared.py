"""Builds the shared screen from a picture. The allow-list is asked here again: what is not named does not get
in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from clinic_app.model.identity import Identifier
from clinic_app.model.people import FeedState
from clinic_app.model.words import Words
from clinic_app.picture.types import Picture
from clinic_app.viewmodels.feeds import shared_feeds
from clinic_app.viewmodels.medicines import allowed_medicines, medicine_lanes
from clinic_app.viewmodels.saying import birth_day, heading_day, moment_day
from clinic_app.viewmodels.shared_state import Banner, SharedState
from clinic_app.viewmodels.talking import talk_and_since
from clinic_app.viewmodels.trends import Source, build_trends, last_told

if TYPE_CHECKING:
    from clinic_app.picture.tables import SharedList


@dataclass(frozen=True, slots=True)
class Viewing:
    """What the screen depends on besides the picture.

    Attributes:
        identifier: the one by which the person was opened; its value is the banner's number.
        token: of this opening.
        now: the present, in the clinic’s zone: its calendar day is today.
        feeds: health of the feeds.
        hidden: series whose cards were hidden.
        demonstration: whether the people are invented.
    """

    identifier: Identifier
    token: int
    now: datetime
    feeds: Sequence[FeedState] = ()
    hidden: frozenset[str] = frozenset()
    demonstration: bool = False


def build_shared(picture: Picture, allowed: "SharedList", viewing: Viewing, words: Words) -> SharedState:
    """The state of the whole shared screen for one person."""
    today = viewing.now.date()
    trends, axis = build_trends(Source(picture, allowed.series, viewing.hidden, today, words))
    medicines = allowed_medicines(picture.medicines, allowed.ingredients)
    # A hidden card takes its lines with it: who asked not to see the weight must not read of it beside.
    told = allowed.series - viewing.hidden
    talk, since = talk_and_since(picture, told, allowed.checks, today, words)
    last = last_told(picture, allowed.series)
    answered = "" if last is None else moment_day(words, last.at, today)
    return SharedState(
        token=viewing.token,
        banner=build_banner(picture, viewing.identifier, words),
        steps=(words("How you are doing"),),
        heading=heading_day(words, today),
        trends=trends,
        axis=axis,
        lanes=medicine_lanes(medicines, axis, today, words),
        talk=talk,
        since=since,
        feeds=shared_feeds(viewing.feeds, answered, viewing.now, words),
        mark=words("Demonstration: invented people") if viewing.demonstration else "",
    )


def build_banner(picture: Picture, identifier: Identifier, words: Words) -> Banner:
    """Name and birth date, labelled, and the number by which the person was opened."""
    patient = picture.patient
    return Banner(
        name=patient.name or words("Name not known here"),
        born=words("born {day}", day=birth_day(words, patient.birth_date)),
        number=words("number {number}", number=identifier.value),
    )
