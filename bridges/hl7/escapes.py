r"""Escape sequences of HL7 v2 text, read and written.

Read: \F\ \S\ \T\ \R\ \E\ \P\ (the delimiters), \X0D\ (bytes in hexadecimal, also \x0d\), \.br\ \.sp2\ \.ce\
(line breaks), \.sk3\ (blanks), \.in+2\ \.ti-2\ \.fi\ \.nf\ \H\ \N\ (layout without content, left out). Kept
as written: \Cxxyy\ \Mxxyyzz\ (other character sets), \Zdd\ (site's own), anything unknown, and a lone escape
    character.
Source: HL7 2.5.1 chapter 2.7.
"""

import re
from functools import lru_cache

from bridges.hl7.tokenizer import Components, Segment, Separators

_MOST = 200
"""More blank lines or blanks than this in one escape are not obeyed."""


def decode(text: str, separators: Separators, encodings: tuple[str, ...] = ("latin-1",)) -> str:
    """The text that was meant; bytes written in hexadecimal are of the first of ``encodings`` that fits."""
    escape = separators.escape
    if not escape or escape not in text:
        return text
    delimiters = _delimiters(separators)

    def _meant(found: re.Match[str]) -> str:
        inner = found[1]
        if inner is None:
            return _hexadecimal(re.sub("[^0-9A-Fa-f]", "", found[0]), encodings, found[0])
        if inner in delimiters:
            return delimiters[inner]
        if inner in ("H", "N"):
            return ""
        return _layout(inner[1:3], inner[3:])

    return _pattern(escape).sub(_meant, text)


def components(segment: Segment, encodings: tuple[str, ...] = ("latin-1",)) -> Components:
    """The segment split to components, each as it was meant; MSH-1 and MSH-2 stay as written."""
    split, marks = segment.components(), segment.separators
    escape = marks.escape
    if not escape or escape not in segment.line:
        return split
    for number, field in enumerate(segment.fields):
        if escape in field and not (number < 3 and segment.is_header):
            split[number] = [
                [decode(part, marks, encodings) if escape in part else part for part in parts]
                for parts in split[number]
            ]
    return split


def encode(text: str, separators: Separators) -> str:
    """Text as it may stand in a message: what `decode` turns back into the same text."""
    mark = separators.escape
    marks = separators
    used = (marks.field, marks.component, marks.subcomponent, marks.repetition, marks.truncation)
    if not mark:
        return "".join(c for c in text if c not in "\r\n\x0b\x1c" and c not in used)
    letters = _delimiters(separators).items()
    written: dict[str, str | int | None] = {
        meant: f"{mark}{letter}{mark}" for letter, meant in letters if meant in (*used, mark)
    }
    written["\n"] = f"{mark}.br{mark}"
    for control in ("\r", "\x0b", "\x1c"):
        written[control] = f"{mark}X{ord(control):02X}{mark}"
    return text.translate(str.maketrans(written))


@lru_cache(maxsize=64)
def _delimiters(separators: Separators) -> dict[str, str]:
    return {
        "P": separators.truncation or "#",
        "F": separators.field,
        "S": separators.component or "^",
        "T": separators.subcomponent or "&",
        "R": separators.repetition or "~",
        "E": separators.escape,
    }


@lru_cache(maxsize=64)
def _pattern(escape: str) -> re.Pattern[str]:
    mark = re.escape(escape)
    return re.compile(
        mark
        + r"([FSTREPHN]|\.(?:br|ce|fi|nf)|\.(?:sp|sk)\+?[0-9]{0,3}|\.(?:in|ti)[+-]?[0-9]{0,3})"
        + f"{mark}|(?:{mark}[Xx](?:[0-9A-Fa-f]{{2}})+{mark})+"
    )


def _hexadecimal(digits: str, encodings: tuple[str, ...], written: str) -> str:
    for encoding in encodings:
        try:
            return bytes.fromhex(digits).decode(encoding)
        except UnicodeDecodeError:
            continue
    return written


def _layout(command: str, count: str) -> str:
    if command in ("br", "ce"):
        return "\n"
    if command in ("sp", "sk"):
        times = min(int(count.lstrip("+") or 1), _MOST)
        return ("\n" if command == "sp" else " ") * times
    return ""
