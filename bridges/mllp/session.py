"""One MLLP connection as a conversation: bytes and time in, orders out, no I/O and no clock of its own.

The shell (`bridges.mllp.server`) feeds what comes and carries out the orders: `Land` (give this to the
intake), `Write` (one write to the peer) and `Close`. An answer is ordered only after the shell said that the
bytes are durable, and answers keep the order of the messages on their connection, so that senders which
match by position are served as well as those that match by control id.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, auto
from typing import Final

from bridges.hl7.acknowledge import (
    ANY_SITE,
    Accepts,
    Outcome,
    Verdict,
    answer,
    examine,
    receipt,
)
from bridges.mllp.framing import (
    Frame,
    Framer,
    Limits,
    NeedMore,
    State,
    TooLarge,
    Unfinished,
    wrap,
)
from clinic_app.model.entries import Landed, Received
from clinic_app.model.errors import ProgramFault

CHANNEL: Final = "mllp"
GARBAGE_BETWEEN_FRAMES: Final = "GARBAGE-BETWEEN-FRAMES"
FRAME_TOO_LARGE: Final = "FRAME-TOO-LARGE"
FRAME_TIMEOUT: Final = "FRAME-TIMEOUT"
FRAME_UNFINISHED: Final = "FRAME-UNFINISHED"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a connection may do.

    Attributes:
        limits: bounds of the frame reader, in bytes. accepts: which messages the site takes.
        frame_seconds: from a frame's first byte to its last. stray_seconds: after which stray bytes are told.
        end_seconds: for the line end behind 0x1C. waiting: messages, and waiting_bytes: their bytes, that
            may wait for the intake before reading pauses.
        idle_seconds: a peer that sends nothing for so long is let go; 0 = never.
        light_bytes: of which frames as many as like may be on their way at once; see `Session.large`.
        channel: under which entries of this listener are known.
    """

    limits: Limits = Limits()
    accepts: Accepts = ANY_SITE
    frame_seconds: float = 60.0
    stray_seconds: float = 2.0
    end_seconds: float = 0.25
    waiting: int = 256
    waiting_bytes: int = 32 * 1024 * 1024
    idle_seconds: float = 0.0
    light_bytes: int = 128 * 1024
    channel: str = CHANNEL


USUAL_TERMS: Final = Terms()


@dataclass(frozen=True, slots=True)
class Land:
    """Give this to the intake, and tell `Session.landed` or `Session.failed` with the ticket."""

    ticket: int
    received: Received


@dataclass(frozen=True, slots=True)
class Write:
    """Send this to the peer in one write."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection once what was written is out."""


Order = Land | Write | Close


class Phase(IntEnum):
    """OPEN reads; DRAINING reads no more and still owes answers; CLOSED owes nothing."""

    OPEN = auto()
    DRAINING = auto()
    CLOSED = auto()


class Given(IntEnum):
    """What can happen to a connection."""

    DATA = auto()
    TICK = auto()
    LANDED = auto()
    FAILED = auto()
    END = auto()
    GIVE_UP = auto()
    STOP = auto()
    SETTLED = auto()
    LOST = auto()


PHASES: Final[dict[tuple[Phase, Given], Phase]] = {
    (Phase.OPEN, Given.DATA): Phase.OPEN,
    (Phase.OPEN, Given.TICK): Phase.OPEN,
    (Phase.OPEN, Given.LANDED): Phase.OPEN,
    (Phase.OPEN, Given.FAILED): Phase.OPEN,
    (Phase.OPEN, Given.END): Phase.DRAINING,
    (Phase.OPEN, Given.GIVE_UP): Phase.DRAINING,
    (Phase.OPEN, Given.STOP): Phase.DRAINING,
    (Phase.OPEN, Given.LOST): Phase.CLOSED,
    (Phase.DRAINING, Given.DATA): Phase.DRAINING,
    (Phase.DRAINING, Given.TICK): Phase.DRAINING,
    (Phase.DRAINING, Given.LANDED): Phase.DRAINING,
    (Phase.DRAINING, Given.FAILED): Phase.DRAINING,
    (Phase.DRAINING, Given.END): Phase.DRAINING,
    (Phase.DRAINING, Given.STOP): Phase.DRAINING,
    (Phase.DRAINING, Given.SETTLED): Phase.CLOSED,
    (Phase.DRAINING, Given.LOST): Phase.CLOSED,
    (Phase.CLOSED, Given.TICK): Phase.CLOSED,
    (Phase.CLOSED, Given.LANDED): Phase.CLOSED,
    (Phase.CLOSED, Given.FAILED): Phase.CLOSED,
    (Phase.CLOSED, Given.STOP): Phase.CLOSED,
    (Phase.CLOSED, Given.DATA): Phase.CLOSED,
    (Phase.CLOSED, Given.END): Phase.CLOSED,
    (Phase.CLOSED, Given.LOST): Phase.CLOSED,
}
"""Every legal pair. A peer may send, end or vanish at any time; giving up happens only while reading."""


