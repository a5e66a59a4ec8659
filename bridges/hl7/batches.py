"""Batches: several messages in one frame or file, and the envelope (FHS, BHS … BTS, FTS) around them.

Everything here works on the bytes as they came, so that each message keeps exactly its own. Texts in UTF-16
are not cut: such a frame stays one entry, and is held. Source: HL7 2.5.1 chapter 2.10.3 (batch protocol),
2.15.2 (BHS), 2.15.3 (BTS), 2.15.6 (FHS), 2.15.7 (FTS).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from bridges.hl7.acknowledge import ANY_SITE, Accepts, answer, examine, judge
from bridges.hl7.tokenizer import Segment, Separators
from clinic_app.model.entries import Finding, Hold, Translation
from clinic_app.model.errors import SenderFault

_MARK = re.compile(
    rb"(?:\A|(?<=[\r\n\x0b\x1c]))(?:\xef\xbb\xbf)?[ \t\0]*"
    rb"(?P<name>MSH(?=([^0-9A-Za-z\s])[^\r\n]{1,8}?\2)|[FB]HS(?=[^0-9A-Za-z\s])|[FB]TS(?=[^0-9A-Za-z\s]|[\r\n\x1c]|\Z))"
)
"""A segment that begins a message, or belongs to the envelope. MSH counts only with delimiters behind it:
the three letters also stand at the beginning of lines of text."""
_BLANK = b" \t\r\n\0\x0b\x1c\xef\xbb\xbf"
_TAIL = 256
"""Where a trailer without a header is looked for."""
_GAP, _NEAR = b"\r\n\x0b\x1c \t\0", 64
_BETWEEN = b"\x0b \t\0"
_RETURN = re.compile(rb"\r(?!\n)")
_LINE_END = re.compile(rb"[\r\n\x1c]")


@dataclass(frozen=True, slots=True)
class Batch:
    """A frame or file of several messages.

    Attributes:
        messages: each with its own bytes, in order, without envelope and framing.
        headers: FHS and BHS as written, the first of each; empty where none was sent.
        holds: why something may be missing; it stays for a person to look at, what came is applied.
        findings: what is wrong in form alone.
    """

    messages: tuple[bytes, ...]
    headers: tuple[bytes, ...]
    holds: tuple[Hold, ...]
    findings: tuple[Finding, ...]

    def translation(self) -> Translation:
        """What the frame itself means: nothing beside its messages, unless something may be missing."""
        count = len(self.messages)
        said = f"a batch of {count} messages, each an entry of its own" if count else "an empty batch"
        return Translation(None, holds=self.holds, findings=self.findings, ignored="" if self.holds else said)


def is_batch(raw: bytes) -> bool:
    """Whether there is an envelope, or more than one message; every acknowledgement waits for this."""
    tail = raw[-_TAIL:]
    if raw.startswith(b"MSH") and raw.find(b"MSH", 3) < 0 and b"TS" not in tail:
        return False  # the usual case in a moment
    first = _MARK.match(raw)
    if first is not None and first["name"] != b"MSH":
        return True
    if b"TS" in tail and any(mark["name"] != b"MSH" for mark in _MARK.finditer(tail)) and _several(raw):
        return True
    at = raw.find(b"MSH", 3)
    while at > 0:
        if raw[at - 1] in b"\r\n\x0b\x1c \t\0\xbf":
            return _several(raw)  # once: a note may quote thousands of messages
        at = raw.find(b"MSH", at + 3)
    return False


def split(raw: bytes) -> Batch:
    """Cut a frame or file into its messages, and look whether its envelope agrees with them; never fails.

    One plain message is a batch of one, bytes without any message an empty one.
    """
    taken = _Envelope()
    marks = list(_marks(raw))
    if raw[: marks[0].start() if marks else len(raw)].strip(_BLANK):
        taken.strays += 1
    for number, mark in enumerate(marks, 1):
        after = marks[number] if number < len(marks) else None
        piece = raw[mark.start("name") : after.start() if after else len(raw)]
        if mark["name"] == b"MSH":
            taken.message(_unframed(piece))
        else:
            end = _LINE_END.search(piece)
            line, rest = (piece[: end.start()], piece[end.end() :]) if end else (piece, b"")
            taken.strays += bool(rest.strip(_BLANK))
            _STEPS[mark["name"]](taken, line)
    return taken.batch()


def batch_sender(batch: Batch) -> tuple[str, str]:
    """``BHS-3|BHS-4`` (else those of FHS), and the control id of the batch; empty where none was sent."""
    for line in reversed(batch.headers):
        segment = _segment(line)
        if segment is not None:
            return f"{segment.field(3)}|{segment.field(4)}", segment.field(11)
    return "", ""


def batch_answer(batch: Batch, accepts: Accepts = ANY_SITE) -> bytes:
    """The response batch: one acknowledgement for each message, between the envelope that was sent.

    Chapter 2.10.3.3, first option. Empty where no envelope was sent: then the first message is answered as
    usual, and that is for the whole.
    """
    if not batch.headers:
        return b""
    answers = [answer(header, judge(header, accepts)) for header in map(examine, batch.messages)]
    sent = [reply for reply in answers if reply]
    digest = blake2b(b"".join(batch.messages), digest_size=8).hexdigest()
    heads = [_response_header(line, f"CG{digest}") for line in batch.headers]
    mark = chr(batch.headers[-1][3])
    tails = [f"BTS{mark}{len(sent)}\r".encode("latin-1")]
    if batch.headers[0].startswith(b"FHS"):
        tails.append(f"FTS{mark}1\r".encode("latin-1"))
    if not batch.headers[-1].startswith(b"BHS"):
        tails.pop(0)
    return b"".join((*heads, *sent, *tails))


@dataclass(slots=True)
class _Envelope:
    """What was seen so far; ``None`` as a count says that none is open."""

    messages: list[bytes] = field(default_factory=list)
    headers: dict[str, bytes] = field(default_factory=dict)
    strays: int = 0
    in_file: int | None = None
    in_batch: int | None = None
    holds: dict[str, Hold] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)

    def message(self, raw: bytes) -> None:
        self.messages.append(raw)
        if self.in_batch is not None:
            self.in_batch += 1

    def file_header(self, line: bytes) -> None:
        self._close_all("FHS")
        self.headers.setdefault("FHS", line)
        self.in_file = 0

    def batch_header(self, line: bytes) -> None:
        if self.in_batch is not None:
            self._unfinished("BHS")
        self.headers.setdefault("BHS", line)
        self.in_batch = 0
        if self.in_file is not None:
            self.in_file += 1

    def batch_trailer(self, line: bytes) -> None:
        counted, self.in_batch = self.in_batch, None
        if counted is None:
            self._remark("BTS stands without BHS")
            counted = len(self.messages)
        self._compare("BTS-1", line, counted, "messages")

    def file_trailer(self, line: bytes) -> None:
        if self.in_batch is not None:
            self._unfinished("BTS")
            self.in_batch = None
        counted, self.in_file = self.in_file, None
        if counted is None:
            self._remark("FTS stands without FHS")
        elif counted or self.messages == []:
            self._compare("FTS-1", line, counted, "batches")

    def batch(self) -> Batch:
        self._close_all("end")
        if self.strays:
            what = "beside the messages stand lines that belong to none of them"
            self._hold("BATCH-STRAY", what, "Look at the raw batch; ask the sender to send whole messages.")
        headers = tuple(self.headers[name] for name in ("FHS", "BHS") if name in self.headers)
        holds, findings = tuple(self.holds.values()), tuple(self.findings.values())
        return Batch(tuple(self.messages), headers, holds, findings)

    def _close_all(self, met: str) -> None:
        if self.in_batch is not None or self.in_file is not None:
            self._unfinished(met)
        self.in_batch = self.in_file = None

    def _unfinished(self, met: str) -> None:
        what = f"the batch has no trailer before its {met}, so its end may be missing"
        mend = "What came is applied. Compare with the sender, and have what is missing sent again."
        self._hold("BATCH-UNFINISHED", what, mend)

    def _compare(self, place: str, line: bytes, counted: int, things: str) -> None:
        segment = _segment(line)
        said = segment.field(1).strip() if segment is not None else ""
        if not said:
            self._remark(f"{place} does not say how many {things} there are")
        elif not said.isdecimal() or len(said) > 9:
            self._remark(f"{place} is not a number")
        elif int(said) > counted:
            what = f"{place} says {int(said)} {things}, {counted} came"
            mend = "What came is applied. Have the batch, or what is missing of it, sent again."
            self._hold("BATCH-INCOMPLETE", what, mend)
        elif int(said) < counted:
            self._remark(f"{place} says {int(said)} {things}, {counted} came")

    def _hold(self, code: str, reason: str, mend: str) -> None:
        self.holds.setdefault(code, Hold(code, reason, mend))

    def _remark(self, text: str) -> None:
        self.findings.setdefault(text, Finding("BATCH-FORM", text))


_STEPS: dict[bytes, Callable[[_Envelope, bytes], None]] = {
    b"FHS": _Envelope.file_header,
    b"BHS": _Envelope.batch_header,
    b"BTS": _Envelope.batch_trailer,
    b"FTS": _Envelope.file_trailer,
}


def _marks(raw: bytes) -> Iterator[re.Match[bytes]]:
    """The marks that count. Where segments end with CR, a line feed alone ends none: what follows it is text,
    such as a message that a note quotes, and must not be taken for another patient's.
    """
    returns = _RETURN.search(raw) is not None
    for mark in _MARK.finditer(raw):
        before = raw[max(0, mark.start() - _NEAR) : mark.start()]
        gap = before[len(before.rstrip(_GAP)) :]
        if not returns or not before or gap.strip(b"\n \t\0"):
            yield mark


def _unframed(piece: bytes) -> bytes:
    """A message without the end of a frame, or blanks, behind it; no pattern, since these look at a run of
    blanks anew from each of them.
    """
    end = piece.find(b"\x1c", len(piece.rstrip(_GAP)))
    return piece[:end] if end >= 0 else piece.rstrip(_BETWEEN)


def _several(raw: bytes) -> bool:
    found = _marks(raw)
    return next(found, None) is not None and next(found, None) is not None


def _segment(line: bytes) -> Segment | None:
    text = line.decode("latin-1")
    if text[:3] in ("BTS", "FTS"):
        return Segment(text, Separators(field=text[3:4] or "|"))
    try:
        return Segment(text, Separators.read(text))
    except SenderFault:
        return None


def _response_header(line: bytes, own_id: str) -> bytes:
    """Sender and receiver change places, and field 12 refers to the batch that is answered."""
    text = line.decode("latin-1")
    segment, mark = _segment(line), text[3]
    if segment is None:
        return f"{text[:3]}{mark}^~\\&\r".encode("latin-1")
    fields = [text[:3] + mark + segment.field(2), *(segment.field(n) for n in (5, 6, 3, 4, 7))]
    fields += ["", segment.field(9), "", own_id, segment.field(11)]
    return (mark.join(fields) + "\r").encode("latin-1")
