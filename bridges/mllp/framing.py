"""MLLP frames out of a byte stream: bytes in any split in, events out, no I/O and no clock.

A frame is ``0x0B content 0x1C 0x0D`` (HL7 "Minimal Lower Layer Protocol", release 1). What real senders do
beside it:

- They leave out the carriage return, or send a line feed instead. So a ``0x1C`` ends the frame when a line
  end or the next start follows, when the stream ends, or when nothing follows for a moment (the session says
  so by `expire`). A ``0x1C`` with any other byte behind it is content.
- They break off and start anew on the same connection, and they paste text with vertical tabs (the soft line
  break of word processors) into notes. So a ``0x0B`` inside a frame starts a new one only if ``MSH`` follows
  at once; the broken-off one becomes an `Unfinished` event. Any other ``0x0B`` is content.
- They write log lines or greetings between frames. Line ends are dropped; anything else becomes a `Garbage`
  event.
"""

from dataclasses import dataclass
from enum import IntEnum, auto
from typing import Final, NamedTuple

from clinic_app.model.errors import ProgramFault

START: Final = b"\x0b"
END: Final = b"\x1c"
LINE_ENDS: Final = b"\r\n"
RESTART: Final = b"\x0bMSH"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds in bytes: the largest frame taken, and how much is kept of what is broken, too large or
    stray.
    """

    frame: int = 16 * 1024 * 1024
    kept: int = 64 * 1024


USUAL_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole frame's content."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class Garbage:
    """Bytes between frames that are more than line ends; at most `Limits.kept` of them in one event."""

    data: bytes


@dataclass(frozen=True, slots=True)
class TooLarge:
    """A frame beyond the limit: its first bytes, and how many there were until it ended or was given up."""

    kept: bytes
    count: int


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A frame that never ended: its first bytes, how many came, and whether time ran out (else it was broken
    off).
    """

    kept: bytes
    count: int
    expired: bool


@dataclass(frozen=True, slots=True)
class NeedMore:
    """Nothing to tell before more bytes come."""


NEED_MORE: Final = NeedMore()
Event = Frame | Garbage | TooLarge | Unfinished


class State(IntEnum):
    """Where in the stream we are; CUT is inside a frame that is already too large."""

    BETWEEN = auto()
    INSIDE = auto()
    ENDING = auto()
    CUT = auto()
    CUT_ENDING = auto()
    CLOSED = auto()


class Input(IntEnum):
    """What can come next; TEXT is any run of bytes without a meaning of its own in that state."""

    TEXT = auto()
    START = auto()
    END = auto()
    LINE_END = auto()
    OVERFLOW = auto()
    EXPIRE = auto()
    CLOSE = auto()


class Emit(IntEnum):
    """Which event a step makes of the bytes held so far."""

    NOTHING = auto()
    FRAME = auto()
    GARBAGE = auto()
    TOO_LARGE = auto()
    BROKEN = auto()
    EXPIRED = auto()


class Step(NamedTuple):
    """Next state, and the event made on the way."""

    state: State
    emit: Emit = Emit.NOTHING


