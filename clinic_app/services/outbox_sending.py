"""Working off the outbox: what is next, the note before its bytes leave, and what came of it."""

from dataclasses import replace
from datetime import datetime

from clinic_app.model.access import Action
from clinic_app.model.facts import FactKind
from clinic_app.model.identity import Identifier
from clinic_app.model.outbox import (
    BUILD_AGAIN,
    CONSENT_REFUSED,
    Blocked,
    OutboxMessage,
    OutboxState,
    Outcome,
    Verdict,
    choose,
)
from clinic_app.ports.store import WriteUnit
from clinic_app.services.gate import Gate
from clinic_app.services.outbox_queue import OUTBOX_KIND
from clinic_app.services.outbox_results import refuses

PATIENCE = 5
"""A message that got no answer so often in a row lets other people's messages go first."""
_PAGE = 500
UNLINKED = "UNLINKED"
"""Code of a message that may have gone out before its link was undone; a withdrawal follows it."""


def next_message(gate: Gate, now: datetime) -> OutboxMessage | None:
    """The message to send now, without its bytes; None where nothing is due."""
    after, blocked = 0, Blocked()
    with gate.processing(Action.SEND) as view:
        while page := view.outbox_open(after, _PAGE):
            found = choose(page, now, blocked, PATIENCE)
            if found is not None:
                return found
            after = page[-1].id
    return None


def begin(gate: Gate, message_id: int, series: frozenset[str], now: datetime) -> OutboxMessage | None:
    """Commit the attempt and its access row before a byte leaves; the message with its bytes.

    None where it may not leave any more: a person dropped it, the patient refuses, the link was undone, or a
    kind in it is no longer among those that may leave (``series``). Then it is given up, and what still holds
    is built anew.
    """
    with gate.recording(Action.SEND) as recording:
        unit = recording.unit
        row = unit.outbox_message(message_id)
        if row is None or not row.state.deliverable:
            return None
        why = _may_not_leave(unit, row, series)
        if why:
            unit.set_outbox(replace(row, state=OutboxState.GIVEN_UP, code=why, changed_at=now))
            unit.append_change(_people(unit, row), (OUTBOX_KIND,), (), now)
            return None
        sent = replace(row, state=OutboxState.SENT, attempts=row.attempts + 1, changed_at=now)
        unit.set_outbox(sent)
        recording.note((row.subject,), (FactKind.MEASUREMENT,), row.id)
        return sent


def settle(gate: Gate, message_id: int, outcome: Outcome, retry_at: datetime, now: datetime) -> None:
    """Record how an attempt ended. What a person dropped meanwhile stays so, unless the receiver took it."""
    with gate.recording(Action.SEND) as recording:
        unit = recording.unit
        row = unit.outbox_message(message_id)
        if row is None or not (row.state.deliverable or outcome.verdict is Verdict.ACCEPTED):
            return
        state = _STATES[outcome.verdict]
        unit.set_outbox(
            replace(
                row,
                state=state,
                code=outcome.code,
                words=outcome.words,
                next_attempt=retry_at if state is OutboxState.WAITING else row.next_attempt,
                changed_at=now,
            )
        )
        if state is not OutboxState.WAITING:
            unit.append_change((), (OUTBOX_KIND,), (), now)


_STATES = {
    Verdict.ACCEPTED: OutboxState.ACKNOWLEDGED,
    Verdict.REFUSED: OutboxState.REFUSED,
    Verdict.FAILED: OutboxState.WAITING,
}


def _may_not_leave(unit: WriteUnit, row: OutboxMessage, series: frozenset[str]) -> str:
    """Code of the reason, empty where there is none. What only takes back may always leave."""
    standing = [item for item in row.items if item.standing.stands]
    if row.items and not standing:
        return ""
    person = unit.person(row.subject)
    if refuses(unit, person):
        return CONSENT_REFUSED
    if row.origin is not None and row.origin not in person:
        return UNLINKED if row.attempts else BUILD_AGAIN
    return BUILD_AGAIN if any(item.series not in series for item in standing) else ""


def _people(unit: WriteUnit, row: OutboxMessage) -> tuple[Identifier, ...]:
    """Whose submissions are to be looked at again."""
    return unit.person(row.subject if row.origin is None else row.origin)
