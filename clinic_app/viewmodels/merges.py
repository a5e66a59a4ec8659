"""Numbers that may be one person, as the staff window shows them: both sides beside each other, and what
speaks against it first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from clinic_app.model.identity import Identifier
from clinic_app.model.people import Link
from clinic_app.model.words import Words
from clinic_app.picture.times import say_day
from clinic_app.services.merges import BIRTH_DATES, FAMILY_NAMES, SEXES, Preview, Proposal, Side
from clinic_app.viewmodels.saying import ago_words

Pair = tuple[Identifier, Identifier]
"""The number that stays, and the one that is retired."""


@dataclass(frozen=True, slots=True)
class MergeWork:
    """What there is to do, and what was done: proposals with both sides, and merges that stand."""

    proposals: Sequence[tuple[Proposal, Preview]]
    joined: Sequence[Link]


class MergeServices(Protocol):
    """What the page needs of the clinic; every method may block."""

    def merges_waiting(self) -> int:
        """How many proposals wait; names nobody."""
        ...

    def merge_work(self) -> MergeWork:
        """All of them with both sides; one access row for each."""
        ...

    def now(self) -> datetime:
        """The present."""
        ...

    def decide_merge(self, pair: Pair, joined: bool, although: bool) -> None:
        """Join the two, or keep (or set) them apart; ``although``: their different birth dates were seen."""
        ...


@dataclass(frozen=True, slots=True)
class SideLines:
    """One number: its role, the name, and lines below it."""

    role: str
    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MergeCard:
    """One pair.

    Attributes:
        against: what speaks against one person, loudest first; empty where nothing does.
        although: whether joining means that different birth dates were seen.
        joined: whether it stands, and can only be undone.
    """

    pair: Pair
    title: str
    note: str
    sides: tuple[SideLines, ...]
    against: tuple[str, ...]
    although: bool
    joined: bool


class MergesModel:
    """State behind the page; methods that block are named ``read_…`` and `decide`."""

    def __init__(self, services: MergeServices, words: Words) -> None:
        self._services, self._words = services, words

    def read_waiting(self) -> int:
        """How many numbers wait to be compared."""
        return self._services.merges_waiting()

    def read_work(self) -> MergeWork:
        """All of them, with both sides."""
        return self._services.merge_work()

    def decide(self, pair: Pair, joined: bool, although: bool) -> MergeWork:
        """Decide about one, and read what is left."""
        self._services.decide_merge(pair, joined, although)
        return self._services.merge_work()

    def badge(self, count: int) -> str:
        """The words of the button that leads to them."""
        return badge(count, self._words)

    def cards(self, work: MergeWork) -> tuple[MergeCard, ...]:
        """What the page draws."""
        return merge_cards(work, self._services.now(), self._words)


def merge_cards(work: MergeWork, now: datetime, words: Words) -> tuple[MergeCard, ...]:
    """What waits, oldest first, then what was joined, newest first."""
    waiting = [_proposed(proposal, preview, now, words) for proposal, preview in work.proposals]
    return (*waiting, *(_joined(link, now, words) for link in work.joined))


def badge(count: int, words: Words) -> str:
    """The button's words; empty where there is nothing to do."""
    return words.plural("{count} number to compare", "{count} numbers to compare", count) if count else ""


def _proposed(proposal: Proposal, preview: Preview, now: datetime, words: Words) -> MergeCard:
    said = ago_words(words, proposal.received_at, now)
    sides = (
        _side(words("This number stays"), preview.surviving, words),
        _side(words("This number is retired"), preview.retired, words),
    )
    return MergeCard(
        pair=(proposal.surviving, proposal.retired),
        title=words("One person, says the EHR"),
        note=words("{sender}, {ago}", sender=proposal.sender.strip("|"), ago=said),
        sides=sides,
        against=tuple(_against(one, words) for one in preview.against),
        although=BIRTH_DATES in preview.against,
        joined=False,
    )


def _joined(link: Link, now: datetime, words: Words) -> MergeCard:
    return MergeCard(
        pair=(link.first, link.second),
        title=words("{one} and {other} are shown as one person", one=link.first, other=link.second),
        note=words("{account}, {ago}", account=link.by, ago=ago_words(words, link.at, now)),
        sides=(),
        against=(),
        although=False,
        joined=True,
    )


def _side(role: str, side: Side, words: Words) -> SideLines:
    numbers = ", ".join(str(one) for one in side.identifiers)
    if not side.known:
        return SideLines(role, words("Nothing is known under it here"), (numbers,))
    born = say_day(words, side.birth_date.day) if side.birth_date and side.birth_date.has_day else ""
    lines = [words("Born {day}", day=born) if born else words("Birth date not known here")]
    lines.append(_sexes(words).get(side.sex, words("Sex not known here")))
    lines.append(numbers)
    total = sum(count for _, count in side.counts)
    lines.append(words.plural("{count} entry in the record", "{count} entries in the record", total))
    if side.first and side.last:
        first, last = (say_day(words, at.day) for at in (side.first, side.last))
        lines.append(words("{first} to {last}", first=first, last=last))
    return SideLines(
        role, f"{side.given} {side.family}".strip() or words("Name not known here"), tuple(lines)
    )


def _sexes(words: Words) -> dict[str, str]:
    return {"female": words("Female"), "male": words("Male"), "other": words("Other sex")}


def _against(what: str, words: Words) -> str:
    return {
        BIRTH_DATES: words("The birth dates differ"),
        SEXES: words("The sexes differ"),
        FAMILY_NAMES: words("The family names differ"),
    }[what]
