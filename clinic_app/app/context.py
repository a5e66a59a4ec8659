"""What every command gets: the home, the clock, and how to hand both on to a process it starts."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from clinic_app.ports.clock import Clock
from clinic_app.system.clock import FixedOffsetClock, SystemClock
from clinic_app.system.paths import Home


@dataclass(frozen=True, slots=True)
class Context:
    """The home and the clock of one run; ``asked_now`` tells whether the clock was set by ``--now``."""

    home: Home
    clock: Clock
    asked_now: bool

    @classmethod
    def of(cls, home: Path | None, now: datetime | None) -> "Context":
        """From the two options that every command takes."""
        clock: Clock = SystemClock() if now is None else FixedOffsetClock(now)
        return cls(Home.at(home), clock, now is not None)

    def now_words(self) -> list[str]:
        """``--now TIME`` for a process that this one starts; empty for the real clock."""
        return ["--now", self.clock.now().isoformat()] if self.asked_now else []
