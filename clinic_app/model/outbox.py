"""The outbox: what is to be sent, kept until it is acknowledged, and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from clinic_app.model.identity import Identifier

EHR = "ehr"
"""Destination of what goes back to the hospital."""
RESULTS = "ORU^R01"
"""Kind of a message with the results of one submission."""
DOCUMENT = "MDM^T02"
"""Kind of a message with a document."""

BUILD_FAULTS = ("OUTBOUND-CHARSET", "OUTBOUND-INVALID")
"""Codes of messages that could not be built as they must be: they have nothing that may be sent."""
CONSENT_REFUSED = "CONSENT-CARE"
BUILD_AGAIN = "BUILD-AGAIN"
WITHDRAWN_BY_HAND = "WITHDRAWN-BY-HAND"


class OutboxState(StrEnum):
    """State of a message: waiting (also for its next attempt), sent (its bytes may be under way),
    acknowledged, refused by the receiver (or not buildable), given up by a person.
    """

    WAITING = "waiting"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    GIVEN_UP = "given_up"

    @property
    def open(self) -> bool:
        """Whether it stands before later messages (see `choose`)."""
        return self not in (OutboxState.ACKNOWLEDGED, OutboxState.GIVEN_UP)

    @property
    def deliverable(self) -> bool:
        """Whether it is to be sent as soon as its time comes."""
        return self in (OutboxState.WAITING, OutboxState.SENT)


class Standing(StrEnum):
    """Standing of one result in a message (HL7 table 0085): final, corrected, deleted (taken back by who said
    it), wrong (was sent about another person).
    """

    FINAL = "F"
    CORRECTED = "C"
    DELETED = "D"
    WRONG = "W"

    @property
    def stands(self) -> bool:
        """Whether the receiver is to have the value."""
        return self in (Standing.FINAL, Standing.CORRECTED)


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One result as a message carries it: its source key, series, standing, and a digest of its content."""

    key: str
    series: str
    standing: Standing
    content: str = ""


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """One logical delivery.

    Attributes:
        id: 0 before it is queued; ids only grow; see `choose` for their order.
        destination: ``ehr``. kind: MSH-9 as ``ORU^R01``.
        key: idempotency key: what is queued twice under one key is one delivery.
        control_id: MSH-10, the same at every attempt.
        subject: whom the message names (PID-3). origin: the portal's person it came from, None for a plan.
        source: the submission (``QuestionnaireResponse/1``), or the plan.
        created_by: account, ``system`` for the worker.
        payload: the exact bytes to be sent; empty in lists, and where the message could not be built.
        attempts: how often the bytes went out. next_attempt: not before.
        code: of the last answer (``AA``, ``AE`` …) or fault. words: what the receiver said, as sent.
        facts: ids of the facts it came from. items: its results.
    """

    id: int
    destination: str
    kind: str
    key: str
    control_id: str
    subject: Identifier
    origin: Identifier | None
    source: str
    created_by: str
    created_at: datetime
    changed_at: datetime
    next_attempt: datetime
    payload: bytes = b""
    state: OutboxState = OutboxState.WAITING
    attempts: int = 0
    code: str = ""
    words: str = ""
    facts: tuple[int, ...] = ()
    items: tuple[OutboxItem, ...] = ()

    @property
    def counts(self) -> bool:
        """False for one that is as if it had never been queued: where it still holds it is built anew."""
        return not (self.state is OutboxState.GIVEN_UP and self.code in (BUILD_AGAIN, CONSENT_REFUSED))


class Verdict(StrEnum):
    """How an attempt ended."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """End of one attempt: ``code`` is MSA-1 or a fault's (PEER-UNREACHABLE …), ``words`` the receiver's."""

    verdict: Verdict
    code: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class OutboxPlace:
    """How far the change rows have been looked at, and since when results go back to the EHR at all: what was
    recorded before is not sent.
    """

    sequence: int
    started_at: datetime


@dataclass(frozen=True, slots=True)
class OutboxHealth:
    """Counts of what is open, the oldest of it that waits, and the code that its last attempt left."""

    waiting: int = 0
    refused: int = 0
    oldest_waiting: datetime | None = None
    code: str = ""
    last_acknowledged: datetime | None = None


LONGEST_WAIT = timedelta(minutes=10)
"""No message ever waits longer for its next attempt (`bridges.mllp.dispatch.Pauses`: half of it)."""

Blocked = set[tuple[Identifier, str]]
"""People, and the one submission (or plan) of theirs that is held up; empty: all of theirs."""


def choose(
    rows: Iterable[OutboxMessage], now: datetime, blocked: Blocked, patience: int
) -> OutboxMessage | None:
    """Which message is to be sent next of ``rows``, open messages in order of id.

    About one person they go in order: a later one could be a correction of an earlier one. A refused one,
    which waits for somebody to mend it, holds up only what is said later of the same submission. ``blocked``
    collects this, so that a next page can be looked at with it. One without an answer after each ``patience``
    attempts lets other people's messages go first. A time further ahead than anything ever waits was written
    by a clock that has been set back since: such a message goes now, not in some years.
    """
    best: OutboxMessage | None = None
    for row in rows:
        whole, part = (row.subject, ""), (row.subject, row.source)
        if whole in blocked or part in blocked:
            continue
        blocked.add(whole if row.state.deliverable else part)
        if not row.state.deliverable or now < row.next_attempt <= now + LONGEST_WAIT:
            continue
        if best is None or row.attempts // patience < best.attempts // patience:
            best = row
    return best
