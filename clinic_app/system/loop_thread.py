"""A thread with an event loop of its own, that wakes quickly."""

import asyncio
import os
import selectors
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, Final, TypeVar

T = TypeVar("T")

EAGER_SECONDS: Final = 150e-6
"""How long the loop keeps looking for what comes next before it sleeps: a little more than a peer on this
machine or its network needs from our answer to its next message. Waking a sleeping thread costs a fifth of a
commit."""


class EagerSelector(selectors.DefaultSelector):
    """Looks again for a moment, after something happened, before it lets the thread sleep.

    So a peer that sends its next message at once is answered sooner; an idle loop sleeps as ever. The
    interpreter is free for other threads while it looks.
    """

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._seconds, self._now = seconds, now
        self._happened = False

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """As ever; see the class."""
        if timeout == 0:
            ready = super().select(0)
            self._happened = self._happened or bool(ready)
            return ready
        ready = self._look(timeout) if self._happened else []
        ready = ready or super().select(timeout)
        self._happened = bool(ready)
        return ready

    def _look(self, timeout: float | None) -> list[tuple[selectors.SelectorKey, int]]:
        until = self._now() + (self._seconds if timeout is None else min(self._seconds, timeout))
        while True:
            ready = super().select(0)
            if ready or self._now() >= until:
                return ready


class LoopThread:
    """Runs an event loop until `stop`.

    Attributes:
        loop: give it work by its own thread-safe calls, or by `run`.
    """

    def __init__(self, name: str, eager_seconds: float = EAGER_SECONDS) -> None:
        """With one processor looking again would only keep the peer from working."""
        seconds = eager_seconds if (os.cpu_count() or 1) > 1 else 0.0
        self.loop: asyncio.AbstractEventLoop = asyncio.SelectorEventLoop(EagerSelector(seconds))
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def __enter__(self) -> "LoopThread":
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def run(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Have a coroutine run there."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def stop(self) -> None:
        """End the loop, whatever still runs on it, and the thread. May be called twice."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join()
            self.loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()
        left = asyncio.all_tasks(self.loop)
        for task in left:
            task.cancel()
        if left:
            self.loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
