"""Rows of a site profile that say what a sender's own segments mean: ``"OBX-5" = "ZPF-3"``."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bridges.hl7.profile import Place, ZRow
from bridges.hl7.profile_shape import Path, ProfileProblem

BECOMES = {"OBX": 5, "DG1": 3, "PRB": 3, "AL1": 3, "IAM": 3}
"""What a sender's own segment can stand for, and the field without which there is nothing to say."""

_PLACE = re.compile(r"([A-Z][A-Z0-9]{2})-([1-9][0-9]{0,2})(?:\.([1-9][0-9]?))?(?:\.([1-9][0-9]?))?")
_TEXT = "="
"""Before a text that is meant as it stands."""


def z_rows(rows: Sequence[Mapping[str, Any]]) -> tuple[ZRow, ...]:
    """The rows; raises ProfileProblem for a place that cannot be."""
    return tuple(_row(row, ("z_segment", number)) for number, row in enumerate(rows))


def _row(row: Mapping[str, Any], path: Path) -> ZRow:
    segment, becomes = row["segment"], row["becomes"]
    if not re.fullmatch("Z[A-Z0-9]{2}", segment):
        raise ProfileProblem((*path, "segment"), f"{segment!r} is not the name of a sender's own segment")
    if becomes not in BECOMES:
        raise ProfileProblem((*path, "becomes"), f"must be one of {', '.join(BECOMES)}")
    fields: dict[Place, Place | str] = {}
    for target, origin in row["fields"].items():
        place = _place(target, becomes, (*path, target))
        fields[place] = (
            origin.removeprefix(_TEXT)
            if origin.startswith(_TEXT)
            else _place(origin, segment, (*path, target))
        )
    if not any(place[0] == BECOMES[becomes] for place in fields):
        raise ProfileProblem((*path, "fields"), f"{becomes}-{BECOMES[becomes]} is missing")
    when = [(_place(text, segment, (*path, "when")), meant) for text, meant in row.get("when", {}).items()]
    return ZRow(row["key"], segment, becomes, tuple(when), fields)


def _place(text: str, segment: str, path: Path) -> Place:
    found = _PLACE.fullmatch(text)
    if found is None or found[1] != segment:
        reason = f"{text!r} is not a place such as {segment}-3 or {segment}-3.1 (or a text after {_TEXT})"
        raise ProfileProblem(path, reason)
    return int(found[2]), int(found[3] or 0), int(found[4] or 0)
