"""What the receive path needs of a message, and the answer to it (DESIGN decision 2).

Nothing here reads further than MSH. An answer is made from the message alone, so the same bytes always get
the same answer: its own control id is a digest of the message, and its time (MSH-7) is the sender's own.
Source: HL7 2.5.1 chapter 2.9 (original and enhanced mode), 2.15 (MSA, ERR), tables 0008, 0103, 0155, 0357.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b, sha256
from typing import NamedTuple

from bridges.hl7 import escapes
from bridges.hl7.charsets import view
from bridges.hl7.tokenizer import Segment, Separators, find_header
from clinic_app.model.errors import SenderFault

_VERSION = re.compile(r"[0-9]+(\.[0-9]+)*")
_FRAMING = str.maketrans("", "", "\x0b\x1c\r\n")


class Verdict(StrEnum):
    """What is answered; the value is the second letter of MSA-1."""

    ACCEPT = "A"
    ERROR = "E"
    REJECT = "R"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict with the condition of table 0357, our stable code, the MSH field at fault and plain words."""

    verdict: Verdict
    condition: str = "0"
    code: str = ""
    field: int = 0
    text: str = ""


ACCEPTED = Outcome(Verdict.ACCEPT)
_ACCEPTED_TEXT = str(ACCEPTED)
STORE_FAILED = Outcome(
    Verdict.ERROR, "207", "STORE-FAILED", 0, "The message could not be stored. Please send it again."
)


@dataclass(frozen=True, slots=True)
class Accepts:
    """Which messages a site takes: processing ids (MSH-11), and versions (MSH-12, a longer one belongs to its
    beginning)."""

    processing: frozenset[str] = frozenset({"P"})
    versions: tuple[str, ...] = tuple(f"2.{minor}" for minor in range(1, 10))


ANY_SITE = Accepts()


@dataclass(frozen=True, slots=True)
class Header:
    """The fields of MSH, as written (escapes and components included), all empty where there is no readable
    MSH.

    Attributes:
        separators: delimiters of the message; the usual ones where it has none.
        fields: MSH as written, ``fields[n]`` is MSH-n.
        sender: ``MSH-3|MSH-4``.
        type: ``ORU^R01``; empty where MSH-9 is.
        trigger: ``R01``.
        control_id: MSH-10.
        encoding: codec in which MSH was read and the answer is written.
        mark: a byte order mark that was sent, else empty.
        fault: NO-MSH where MSH could not be read, else empty.
        digest: SHA-256 of the bytes of the whole message.
    """

    separators: Separators
    fields: tuple[str, ...]
    sender: str
    type: str
    trigger: str
    control_id: str
    encoding: str
    mark: bytes
    fault: str
    digest: bytes

    def field(self, number: int) -> str:
        """MSH-n as written, empty where it was not sent."""
        return self.fields[number] if number < len(self.fields) else ""

    @property
    def enhanced(self) -> bool:
        """Whether MSH-15 or MSH-16 asks for enhanced acknowledgement."""
        return bool(self.field(15) or self.field(16))


def examine(raw: bytes) -> Header:
    """Read MSH and nothing else; never fails, whatever the bytes are."""
    text, encoding, mark = _start(raw)
    digest = sha256(raw).digest()
    try:
        line, _ = find_header(text)
        separators = _separators(line)
    except SenderFault as fault:
        return Header(Separators(), (), "", "", "", "", encoding, mark, fault.code, digest)
    segment = Segment(line.rstrip("\0 \t"), separators)
    code, trigger = segment.part(9, 1), segment.part(9, 2)
    return Header(
        separators=separators,
        fields=tuple(segment.fields),
        sender=f"{segment.field(3)}|{segment.field(4)}",
        type=f"{code}^{trigger}" if trigger else code,
        trigger=trigger,
        control_id=segment.field(10),
        encoding=encoding,
        mark=mark,
        fault="",
        digest=digest,
    )


def _start(raw: bytes) -> tuple[str, str, bytes]:
    """What `view` says, of ASCII only as far as the first segment: every acknowledgement waits for this."""
    if raw.startswith(b"MSH") and raw.isascii():
        return raw.partition(b"\r")[0].decode("ascii"), "utf-8", b""
    return view(raw)


def _separators(line: str) -> Separators:
    start = line[:9]
    return _usual_separators(start) if start[3:4] == start[8:] else Separators.read(line)


@lru_cache(maxsize=64)
def _usual_separators(start: str) -> Separators:
    """Of an MSH-2 of four characters: nothing behind them matters, and senders keep to theirs."""
    return Separators.read(start)


