"""The form of a site profile file: which keys there are, of what type, and where in the text each one
stands."""

import re
from decimal import Decimal
from typing import Any

Path = tuple[str | int, ...]


class ProfileProblem(ValueError):
    """Something wrong at one place of a profile; ``path`` leads there through tables and row numbers (from
    0)."""

    def __init__(self, path: Path, reason: str) -> None:
        """Keep place and reason."""
        super().__init__(reason)
        self.path = path
        self.reason = reason

    @property
    def key(self) -> str:
        """The place as a person writes it: ``measurement[3].unit``."""
        text = ""
        for step in self.path:
            text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
        return text


TEXT, FLAG, TEXTS, PAIRS = "a text", "true or false", "a list of texts", "pairs of texts"
NUMBER = "a number"

TABLES: dict[str, dict[str, str]] = {
    "site": {"time_zone": TEXT, "charset": TEXT, "decimal_comma": FLAG, "blank_result_status": TEXT},
    "accept": {"processing_ids": TEXTS, "versions": TEXTS, "senders": TEXTS},
    "identifiers": {"types": TEXTS, "never": TEXTS, "default_authority": TEXT, "authorities": PAIRS},
    "systems": {},
    "units": {},
    "cultures": {"organism_codes": TEXTS, "no_growth": TEXTS, "no_growth_codes": TEXTS, "flora": TEXTS},
    "ignore": {"codes": TEXTS, "panels": TEXTS},
    "roster": {"file": TEXT, "locations": TEXTS, "services": TEXTS},
    "values": {"absent": TEXTS},
    "dialects": {},
    "outbound": {"version": TEXT, "charset": TEXT, "separators": TEXT, "document_type": TEXT},
}
"""Tables and their keys; one without keys holds pairs of texts."""

_ROW = {"key": TEXT, "system": TEXT, "name": TEXT, "status": TEXT, "source": TEXT}
_ROW_MORE = {"code": TEXT, "note": TEXT, "enabled": FLAG, "confirmed": TEXT}
ARRAYS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "measurement": (
        {"series": TEXT, "unit": TEXT},
        {"also": TEXTS, "blank_unit": TEXT, "ratio": FLAG, "low": NUMBER, "high": NUMBER},
    ),
    "panel": ({}, {}),
    "culture": ({}, {"specimen": TEXT}),
    "organism": ({"names": TEXTS}, {}),
    "condition": ({}, {}),
    "ingredient": ({"names": TEXTS}, {}),
    "product": ({"ingredients": TEXTS}, {"names": TEXTS, "codes": TEXTS}),
    "outbound_code": ({"series": TEXT}, {"units": PAIRS}),
}
"""Rows: keys that must be there and keys that may, beside those of every row."""

OWN_FORMS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "z_segment": (
        {"key": TEXT, "segment": TEXT, "becomes": TEXT, "fields": PAIRS},
        {"when": PAIRS, "source": TEXT, "note": TEXT},
    ),
}
"""Rows that have no code: keys that must be there and keys that may."""

STATUSES = ("verified_here", "seen_in_public_code", "from_memory", "site")
_CHOICES = {"blank_result_status": ("preliminary", "final"), "status": STATUSES}


def check_shape(tables: dict[str, Any]) -> None:
    """Refuse what is unknown, missing, of the wrong type, or in use without having been confirmed
    (ProfileProblem)."""
    whole = not tables.get("extends")
    for key, value in tables.items():
        if key in ("name", "edition", "extends"):
            _check_value((key,), value, TEXT)
        elif key in TABLES:
            _check_table(key, value, whole)
        elif key in ARRAYS:
            must, may = ARRAYS[key]
            _check_rows(key, value, _ROW | must, _ROW_MORE | may)
        elif key in OWN_FORMS:
            _check_rows(key, value, *OWN_FORMS[key])
        else:
            raise ProfileProblem((key,), "there is no such key")
    wanted = ("name", "edition", *TABLES, *ARRAYS) if whole else ("name", "edition")
    for key in wanted:
        if key not in tables:
            raise ProfileProblem((key,), "is missing")


def _check_table(name: str, table: Any, whole: bool) -> None:
    keys = TABLES[name]
    if not isinstance(table, dict):
        raise ProfileProblem((name,), "must be a table")
    if not keys:
        _check_value((name,), table, PAIRS)
        return
    for key, value in table.items():
        if key not in keys:
            raise ProfileProblem((name, key), "there is no such key")
        _check_value((name, key), value, keys[key])
    for key in keys if whole else ():
        if key not in table:
            raise ProfileProblem((name, key), "is missing")


def _check_rows(name: str, rows: Any, must: dict[str, str], may: dict[str, str]) -> None:
    if not isinstance(rows, list):
        raise ProfileProblem((name,), f"must be rows ([[{name}]])")
    known = must | may
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            raise ProfileProblem((name, number), f"must be a row ([[{name}]])")
        for key, value in row.items():
            if key not in known:
                raise ProfileProblem((name, number, key), "there is no such key")
            _check_value((name, number, key), value, known[key])
        for key in must:
            if key not in row:
                raise ProfileProblem((name, number), f"{key} is missing")
        _check_row(name, number, row)


def _check_row(name: str, number: int, row: dict[str, Any]) -> None:
    if row.get("status") == "from_memory" and row.get("enabled", True) and not row.get("confirmed"):
        reason = 'a code from memory needs confirmed = "who, when" before it is enabled'
        raise ProfileProblem((name, number, "enabled" if "enabled" in row else "status"), reason)
    if "low" in row and "high" in row and row["low"] > row["high"]:
        raise ProfileProblem((name, number, "low"), "is above high")


def _check_value(path: Path, value: Any, kind: str) -> None:
    fits = {
        TEXT: lambda: isinstance(value, str),
        FLAG: lambda: isinstance(value, bool),
        TEXTS: lambda: isinstance(value, list) and all(isinstance(item, str) for item in value),
        NUMBER: lambda: _is_number(value),
        PAIRS: lambda: isinstance(value, dict) and all(isinstance(item, str) for item in value.values()),
    }
    if not fits[kind]():
        raise ProfileProblem(path, f"must be {kind}")
    choices = _CHOICES.get(str(path[-1]))
    if choices and kind == TEXT and value not in choices:
        raise ProfileProblem(path, f"must be one of {', '.join(choices)}")


def _is_number(value: Any) -> bool:
    """Whole, or written with a point (which is read as a decimal); neither infinite nor true or false."""
    if isinstance(value, Decimal):
        return value.is_finite()
    return isinstance(value, int) and not isinstance(value, bool)


def line_of(text: str, path: Path) -> int:
    """Line (from 1) at which a place stands, or the nearest table above it that is written; 0 where there is
    none."""
    table = str(path[0])
    row = path[1] if len(path) > 1 and isinstance(path[1], int) else None
    key = str(path[-1]) if isinstance(path[-1], str) else ""
    found, seen, inside = 0, -1, len(path) == 1
    for number, line in enumerate(text.split("\n"), 1):
        header = re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]", line)
        if header:
            names = [name.strip().strip('"') for name in header[1].split(".")]
            seen += names == [table]
            inside = names in ([table], [str(step) for step in path[:2]]) and row in (None, seen)
            found = number if inside and not found else found
        elif inside and re.match(rf'\s*"?{re.escape(key)}"?\s*=', line):
            return number
        elif re.match(rf"{table}\s*=", line):
            found = number
    return found
