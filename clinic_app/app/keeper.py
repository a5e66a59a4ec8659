"""Keeps a bridge running beside a stand-alone workstation: starts or adopts one, survives its crash, restarts it."""

import os
import signal
import subprocess
import threading
import time
from contextlib import suppress

from clinic_app.app.compose import Clinic
from clinic_app.app.spawn import command_line, environment
from clinic_app.app.status import read_status
from clinic_app.system.locks import RoleLock

CHECK_SECONDS = 1.0
"""How often a lost bridge is looked for."""
STOP_SECONDS = 15.0
"""How long a bridge may take to end cleanly."""
_LOOK_SECONDS = 0.1
OWNER = "workstation"
"""Mark in the bridge's status file: started by a workstation, and to be ended by the next one that closes cleanly."""


class BridgeKeeper:
    """Starts a bridge if none holds the lock, looks every second, and on `stop` ends only a workstation's own."""

    def __init__(self, clinic: Clinic, enabled: bool = True) -> None:
        """``clinic`` tells the home and the clock offset to hand on."""
        self._clinic = clinic
        self._enabled = enabled
        self._child: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="bridge-keeper", daemon=True)

    def start(self) -> None:
        """Begin keeping."""
        if self._enabled:
            self._thread.start()

    def stop(self) -> None:
        """End keeping; a bridge that this or a crashed workstation started is ended cleanly, any other is left."""
        self._stopping.set()
        if not self._enabled:
            return
        self._thread.join()
        child = self._child
        if child is not None and child.poll() is None:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        elif child is None:
            self._end_adopted()

    def _end_adopted(self) -> None:
        """A bridge that a crashed workstation left behind is ours to end; one of a service or a command is not."""
        lock = RoleLock(self._clinic.home, "bridge")
        status = read_status(self._clinic.home.status("bridge"))
        pid = lock.holder()
        if not (pid and lock.held()) or status.get("started_by") != OWNER or status.get("pid") != pid:
            return
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while lock.held() and time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)

    def _watch(self) -> None:
        while True:
            if self._child is not None and self._child.poll() is not None:
                self._child = None
            if self._child is None and not RoleLock(self._clinic.home, "bridge").held():
                self._child = self._spawn()
            if self._stopping.wait(CHECK_SECONDS):
                return

    def _spawn(self) -> subprocess.Popen[bytes]:
        words = ["--home", str(self._clinic.home.root), "--started-by", OWNER, *self._clinic.context.now_words()]
        return subprocess.Popen(
            command_line("bridge", *words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment(),
            start_new_session=True,
        )
