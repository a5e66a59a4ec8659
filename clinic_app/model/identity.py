"""Identifiers: who assigned them, and what they are worth."""

from dataclasses import dataclass

PORTAL = "portal"
"""Authority of the identifiers that the patient portal gives."""


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """A patient identifier as it was sent: assigning authority and value; two are one person only through a
    link.

    Raises ValueError for an empty value, or a bar in the authority (the bar separates both in the written
    form).
    """

    authority: str
    value: str

    def __post_init__(self) -> None:
        """Refuse what could not be written and read back."""
        if not self.value.strip():
            raise ValueError("an identifier needs a value")
        if "|" in self.authority:
            raise ValueError("an authority cannot contain a bar")

    def __str__(self) -> str:
        """``AUTHORITY|VALUE``, the form used in commands and logs of access."""
        return f"{self.authority}|{self.value}"

    @classmethod
    def parse(cls, text: str) -> "Identifier":
        """Read ``AUTHORITY|VALUE``; raises ValueError where there is no bar."""
        authority, bar, value = text.partition("|")
        if not bar:
            raise ValueError("expected AUTHORITY|ID")
        return cls(authority, value)

    @property
    def from_portal(self) -> bool:
        """Whether the portal gave it."""
        return self.authority == PORTAL
