"""JSON as the standard says, without the NaN, repeated keys and bottomless nesting that Python reads."""

import json

MAX_DEPTH = 64


def loads(text: str) -> object:
    """Read one JSON value.

    Raises ValueError for what is not JSON, NaN or Infinity, a key given twice, nesting beyond MAX_DEPTH.
    """
    if _depth(text) > MAX_DEPTH:
        raise ValueError(f"nested deeper than {MAX_DEPTH}")
    value: object = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_unique)
    return value


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is given twice")
    return found


def _depth(text: str) -> int:
    """Deepest nesting of brackets outside strings, found without recursion."""
    deepest = depth = 0
    quoted = escaped = False
    for character in text:
        if quoted:
            quoted = escaped or character != '"'
            escaped = not escaped and character == "\\"
        elif character == '"':
            quoted = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest
