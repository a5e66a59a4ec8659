"""What a held entry is held for, and what a person can write into the site profile to mend it."""

from dataclasses import dataclass
from enum import StrEnum


class ConcernKind(StrEnum):
    """What a hold speaks of; ``OTHER`` is nothing that a profile mends by picking from a list."""

    CODE = "code"
    UNCONFIRMED = "unconfirmed"
    UNIT = "unit"
    OTHER_UNIT = "other_unit"
    NO_UNIT = "no_unit"
    SENDER = "sender"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Concern:
    """The local code, unit or sender that a hold speaks of; it tells of no person.

    Attributes:
        system: code system of the result, by the profile's name of it.
        code: the code.
        name: what the sender calls it.
        unit: unit as sent.
        sender: MSH-3|MSH-4.
    """

    kind: ConcernKind
    system: str = ""
    code: str = ""
    name: str = ""
    unit: str = ""
    sender: str = ""


NOTHING = Concern(ConcernKind.OTHER)
"""The concern of a hold that is mended elsewhere."""


class MendKind(StrEnum):
    """What is written: a result code as a measurement, a culture, a heading, or as none of our concern; that
    a code was confirmed; what a unit means; that a row takes one more unit, or which unit a bare number has;
    that a sender is taken.
    """

    MEASUREMENT = "measurement"
    CULTURE = "culture"
    PANEL = "panel"
    IGNORE = "ignore"
    CONFIRM = "confirm"
    UNIT = "unit"
    ALSO = "also"
    BLANK_UNIT = "blank_unit"
    SENDER = "sender"


@dataclass(frozen=True, slots=True)
class Mend:
    """One choice.

    Attributes:
        target: series of a measurement, or the UCUM unit that is meant; empty where the kind says all.
        unit: UCUM unit that is expected of a measurement.
        name: what the profile calls the target.
        fits: whether it fits the result that is held (a unit that its series takes).
    """

    kind: MendKind
    target: str = ""
    unit: str = ""
    name: str = ""
    fits: bool = False
