"""Structure and conformance of a message by hl7apy: the only file that knows it.

Runs in a low-priority process of its own, never on the receive path and never ahead of applying (DESIGN
decision 4). What it says are findings, not rejections, and name no content. hl7apy runs TOLERANT and without
groups, for which it would drop segments.
"""

from collections.abc import Callable

from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.exceptions import HL7apyException
from hl7apy.parser import parse_message

from bridges.hl7.charsets import decode
from bridges.hl7.tokenizer import tokenize
from clinic_app.model.entries import Finding
from clinic_app.model.errors import SenderFault

_ENVELOPE = frozenset({"FHS", "BHS", "BTS", "FTS"})
_ESCAPING = (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError)
"""What reading a broken message may raise beside hl7apy's own exceptions."""


def segment_names(text: str) -> list[str]:
    """Names of the segments as hl7apy reads a message whose segments end with CR; raises what hl7apy
    raises."""
    parsed = parse_message(text, validation_level=VALIDATION_LEVEL.TOLERANT, find_groups=False)
    return [str(child.name) for child in parsed.children]


def check(raw: bytes, read: Callable[[str], list[str]] = segment_names) -> tuple[Finding, ...]:
    """Differences between hl7apy's reading of the message and the tokenizer's; empty where they agree.

    Codes: CONFORMANCE-SEGMENTS (another list of segments), CONFORMANCE-REFUSED (hl7apy does not read it), and
    that of the tokenizer where it does not. Never fails, whatever the bytes are. About 20 ms a message.
    """
    try:
        message = tokenize(decode(raw).text)
    except SenderFault as fault:
        return (Finding(fault.code, fault.what),)
    segments = [segment for segment in message.segments if segment.name not in _ENVELOPE]
    try:
        names = read("\r".join(segment.line for segment in segments))
    except (HL7apyException, *_ESCAPING) as refused:
        text = f"hl7apy does not read the message ({type(refused).__name__})"
        return (Finding("CONFORMANCE-REFUSED", text),)
    return _differences([segment.name for segment in segments], names)


def parse_strictly(text: str) -> list[str]:
    """Names of the segments of a message that hl7apy accepts as it is, by its strictest rules and with the
    groups of its structure; raises what hl7apy raises."""
    parsed = parse_message(text, validation_level=VALIDATION_LEVEL.STRICT, find_groups=True)
    parsed.validate()
    return [segment[:3] for segment in parsed.to_er7().split("\r") if segment]


def check_outbound(text: str, read: Callable[[str], list[str]] = parse_strictly) -> tuple[Finding, ...]:
    """What is wrong with a message that we built; empty where nothing is. It may be sent only then.

    The code is OUTBOUND-INVALID; the text names structure, never content. About 15 ms a message.
    """
    ours = [segment.name for segment in tokenize(text).segments]
    try:
        theirs = read(text)
    except (HL7apyException, *_ESCAPING) as refused:
        return (Finding("OUTBOUND-INVALID", f"hl7apy refuses it: {type(refused).__name__}"),)
    return tuple(Finding("OUTBOUND-INVALID", found.text) for found in _differences(ours, theirs))


def _differences(ours: list[str], theirs: list[str]) -> tuple[Finding, ...]:
    if ours == theirs:
        return ()
    length = min(len(ours), len(theirs))
    first = next((n for n in range(length) if ours[n] != theirs[n]), length)
    here, there = (_named(names[first]) if first < len(names) else "no segment" for names in (ours, theirs))
    text = f"segment {first + 1} is {here} as sent and {there} as hl7apy reads it"
    return (Finding("CONFORMANCE-SEGMENTS", text),)


def _named(name: str) -> str:
    """A segment's name, or no more than its beginning: where a delimiter is missing, content follows."""
    return name if len(name) == 3 and name.isalnum() else f"a segment that begins {name[:3]!r}"
