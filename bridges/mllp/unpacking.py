"""Between the listener and the intake: a frame of several messages lands whole, and each message by itself.

The frame lands first, then its messages in small transactions, so that no other sender waits for a large
batch; the answer goes out when all of it is durable. A bridge that is killed in between has not answered: the
sender sends the frame again, what had landed is known, the rest is added.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Final, Protocol

from bridges.hl7.acknowledge import ANY_SITE, Accepts, answer, examine, judge
from bridges.hl7.batches import Batch, batch_answer, batch_sender, is_batch, split
from clinic_app.model.entries import BATCH, Landed, Received
from clinic_app.model.errors import CommonGroundError, ProgramFault
from clinic_app.ports.intake import IntakeWriter, Landing

_log = logging.getLogger("commonground.mllp")
AT_ONCE: Final = 64
"""Messages of a batch in one transaction of the intake."""


class Intake(IntakeWriter, Landing, Protocol):
    """What the committer is."""


class Unpacking:
    """Implements `clinic_app.ports.intake.IntakeWriter` and `Landing` over the intake."""

    def __init__(
        self,
        intake: "Intake",
        accepts: Callable[[str], Accepts] = lambda _channel: ANY_SITE,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """``accepts``: by which each message of a batch is answered, by channel. ``loop``: the intake's, for
        `land`.
        """
        self._intake = intake
        self._accepts = accepts
        self._loop = loop
        self._pool = ThreadPoolExecutor(1, "unpacking")

    def submit(
        self, received: Sequence[Received], cursor: tuple[str, str] | None = None
    ) -> "Future[Sequence[Landed]]":
        """Land these; of a batch the receipt is the frame's, once all its messages are durable too."""
        if len(received) != 1 or received[0].flag or not is_batch(received[0].raw):
            return self._intake.submit(received, cursor)
        return self._pool.submit(self._land, received[0])

    def land(self, received: Received, then: Callable[[Landed | CommonGroundError], None]) -> None:
        """On the intake's loop: land this; a batch is cut on a thread of its own, and nobody else waits."""
        if received.flag or self._loop is None or not is_batch(received.raw):
            self._intake.land(received, then)
        else:
            self._pool.submit(self._land, received).add_done_callback(partial(self._settle, self._loop, then))

    def commit(self) -> None:
        """On the loop: land now what has come."""
        self._intake.commit()

    def cursor(self, name: str) -> str:
        """The cursor's last durable value."""
        return self._intake.cursor(name)

    def close(self) -> None:
        """End after what was begun. The intake itself stays open: it is its owner's."""
        self._pool.shutdown()

    def _settle(
        self,
        loop: asyncio.AbstractEventLoop,
        then: Callable[[Landed | CommonGroundError], None],
        done: "Future[Sequence[Landed]]",
    ) -> None:
        error = done.exception()
        if error is None:
            loop.call_soon_threadsafe(then, done.result()[0])
        elif isinstance(error, CommonGroundError):
            loop.call_soon_threadsafe(then, error)
        else:
            _log.error("PROGRAM-FAULT: a batch was not stored and not accepted", exc_info=error)
            fault = ProgramFault("INTAKE-FAILED", "a batch could not be taken apart", "Report this.")
            loop.call_soon_threadsafe(then, fault)

    def _land(self, received: Received) -> Sequence[Landed]:
        accepts = self._accepts(received.channel)
        frame, batch = frame_of(received, accepts)
        return land_batch(self._intake, frame, parts_of(received, batch, accepts))


def frame_of(received: Received, accepts: Accepts = ANY_SITE) -> tuple[Received, Batch]:
    """The frame's own entry, and what it holds. Its control id is never taken for one of its messages'."""
    batch = split(received.raw)
    sender, control_id = batch_sender(batch)
    frame = replace(
        received,
        type=BATCH,
        sender=sender if sender.strip("|") else received.sender,
        control_id=f"batch {control_id}" if control_id else "",
        answer=batch_answer(batch, accepts) or received.answer,
    )
    return frame, batch


def parts_of(received: Received, batch: Batch, accepts: Accepts = ANY_SITE) -> Iterator[Received]:
    """Each message of the batch as it would have come alone: sent alone later, it is known, and answered."""
    for raw in batch.messages:
        header = examine(raw)
        sender = header.sender if header.sender.strip("|") else received.sender
        reply = answer(header, judge(header, accepts))
        yield replace(
            received,
            sender=sender,
            control_id=header.control_id,
            type=header.type,
            raw=raw,
            answer=reply,
            digest=b"",
        )


def land_batch(intake: IntakeWriter, frame: Received, parts: Iterator[Received]) -> Sequence[Landed]:
    """Land a frame and its messages; returns their receipts, the frame's first. Raises what the intake
    raises.
    """
    landed = list(intake.submit((frame,)).result())
    while group := [replace(part, part_of=landed[0].id) for part in islice(parts, AT_ONCE)]:
        landed += intake.submit(group).result()
    return landed
