"""Queueing what goes back to the EHR: the worker's use case, made again after every change of the store.

It looks at the people of the change rows since its last look, so it does not matter how a submission came to
be applied: by arriving, by a link that a person made, by a replay. What is queued and how far was looked are
one unit of work: a worker killed in between looks again, finds the same keys, and queues nothing twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b

from clinic_app.model.access import SYSTEM, Action
from clinic_app.model.errors import CommonGroundError
from clinic_app.model.facts import FactKind
from clinic_app.model.identity import Identifier
from clinic_app.model.outbound import Outlet, ResultReport
from clinic_app.model.outbox import (
    BUILD_FAULTS,
    EHR,
    RESULTS,
    OutboxMessage,
    OutboxPlace,
    OutboxState,
)
from clinic_app.ports.store import WorkView
from clinic_app.services.gate import Gate, Recording
from clinic_app.services.outbox_results import Draft, drafts, order_id

OUTBOX_KIND = "outbox"
"""Kind that a change row names when the outbox has news for staff."""
AT_ONCE = 100
"""As many change rows are looked at in one call."""


@dataclass(frozen=True, slots=True)
class Queued:
    """What one look did: messages queued, faults of those that could not be built, and whether more waits."""

    queued: int = 0
    faults: tuple[CommonGroundError, ...] = ()
    more: bool = False


def queue_results(gate: Gate, outlet: Outlet, now: datetime) -> Queued:
    """Queue what the EHR is to be told after the next few change rows.

    The first call only marks the place: what was recorded before results went back to the EHR stays here. A
    message that cannot be built is queued as refused, with the fault's code and without bytes.
    """
    with gate.processing(Action.QUEUE) as view:
        place, last = view.outbox_place(), view.last_change()
        if place is not None and place.sequence >= last:
            return Queued()
        until, planned = (last, []) if place is None else _planned(view, place, outlet.series)
    built = [_built(draft, outlet, now) for draft in planned]
    started = now if place is None else place.started_at
    with gate.recording(Action.QUEUE) as recording:
        queued = sum(_queue(recording, message, now) for message, _ in built)
        recording.unit.set_outbox_place(OutboxPlace(until, started))
    return Queued(queued, tuple(fault for _, fault in built if fault is not None), until < last)


def control_id(key: str) -> str:
    """MSH-10 of the message with this idempotency key: at most 20 letters and digits (HL7 2.5, ST length)."""
    return "CGO" + blake2b(key.encode(), digest_size=8).hexdigest()


def built_with(
    message: OutboxMessage, build: Callable[[], bytes]
) -> tuple[OutboxMessage, CommonGroundError | None]:
    """The message with its bytes; or as refused by ourselves, with the fault: something must be mended before
    anything leaves.
    """
    try:
        return replace(message, payload=build()), None
    except CommonGroundError as fault:
        if fault.code not in BUILD_FAULTS:
            raise
        return replace(message, state=OutboxState.REFUSED, code=fault.code, words=fault.what), fault


def _planned(view: WorkView, place: OutboxPlace, series: frozenset[str]) -> tuple[int, Sequence[Draft]]:
    rows = view.changes_after(place.sequence)[:AT_ONCE]
    origins: dict[Identifier, None] = {}
    for named in dict.fromkeys(one for row in rows for one in row.people):
        origins.update((one, None) for one in view.person(named) if one.from_portal)
    found = [draft for origin in origins for draft in drafts(view, origin, series, place.started_at)]
    return rows[-1].sequence, found


def _built(draft: Draft, outlet: Outlet, now: datetime) -> tuple[OutboxMessage, CommonGroundError | None]:
    name = control_id(draft.key)
    subject = draft.patient.identifier
    message = OutboxMessage(
        0, EHR, RESULTS, draft.key, name, subject, draft.origin, draft.source, SYSTEM, now, now, now,
        facts=draft.facts, items=draft.items,
    )  # fmt: skip
    report = ResultReport(
        name,
        now,
        draft.patient,
        order_id(draft.origin, draft.source, subject),
        draft.reported,
        draft.corrects,
    )
    return built_with(message, lambda: outlet.results(report))


def _queue(recording: Recording, message: OutboxMessage, now: datetime) -> bool:
    number = recording.unit.queue_outbox(message)
    if number:
        recording.note((message.subject,), (FactKind.MEASUREMENT,), number)
        if message.state is OutboxState.REFUSED:
            recording.unit.append_change((), (OUTBOX_KIND,), (), now)
    return bool(number)
