"""How often somebody may try to sign in: failures counted in a sliding window, in memory, without a clock."""

import threading
from collections import deque
from datetime import datetime, timedelta
from hashlib import sha256

WINDOW = timedelta(minutes=15)
FAILURES_PER_CODE = 5
FAILURES_PER_ADDRESS = 60
FAILURES_IN_ALL = 3000


class SignInLimit:
    """Counts failed tries per code at an address, per address and in all; too many close the door until the
    window has passed.

    One code at one address is strict. An address is wide, for a ward or a whole family may share one. The sum
    bounds guessing from many places: 3,000 tries in 15 minutes are nothing against 40 bits and a birth date.
    """

    def __init__(
        self,
        per_code: int = FAILURES_PER_CODE,
        per_address: int = FAILURES_PER_ADDRESS,
        in_all: int = FAILURES_IN_ALL,
    ) -> None:
        """At most so many failures within the window."""
        self._per_code = per_code
        self._per_address = per_address
        self._in_all = in_all
        self._failures: deque[tuple[datetime, str, bytes]] = deque()
        self._lock = threading.Lock()

    def closed(self, address: str, code: str, now: datetime) -> bool:
        """Whether this code has to wait at this address; ``code`` in its normal form."""
        digest = _digest(code)
        with self._lock:
            while self._failures and self._failures[0][0] <= now - WINDOW:
                self._failures.popleft()
            here = [tried for _, who, tried in self._failures if who == address]
            return (
                here.count(digest) >= self._per_code
                or len(here) >= self._per_address
                or len(self._failures) >= self._in_all
            )

    def failed(self, address: str, code: str, now: datetime) -> None:
        """Count a failed try."""
        with self._lock:
            self._failures.append((now, address, _digest(code)))


def _digest(code: str) -> bytes:
    """What is kept of a code as typed: short, and not the code."""
    return sha256(code.encode("utf-8", "replace")).digest()
