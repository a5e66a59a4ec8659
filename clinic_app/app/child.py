"""A process that the bridge starts and keeps: keys through its pipe, nudges, status lines back, restarts
with backoff.

The pipe is also the leash: the child ends when it ends, so a killed bridge leaves no worker behind.
"""

import asyncio
import base64
import json
import logging
import re
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

_log = logging.getLogger("commonground.bridge")
_OWN_ERROR = re.compile(r"[A-Z][A-Z0-9-]+: .*")
"""Lines on standard error that are our own messages; others (tracebacks) may quote data and are only
counted.
"""
_FIRST_BACKOFF, _LAST_BACKOFF = 0.1, 5.0
_STEADY_SECONDS = 5.0
_STOP_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """What to start: the role's name, its command line and environment, and the keys it gets through its
    pipe.
    """

    role: str
    command: Sequence[str]
    environment: Mapping[str, str] | None = None
    keys: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    def first_line(self) -> bytes:
        """The keys as one line of JSON."""
        keys = {name: base64.b64encode(key).decode("ascii") for name, key in self.keys.items()}
        return json.dumps({"keys": keys}).encode("ascii") + b"\n"


class Child:
    """Keeps one such process running until it is cancelled.

    Attributes:
        pid: of the running process, 0 while there is none.
    """

    def __init__(
        self,
        spec: ChildSpec,
        on_status: Callable[[dict[str, object]], None],
        stop_seconds: float = _STOP_SECONDS,
    ) -> None:
        """``on_status`` gets what the child reports, and what happens to it, with its pid."""
        self._spec = spec
        self._stop_seconds = stop_seconds
        self._on_status = on_status
        self._process: Process | None = None
        self.pid = 0

    def nudge(self) -> None:
        """Something was committed: one byte, unless earlier ones still wait to be read."""
        pipe = self._process.stdin if self._process else None
        if pipe is not None and not pipe.is_closing() and not pipe.transport.get_write_buffer_size():
            pipe.write(b"\n")

    async def run(self) -> None:
        """Start it, start it again whenever it ends; when cancelled, let it end by itself."""
        loop, wait = asyncio.get_running_loop(), _FIRST_BACKOFF
        while True:
            began = loop.time()
            try:
                status = await self._once()
            finally:
                self.pid = 0
            wait = _FIRST_BACKOFF if loop.time() - began > _STEADY_SECONDS else wait
            _log.warning("the %s ended (status %s); it is started again", self._spec.role, status)
            self._on_status({"pid": 0, "state": "restarting"})
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LAST_BACKOFF)

    async def _once(self) -> int:
        process = await asyncio.create_subprocess_exec(
            *self._spec.command,
            stdin=PIPE if self._spec.keys else DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            env=self._spec.environment,
            start_new_session=True,  # Ctrl-C in a terminal reaches the bridge alone
        )
        self._process, self.pid = process, process.pid
        self._on_status({"pid": process.pid, "state": "started"})
        readers = [
            asyncio.ensure_future(self._reports(process)),
            asyncio.ensure_future(self._errors(process)),
        ]
        try:
            if process.stdin is not None:
                process.stdin.write(self._spec.first_line())
            return await process.wait()
        except asyncio.CancelledError:
            await self._let_end(process)
            raise
        finally:
            await asyncio.wait(readers, timeout=1.0)
            for reader in readers:
                reader.cancel()
            self._process = None

    async def _let_end(self, process: Process) -> None:
        """End the pipe and wait; a child that does not end by then is ended."""
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), self._stop_seconds)
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _reports(self, process: Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            with suppress(ValueError):
                report = json.loads(line)
                if isinstance(report, dict):
                    self._on_status({"pid": process.pid, **report})

    async def _errors(self, process: Process) -> None:
        assert process.stderr is not None
        other = 0
        async for line in process.stderr:
            text = line.decode("utf-8", "replace").strip()
            if _OWN_ERROR.fullmatch(text):
                _log.error("%s: %s", self._spec.role, text)
            else:
                other += 1
        if other:
            _log.error(
                "the %s wrote %d lines on standard error that are not shown here", self._spec.role, other
            )
