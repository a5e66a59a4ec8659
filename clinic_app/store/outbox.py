"""The outbox in tables."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, update
from sqlalchemy.dialects.sqlite import insert

from clinic_app.model.identity import Identifier
from clinic_app.model.outbox import (
    OutboxHealth,
    OutboxItem,
    OutboxMessage,
    OutboxPlace,
    OutboxState,
    Standing,
)
from clinic_app.store.identifiers import IdentifierBook
from clinic_app.store.rows import time_of, time_text
from clinic_app.store.tables import outbox, outbox_place

_LISTED = [column for column in outbox.columns if column.name != "payload"]
_OPEN = [state.value for state in OutboxState if state.open]
_DELIVERABLE = [state.value for state in OutboxState if state.deliverable]
_PLACE = 1
_TIMES = ("created_at", "changed_at", "next_attempt")


class SqlOutboxView:
    """See `clinic_app.ports.outbox.OutboxView`."""

    _connection: Connection
    _book: IdentifierBook

    def outbox(
        self, states: Sequence[OutboxState] = (), limit: int = 1000, before: int = 0
    ) -> Sequence[OutboxMessage]:
        """Messages without bytes, newest first."""
        query = select(*_LISTED).order_by(outbox.c.id.desc()).limit(limit)
        if states:
            query = query.where(outbox.c.state.in_([state.value for state in states]))
        return self._messages(query.where(outbox.c.id < before) if before else query)

    def outbox_message(self, message_id: int) -> OutboxMessage | None:
        """One message with its bytes."""
        return next(iter(self._messages(select(outbox).where(outbox.c.id == message_id))), None)

    def outbox_from(self, origin: Identifier) -> Sequence[OutboxMessage]:
        """Messages from this person, oldest first."""
        number = self._book.number(origin)
        return self._messages(select(*_LISTED).where(outbox.c.origin_id == number).order_by(outbox.c.id))

    def outbox_open(self, after: int = 0, limit: int = 500) -> Sequence[OutboxMessage]:
        """Open messages, oldest first."""
        query = select(*_LISTED).where(outbox.c.state.in_(_OPEN), outbox.c.id > after)
        return self._messages(query.order_by(outbox.c.id).limit(limit))

    def outbox_health(self) -> OutboxHealth:
        """Counts, and the oldest that waits."""
        rows = self._connection.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state))
        counts = {row[0]: int(row[1]) for row in rows}
        oldest = self._connection.execute(
            select(outbox.c.created_at, outbox.c.code)
            .where(outbox.c.state.in_(_DELIVERABLE))
            .order_by(outbox.c.id)
            .limit(1)
        ).first()
        done = self._connection.execute(
            select(func.max(outbox.c.changed_at)).where(outbox.c.state == OutboxState.ACKNOWLEDGED.value)
        ).scalar()
        return OutboxHealth(
            sum(counts.get(state, 0) for state in _DELIVERABLE),
            counts.get(OutboxState.REFUSED.value, 0),
            None if oldest is None else time_of(oldest.created_at),
            "" if oldest is None else oldest.code,
            None if done is None else time_of(done),
        )

    def outbox_place(self) -> OutboxPlace | None:
        """How far the change rows were looked at."""
        row = self._connection.execute(select(outbox_place)).first()
        return None if row is None else OutboxPlace(row.sequence, time_of(row.started_at))

    def _messages(self, query: Select[*tuple[Any, ...]]) -> list[OutboxMessage]:
        rows = self._connection.execute(query).all()
        numbers = {row.subject_id for row in rows} | {row.origin_id for row in rows if row.origin_id}
        names = self._book.names(numbers)
        return [_message(row, names) for row in rows]


class SqlOutboxUnit:
    """See `clinic_app.ports.outbox.OutboxUnit`."""

    _connection: Connection
    _book: IdentifierBook

    def queue_outbox(self, message: OutboxMessage) -> int:
        """Queue it under the next id."""
        there = select(outbox.c.id).where(outbox.c.key == message.key)
        if self._connection.execute(there).first() is not None:
            return 0
        values = {
            **{name: getattr(message, name) for name in _PLAIN},
            **{name: time_text(getattr(message, name)) for name in _TIMES},
            "subject_id": self._book.ensure(message.subject),
            "origin_id": None if message.origin is None else self._book.ensure(message.origin),
            "state": message.state.value,
            "facts": json.dumps(message.facts),
            "items": json.dumps(
                [[item.key, item.series, item.standing, item.content] for item in message.items]
            ),
        }
        return int(self._connection.execute(insert(outbox).returning(outbox.c.id), values).scalar_one())

    def set_outbox(self, message: OutboxMessage) -> None:
        """Set what became of it."""
        self._connection.execute(
            update(outbox)
            .where(outbox.c.id == message.id)
            .values(
                state=message.state.value,
                attempts=message.attempts,
                next_attempt=time_text(message.next_attempt),
                code=message.code,
                words=message.words,
                changed_at=time_text(message.changed_at),
            )
        )

    def set_outbox_place(self, place: OutboxPlace) -> None:
        """Remember the place."""
        values = {"sequence": place.sequence, "started_at": time_text(place.started_at)}
        self._connection.execute(
            insert(outbox_place)
            .values(id=_PLACE, **values)
            .on_conflict_do_update(index_elements=("id",), set_=values)
        )


_PLAIN = (
    "destination",
    "kind",
    "key",
    "control_id",
    "source",
    "created_by",
    "payload",
    "attempts",
    "code",
    "words",
)


def _message(row: Row[*tuple[Any, ...]], names: dict[int, Identifier]) -> OutboxMessage:
    values = row._asdict()
    subject, origin = values.pop("subject_id"), values.pop("origin_id")
    values["items"] = tuple(
        OutboxItem(key, series, Standing(standing), content)
        for key, series, standing, content in json.loads(values["items"] or "[]")
    )
    values["facts"] = tuple(json.loads(values["facts"] or "[]"))
    values["state"] = OutboxState(values["state"])
    for name in _TIMES:
        values[name] = time_of(values[name])
    return OutboxMessage(**values, subject=names[subject], origin=None if origin is None else names[origin])
