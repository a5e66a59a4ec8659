"""The clocks: the machine's own, and one that starts at a chosen time (``--now``) and then runs on."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present, with zone UTC."""
        return datetime.now(UTC)


class FixedOffsetClock:
    """A clock that showed ``start`` when it was made and has run on since, whatever the machine's does."""

    def __init__(self, start: datetime, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Start at an aware time; ``monotonic`` gives seconds from any origin."""
        self._start = start.astimezone(UTC)
        self._monotonic = monotonic
        self._origin = monotonic()

    def now(self) -> datetime:
        """The chosen time plus what has passed since, with zone UTC."""
        return self._start + timedelta(seconds=self._monotonic() - self._origin)
