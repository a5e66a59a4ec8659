"""The bridge process: listener, intake, portal sync, and the children that translate and check."""

import asyncio
import logging
import os
import signal
import ssl
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bridges.hl7.acknowledge import Accepts
from bridges.mllp.admission import USUAL_HOUSE, House
from bridges.mllp.session import USUAL_TERMS, Terms
from bridges.mllp.unpacking import Unpacking
from clinic_app.app.child import Child, ChildSpec
from clinic_app.app.listeners import Listeners, Place
from clinic_app.model.errors import CommonGroundError, ProgramFault
from clinic_app.ports.clock import Clock
from clinic_app.ports.intake import IntakeWriter
from clinic_app.store.intake import IntakeFile
from clinic_app.store.intake_committer import IntakeCommitter, Ledger
from clinic_app.system.atomic import write_json_atomically
from clinic_app.system.locks import RoleLock
from clinic_app.system.loop_thread import LoopThread
from clinic_app.system.paths import Home

ROLE = "bridge"
WORKER = "worker"
_log = logging.getLogger("commonground.bridge")
_STATUS_SECONDS = 0.5
_TRIM_PAUSE = 0.05
_NUDGE_SECONDS = 0.01
_PORTAL_END_SECONDS = 5.0

Report = Callable[[Mapping[str, object]], None]
PortalSync = Callable[[IntakeWriter, Report, asyncio.Event], Coroutine[Any, Any, None]]
"""Runs until the event is set; tells the report what the status file should say under ``portal``."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A further listener: its port, and what its connections may do."""

    port: int
    terms: Terms


@dataclass(frozen=True, slots=True)
class BridgeParts:
    """All that a bridge needs, as plain values.

    Attributes:
        home: where lock, status and intake are. key: of the intake. host, port: of the listener (port 0: any
            free).
        terms: what a connection may do. channels: further listeners on the same host. house: who may
            connect. tls: for all of them; None = plain.
        renewed: what the site accepts now, by channel, empty where that is as before.
        children: processes to keep; the one of role ``worker`` is nudged.
        portal_sync: None where no portal is configured. drop: None where no folder of files is watched.
        load: takes over the history that a command hands on. outbox: None where nothing goes back to the
            EHR.
        ready: file to write once connections are accepted.
        started_by: mark for the status file. trim_after: age at which bytes that the main store holds are
            let go.
        open_ledger: makes the intake file's writing side (tests put failing layers in between).
    """

    home: Home
    key: bytes = field(repr=False)
    clock: Clock
    host: str = "127.0.0.1"
    port: int = 2575
    terms: Terms = USUAL_TERMS
    channels: Sequence[Channel] = ()
    house: House = USUAL_HOUSE
    tls: ssl.SSLContext | None = None
    renewed: Callable[[], Mapping[str, Accepts]] = dict
    children: Sequence[ChildSpec] = ()
    portal_sync: PortalSync | None = None
    drop: PortalSync | None = None
    load: PortalSync | None = None
    outbox: PortalSync | None = None
    ready: Path | None = None
    started_by: str = ""
    trim_after: timedelta = timedelta(days=30)
    trim_seconds: float = 600.0
    renew_seconds: float = 2.0
    portal_again_seconds: float = 30.0
    open_ledger: Callable[[Path, bytes], Ledger] = IntakeFile


def run_bridge(parts: BridgeParts) -> None:
    """Run until SIGTERM or SIGINT; ends cleanly: what has landed is answered, children end, the status file
    goes.

    Raises EnvironmentFault: ALREADY-RUNNING, PORT-IN-USE, PORT-FORBIDDEN, ADDRESS-UNUSABLE, STORE-… of the
    intake; ProgramFault INTAKE-ENDED.
    """
    with RoleLock(parts.home, ROLE):
        asyncio.run(_until_signal(parts))


async def bridge(parts: BridgeParts, stop: asyncio.Event) -> None:
    """The same without lock and signals: runs until ``stop`` is set."""
    running = _Bridge(parts, stop)
    with (
        LoopThread("receiver") as receiver,
        closing(_committer(parts, receiver, running)) as committer,
        closing(Unpacking(committer, running.accepts, receiver.loop)) as unpacking,
    ):
        listeners = Listeners(receiver)
        places = [Place(parts.host, parts.port, parts.terms)]
        places += [Place(parts.host, one.port, one.terms) for one in parts.channels]
        await listeners.open(places, unpacking, parts.clock, parts.house, parts.tls)
        await running.run(listeners, committer, unpacking)
    if running.dead:
        raise ProgramFault(
            "INTAKE-ENDED",
            "the intake's writer ended by itself, so nothing more was accepted",
            "Report this.",
        )


def _committer(parts: BridgeParts, receiver: LoopThread, running: "_Bridge") -> IntakeCommitter:
    loop = asyncio.get_running_loop()

    def nudge() -> None:
        loop.call_soon_threadsafe(running.nudge)

    def died() -> None:
        loop.call_soon_threadsafe(running.intake_died)

    return IntakeCommitter(
        parts.open_ledger(parts.home.intake_db, parts.key),
        receiver.loop,
        on_commit=_Later(receiver.loop, nudge) if running.has_worker else lambda: None,
        on_death=died,
    )


class _Later:
    """Called often, calls once a moment later: so that nobody's answer waits for the waking of others."""

    def __init__(self, loop: asyncio.AbstractEventLoop, call: Callable[[], object]) -> None:
        self._loop, self._call = loop, call
        self._waiting = False

    def __call__(self) -> None:
        if not self._waiting:
            self._waiting = True
            self._loop.call_later(_NUDGE_SECONDS, self._now)

    def _now(self) -> None:
        self._waiting = False
        self._call()


