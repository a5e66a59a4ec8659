"""The outbox as people see and mend it, and documents that they queue."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime

from clinic_app.model.access import Action, Purpose
from clinic_app.model.errors import CommonGroundError, UseFault
from clinic_app.model.facts import FactKind
from clinic_app.model.identity import Identifier
from clinic_app.model.outbound import Document, DocumentReport, Outlet
from clinic_app.model.outbox import (
    BUILD_AGAIN,
    BUILD_FAULTS,
    DOCUMENT,
    EHR,
    WITHDRAWN_BY_HAND,
    OutboxMessage,
    OutboxState,
)
from clinic_app.ports.store import WriteUnit
from clinic_app.services.gate import Gate
from clinic_app.services.outbox_queue import OUTBOX_KIND, control_id
from clinic_app.services.outbox_results import addressee, digest

_ALL = 1_000_000_000
PLAN_KINDS = (FactKind.PATIENT, FactKind.DECISION, FactKind.GOAL)
"""Kinds of facts that a visit plan speaks of."""


def list_messages(
    gate: Gate, states: Sequence[OutboxState] = (), limit: int = 1000, before: int = 0
) -> Sequence[OutboxMessage]:
    """Messages, newest first, without their bytes; one access row."""
    with gate.reading(Action.LIST_OUTBOX, (), purpose=Purpose.OPERATION) as view:
        return view.outbox(states, limit, before)


def show_message(gate: Gate, message_id: int, raw: bool = False) -> OutboxMessage:
    """One message, with what the receiver said of it; its bytes only where asked for. The access row names
    the patient.

    Raises CommonGroundError MESSAGE-UNKNOWN.
    """
    subject = _known(gate, message_id).subject
    action = Action.READ_OUTBOX if raw else Action.LIST_OUTBOX
    with gate.reading(action, (subject,), purpose=Purpose.OPERATION, entry_id=message_id) as view:
        found = view.outbox_message(message_id)
    assert found is not None  # noqa: S101 - rows are never deleted
    return found


def resend(gate: Gate, message_id: int, now: datetime) -> OutboxMessage:
    """Send it again now, the same bytes under the same control id; one that could not be built is built anew
    by the worker.

    Raises CommonGroundError MESSAGE-UNKNOWN, UseFault MESSAGE-DONE (it was acknowledged), and
    MESSAGE-OUTDATED: a later message about the same submission was queued after this one was given up; sent
    now, it would undo that one.
    """
    subject = _known(gate, message_id).subject
    with _mending(gate, subject, message_id) as unit:
        row = _open_again(unit, message_id)
        if row.code in BUILD_FAULTS:
            became = replace(row, state=OutboxState.GIVEN_UP, code=BUILD_AGAIN, changed_at=now)
        else:
            became = replace(row, state=OutboxState.WAITING, next_attempt=now, changed_at=now)
        unit.set_outbox(became)
        origin = row.subject if row.origin is None else row.origin
        unit.append_change(unit.person(origin), (OUTBOX_KIND,), (), now)
    return became


def withdraw(gate: Gate, message_id: int, now: datetime) -> OutboxMessage:
    """Give it up: it is kept, and not sent any more; `resend` undoes it.

    Raises CommonGroundError MESSAGE-UNKNOWN, UseFault MESSAGE-DONE.
    """
    subject = _known(gate, message_id).subject
    with _mending(gate, subject, message_id) as unit:
        row = unit.outbox_message(message_id)
        assert row is not None  # noqa: S101 - rows are never deleted
        if not row.state.open:
            raise _done(row)
        became = replace(row, state=OutboxState.GIVEN_UP, code=WITHDRAWN_BY_HAND, changed_at=now)
        unit.set_outbox(became)
        unit.append_change((), (OUTBOX_KIND,), (), now)
    return became


def queue_document(
    gate: Gate, patient: Identifier, document: Document, outlet: Outlet | None, now: datetime
) -> int:
    """Queue a document (the visit plan, as PDF and as text) for the EHR; its number in the outbox.

    The same document with the same content queued again is the same delivery. Raises CommonGroundError
    OUTBOUND-OFF where nothing goes back to the EHR here, and what the builder raises: then nothing is queued.
    """
    if outlet is None:
        raise CommonGroundError(
            "OUTBOUND-OFF",
            "this clinic sends nothing back to its EHR",
            "Fill in [outbox] in commonground.toml, or print the plan.",
        )
    with gate.reading(Action.READ_PATIENT, (patient,), (FactKind.PATIENT,)) as view:
        named = addressee(view, patient)
    source = f"plan/{document.id}"
    key = digest(EHR, DOCUMENT, str(patient), source, document.title, document.text, document.pdf.hex())
    report = DocumentReport(control_id(key), now, named, document)
    message = OutboxMessage(
        0, EHR, DOCUMENT, key, report.control_id, patient, None, source, gate.actor.account, now, now, now,
    )  # fmt: skip
    payload = outlet.document(report)
    with gate.writing(Action.WRITE_PATIENT, (patient,), PLAN_KINDS) as unit:
        number = unit.queue_outbox(replace(message, payload=payload))
        return number or next(row.id for row in unit.outbox(limit=_ALL) if row.key == key)


def _known(gate: Gate, message_id: int) -> OutboxMessage:
    with gate.watching() as view:
        found = view.outbox_message(message_id)
    if found is None:
        raise CommonGroundError(
            "MESSAGE-UNKNOWN", f"the outbox has no message {message_id}", "See: commonground outbox list."
        )
    return found


def _mending(gate: Gate, subject: Identifier, message_id: int) -> AbstractContextManager[WriteUnit]:
    return gate.writing(Action.MEND_OUTBOX, (subject,), purpose=Purpose.OPERATION, entry_id=message_id)


def _open_again(unit: WriteUnit, message_id: int) -> OutboxMessage:
    """The message, where it may be sent (again)."""
    row = unit.outbox_message(message_id)
    assert row is not None  # noqa: S101 - rows are never deleted
    if row.state is OutboxState.ACKNOWLEDGED or not row.counts:
        raise _done(row)
    if row.state is OutboxState.GIVEN_UP and row.origin is not None:
        thread = (row.source, row.subject)
        if any(
            (other.source, other.subject) == thread and other.id > row.id
            for other in unit.outbox_from(row.origin)
        ):
            raise CommonGroundError(
                "MESSAGE-OUTDATED",
                f"a later message about the same submission than {row.id} was queued",
                "Leave it: the later one says what holds now.",
            )
    return row


def _done(row: OutboxMessage) -> UseFault:
    return UseFault("MESSAGE-DONE", f"message {row.id} is {row.state.value}", "There is nothing left to do.")