TABLE: Final[dict[tuple[State, Input], Step]] = {
    (State.BETWEEN, Input.TEXT): Step(State.BETWEEN),
    (State.BETWEEN, Input.START): Step(State.INSIDE, Emit.GARBAGE),
    (State.BETWEEN, Input.OVERFLOW): Step(State.BETWEEN, Emit.GARBAGE),
    (State.BETWEEN, Input.EXPIRE): Step(State.BETWEEN, Emit.GARBAGE),
    (State.BETWEEN, Input.CLOSE): Step(State.CLOSED, Emit.GARBAGE),
    (State.INSIDE, Input.TEXT): Step(State.INSIDE),
    (State.INSIDE, Input.START): Step(State.INSIDE, Emit.BROKEN),
    (State.INSIDE, Input.END): Step(State.ENDING),
    (State.INSIDE, Input.OVERFLOW): Step(State.CUT),
    (State.INSIDE, Input.EXPIRE): Step(State.BETWEEN, Emit.EXPIRED),
    (State.INSIDE, Input.CLOSE): Step(State.CLOSED, Emit.BROKEN),
    (State.ENDING, Input.TEXT): Step(State.INSIDE),
    (State.ENDING, Input.START): Step(State.INSIDE, Emit.FRAME),
    (State.ENDING, Input.LINE_END): Step(State.BETWEEN, Emit.FRAME),
    (State.ENDING, Input.EXPIRE): Step(State.BETWEEN, Emit.FRAME),
    (State.ENDING, Input.CLOSE): Step(State.CLOSED, Emit.FRAME),
    (State.CUT, Input.TEXT): Step(State.CUT),
    (State.CUT, Input.START): Step(State.INSIDE, Emit.TOO_LARGE),
    (State.CUT, Input.END): Step(State.CUT_ENDING),
    (State.CUT, Input.EXPIRE): Step(State.BETWEEN, Emit.TOO_LARGE),
    (State.CUT, Input.CLOSE): Step(State.CLOSED, Emit.TOO_LARGE),
    (State.CUT_ENDING, Input.TEXT): Step(State.CUT),
    (State.CUT_ENDING, Input.START): Step(State.INSIDE, Emit.TOO_LARGE),
    (State.CUT_ENDING, Input.LINE_END): Step(State.BETWEEN, Emit.TOO_LARGE),
    (State.CUT_ENDING, Input.EXPIRE): Step(State.BETWEEN, Emit.TOO_LARGE),
    (State.CUT_ENDING, Input.CLOSE): Step(State.CLOSED, Emit.TOO_LARGE),
    (State.CLOSED, Input.CLOSE): Step(State.CLOSED),
}
"""Every legal pair; one that is missing is a bug (fed or expired after closing; a second 0x1C is TEXT first,
then END).
"""


def step(state: State, given: Input) -> Step:
    """Look a pair up; raises ProgramFault for an illegal one."""
    try:
        return TABLE[state, given]
    except KeyError:
        raise ProgramFault(
            "FRAMING-STATE",
            f"The frame reader was given {given.name} while {state.name}",
            "Please report this.",
        ) from None


