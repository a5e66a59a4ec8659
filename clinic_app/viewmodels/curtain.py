"""The curtain: what hides the patient's data, by one key or when nobody touches the workstation."""

from dataclasses import dataclass, replace

IDLE_SECONDS = 120.0
"""Without a visit: the patient list is covered after two minutes."""
IDLE_SECONDS_IN_VISIT = 900.0
"""Within a visit: people talk; both screens are covered after fifteen minutes."""


@dataclass(frozen=True, slots=True)
class Curtain:
    """State of the curtain; times are seconds of one steady clock.

    Attributes:
        hidden: drawn over the shared screen by the key.
        idle: drawn over both screens because nobody touched the workstation.
        visit: whether a person is open.
        touched: when the workstation was last touched.
    """

    hidden: bool = False
    idle: bool = False
    visit: bool = False
    touched: float = 0.0

    @property
    def covers_shared(self) -> bool:
        """Whether the shared screen is blank: also when nobody is open."""
        return self.hidden or self.idle or not self.visit

    @property
    def covers_staff(self) -> bool:
        """Whether the staff window is covered."""
        return self.idle

    def key(self, now: float) -> "Curtain":
        """The one key: ends the idle curtain, else draws or lifts the one over the shared screen."""
        if self.idle:
            return replace(self, idle=False, touched=now)
        return replace(self, hidden=not self.hidden, touched=now)

    def touch(self, now: float) -> "Curtain":
        """Somebody used mouse or keyboard; that alone lifts no curtain."""
        return self if self.idle else replace(self, touched=now)

    def tick(self, now: float) -> "Curtain":
        """Time passes."""
        limit = IDLE_SECONDS_IN_VISIT if self.visit else IDLE_SECONDS
        return replace(self, idle=True) if not self.idle and now - self.touched >= limit else self

    def opened(self, now: float) -> "Curtain":
        """A person was opened; a curtain drawn by the key stays."""
        return replace(self, visit=True, touched=now)

    def closed(self, now: float) -> "Curtain":
        """The visit ended; the next one begins without a curtain of its own."""
        return replace(self, visit=False, hidden=False, touched=now)