async def _until_signal(parts: BridgeParts) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def ask(_number: int, _frame: object) -> None:
        loop.call_soon_threadsafe(stop.set)

    # SIGBREAK is what Windows has for asking a process in another group to end.
    for number in (signal.SIGTERM, signal.SIGINT, getattr(signal, "SIGBREAK", signal.SIGINT)):
        signal.signal(number, ask)
    await bridge(parts, stop)


class _StatusFile:
    """Written by threads; once removed it stays removed, whichever thread was still on its way."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._removed = False

    def write(self, status: Mapping[str, object]) -> None:
        """Put this in place of what it said."""
        with self._lock:
            if not self._removed:
                write_json_atomically(self._path, status)

    def remove(self) -> None:
        """The bridge is no more."""
        with self._lock:
            self._removed = True
            self._path.unlink(missing_ok=True)


class _Bridge:
    """What runs beside the listener.

    Attributes:
        dead: whether the intake's writer ended by itself.
    """

    def __init__(self, parts: BridgeParts, stop: asyncio.Event) -> None:
        self._parts = parts
        self._stop = stop
        self._status: dict[str, object] = {
            "pid": os.getpid(),
            "started": parts.clock.now().isoformat(),
            "started_by": parts.started_by,
        }
        self._status_file = _StatusFile(parts.home.status(ROLE))
        self._changed = asyncio.Event()
        self._children = {spec.role: Child(spec, self._reporter(spec.role)) for spec in parts.children}
        self._accepts = {one.terms.channel: one.terms.accepts for one in parts.channels}
        self._recorded = 0
        self.dead = False

    def accepts(self, channel: str) -> Accepts:
        """What a listener's site takes now."""
        return self._accepts.get(channel, self._parts.terms.accepts)

    @property
    def has_worker(self) -> bool:
        """Whether anybody is to be told of what landed."""
        return WORKER in self._children

    def nudge(self) -> None:
        """Something landed: the worker should look."""
        if WORKER in self._children:
            self._children[WORKER].nudge()

    def intake_died(self) -> None:
        """Nothing can be accepted any more: stop, so that whoever keeps us starts us anew."""
        self.dead = True
        self._stop.set()

    async def run(self, listeners: Listeners, committer: IntakeCommitter, unpacking: IntakeWriter) -> None:
        """Tell that we are there, run everything, and end it in order."""
        self._status.update(listeners.addresses())
        tasks: list[asyncio.Future[None]] = []
        try:
            # Before anything else can change the status: two writers could put the older one last.
            await asyncio.to_thread(self._announce, listeners.addresses())
            tasks += [asyncio.ensure_future(child.run()) for child in self._children.values()]
            tasks += [
                asyncio.ensure_future(self._keep_status()),
                asyncio.ensure_future(self._keep_trim(committer)),
                asyncio.ensure_future(self._keep_accepts(listeners)),
            ]
            syncs = [
                asyncio.ensure_future(self._keep_sync("portal", self._parts.portal_sync, committer)),
                asyncio.ensure_future(self._keep_sync("drop", self._parts.drop, unpacking)),
                asyncio.ensure_future(self._keep_sync("load", self._parts.load, committer)),
                asyncio.ensure_future(self._keep_sync("outbox", self._parts.outbox, committer)),
            ]
            tasks += syncs
            await self._stop.wait()
            await listeners.stop()
            await asyncio.wait(syncs, timeout=_PORTAL_END_SECONDS)
        finally:
            await listeners.stop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.to_thread(self._status_file.remove)

    def _announce(self, addresses: Mapping[str, str]) -> None:
        self._status_file.write(dict(self._status))
        if self._parts.ready is not None:
            write_json_atomically(self._parts.ready, addresses)

    def _reporter(self, name: str) -> Report:
        def report(news: Mapping[str, object]) -> None:
            self._status[name] = dict(news)
            if name == WORKER and isinstance(recorded := news.get("recorded"), int):
                self._recorded = recorded
            self._changed.set()

        return report

    async def _keep_status(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await asyncio.to_thread(self._status_file.write, dict(self._status))
            except CommonGroundError as fault:
                _log.warning("%s", fault)
            await asyncio.sleep(_STATUS_SECONDS)

    async def _keep_sync(self, name: str, sync: PortalSync | None, intake: IntakeWriter) -> None:
        if sync is None:
            return
        report = self._reporter(name)
        while not self._stop.is_set():
            task = asyncio.ensure_future(sync(intake, report, self._stop))
            try:
                await asyncio.wait([task])
            finally:
                task.cancel()
            error = task.exception()
            if error is not None:
                # A bug there must not end the EHR's feed; our own faults it handles by itself.
                code = error.code if isinstance(error, CommonGroundError) else "PROGRAM-FAULT"
                _log.error(
                    "%s: the %s sync ended (%s); it is started again", code, name, type(error).__name__
                )
                report({"code": code})
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), self._parts.portal_again_seconds)

    async def _keep_accepts(self, listeners: Listeners) -> None:
        while True:
            await asyncio.sleep(self._parts.renew_seconds)
            if renewed := await asyncio.to_thread(self._parts.renewed):
                self._accepts.update(renewed)
                await listeners.renew(renewed)

    async def _keep_trim(self, committer: IntakeCommitter) -> None:
        while True:
            await asyncio.sleep(self._parts.trim_seconds)
            before = self._parts.clock.now() - self._parts.trim_after
            while await _trimmed(committer.trim(self._recorded, before)):
                await asyncio.sleep(_TRIM_PAUSE)


async def _trimmed(future: "Future[int]") -> int:
    try:
        return await asyncio.wrap_future(future)
    except CommonGroundError as fault:
        _log.warning("%s", fault)
        return 0
