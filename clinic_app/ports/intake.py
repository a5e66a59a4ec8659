"""The intake: the bridge's own durable file of raw things received."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Protocol

from clinic_app.model.entries import Landed, RawEntry, Received
from clinic_app.model.errors import CommonGroundError


class Landing(Protocol):
    """The same writer for who runs on its event loop, as the listener does."""

    def land(self, received: Received, then: Callable[[Landed | CommonGroundError], None]) -> None:
        """On the intake's own event loop: land this, with whatever else has come by then.

        ``then`` is called on the loop, with the receipt once the bytes are durable, or with the fault
        (INTAKE-FULL, INTAKE-FAILED …) that kept this one from it.
        """
        ...

    def commit(self) -> None:
        """On the loop: land now what has come; for who knows that nobody else can join in this turn."""
        ...


class IntakeWriter(Protocol):
    """Commits what was received; one event loop commits together whatever came during the last fsync."""

    def submit(
        self, received: Sequence[Received], cursor: tuple[str, str] | None = None
    ) -> "Future[Sequence[Landed]]":
        """From any thread: land these together, with the cursor (name, value), where one is given, in the
        same transaction.

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
