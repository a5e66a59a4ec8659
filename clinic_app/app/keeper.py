"""Keeps a bridge running beside a workstation: starts or adopts one, and starts it again after a crash."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from clinic_app.app.context import Context
from clinic_app.app.spawn import command_line, environment
from clinic_app.app.status import read_status
from clinic_app.model.errors import EnvironmentFault
from clinic_app.system.locks import RoleLock

OWNER = "workstation"
"""Mark in the bridge's status file: the next workstation that closes cleanly ends it."""
_log = logging.getLogger("commonground.keeper")
if sys.platform == "win32":
    _ENDING = signal.CTRL_BREAK_EVENT
    _GROUP = subprocess.CREATE_NEW_PROCESS_GROUP
else:
    _ENDING = signal.SIGTERM
    _GROUP = 0

Start = Callable[[Context], "subprocess.Popen[bytes]"]


@dataclass(frozen=True, slots=True)
class Pace:
    """Times in seconds.

    Attributes:
        first: before the first look, so that the screens come up before a bridge takes its share.
        check: how often a lost bridge is looked for.
        last_wait: the longest wait after bridges that ended at once (it doubles up to this).
        steady: a bridge that ran for so long did not end at once.
        stop: how long one may take to end cleanly.
        look: how often that is looked at.
    """

    first: float = 1.0
    check: float = 1.0
    last_wait: float = 60.0
    steady: float = 10.0
    stop: float = 15.0
    look: float = 0.1


USUAL_PACE = Pace()


def start_bridge(context: Context) -> "subprocess.Popen[bytes]":
    """A bridge in a session of its own, so that it outlives a killed workstation (docs/decisions/013)."""
    words = ["--home", str(context.home.root), "--started-by", OWNER, *context.now_words()]
    return subprocess.Popen(
        command_line("bridge", *words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(),
        start_new_session=True,
        creationflags=_GROUP,
    )


class BridgeKeeper:
    """Starts a bridge if none runs, looks every second, and on `stop` ends only a workstation's own.

    Of several workstations on one home one is the keeper (it holds the lock of that role); when it closes or
    is killed, another takes over, and those that keep nothing end nothing.
    """

    def __init__(self, context: Context, start: Start = start_bridge, pace: Pace = USUAL_PACE) -> None:
        """Keep a bridge on this home; ``start`` starts one."""
        self._context = context
        self._start = start
        self._pace = pace
        self._turn = RoleLock(context.home, "keeper")
        self._bridge = RoleLock(context.home, "bridge")
        self._keeping = False
        self._child: subprocess.Popen[bytes] | None = None
        self._began = 0.0
        self._wait = 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="bridge-keeper", daemon=True)

    def start(self) -> None:
        """Begin keeping."""
        self._thread.start()

    def stop(self) -> None:
        """End keeping; a bridge that this or a crashed workstation started ends cleanly, others stay."""
        self._stopping.set()
        self._thread.join()
        if not self._keeping:
            return
        if self._child is not None and self._child.poll() is None:
            self._end_child(self._child)
        else:
            self._end_adopted()
        self._turn.release()

    def _end_child(self, child: "subprocess.Popen[bytes]") -> None:
        child.send_signal(_ENDING)
        try:
            child.wait(self._pace.stop)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _end_adopted(self) -> None:
        """One that a crashed workstation left behind is ours to end; a service's or a command's is not."""
        status = read_status(self._context.home.status("bridge"))
        pid = self._bridge.holder()
        if not (pid and self._bridge.held()) or status.get("started_by") != OWNER or status.get("pid") != pid:
            return
        with suppress(OSError):
            os.kill(pid, _ENDING)
        deadline = time.monotonic() + self._pace.stop
        while self._bridge.held() and time.monotonic() < deadline:
            time.sleep(self._pace.look)

    def _watch(self) -> None:
        pause = self._pace.first
        while not self._stopping.wait(pause):
            try:
                self._look()
            except EnvironmentFault as fault:
                _log.warning("%s", fault)
            except OSError as error:
                _log.warning("BRIDGE-DOWN: it could not be started (%s)", error.strerror)
            pause = max(self._pace.check, self._wait)

    def _look(self) -> None:
        """Become the keeper if nobody is; then start a bridge if none runs."""
        if not self._keeping:
            if self._turn.held():
                return
            self._turn.acquire()
            self._keeping = True
        if self._child is not None and self._child.poll() is not None:
            self._note_end(self._child.returncode)
            self._child = None
        if self._child is None and not self._bridge.held():
            self._began = time.monotonic()
            self._child = self._start(self._context)

    def _note_end(self, status: int) -> None:
        """One that ended at once (its port is taken …) is started again later and later, not every second."""
        _log.warning("BRIDGE-DOWN: it ended (status %d) and is started again; see bridge.log", status)
        lasted = time.monotonic() - self._began
        doubled = min(max(self._pace.check, 2 * self._wait), self._pace.last_wait)
        self._wait = 0.0 if lasted > self._pace.steady else doubled
