"""How messages to the EHR are written: the outbound part of a site profile.

A series may leave only where an enabled ``[[outbound_code]]`` row names it; there is no other way out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bridges.hl7.charsets import codec_of
from bridges.hl7.profile_shape import ProfileProblem
from bridges.hl7.tokenizer import Separators
from clinic_app.model.errors import SenderFault

OWN_SYSTEM: Final = "99CG"
"""Coding system of our own codes (HL7 table 0396: 99 and letters of the site)."""
PANEL: Final = "panel"
"""Row of the code that OBR-4 has."""
VERSIONS: Final = ("2.4", "2.5", "2.5.1", "2.6")
"""Versions in which messages are built: hl7apy knows their structures well enough to check them."""


@dataclass(frozen=True, slots=True)
class OutboundCode:
    """What a series is called in OBX-3, and how its units (UCUM) are written where the receiver wants others.

    ``enabled`` False: it may not leave.
    """

    series: str
    system: str
    code: str
    name: str
    units: Mapping[str, str]
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Dialect:
    """One receiver's dialect.

    Attributes:
        version: MSH-12. charset: MSH-18 as the receiver knows it. codec: Python's for it.
        separators: delimiters. document_type: TXA-2.
        codes: by series, disabled ones included. authorities: by the name used here, as the EHR writes it.
    """

    version: str
    charset: str
    codec: str
    separators: Separators
    document_type: str
    codes: Mapping[str, OutboundCode]
    authorities: Mapping[str, str]

    @property
    def series(self) -> frozenset[str]:
        """Series that may leave."""
        return frozenset(code.series for code in self.codes.values() if code.enabled) - {PANEL}

    def code(self, series: str) -> OutboundCode:
        """The row of a series; our own name for it where there is none (any more)."""
        return self.codes.get(series) or OutboundCode(series, OWN_SYSTEM, series, series, {})


def dialect_of(tables: Mapping[str, Any]) -> Dialect:
    """The dialect that a profile describes; raises ProfileProblem."""
    table = tables["outbound"]
    if table["version"] not in VERSIONS:
        raise ProfileProblem(("outbound", "version"), f"must be one of {', '.join(VERSIONS)}")
    codes: dict[str, OutboundCode] = {}
    for row in tables["outbound_code"]:  # the site's own rows stand first
        codes.setdefault(
            row["series"],
            OutboundCode(
                row["series"],
                row["system"],
                row.get("code", row["series"]),
                row["name"],
                row.get("units", {}),
                row.get("enabled", True),
            ),
        )
    return Dialect(
        version=table["version"],
        charset=table["charset"],
        codec=_codec(table["charset"]),
        separators=_separators(table["separators"]),
        document_type=table["document_type"],
        codes=codes,
        authorities=_written(tables["identifiers"]["authorities"]),
    )


def _codec(name: str) -> str:
    """Python's codec; none named is ASCII, as the standard says."""
    try:
        found = codec_of(name) or "ascii"
    except LookupError:
        raise ProfileProblem(("outbound", "charset"), f"{name!r} is not a character set of HL7") from None
    if "MSH|é".encode(found, "ignore")[:4] != b"MSH|":
        raise ProfileProblem(("outbound", "charset"), f"{name!r} does not have ASCII in it")
    return found


def _separators(sent: str) -> Separators:
    """Five different characters, as MSH-1 and MSH-2 have them."""
    try:
        found = Separators.read(f"MSH{sent}{sent[:1]}")
    except SenderFault:
        found = None
    if found is None or len(set(sent)) != len(sent) or len(sent) != 5 or not sent.isascii():
        raise ProfileProblem(("outbound", "separators"), r"must be five characters, such as |^~\&")
    return found


def _written(authorities: Mapping[str, str]) -> Mapping[str, str]:
    """By our name of an authority: the first that the EHR writes, unless it writes ours as well."""
    found: dict[str, str] = {}
    for sent, used in authorities.items():
        found.setdefault(used, sent)
    return {used: used if authorities.get(used) == used else sent for used, sent in found.items()}
