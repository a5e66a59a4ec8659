"""The one way to work outside the drawing thread: jobs run in order on one thread, their ends come back by
signal.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal

from clinic_app.model.errors import CommonGroundError, ProgramFault

Result = TypeVar("Result")
URGENT, NORMAL = 1, 0


class _Relay(QObject):
    ended = Signal(object, object)


class _Job(QRunnable):
    def __init__(self, work: Callable[[], Any], done: Callable[[Any], None], relay: _Relay) -> None:
        super().__init__()
        self._work, self._done, self._relay = work, done, relay

    def run(self) -> None:
        outcome: object
        try:
            outcome = self._work()
        except CommonGroundError as error:
            outcome = error
        except Exception as error:  # noqa: BLE001 - the thread's boundary: a bug must reach the screen, not vanish
            outcome = ProgramFault(
                "PROGRAM-FAULT",
                f"something went wrong inside ({type(error).__name__})",
                "Please report this.",
            )
        self._relay.ended.emit(self._done, outcome)


class Dispatcher:
    """Runs blocking calls one after another on a single thread; ``done`` and ``failed`` run on the drawing
    thread.

    Attributes:
        failed: told about errors that a job's own ``failed`` does not take.
    """

    def __init__(self, failed: Callable[[CommonGroundError], None]) -> None:
        self.failed = failed
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(1)
        self._pool.setExpiryTimeout(-1)
        self._relay = _Relay()
        self._relay.ended.connect(_deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], Result],
        done: Callable[[Result], None],
        failed: Callable[[CommonGroundError], None] | None = None,
        *,
        urgent: bool = False,
    ) -> None:
        """Run ``work``, then ``done`` with its result, or ``failed`` with its error."""
        tell = failed or self.failed

        def end(outcome: object) -> None:
            if isinstance(outcome, CommonGroundError):
                tell(outcome)
            else:
                done(outcome)  # type: ignore[arg-type]

        self._pool.start(_Job(work, end, self._relay), URGENT if urgent else NORMAL)

    def finish(self, milliseconds: int = 5000) -> bool:
        """Wait until the running job has ended; drop those that wait."""
        self._pool.clear()
        return self._pool.waitForDone(milliseconds)


def _deliver(end: Callable[[object], None], outcome: object) -> None:
    end(outcome)