def judge(header: Header, accepts: Accepts = ANY_SITE) -> Outcome:
    """Whether the message itself can be taken; storing it comes before this is answered, and it is stored in
    any case."""
    if header.fault:
        text = "The message has no MSH segment that can be read. It was kept."
        return Outcome(Verdict.REJECT, "100", header.fault, 0, text)
    for number, name, code in ((9, "message type", "NO-MESSAGE-TYPE"), (10, "control id", "NO-CONTROL-ID")):
        if not header.field(number).strip():
            text = f"MSH-{number} ({name}) is missing. The message was kept."
            return Outcome(Verdict.ERROR, "101", code, number, text)
    processing = _component(header, 11)
    if processing and processing not in accepts.processing:
        text = "MSH-11 (processing id) is not one that this clinic takes. The message was kept."
        return Outcome(Verdict.REJECT, "202", "UNSUPPORTED-PROCESSING", 11, text)
    version = _component(header, 12)
    if version and not _is_version(version, accepts.versions):
        text = "MSH-12 (version) is not one that this clinic takes. The message was kept."
        return Outcome(Verdict.REJECT, "203", "UNSUPPORTED-VERSION", 12, text)
    return ACCEPTED


def answer(header: Header, outcome: Outcome) -> bytes:
    """The acknowledgement to send at once; empty where the sender wants none, or sent an acknowledgement
    itself.

    Original mode answers AA, AE or AR. In enhanced mode MSH-15 decides on CA, CE or CR; where it wants none
    but MSH-16 wants an application acknowledgement, that one is given at once, since what it says (stored) is
    already known.
    """
    return _made(header, outcome, _first_mode(header, outcome.verdict))


def application_answer(header: Header, outcome: Outcome) -> bytes:
    """The application acknowledgement (AA, AE, AR) that MSH-16 asks for; empty where it asks for none."""
    return _made(header, outcome, _application_mode(header, outcome.verdict))


class Receipt(NamedTuple):
    """What the receive path needs of one message; see `Header` for the first four.

    Attributes:
        first: what is answered once the message is durable, ``later`` the application answer that follows
            it; both may be empty.
    """

    sender: str
    type: str
    control_id: str
    digest: bytes
    first: bytes
    later: bytes


def receipt(raw: bytes, accepts: Accepts = ANY_SITE) -> Receipt:
    """The same as `examine`, `judge` and `answer` one after the other, in half the time.

    A sender's headers differ in time (MSH-7) and control id (MSH-10) only, so what follows from all the rest
    is remembered. In enhanced mode a sender that asks for both answers gets both: what the application
    answer says (stored) is known by then.
    """
    text, encoding, mark = _start(raw)
    digest = sha256(raw).digest()
    if text.startswith("MSH") and "\n" not in text and len(text) > _LEAST:
        fields = text.partition("\r")[0].rstrip("\0 \t").split(text[3])
        if len(fields) > 9:
            sent_at, control_id = fields[6], fields[9]
            fields[6], fields[9] = "", _SOME if control_id.strip() else ""
            shape = _shape(tuple(fields), text[3], encoding, mark, accepts)
            if shape is not None:
                one, two = shape.answers
                first = shape.fill(one, digest, sent_at, control_id)
                later = shape.fill(two, digest, sent_at, control_id)
                return Receipt(shape.sender, shape.type, control_id, digest, first, later)
    header = examine(raw)
    outcome = judge(header, accepts)
    first = answer(header, outcome)
    later = application_answer(header, outcome) if header.enhanced else b""
    return Receipt(
        header.sender, header.type, header.control_id, digest, first, later if later != first else b""
    )


