"""Where keys and tokens live."""

from typing import Protocol


class Secrets(Protocol):
    """Named secrets of one home: the OS key store or a key file of mode 0600.

    Errors are EnvironmentFaults: KEY-MISSING, KEY-MALFORMED, KEY-FILE-MODE, KEY-STORE-UNAVAILABLE, KEY-STORE-
    UNSAFE.
    """

    def get(self, name: str) -> bytes:
        """The secret; raises KEY-MISSING where it is not there."""
        ...

    def put(self, name: str, value: bytes) -> None:
        """Keep a secret under a name (at most 1,024 bytes), durably."""
        ...

    def has(self, name: str) -> bool:
        """Whether the name is there."""
        ...
