"""What a calculation hands back: a number that names its method, or a refusal that says why there is none."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Computed:
    """One computed number with its UCUM unit and the method and version that made it."""

    value: float
    unit: str
    method: str
    version: str

    @property
    def label(self) -> str:
        """Method and version as one text, e.g. ``GLI Global 2022``."""
        return f"{self.method} {self.version}"


@dataclass(frozen=True, slots=True)
class Converted:
    """An exact decimal in another unit; `method` is empty where nothing had to be converted."""

    value: Decimal
    unit: str
    method: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """No number, and why: a stable code and one plain sentence."""

    code: str
    reason: str
