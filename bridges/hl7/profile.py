"""The site profile: everything about one sender's dialect that the translators ask for.

`profile_reading.parse_profile` makes it from a TOML file; resources/profiles/generic.toml is the one that
ships.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from decimal import Decimal

from bridges.hl7.acknowledge import Accepts
from bridges.hl7.dialect import Dialect
from clinic_app.model.facts import FactStatus
from clinic_app.model.units import Kept

Code = tuple[str, str]
"""A code with its system, as the profile names the system: ``("LOINC", "20150-9")``."""
Place = tuple[int, int, int]
"""Field, component and subcomponent, from 1; 0 stands for the whole of what is above."""


@dataclass(frozen=True, slots=True)
class MeasurementRow:
    """What a result code means: the series, and the units in which it may come.

    Attributes:
        key: name of the row, as in the reference table.
        series: code of the statement, such as ``fev1`` or ``lab_hba1c``.
        unit: UCUM unit that is expected.
        also: other UCUM units that are taken as well (the picture converts them).
        blank_unit: unit of a value sent without one; empty = such a value is held.
        ratio: a share that is sent as 0.76 or as 76, with or without a unit.
        enabled: False until a person has confirmed the code.
        low: least value that can be, in ``limit_unit``; None = any.
        high: greatest value that can be, in ``limit_unit``; None = any.
        limit_unit: unit of both, which is that of another row where they were taken over from it.
        kept: what turns other units of this series into each other (molar mass, agreed lines).
    """

    key: str
    series: str
    unit: str
    also: tuple[str, ...] = ()
    blank_unit: str = ""
    ratio: bool = False
    enabled: bool = True
    low: Decimal | None = None
    high: Decimal | None = None
    limit_unit: str = ""
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class CultureRow:
    """A code that names a culture, with the specimen that its definition says, if any."""

    key: str
    specimen: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Identifiers:
    """Which repetition of PID-3 is the patient's key and who assigned it."""

    types: tuple[str, ...]
    never: frozenset[str]
    authorities: Mapping[str, str]
    default_authority: str = ""


@dataclass(frozen=True, slots=True)
class Medicines:
    """How ingredients are recognised: by their names, by brand names, and by product codes that name one
    brand only."""

    names: Mapping[str, tuple[str, ...]]
    codes: Mapping[Code, tuple[str, ...]]
    pattern: re.Pattern[str]

    def ingredients(self, texts: tuple[str, ...], codes: tuple[Code, ...]) -> tuple[str, ...]:
        """Keys of the ingredients that these texts or codes name, sorted."""
        found: set[str] = set()
        for text in texts:
            for name in self.pattern.findall(text.casefold()):
                found.update(self.names[name])
        for code in codes:
            found.update(self.codes.get(code, ()))
        return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class Organisms:
    """How organisms, their absence and ordinary flora are recognised, by code and by whole words."""

    codes: Mapping[Code, str]
    unconfirmed: frozenset[Code]
    names: Mapping[str, str]
    pattern: re.Pattern[str]
    no_growth: re.Pattern[str]
    no_growth_codes: frozenset[Code]
    flora: re.Pattern[str]

    def named(self, text: str) -> str:
        """Key of the organism that the text is, apart from amounts and remarks of form; empty where it is
        none."""
        return self.names.get(_bare(text), "")

    def none_grew(self, text: str) -> bool:
        """Whether the text says that nothing grew (and speaks of no organism)."""
        plain = _plain(text)
        return bool(self.no_growth.fullmatch(plain)) and not self.pattern.search(plain)

    def is_flora(self, text: str) -> bool:
        """Whether the text names ordinary flora."""
        return bool(self.flora.fullmatch(_plain(text)))


@dataclass(frozen=True, slots=True)
class RosterRules:
    """Who is on the roster: a file of numbers, and whoever has a visit or an appointment at one of these
    locations or for one of these services (patterns without capitals).
    """

    file: str
    locations: re.Pattern[str]
    services: re.Pattern[str]
    any: bool


