"""The outbox in the view that the gate hands out: lists without anything that a receiver said, bytes only
where they were asked for and allowed.
"""

from collections.abc import Sequence
from dataclasses import replace

from clinic_app.model.identity import Identifier
from clinic_app.model.outbox import OutboxHealth, OutboxMessage, OutboxPlace, OutboxState
from clinic_app.ports.outbox import OutboxView


class OutboxPassingOn:
    """See `clinic_app.ports.outbox.OutboxView`."""

    _inner: OutboxView
    _raw = False
    _people: frozenset[Identifier] = frozenset()

    def outbox(
        self, states: Sequence[OutboxState] = (), limit: int = 1000, before: int = 0
    ) -> Sequence[OutboxMessage]:
        """Without words."""
        return [replace(row, words="") for row in self._inner.outbox(states, limit, before)]

    def outbox_message(self, message_id: int) -> OutboxMessage | None:
        """One message; with the receiver's words, which may name the patient, only within the scope."""
        found = self._inner.outbox_message(message_id)
        if found is None or (self._raw and found.subject in self._people):
            return found
        return replace(found, payload=b"", words=found.words if found.subject in self._people else "")

    def outbox_from(self, origin: Identifier) -> Sequence[OutboxMessage]:
        """Without words."""
        return [replace(row, words="") for row in self._inner.outbox_from(origin)]

    def outbox_open(self, after: int = 0, limit: int = 500) -> Sequence[OutboxMessage]:
        """Without words."""
        return [replace(row, words="") for row in self._inner.outbox_open(after, limit)]

    def outbox_health(self) -> OutboxHealth:
        """As the store has it."""
        return self._inner.outbox_health()

    def outbox_place(self) -> OutboxPlace | None:
        """As the store has it."""
        return self._inner.outbox_place()
