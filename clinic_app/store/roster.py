"""The roster in tables; see `clinic_app.ports.roster` for what each method promises."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from clinic_app.model.roster import NOT_ROSTERED, Name, OutsideCount, OutsideState
from clinic_app.store.rows import time_of, time_text
from clinic_app.store.tables import (
    inbox,
    outside_count,
    outside_entry,
    outside_name,
    part,
    roster_member,
)

T = TypeVar("T")
_AT_ONCE = 200
"""Values in one statement."""


class SqlRoster:
    """One transaction's view of the roster."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def roots(self, names: Iterable[Name]) -> frozenset[str]:
        """Why these are members."""
        found: set[str] = set()
        for some in _groups(sorted(set(names))):
            query = select(roster_member).where(roster_member.c.value.in_([name.value for name in some]))
            for row in self._connection.execute(query):
                if any(Name(row.authority, row.value).meets(name) for name in some):
                    found.add(row.root)
        return frozenset(found)

    def set_aside_for(self, names: Iterable[Name]) -> Sequence[int]:
        """Entries that name one of these."""
        found: set[int] = set()
        for some in _groups(sorted(set(names))):
            query = select(outside_name).where(outside_name.c.value.in_([name.value for name in some]))
            for row in self._connection.execute(query):
                if any(Name(row.authority, row.value).meets(name) for name in some):
                    found.add(row.entry_id)
        return sorted(found)

    def set_aside_for_members(self) -> Sequence[int]:
        """Entries that name a member."""
        query = select(outside_name.c.entry_id).join(roster_member, _meet()).distinct()
        return sorted(self._connection.execute(query).scalars())

    def set_aside_before(self, before: datetime, limit: int) -> Sequence[int]:
        """Entries that came before."""
        query = (
            select(outside_entry.c.entry_id)
            .where(outside_entry.c.received_at < time_text(before))
            .order_by(outside_entry.c.received_at, outside_entry.c.entry_id)
            .limit(limit)
        )
        return list(self._connection.execute(query).scalars())

    def outside(self, since: datetime) -> OutsideState:
        """Counts, and what still has its bytes."""
        query = (
            select(outside_count)
            .where(outside_count.c.day >= time_text(since)[:10], outside_count.c.messages > 0)
            .order_by(outside_count.c.day.desc(), outside_count.c.sender)
        )
        counts = tuple(
            OutsideCount(row.day, row.sender, row.messages) for row in self._connection.execute(query)
        )
        there = select(func.count(), func.min(outside_entry.c.received_at)).select_from(outside_entry)
        number, oldest = self._connection.execute(there).one()
        return OutsideState(counts, number, None if oldest is None else time_of(oldest))

    def add_members(self, names: Iterable[Name], roots: Iterable[str], at: datetime) -> bool:
        """Make these members."""
        rows = [
            {"value": name.value, "authority": name.authority, "root": root, "at": time_text(at)}
            for name in sorted(set(names))
            for root in sorted(set(roots))
        ]
        added = 0
        for row in rows:
            added += self._connection.execute(
                insert(roster_member).values(row).on_conflict_do_nothing()
            ).rowcount
        return added > 0

    def set_aside(
        self, entry_id: int, received_at: datetime, sender: str, names: Iterable[Name], counted: bool
    ) -> None:
        """Note an entry whose bytes go."""
        when = time_text(received_at)
        row = {"entry_id": entry_id, "received_at": when, "counted": int(counted)}
        self._connection.execute(insert(outside_entry).values(row))
        for name in sorted(set(names)):
            named = {"entry_id": entry_id, "value": name.value, "authority": name.authority}
            self._connection.execute(insert(outside_name).values(named))
        if counted:
            one = insert(outside_count).values(day=when[:10], sender=sender, messages=1)
            self._connection.execute(
                one.on_conflict_do_update(
                    index_elements=("day", "sender"), set_={"messages": outside_count.c.messages + 1}
                )
            )

    def take_back(self, entry_id: int) -> None:
        """Undo `set_aside`, and take its line out of the inbox."""
        query = select(outside_entry).where(outside_entry.c.entry_id == entry_id)
        row = self._connection.execute(query).one()
        if row.counted:
            line = select(inbox.c.sender).where(inbox.c.id == entry_id).scalar_subquery()
            self._connection.execute(
                update(outside_count)
                .where(outside_count.c.day == row.received_at[:10], outside_count.c.sender == line)
                .values(messages=outside_count.c.messages - 1)
            )
        self._let_go([entry_id])
        self._connection.execute(delete(inbox).where(inbox.c.id == entry_id))

    def forget(self, entry_ids: Sequence[int]) -> None:
        """Let go of names and lines; the newest line stays, for entries after it are those that wait."""
        newest = select(func.max(inbox.c.id)).scalar_subquery()
        for some in _groups(entry_ids):
            self._let_go(some)
            gone = (inbox.c.id.in_(some), inbox.c.code == NOT_ROSTERED, inbox.c.id != newest)
            self._connection.execute(delete(inbox).where(*gone))
            left = select(inbox.c.id).where(inbox.c.id == part.c.entry_id).exists()
            self._connection.execute(delete(part).where(part.c.entry_id.in_(some), ~left))

    def _let_go(self, entry_ids: Sequence[int]) -> None:
        for table in (outside_entry, outside_name):
            self._connection.execute(delete(table).where(table.c.entry_id.in_(entry_ids)))


def _meet() -> ColumnElement[bool]:
    """`Name.meets` between the two tables."""
    member, named = roster_member.c, outside_name.c
    unsaid = or_(member.authority == "", named.authority == "", member.authority == named.authority)
    return and_(member.value == named.value, unsaid)


def _groups(all_: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(all_), _AT_ONCE):
        yield all_[start : start + _AT_ONCE]