def phase_after(phase: Phase, given: Given) -> Phase:
    """Look a pair up; raises ProgramFault for an illegal one."""
    try:
        return PHASES[phase, given]
    except KeyError:
        raise ProgramFault(
            "SESSION-STATE", f"A connection was given {given.name} while {phase.name}", "Please report this."
        ) from None


@dataclass(slots=True)
class _Owed:
    """A message on its way: its size, its bytes (None: answered by nothing), and the application answer that
    follows.

    ``writes`` is None until it is known what to answer.
    """

    size: int
    raw: bytes | None
    later: bytes = b""
    writes: Sequence[bytes] | None = None


class _Timer:
    """Keeps the one deadline that a frame reader has at any time.

    Attributes:
        deadline: seconds on the shell's own scale; None while nothing can expire.
    """

    def __init__(self, terms: Terms) -> None:
        self.deadline: float | None = None
        self._terms = terms
        self._frame, self._frame_since = 0, 0.0
        self._stray_since: float | None = None

    def restart(self, at: float) -> None:
        """The open frame's time begins anew."""
        self._frame_since = at

    def update(self, framer: Framer, at: float) -> None:
        """Look at what the reader waits for now."""
        terms, state = self._terms, framer.state
        if state is State.BETWEEN and not framer.has_stray:
            # The usual case: everything that came was whole.
            self._stray_since = None
            self.deadline = at + terms.idle_seconds if terms.idle_seconds else None
            return
        if framer.started != self._frame:
            self._frame, self._frame_since = framer.started, at
        if not framer.has_stray:
            self._stray_since = None
        elif self._stray_since is None:
            self._stray_since = at
        frame_end = self._frame_since + terms.frame_seconds
        if state in (State.INSIDE, State.CUT):
            self.deadline = frame_end
        elif state in (State.ENDING, State.CUT_ENDING):
            self.deadline = min(frame_end, at + terms.end_seconds)
        else:
            stray, idle = self._stray_since, terms.idle_seconds
            ends = [stray + terms.stray_seconds] if stray is not None else []
            self.deadline = min([*ends, at + idle] if idle else ends, default=None)