@dataclass(frozen=True, slots=True)
class ZRow:
    """A segment of the sender's own that says what a segment of the standard would have said.

    Attributes:
        key: name of the row.
        segment: name of the sender's segment, such as ``ZPF``.
        becomes: name of the segment of the standard, such as ``OBX``.
        when: fields of the sender's segment and what must stand in them.
        fields: fields of the standard's segment, and where each is taken from.
    """

    key: str
    segment: str
    becomes: str
    when: tuple[tuple[Place, str], ...]
    fields: Mapping[Place, Place | str]


@dataclass(frozen=True, slots=True)
class SiteProfile:
    """One sender's dialect. Attributes follow the sections of the file; ``version`` changes with every letter
    of it. Without a ``zone`` a time that names none keeps none; without a ``roster`` everybody gets facts.
    ``absent`` are texts (without capitals) that stand for no value; ``dialects`` name the profiles of some of
    the senders; ``codes_seen`` remembers what was read."""

    name: str
    version: str
    zone: tzinfo | None
    charset: str
    decimal_comma: bool
    blank_status: FactStatus
    accepts: Accepts
    senders: re.Pattern[str]
    identifiers: Identifiers
    systems: Mapping[str, str]
    units: Mapping[str, str]
    measurements: Mapping[Code, MeasurementRow]
    panels: frozenset[Code]
    cultures: Mapping[Code, CultureRow]
    organism_codes: frozenset[Code]
    organisms: Organisms
    medicines: Medicines
    ignored_codes: re.Pattern[str]
    ignored_panels: re.Pattern[str]
    outbound: Dialect
    roster: RosterRules | None = None
    absent: frozenset[str] = frozenset()
    z_rows: tuple[ZRow, ...] = ()
    dialects: tuple[tuple[re.Pattern[str], str], ...] = ()
    codes_seen: dict[tuple[str, str], list[Code]] = field(default_factory=dict, compare=False, repr=False)

    def system(self, sent: str) -> str:
        """The profile's name of a code system; one that it does not know keeps its own, in capitals."""
        name = sent.strip().upper()
        return self.systems.get(name, name)

    def unit(self, sent: str) -> str:
        """The UCUM unit of what was sent; empty where the profile does not know it."""
        if sent in self.units:
            return self.units[sent]
        text = " ".join(sent.split())
        return self.units.get(text) or self.units.get(text.casefold(), "")

    def stands_for_nothing(self, text: str) -> bool:
        """Whether a text (without blanks at its ends) says that there is no value."""
        return (" ".join(text.split()) if " " in text else text).casefold() in self.absent

    def dialect(self, sender: str) -> str:
        """Name of the profile that this sender (MSH-3|MSH-4) has of its own; empty = this one."""
        return next((name for senders, name in self.dialects if senders.fullmatch(sender)), "")

    def ignores(self, code: Code) -> bool:
        """Whether results under this code do not concern the clinic."""
        return bool(self.ignored_codes.fullmatch(f"{code[0]} {code[1]}"))

    def ignores_panel(self, code: Code) -> bool:
        """Whether all results of an order with this code do not concern the clinic."""
        return bool(self.ignored_panels.fullmatch(f"{code[0]} {code[1]}"))


_AMOUNT = re.compile(
    r"^(?:(?:[0-9]\+|\++|[<>]?[0-9][0-9,.]*(?:\s?(?:x\s?)?10[*^]?[0-9])?\s*(?:cfu(?:/ml)?|colonies)|few|rare|scant|scanty"
    r"|light|moderate|heavy|many|abundant|profuse|growth|isolated)(?:\s+(?:growth\s+)?of\b|[\s:,;-]|$)\s*)+"
)
_REMARK = re.compile(r"\s*(?:\((?:organism|finding)\)|isolated|detected|grown|present|[.])$")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".! ")


def _bare(text: str) -> str:
    plain = _AMOUNT.sub("", _plain(text))
    plain = _REMARK.sub("", plain)
    return " ".join(re.sub(r"[(),\[\]]", " ", plain).split())
