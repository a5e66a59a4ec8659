"""The roster: the people this clinic cares for, and whom a message names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from clinic_app.model.identity import Identifier

RULE = "rule"
"""Root of those who are on the roster because of a visit or an appointment, not of a listed number."""

NOT_ROSTERED = "NOT-ROSTERED"
"""Code of an entry that is for a person who is not on the roster."""


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """A number as it is compared, without capitals and blanks; ``authority`` is empty where none was said."""

    authority: str
    value: str

    @classmethod
    def of(cls, authority: str, value: str) -> "Name":
        """The name of a number as it was written."""
        return cls("".join(authority.split()).casefold(), "".join(value.split()).casefold())

    def meets(self, other: "Name") -> bool:
        """Whether both may be one number: an authority that is not said differs from none."""
        same = not (self.authority and other.authority) or self.authority == other.authority
        return same and self.value == other.value

    def __str__(self) -> str:
        """As a root is kept."""
        return f"{self.authority}|{self.value}"


@dataclass(frozen=True, slots=True)
class Mention:
    """Whom one message names.

    Attributes:
        names: every number in it that may be a patient's.
        shared: those that are on the roster from now on if the message is for somebody who is.
        identifiers: the same numbers as they are stored, for asking which are linked.
        here: whether the message itself says that the person comes to this clinic.
    """

    names: tuple[Name, ...] = ()
    shared: tuple[Name, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    here: bool = False


class Roster:
    """The listed numbers; immutable.

    Attributes:
        rules: what else puts somebody on the roster; compared only, by those who look again when it changes.
    """

    def __init__(self, listed: Iterable[Identifier | Name] = (), rules: object = None) -> None:
        """``listed``: numbers with their authority, or names without."""
        kept = tuple(listed)
        self.rules = rules
        self.identifiers = tuple(one for one in kept if isinstance(one, Identifier))
        self.names = frozenset(
            Name.of(one.authority, one.value) if isinstance(one, Identifier) else one for one in kept
        )

    @cached_property
    def _by_value(self) -> Mapping[str, tuple[Name, ...]]:
        found: dict[str, tuple[Name, ...]] = {}
        for name in sorted(self.names):
            found[name.value] = (*found.get(name.value, ()), name)
        return found

    def roots(self, names: Iterable[Name]) -> frozenset[str]:
        """The listed numbers that these are."""
        return frozenset(
            str(listed)
            for name in names
            for listed in self._by_value.get(name.value, ())
            if listed.meets(name)
        )

    def holds(self, root: str) -> bool:
        """Whether a root still stands: a rule's does, a number's while it is listed."""
        return root == RULE or any(
            str(name) == root for name in self._by_value.get(root.rpartition("|")[2], ())
        )


@dataclass(frozen=True, slots=True)
class OutsideCount:
    """How many messages for other people one sender sent on one day (ISO, UTC)."""

    day: str
    sender: str
    messages: int


@dataclass(frozen=True, slots=True)
class OutsideState:
    """What came for other people: counts, newest day first; how many still have their bytes, and since when
    the oldest.
    """

    counts: tuple[OutsideCount, ...] = ()
    unerased: int = 0
    oldest: datetime | None = None
