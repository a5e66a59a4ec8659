"""What the main store keeps of the roster: members by what was sent, and what came for other people."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from clinic_app.model.roster import Name, OutsideState


class RosterView(Protocol):
    """The part that reads."""

    def roots(self, names: Iterable[Name]) -> frozenset[str]:
        """Why these numbers are members: listed numbers, or a rule; empty where none is one."""
        ...

    def set_aside_for(self, names: Iterable[Name]) -> Sequence[int]:
        """Entries set aside that name one of these, oldest first."""
        ...

    def set_aside_for_members(self) -> Sequence[int]:
        """Entries set aside that name somebody who is a member by now, oldest first."""
        ...

    def set_aside_before(self, before: datetime, limit: int) -> Sequence[int]:
        """Entries set aside that came before this time, oldest first."""
        ...

    def outside(self, since: datetime) -> OutsideState:
        """What came for other people, counted since this day."""
        ...


class RosterUnit(RosterView, Protocol):
    """The part that writes."""

    def add_members(self, names: Iterable[Name], roots: Iterable[str], at: datetime) -> bool:
        """Make these numbers members for these reasons; whether any was not one already."""
        ...

    def set_aside(
        self, entry_id: int, received_at: datetime, sender: str, names: Iterable[Name], counted: bool
    ) -> None:
        """Note that this entry's bytes are to be erased, whom it names, and count it where it is to be
        counted.
        """
        ...

    def take_back(self, entry_id: int) -> None:
        """The entry is for somebody on the roster after all: uncount it, and make room for it in the
        inbox.
        """
        ...

    def forget(self, entry_ids: Sequence[int]) -> None:
        """Their bytes are erased: let go of whom they named, and of their lines in the inbox."""
        ...
