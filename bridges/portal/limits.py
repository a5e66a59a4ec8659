"""How often somebody may try to sign in: failures counted in a sliding window, in memory, without a clock."""

import threading
from collections import deque
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
FAILURES_PER_ADDRESS = 10
FAILURES_IN_ALL = 300


class SignInLimit:
    """Counts failed tries per address and in all; too many close the door until the window has passed."""

    def __init__(self, per_address: int = FAILURES_PER_ADDRESS, in_all: int = FAILURES_IN_ALL) -> None:
        """At most so many failures within the window."""
        self._most = {True: per_address, False: in_all}
        self._failures: deque[tuple[datetime, str]] = deque()
        self._lock = threading.Lock()

    def closed(self, address: str, now: datetime) -> bool:
        """Whether this address has to wait."""
        with self._lock:
            while self._failures and self._failures[0][0] <= now - WINDOW:
                self._failures.popleft()
            mine = sum(1 for _, who in self._failures if who == address)
            return mine >= self._most[True] or len(self._failures) >= self._most[False]

    def failed(self, address: str, now: datetime) -> None:
        """Count a failed try."""
        with self._lock:
            self._failures.append((now, address))