class Framer:
    """Turns the bytes of one connection into events.

    Attributes:
        state: where in the stream it is.
        started: how many frames have begun (the session's key for a frame's deadline).
    """

    def __init__(self, limits: Limits = USUAL_LIMITS) -> None:
        self.state = State.BETWEEN
        self.started = 0
        self._limits = limits
        self._in = bytearray()  # not looked at yet
        self._held = bytearray()  # content or stray bytes of the event in the making
        self._dropped = 0  # bytes of it that were counted and let go
        self._events: list[Event] = []

    @property
    def has_stray(self) -> bool:
        """Whether bytes between frames wait to be told as `Garbage`."""
        return self.state is State.BETWEEN and bool(self._held)

    @property
    def size(self) -> int:
        """Bytes held of what is not complete."""
        return len(self._in) + len(self._held)

    def feed(self, data: bytes) -> None:
        """Add what came from the peer."""
        if self.state is State.CLOSED:
            step(self.state, Input.TEXT)
        nothing_waits = not (self._in or self._held or self._events)
        if nothing_waits and self.state is State.BETWEEN and self._is_whole(data):
            self.started += 1
            self._events.append(Frame(data[1:-2]))
        else:
            self._in += data

    def next_event(self) -> Event | NeedMore:
        """The next event in the order of the stream, or NEED_MORE."""
        if not self._in and not self._events:
            return NEED_MORE
        if self.state is State.BETWEEN and not self._held and not self._events:
            whole = self._whole_frame()
            if whole is not None:
                return whole
        while not self._events and self._advance():
            pass
        return self._events.pop(0) if self._events else NEED_MORE

    def expire(self) -> None:
        """Time is up for what is in the making: it is told as it is."""
        self._flush()
        self._take(Input.EXPIRE)

    def close(self) -> None:
        """The stream has ended; what is in the making is told as it is."""
        self._flush()
        self._take(Input.CLOSE)

    def _is_whole(self, data: bytes) -> bool:
        """Whether this is just one frame, as most writes of most senders are; then nothing is copied."""
        end = data.find(END)
        return (
            data.startswith(START)
            and end == len(data) - 2
            and data.endswith(b"\r")
            and data.find(RESTART, 1) < 0
            and end - 1 <= self._limits.frame
        )

    def _whole_frame(self) -> Frame | None:
        """The same for a frame with others behind it, with the result of the steps: no mark is inside."""
        held = self._in
        end = held.find(END) if held.startswith(START) else -1
        if end < 0 or held[end + 1 : end + 2] != b"\r" or held.find(RESTART, 1, end) >= 0:
            return None
        if end - len(START) > self._limits.frame:
            return None
        raw = bytes(held[len(START) : end])
        del held[: end + 2]
        self.started += 1
        return Frame(raw)

    def _advance(self) -> bool:
        """Consume one token of the input; False where more bytes are needed to tell."""
        if not self._in:
            return False
        if self.state is State.BETWEEN:
            return self._between()
        if self.state in (State.ENDING, State.CUT_ENDING):
            return self._after_end()
        return self._inside()

    def _between(self) -> bool:
        at = self._in.find(START)
        room = self._limits.kept - len(self._held)
        stray = min(at if at >= 0 else len(self._in), room)
        if stray:
            self._hold_stray(self._cut(stray))
        elif at == 0:
            del self._in[:1]
            self._take(Input.START)
        else:
            self._take(Input.OVERFLOW)
        return True

    def _hold_stray(self, data: bytes) -> None:
        """Keep stray bytes; line ends before any other stray byte are no garbage."""
        self._take(Input.TEXT)
        self._held += data if self._held else data.lstrip(LINE_ENDS)

    def _inside(self) -> bool:
        """Take content up to the next mark; a start that may still become a restart waits for its next
        bytes.
        """
        end = self._in.find(END)
        restart = self._in.find(RESTART, 0, end if end >= 0 else len(self._in))
        marks = [at for at in (end, restart) if at >= 0]
        upto = min(marks) if marks else len(self._in) - self._undecided()
        if upto:
            self._hold_content(self._cut(upto))
        elif not marks:
            return False
        elif end == 0:
            del self._in[:1]
            self._take(Input.END)
        else:
            del self._in[:1]
            self._take(Input.START)
        return True

    def _undecided(self) -> int:
        """How many last bytes may be the beginning of a restart."""
        return next((n for n in (3, 2, 1) if self._in.endswith(RESTART[:n])), 0)

    def _after_end(self) -> bool:
        mark = bytes(self._in[:1])
        if mark in (b"\r", b"\n"):
            del self._in[:1]
            self._take(Input.LINE_END)
        elif mark == START:
            del self._in[:1]
            self._take(Input.START)
        else:
            # The 0x1C was content after all; what follows decides by itself.
            self._take(Input.TEXT)
            self._hold_content(END)
        return True

    def _hold_content(self, data: bytes) -> None:
        self._take(Input.TEXT)
        if self.state is State.INSIDE and len(self._held) + len(data) > self._limits.frame:
            self._take(Input.OVERFLOW)
        self._held += data
        if self.state is State.CUT:
            self._dropped += max(0, len(self._held) - self._limits.kept)
            del self._held[self._limits.kept :]

    def _flush(self) -> None:
        """Read all that came; a start that still waits for its ``MSH`` is content then."""
        while self._advance():
            pass
        if self._in:
            self._hold_content(self._cut(len(self._in)))

    def _cut(self, count: int) -> bytes:
        data = bytes(self._in[:count])
        del self._in[:count]
        return data

    def _take(self, given: Input) -> None:
        self.state, emit = step(self.state, given)
        if given is Input.START:
            self.started += 1
        if emit is not Emit.NOTHING:
            self._emit(emit)

    def _emit(self, emit: Emit) -> None:
        whole, self._held = bytes(self._held), bytearray()
        count, self._dropped = len(whole) + self._dropped, 0
        kept = whole[: self._limits.kept]
        if emit is Emit.FRAME:
            self._events.append(Frame(whole))
        elif emit is Emit.TOO_LARGE:
            self._events.append(TooLarge(kept, count))
        elif whole and emit is Emit.GARBAGE:
            self._events.append(Garbage(whole))
        elif whole:
            self._events.append(Unfinished(kept, count, emit is Emit.EXPIRED))


def wrap(content: bytes) -> bytes:
    """One frame around the content, to be sent in one write."""
    return START + content + END + b"\r"
