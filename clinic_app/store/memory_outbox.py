"""The outbox of the reference store: plain Python, obviously right."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from clinic_app.model.identity import Identifier
from clinic_app.model.outbox import OutboxHealth, OutboxMessage, OutboxPlace, OutboxState


@dataclass(slots=True)
class OutboxBook:
    """All messages by id, and how far the change rows were looked at."""

    rows: dict[int, OutboxMessage] = field(default_factory=dict)
    place: OutboxPlace | None = None

    def copy(self) -> "OutboxBook":
        """A book of its own for a unit of work."""
        return OutboxBook(dict(self.rows), self.place)


class MemoryOutboxView:
    """See `clinic_app.ports.outbox.OutboxView`."""

    _outbox: OutboxBook

    def outbox(
        self, states: Sequence[OutboxState] = (), limit: int = 1000, before: int = 0
    ) -> Sequence[OutboxMessage]:
        """Messages without bytes, newest first."""
        found = [
            row
            for row in reversed(self._without_bytes())
            if (not states or row.state in states) and (not before or row.id < before)
        ]
        return found[:limit]

    def outbox_message(self, message_id: int) -> OutboxMessage | None:
        """One message with its bytes."""
        return self._outbox.rows.get(message_id)

    def outbox_from(self, origin: Identifier) -> Sequence[OutboxMessage]:
        """Messages from this person, oldest first."""
        return [row for row in self._without_bytes() if row.origin == origin]

    def outbox_open(self, after: int = 0, limit: int = 500) -> Sequence[OutboxMessage]:
        """Open messages, oldest first."""
        return [row for row in self._without_bytes() if row.state.open and row.id > after][:limit]

    def outbox_health(self) -> OutboxHealth:
        """Counts, and the oldest that waits."""
        rows = self._without_bytes()
        waiting = [row for row in rows if row.state.deliverable]
        done = [row.changed_at for row in rows if row.state is OutboxState.ACKNOWLEDGED]
        return OutboxHealth(
            len(waiting),
            sum(row.state is OutboxState.REFUSED for row in rows),
            waiting[0].created_at if waiting else None,
            waiting[0].code if waiting else "",
            max(done, default=None),
        )

    def outbox_place(self) -> OutboxPlace | None:
        """How far the change rows were looked at."""
        return self._outbox.place

    def _without_bytes(self) -> list[OutboxMessage]:
        return [replace(row, payload=b"") for _, row in sorted(self._outbox.rows.items())]


class MemoryOutboxUnit:
    """See `clinic_app.ports.outbox.OutboxUnit`."""

    _outbox: OutboxBook

    def queue_outbox(self, message: OutboxMessage) -> int:
        """Queue it under the next id."""
        if any(row.key == message.key for row in self._outbox.rows.values()):
            return 0
        number = max(self._outbox.rows, default=0) + 1
        self._outbox.rows[number] = replace(message, id=number)
        return number

    def set_outbox(self, message: OutboxMessage) -> None:
        """Set what became of it."""
        self._outbox.rows[message.id] = replace(
            self._outbox.rows[message.id],
            state=message.state,
            attempts=message.attempts,
            next_attempt=message.next_attempt,
            code=message.code,
            words=message.words,
            changed_at=message.changed_at,
        )

    def set_outbox_place(self, place: OutboxPlace) -> None:
        """Remember the place."""
        self._outbox.place = place
