"""One connection to a receiver as a conversation: one message out, its acknowledgement in; no I/O, no clock.

The shell (`bridges.mllp.courier`) writes what `ask` returns and feeds what comes. A connection on which
anything but the right acknowledgement came is over: its later bytes could be taken for another message's
answer, so the next message gets a new one.
Source: HL7 2.5.1 chapter 2.9.2 (MSA-1 by table 0008, MSA-2 echoes MSH-10).
"""

from enum import Enum, auto
from typing import Final

from bridges.hl7 import escapes
from bridges.hl7.charsets import decode
from bridges.hl7.tokenizer import Message, tokenize
from bridges.mllp.framing import Frame, Framer, Garbage, Limits, NeedMore, wrap
from bridges.mllp.framing import State as Reading
from clinic_app.model.errors import ProgramFault, SenderFault
from clinic_app.model.outbox import Outcome, Verdict

ANSWER_TIMEOUT: Final = "ANSWER-TIMEOUT"
ANSWER_UNMATCHED: Final = "ANSWER-UNMATCHED"
ANSWER_GARBAGE: Final = "ANSWER-GARBAGE"
PEER_CLOSED: Final = "PEER-CLOSED"
PEER_UNREACHABLE: Final = "PEER-UNREACHABLE"

ANSWER_LIMITS: Final = Limits(frame=1024 * 1024)
END_SECONDS: Final = 0.25
"""How long the line end behind 0x1C is waited for."""
_MOST_WORDS = 1000
_VERDICTS = {
    "AA": Verdict.ACCEPTED,
    "CA": Verdict.ACCEPTED,
    "AE": Verdict.REFUSED,
    "CE": Verdict.REFUSED,
    "AR": Verdict.REFUSED,
    "CR": Verdict.REFUSED,
}


class Phase(Enum):
    """IDLE may be asked; ASKING waits for an acknowledgement; OVER must be closed."""

    IDLE = auto()
    ASKING = auto()
    OVER = auto()


class Given(Enum):
    """What can happen to a connection."""

    ASK = auto()
    MATCHED = auto()
    STRAY = auto()
    WRONG = auto()
    TIME_UP = auto()
    LOST = auto()


PHASES: Final[dict[tuple[Phase, Given], Phase]] = {
    (Phase.IDLE, Given.ASK): Phase.ASKING,
    (Phase.IDLE, Given.STRAY): Phase.IDLE,
    (Phase.IDLE, Given.LOST): Phase.OVER,
    (Phase.ASKING, Given.MATCHED): Phase.IDLE,
    (Phase.ASKING, Given.STRAY): Phase.ASKING,
    (Phase.ASKING, Given.WRONG): Phase.OVER,
    (Phase.ASKING, Given.TIME_UP): Phase.OVER,
    (Phase.ASKING, Given.LOST): Phase.OVER,
    (Phase.OVER, Given.LOST): Phase.OVER,
}
"""Every legal pair; a missing one is a bug. STRAY: bytes between frames, and whatever comes unasked."""


class Exchange:
    """The conversation on one connection.

    Attributes:
        phase: where it stands.
    """

    def __init__(self) -> None:
        self.phase = Phase.IDLE
        self._framer = Framer(ANSWER_LIMITS)
        self._wanted = ""
        self._stray = False

    @property
    def ending(self) -> bool:
        """Whether an answer is whole but for its line end: then only `END_SECONDS` are waited for more."""
        return self._framer.state is Reading.ENDING

    def ask(self, message: bytes, control_id: str) -> bytes:
        """What to write, in one piece, to deliver a message with this MSH-10."""
        self._read()  # what stands behind the answer before it is no answer to this one
        self._step(Given.ASK)
        self._wanted, self._stray = control_id, False
        return wrap(message)

    def feed(self, data: bytes) -> Outcome | None:
        """Bytes came; the outcome once it is known. An empty piece is the end of the stream."""
        if not data:
            return self.lost()
        self._framer.feed(data)
        return self._read()

    def pause(self) -> Outcome | None:
        """Nothing came for `END_SECONDS` behind a 0x1C: the answer ends there."""
        self._framer.expire()
        return self._read()

    def time_up(self) -> Outcome:
        """No answer came in time."""
        self._step(Given.TIME_UP)
        return Outcome(Verdict.FAILED, ANSWER_GARBAGE if self._stray else ANSWER_TIMEOUT)

    def lost(self) -> Outcome | None:
        """The connection ended; an answer that lacked only its line end still counts."""
        asked = self.phase is Phase.ASKING
        if asked and self.ending and (outcome := self.pause()) is not None:
            return outcome
        self._step(Given.LOST)
        return Outcome(Verdict.FAILED, ANSWER_GARBAGE if self._stray else PEER_CLOSED) if asked else None

    def _read(self) -> Outcome | None:
        while not isinstance(event := self._framer.next_event(), NeedMore):
            if self.phase is not Phase.ASKING or isinstance(event, Garbage):
                self._stray = self.phase is Phase.ASKING
                self._step(Given.STRAY)
                continue
            outcome = (
                self._answer(event.raw)
                if isinstance(event, Frame)
                else Outcome(Verdict.FAILED, ANSWER_GARBAGE)
            )
            self._step(Given.WRONG if outcome.verdict is Verdict.FAILED else Given.MATCHED)
            return outcome
        return None

    def _answer(self, raw: bytes) -> Outcome:
        decoded = decode(raw)
        try:
            message = tokenize(decoded.text)
        except SenderFault:
            return Outcome(Verdict.FAILED, ANSWER_GARBAGE)
        code, named = message.get("MSA-1.1").strip(), message.get("MSA-2.1").strip()
        if code not in _VERDICTS:
            return Outcome(Verdict.FAILED, ANSWER_GARBAGE)
        if named != self._wanted:
            return Outcome(Verdict.FAILED, ANSWER_UNMATCHED)
        return Outcome(_VERDICTS[code], code, _words(message))

    def _step(self, given: Given) -> None:
        try:
            self.phase = PHASES[self.phase, given]
        except KeyError:
            raise ProgramFault(
                "EXCHANGE-STATE",
                f"A connection to the EHR was given {given.name} while {self.phase.name}",
                "Please report this.",
            ) from None


def _words(message: Message) -> str:
    """What the receiver says of it: MSA-3, and of each ERR its code and texts; nothing where it says none."""
    said = [message.get("MSA-3")]
    for segment in message.all("ERR"):
        said += [segment.field(number) for number in (1, 3, 7, 8)]
    marks = message.separators
    meant = (escapes.decode(text.replace(marks.component, " "), marks).strip() for text in said if text)
    return " · ".join(dict.fromkeys(text for text in meant if text))[:_MOST_WORDS]