class Session:
    """The conversation with one peer.

    Attributes:
        phase: whether it reads, drains or is closed.
        peer: address of the other end, the sender's name where a message has none.
        terms: what counts from the next message on; bounds of frames are those of the beginning.
    """

    def __init__(self, peer: str, terms: Terms = USUAL_TERMS) -> None:
        self.phase = Phase.OPEN
        self.peer = peer
        self.terms = terms
        self._framer = Framer(terms.limits)
        self._owed: dict[int, _Owed] = {}
        self._order: deque[_Owed] = deque()
        self._tickets = 0
        self._size = 0
        self._orders: list[Order] = []
        self._timer = _Timer(terms)

    @property
    def paused(self) -> bool:
        """Whether so much waits for the intake that nothing should be read."""
        return len(self._order) >= self.terms.waiting or self._size >= self.terms.waiting_bytes

    @property
    def large(self) -> bool:
        """Whether so much of one frame is here that it should have its turn before more of it is read."""
        return self._framer.size > self.terms.light_bytes and self._framer.state in (
            State.INSIDE,
            State.ENDING,
        )

    @property
    def deadline(self) -> float | None:
        """When (in the shell's seconds) `tick` has to be called; None while nothing can expire."""
        return None if self.paused or self.phase is not Phase.OPEN else self._timer.deadline

    def orders(self) -> Sequence[Order]:
        """What the shell has to do now, in this order; each is told once."""
        orders, self._orders = self._orders, []
        return orders

    def receive(self, data: bytes, now: datetime, at: float) -> None:
        """The peer sent bytes; ``now`` is written on what they complete, ``at`` starts the deadlines.

        What comes after reading ended is dropped: it is not acknowledged, so it will be sent again.
        """
        if self.phase is not Phase.OPEN:
            self.phase = phase_after(self.phase, Given.DATA)
            return
        self._framer.feed(data)
        self._read(now)
        self._timer.update(self._framer, at)

    def resumed(self, at: float) -> None:
        """Reading begins, or goes on after a pause of ours, which the sender's open frame is not charged
        with.
        """
        self._timer.restart(at)
        self._timer.update(self._framer, at)

    def tick(self, now: datetime, at: float) -> None:
        """Time has passed; what is overdue is told as it is."""
        self.phase = phase_after(self.phase, Given.TICK)
        if self.deadline is None or at < self.deadline:
            return
        lost = self._framer.state in (State.INSIDE, State.CUT)
        idle = self._framer.state is State.BETWEEN and not self._framer.has_stray
        self._framer.expire()
        self._read(now)
        self._timer.update(self._framer, at)
        if lost or idle:
            self._give_up()

    def landed(self, ticket: int, landed: Landed) -> None:
        """The intake has this durably: its answer may go out, in turn."""
        if self.phase is not Phase.OPEN:
            self.phase = phase_after(self.phase, Given.LANDED)
        owed = self._owed.pop(ticket)
        owed.writes = [data for data in (landed.answer, owed.later) if data]
        self._let_out()

    def failed(self, ticket: int, code: str) -> None:
        """The intake could not store this: AE or CE goes out, in turn, and the sender will send it again."""
        self.phase = phase_after(self.phase, Given.FAILED)
        owed = self._owed.pop(ticket)
        text = "The message could not be stored. Please send it again."
        refusal = Outcome(Verdict.ERROR, "207", code, 0, text)
        refused = answer(examine(owed.raw), refusal) if owed.raw is not None else b""
        owed.writes = [refused] if refused else []
        self._let_out()

    def ended(self, now: datetime) -> None:
        """The peer sends no more; it still gets the answers that it is owed."""
        self._finish(Given.END, now)

    def lost(self, now: datetime) -> None:
        """The connection is gone; what was in the making is kept all the same."""
        self._finish(Given.LOST, now)

    def stop(self) -> None:
        """We stop: no more is read, what has landed is answered. What is half read will be sent again."""
        self.phase = phase_after(self.phase, Given.STOP)
        self._let_out()

    def _finish(self, given: Given, now: datetime) -> None:
        was_open = self.phase is Phase.OPEN
        self.phase = phase_after(self.phase, given)
        if was_open:
            self._framer.close()
            self._read(now)
        self._let_out()

    def _give_up(self) -> None:
        """Stop reading: this peer does not speak MLLP, or lost its place in it; it may connect anew."""
        if self.phase is Phase.OPEN:
            self.phase = phase_after(self.phase, Given.GIVE_UP)
            self._let_out()

    def _read(self, now: datetime) -> None:
        while not isinstance(event := self._framer.next_event(), NeedMore):
            match event:
                case Frame(raw):
                    self._take_message(raw, now)
                case TooLarge(kept, count):
                    text = (
                        f"The message has {count} bytes, more than this clinic takes. Its beginning was kept."
                    )
                    refusal = Outcome(Verdict.REJECT, "207", FRAME_TOO_LARGE, 0, text)
                    self._land_broken(kept, now, FRAME_TOO_LARGE, refusal)
                case Unfinished(kept, _, expired):
                    self._land_broken(kept, now, FRAME_TIMEOUT if expired else FRAME_UNFINISHED)
                case _:
                    self._land_broken(event.data, now, GARBAGE_BETWEEN_FRAMES)
                    if len(event.data) >= self.terms.limits.kept:
                        self._give_up()

    def _take_message(self, raw: bytes, now: datetime) -> None:
        found = receipt(raw, self.terms.accepts)
        sender = found.sender if found.sender.strip("|") else self.peer
        received = Received(
            self.terms.channel,
            sender,
            found.control_id,
            found.type,
            now,
            raw,
            found.first,
            digest=found.digest,
        )
        self._land(_Owed(len(raw), raw, found.later), received)

    def _land_broken(self, kept: bytes, now: datetime, flag: str, refusal: Outcome | None = None) -> None:
        """Keep what is no whole message, visibly; it has no control id, so that it never stands for one."""
        header = examine(kept) if refusal else None
        reply = answer(header, refusal) if header and refusal else b""
        received = Received(self.terms.channel, self.peer, "", "", now, kept, reply, flag)
        self._land(_Owed(len(kept), kept if refusal else None), received)

    def _land(self, owed: _Owed, received: Received) -> None:
        self._tickets += 1
        self._owed[self._tickets] = owed
        self._order.append(owed)
        self._size += owed.size
        self._orders.append(Land(self._tickets, received))

    def _let_out(self) -> None:
        """Order the answers whose turn has come, and the end of the connection when nothing is owed."""
        while self._order and (writes := self._order[0].writes) is not None:
            self._size -= self._order.popleft().size
            if self.phase is not Phase.CLOSED:
                self._orders += [Write(wrap(data)) for data in writes]
        if self.phase is Phase.DRAINING and not self._order:
            self.phase = phase_after(self.phase, Given.SETTLED)
            self._orders.append(Close())
