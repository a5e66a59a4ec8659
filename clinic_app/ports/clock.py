"""The clock, passed in everywhere, so that due checks and tests can choose their day."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Gives the present time."""

    def now(self) -> datetime:
        """The present, with zone UTC."""
        ...
