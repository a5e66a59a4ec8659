"""JSON as FHIR needs it: exact decimals, and none of what Python's reader lets through.

Refused: NaN and Infinity, a key given twice, deep nesting, lone surrogates and NUL (neither can be stored or
sent on). Numbers with a point keep their digits (FHIR: 31.0 is not 31), read and written.
"""

import json
import re
from decimal import Decimal

import msgspec

MAX_DEPTH = 64
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|([\[{])|([\]}])', re.DOTALL)
_WRITER = msgspec.json.Encoder(decimal_format="number")

Json = dict[str, object]


def read(raw: bytes) -> object:
    """One JSON value from UTF-8 bytes; raises ValueError with a reason that holds none of the content."""
    if _depth(raw) > MAX_DEPTH:
        raise ValueError(f"nested deeper than {MAX_DEPTH} levels")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start}") from error
    try:
        value: object = json.loads(
            text, parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_unique
        )
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON at character {error.pos}") from error
    if "\\u" in text or "\0" in text:
        _check_characters(value)
    return value


def read_object(raw: bytes) -> Json:
    """One JSON object; raises ValueError as `read` does, and for any other value."""
    value = read(raw)
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def write(value: object) -> bytes:
    """Compact UTF-8 JSON; decimals as numbers with the digits they came with."""
    return _WRITER.encode(value)


def _depth(raw: bytes) -> int:
    deepest = depth = 0
    for found in _BRACKETS.finditer(raw):
        if found[1]:
            depth += 1
            deepest = max(deepest, depth)
        elif found[2]:
            depth -= 1
    return deepest


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _unique(pairs: list[tuple[str, object]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is given twice")
    return found


def _check_characters(value: object) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _check_characters(key)
            _check_characters(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_characters(inner)
    elif isinstance(value, str) and any(mark == "\0" or "\ud800" <= mark <= "\udfff" for mark in value):
        raise ValueError("a character that is none (NUL or half a pair)")
