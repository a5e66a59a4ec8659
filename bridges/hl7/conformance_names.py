"""Names of segments, fields and components, taken from hl7apy's structures of each version.

With `conformance` the only files that know hl7apy; needed only when somebody reads a message, never on the
receive path.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from hl7apy import load_library

VERSIONS = ("2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8", "2.8.1", "2.8.2")
"""Versions whose structures hl7apy has."""
_USUAL = "2.5.1"
_SMALL = frozenset({"of", "to", "for", "and", "or", "the", "in", "on", "by", "with", "from", "at"})
_CAPITALS = frozenset(
    {"ID", "IDS", "VIP", "DRG", "SSN", "NDC", "OID", "URI", "IP", "CLIA", "HL7", "DEA", "UPIN"}
)


class StructureNames:
    """What the fields and components of one version are called; implements `bridges.hl7.lay_out.Names`.

    Attributes:
        version: the version whose names these are.
    """

    def __init__(self, version: str) -> None:
        library = load_library(version)
        self.version = version
        self._fields: Mapping[str, Sequence[Any]] = library.FIELDS
        self._types: Mapping[str, Sequence[Any]] = library.DATATYPES_STRUCTS

    def field(self, segment: str, number: int) -> tuple[str, str]:
        """Name and data type of a field; both empty where this version has no such field."""
        found = self._fields.get(f"{segment}_{number}")
        if found is None:
            return "", ""
        return title(str(found[3]).removesuffix(f"_{segment}")), str(found[2] or "")

    def parts(self, data_type: str) -> Sequence[tuple[str, str]]:
        """Name and data type of each component; none where the type is not made of components."""
        return [(title(row[1][3]), str(row[1][2] or "")) for row in self._types.get(data_type) or ()]


@cache
def names_for(sent: str) -> StructureNames:
    """The names for what MSH-12 says: that version, else the nearest before it; 2.5.1 where it says none."""
    numbers = _numbers(sent)
    fitting = [version for version in VERSIONS if numbers and _numbers(version) <= numbers]
    return StructureNames(fitting[-1] if fitting else _USUAL)


def title(name: str) -> str:
    """A name of hl7apy as people write it: ``DATE_TIME_OF_BIRTH`` is ``Date/Time of Birth``."""
    words = [word for word in name.split("_") if word]
    if not words or words[0].isdigit():
        return ""  # such as the picture of a phone number that version 2.3 has for a name
    written = [_word(word, first=number == 0) for number, word in enumerate(words)]
    return " ".join(written).replace("Date Time", "Date/Time")


def _word(word: str, first: bool) -> str:
    if word in _CAPITALS:
        return word.replace("IDS", "IDs")
    return word.lower() if word.lower() in _SMALL and not first else word.capitalize()


def _numbers(version: str) -> tuple[int, ...]:
    pieces = version.strip().split(".")
    return tuple(map(int, pieces)) if all(piece.isdecimal() and piece.isascii() for piece in pieces) else ()
