"""The outbox as the store keeps it, and as the sender works it off."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from clinic_app.model.identity import Identifier
from clinic_app.model.outbox import OutboxHealth, OutboxMessage, OutboxPlace, OutboxState, Outcome


class OutboxView(Protocol):
    """The part of a snapshot that speaks of the outbox."""

    def outbox(
        self, states: Sequence[OutboxState] = (), limit: int = 1000, before: int = 0
    ) -> Sequence[OutboxMessage]:
        """Messages, newest first, without their bytes; ``before`` pages by id."""
        ...

    def outbox_message(self, message_id: int) -> OutboxMessage | None:
        """One message with its bytes."""
        ...

    def outbox_from(self, origin: Identifier) -> Sequence[OutboxMessage]:
        """All messages that came from this person of the portal, oldest first, without their bytes."""
        ...

    def outbox_open(self, after: int = 0, limit: int = 500) -> Sequence[OutboxMessage]:
        """Messages neither acknowledged nor given up with greater ids, oldest first, without their bytes."""
        ...

    def outbox_health(self) -> OutboxHealth:
        """Counts, and the oldest that waits."""
        ...

    def outbox_place(self) -> OutboxPlace | None:
        """How far the change rows were looked at; None before the first look."""
        ...


class OutboxUnit(Protocol):
    """The part of a unit of work that writes to the outbox."""

    def queue_outbox(self, message: OutboxMessage) -> int:
        """Queue it; its new id, or 0 where its key is there already (then nothing is written)."""
        ...

    def set_outbox(self, message: OutboxMessage) -> None:
        """Set state, attempts, next attempt, code, words and time of a queued message, nothing else."""
        ...

    def set_outbox_place(self, place: OutboxPlace) -> None:
        """Remember how far the change rows were looked at."""
        ...


class Deliveries(Protocol):
    """What the sender asks of the outbox; each call blocks, and is one short unit of work.

    Raises EnvironmentFault STORE-LOCKED, STORE-FULL …; then the call may be made again.
    """

    def next(self) -> OutboxMessage | None:
        """The message to send now, without its bytes; None where nothing is due."""
        ...

    def begin(self, message_id: int) -> OutboxMessage | None:
        """Note the attempt durably, before a byte leaves; the message with its bytes, or None where it may no
        longer be sent (dropped, or the person refuses).
        """
        ...

    def settle(self, message_id: int, outcome: Outcome, retry_at: datetime) -> None:
        """Record how the attempt ended; where it failed, the next one is not before ``retry_at``."""
        ...
