"""Inbox entries in tables."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects.sqlite import insert

from clinic_app.model.entries import EntryState, Finding, Hold, InboxEntry, RawEntry
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.model.people import FeedState
from clinic_app.store.identifiers import IdentifierBook
from clinic_app.store.prepared import Prepared
from clinic_app.store.rows import ENTRIES, ENTRIES_WITH_BYTES, entry_of, findings_text, time_of, time_text
from clinic_app.store.tables import inbox, part

_RECEIVED = ("id", "channel", "sender", "control_id", "type", "received_at", "flag", "raw")
_BECAME = ("state", "subject_id", "birth_date", "profile_version", "code", "reason", "mend", "findings")
_INSERT = insert(inbox).values({name: bindparam(name) for name in (*_RECEIVED, *_BECAME)})
_PART = Prepared(
    insert(part).values(entry_id=bindparam("entry_id"), part_of=bindparam("part_of")).on_conflict_do_nothing()
)
_PUT = Prepared(
    _INSERT.on_conflict_do_update(
        index_elements=("id",), set_={name: _INSERT.excluded[name] for name in _BECAME}
    )
)
_ENTRY_NAMES = [column.name for column in ENTRIES_WITH_BYTES.selected_columns]
_ENTRY = Prepared(ENTRIES_WITH_BYTES.where(inbox.c.id == bindparam("entry_id")))


def put(
    connection: Connection,
    book: IdentifierBook,
    entry: RawEntry,
    state: EntryState,
    holds: Sequence[Hold],
    findings: Sequence[Finding],
    subject: Identifier | None,
    birth_date: Moment | None,
    profile_version: str,
    reason: str,
) -> None:
    """Insert an entry, or set what became of it; bytes, sender and times never change."""
    first = holds[0] if holds else Hold("", reason, "")
    _PUT.rows(
        connection,
        id=entry.id,
        channel=entry.channel,
        sender=entry.sender,
        control_id=entry.control_id,
        type=entry.type,
        received_at=time_text(entry.received_at),
        flag=entry.flag,
        raw=entry.raw,
        state=state.value,
        subject_id=None if subject is None else book.ensure(subject),
        birth_date=None if birth_date is None else birth_date.text,
        profile_version=profile_version,
        code=first.code,
        reason=first.reason,
        mend=first.mend,
        findings=findings_text(findings),
    )
    if entry.part_of:
        _PART.rows(connection, entry_id=entry.id, part_of=entry.part_of)


def entry(connection: Connection, entry_id: int) -> InboxEntry | None:
    """One entry with its bytes."""
    rows = _ENTRY.rows(connection, entry_id=entry_id)
    return entry_of(dict(zip(_ENTRY_NAMES, rows[0], strict=True))) if rows else None


def subject_of(connection: Connection, book: IdentifierBook, entry_id: int) -> Identifier | None:
    """Whom the entry speaks of."""
    number = connection.execute(select(inbox.c.subject_id).where(inbox.c.id == entry_id)).scalar()
    return None if number is None else book.names([number])[number]


def newest(
    connection: Connection, states: Sequence[EntryState], limit: int, before: int
) -> Sequence[InboxEntry]:
    """Entries without bytes, newest first."""
    query = ENTRIES.order_by(inbox.c.id.desc()).limit(limit)
    if states:
        query = query.where(inbox.c.state.in_([state.value for state in states]))
    if before:
        query = query.where(inbox.c.id < before)
    return [entry_of(row._asdict()) for row in connection.execute(query)]


def of_subject(
    connection: Connection, book: IdentifierBook, subject: Identifier, states: Sequence[EntryState]
) -> Sequence[InboxEntry]:
    """Entries that speak of this identifier, with bytes, in order of id."""
    query = ENTRIES_WITH_BYTES.where(inbox.c.subject_id == book.number(subject)).order_by(inbox.c.id)
    if states:
        query = query.where(inbox.c.state.in_([state.value for state in states]))
    return [entry_of(row._asdict()) for row in connection.execute(query)]


def held_with(connection: Connection, codes: Sequence[str], limit: int) -> Sequence[InboxEntry]:
    """Held entries with one of these codes, with bytes, in order of id."""
    query = ENTRIES_WITH_BYTES.where(inbox.c.state == EntryState.HELD.value, inbox.c.code.in_(list(codes)))
    return [entry_of(row._asdict()) for row in connection.execute(query.order_by(inbox.c.id).limit(limit))]


def last_id(connection: Connection) -> int:
    """Greatest entry id, 0 where there is none."""
    return int(connection.execute(select(func.max(inbox.c.id))).scalar() or 0)


def feeds(connection: Connection) -> Sequence[FeedState]:
    """Health per channel that ever received something."""
    counts = connection.execute(
        select(inbox.c.channel, inbox.c.state, func.count()).group_by(inbox.c.channel, inbox.c.state)
    ).all()
    return [
        FeedState(
            channel,
            _last_received(connection, channel),
            sum(count for name, _, count in counts if name == channel),
            _count(counts, channel, EntryState.HELD),
            _count(counts, channel, EntryState.RECEIVED),
        )
        for channel in sorted({name for name, _, _ in counts})
    ]


def _count(counts: Sequence[Any], channel: str, state: EntryState) -> int:
    return sum(count for name, found, count in counts if (name, found) == (channel, state.value))


def _last_received(connection: Connection, channel: str) -> Any:
    query = select(func.max(inbox.c.received_at)).where(inbox.c.channel == channel)
    return time_of(connection.execute(query).scalar_one())
