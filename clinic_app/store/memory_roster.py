"""The roster in plain values: the reference for `clinic_app.store.roster`."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from clinic_app.model.roster import Name, OutsideCount, OutsideState


@dataclass
class RosterState:
    """Members with their roots; entries set aside (time, sender, names, whether counted); counts."""

    members: set[tuple[Name, str]] = field(default_factory=set)
    aside: dict[int, tuple[datetime, str, frozenset[Name], bool]] = field(default_factory=dict)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def copy(self) -> "RosterState":
        """A copy that may be changed."""
        return RosterState(set(self.members), dict(self.aside), Counter(self.counts))


class MemoryRoster:
    """Implements `clinic_app.ports.roster.RosterUnit`; ``drop`` takes an entry out of the inbox, where it is
    asked, and says nothing where it has to stay.
    """

    def __init__(self, state: RosterState, drop: Callable[[int, bool], None]) -> None:
        self._state = state
        self._drop = drop

    def roots(self, names: Iterable[Name]) -> frozenset[str]:
        """Why these are members."""
        wanted = list(names)
        return frozenset(
            root for member, root in self._state.members if any(member.meets(name) for name in wanted)
        )

    def set_aside_for(self, names: Iterable[Name]) -> Sequence[int]:
        """Entries that name one of these."""
        wanted = list(names)
        return sorted(
            entry_id
            for entry_id, (_, _, named, _) in self._state.aside.items()
            if any(one.meets(name) for one in named for name in wanted)
        )

    def set_aside_for_members(self) -> Sequence[int]:
        """Entries that name a member."""
        return self.set_aside_for([member for member, _ in self._state.members])

    def set_aside_before(self, before: datetime, limit: int) -> Sequence[int]:
        """Entries that came before."""
        old = sorted((when, entry_id) for entry_id, (when, *_) in self._state.aside.items() if when < before)
        return [entry_id for _, entry_id in old[:limit]]

    def outside(self, since: datetime) -> OutsideState:
        """Counts, and what still has its bytes."""
        counts = [
            OutsideCount(day, sender, number)
            for (day, sender), number in self._state.counts.items()
            if day >= _day(since) and number > 0
        ]
        counts.sort(key=lambda one: one.sender)
        counts.sort(key=lambda one: one.day, reverse=True)
        times = [when for when, *_ in self._state.aside.values()]
        return OutsideState(tuple(counts), len(times), min(times, default=None))

    def add_members(self, names: Iterable[Name], roots: Iterable[str], at: datetime) -> bool:
        """Make these members."""
        before = len(self._state.members)
        why = list(roots)
        self._state.members.update((name, root) for name in names for root in why)
        return len(self._state.members) > before

    def set_aside(
        self, entry_id: int, received_at: datetime, sender: str, names: Iterable[Name], counted: bool
    ) -> None:
        """Note an entry whose bytes go."""
        self._state.aside[entry_id] = (received_at, sender, frozenset(names), counted)
        if counted:
            self._state.counts[_day(received_at), sender] += 1

    def take_back(self, entry_id: int) -> None:
        """Undo `set_aside`."""
        when, sender, _, counted = self._state.aside.pop(entry_id)
        if counted:
            self._state.counts[_day(when), sender] -= 1
        self._drop(entry_id, True)

    def forget(self, entry_ids: Sequence[int]) -> None:
        """Let go of names and lines."""
        for entry_id in entry_ids:
            self._state.aside.pop(entry_id, None)
            self._drop(entry_id, False)


def _day(when: datetime) -> str:
    return when.astimezone(UTC).date().isoformat()
