"""The intake: the bridge's own durable file of raw things received."""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Protocol

from clinic_app.model.entries import Landed, RawEntry, Received


class IntakeWriter(Protocol):
    """Commits what was received; one thread commits whatever queued during the last fsync."""

    def submit(
        self, received: Sequence[Received], cursor: tuple[str, str] | None = None
    ) -> "Future[Sequence[Landed]]":
        """Land these together, with the cursor (name, value) in the same transaction where one is given.

        The future is done only when the bytes are durable. It raises EnvironmentFault (INTAKE-FULL, INTAKE-
        FAILED …) for these entries alone; entries of other callers in the same group are retried one by one.
        """
        ...

    def cursor(self, name: str) -> str:
        """The cursor's last durable value, empty where there is none."""
        ...

    def close(self) -> None:
        """Commit what is queued, then stop."""
        ...


class IntakeReader(Protocol):
    """Reads the intake from another process."""

    def after(self, entry_id: int, limit: int) -> Sequence[RawEntry]:
        """Entries with greater ids, in order of id."""
        ...

    def entry(self, entry_id: int) -> RawEntry | None:
        """One entry with its bytes; None where it is unknown or trimmed."""
        ...

    def last_id(self) -> int:
        """The greatest id landed, 0 where the intake is empty."""
        ...