_LEAST = 8
_SOME = "1"
"""Stands for a control id that is there."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """What follows from a header but for its time and control id; ``answers`` are mode and pieces."""

    sender: str
    type: str
    what: str
    encoding: str
    mark: bytes
    answers: tuple[tuple[str, tuple[str, ...]], tuple[str, tuple[str, ...]]]

    def fill(self, part: tuple[str, tuple[str, ...]], digest: bytes, sent_at: str, control_id: str) -> bytes:
        """One answer, empty where none is due."""
        mode, pieces = part
        if not mode:
            return b""
        first, second, third, last = pieces
        own_id = _own_id(digest, mode, self.what)
        time, control = sent_at.translate(_FRAMING), control_id.translate(_FRAMING)
        text = f"{first}{time}{second}{own_id}{third}{control}{last}"
        return self.mark + text.encode(self.encoding)


@lru_cache(maxsize=256)
def _shape(
    fields: tuple[str, ...], field: str, encoding: str, mark: bytes, accepts: Accepts
) -> _Shape | None:
    """None where MSH cannot be read."""
    header = examine(field.join(fields).encode(encoding))
    if header.fault or header.encoding != encoding:
        return None
    outcome = judge(header, accepts)
    first = _first_mode(header, outcome.verdict)
    later = _application_mode(header, outcome.verdict) if header.enhanced else ""
    modes = (first, later if later != first else "")
    pieces = [tuple(_answer_text(header, outcome, mode).split(_HOLE)) if mode else () for mode in modes]
    (one, two), (first_pieces, later_pieces) = modes, pieces
    answers = ((one, first_pieces), (two, later_pieces))
    return _Shape(header.sender, header.type, _what(outcome), encoding, mark, answers)


_TABLE_155 = ("AL", "NE", "ER", "SU")
"""When an acknowledgement is wanted: always, never, on errors, on success."""


def _first_mode(header: Header, verdict: Verdict) -> str:
    """A of original mode, C of enhanced mode (table 0008), or empty: no answer."""
    if not header.enhanced:
        # Two listeners would otherwise answer each other for ever.
        return "" if header.type.partition("^")[0] == "ACK" else "A"
    condition = header.field(15)
    if condition and condition not in _TABLE_155:
        return "A"  # a sender without answer would wait, or send for ever
    return "C" if _wanted(condition, verdict) else _application_mode(header, verdict)


def _application_mode(header: Header, verdict: Verdict) -> str:
    return "A" if _wanted(header.field(16), verdict) else ""


def _wanted(condition: str, verdict: Verdict) -> bool:
    if condition == "AL":
        return True
    return condition == ("SU" if verdict is Verdict.ACCEPT else "ER")


def _component(header: Header, number: int) -> str:
    written, mark = header.field(number), header.separators.component
    return (written.partition(mark)[0] if mark else written).strip()


def _is_version(version: str, accepted: tuple[str, ...]) -> bool:
    if _VERSION.fullmatch(version) is None:
        return False
    return version in accepted or any(version.startswith(known + ".") for known in accepted)


def _made(header: Header, outcome: Outcome, mode: str) -> bytes:
    if not mode:
        return b""
    own_id = _own_id(header.digest, mode, _what(outcome))
    changing = (header.field(7).translate(_FRAMING), own_id, header.control_id.translate(_FRAMING))
    first, *rest = _answer_text(header, outcome, mode).split(_HOLE)
    text = first + "".join(value + piece for value, piece in zip(changing, rest, strict=True))
    return header.mark + text.encode(header.encoding)


def _what(outcome: Outcome) -> str:
    return _ACCEPTED_TEXT if outcome is ACCEPTED else str(outcome)


def _own_id(digest: bytes, mode: str, what: str) -> str:
    """At most 20 characters, as older versions allow; the same message and answer have the same one."""
    if what is _ACCEPTED_TEXT:
        return f"CG{mode}{digest[:8].hex()}"
    return "CG" + blake2b(f"{digest.hex()}{mode}{what}".encode(), digest_size=8).hexdigest()


_HOLE = "\x0b\x0b"
"""Stands for what differs from message to message: this very object, and bytes that no answer contains."""


def _answer_text(header: Header, outcome: Outcome, mode: str) -> str:
    """The answer with holes for MSH-7, MSH-10 and MSA-2, in this order."""
    marks = header.separators
    trigger = header.trigger
    kind = marks.component.join(("ACK", trigger, "ACK")) if trigger and marks.component else "ACK"
    msh = ["MSH" + marks.field + marks.sent, *(header.field(n) for n in (5, 6, 3, 4)), _HOLE, "", kind, _HOLE]
    msh += [header.field(11) or "P", header.field(12) or "2.5"]
    if header.field(18):
        msh += [""] * 5 + [header.field(18)]
    msa = ["MSA", mode + outcome.verdict, _HOLE]
    if outcome.text:
        msa.append(escapes.encode(outcome.text, marks))
    segments = [msh, msa]
    if outcome.verdict is not Verdict.ACCEPT:
        segments.append(_error(header, outcome))
    return "".join(_joined(segment, marks.field) + "\r" for segment in segments)


def _joined(segment: Sequence[str], field: str) -> str:
    """Without any byte that would break the frame or the segment; a hole is one of them, and stays."""
    return field.join(part if part is _HOLE else part.translate(_FRAMING) for part in segment)


def _error(header: Header, outcome: Outcome) -> list[str]:
    marks = header.separators
    words = escapes.encode(f"{outcome.code}: {outcome.text}", marks)
    name = _CONDITIONS[outcome.condition]
    place = ("MSH", "1", str(outcome.field)) if outcome.field else ()
    if _component(header, 12) in ("2.1", "2.2", "2.3", "2.3.1", "2.4"):
        code = (marks.subcomponent or " ").join((outcome.condition, name, "HL70357"))
        old = [*place, code] if place else ["", "", "", code]
        return ["ERR", (marks.component or " ").join(old)]
    between = marks.component or " "
    code = between.join((outcome.condition, name, "HL70357"))
    return ["ERR", "", between.join(place), code, "E", "", "", "", words]


_CONDITIONS = {
    "100": "Segment sequence error",
    "101": "Required field missing",
    "202": "Unsupported processing id",
    "203": "Unsupported version id",
    "207": "Application internal error",
}
