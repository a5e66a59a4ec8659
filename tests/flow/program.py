"""The installed program as a user runs it: separate processes, isolated Python, an empty folder."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

T = TypeVar("T")
SECONDS = 60.0


def until(probe: Callable[[], T | None], what: str, seconds: float = SECONDS) -> T:
    """Ask again until the answer is true; fails, saying what was awaited, where that does not come."""
    deadline = time.monotonic() + seconds
    while not (found := probe()):
        assert time.monotonic() < deadline, f"waited {seconds} seconds for {what}"
        time.sleep(0.05)
    return found


def alive(pid: int) -> bool:
    """Whether a process runs (one that only waits to be reaped does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


class Ran:
    """What a finished command left: exit status, output and error line."""

    def __init__(self, done: "subprocess.CompletedProcess[bytes]") -> None:
        self.status = done.returncode
        self.raw = done.stdout
        self.text = done.stdout.decode()
        self.error = done.stderr.decode()

    @property
    def json(self) -> Any:
        """Its output as JSON."""
        return json.loads(self.raw)


class Running:
    """A started command."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process
        self.pid = process.pid

    def terminate(self) -> int:
        """End it as a service manager does; its exit status."""
        self.process.terminate()
        return self.process.wait(SECONDS)

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(SECONDS)

    def close(self) -> None:
        """End it whatever state it is in."""
        if self.process.poll() is None:
            self.kill()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


@dataclass(frozen=True, slots=True)
class Program:
    """The console script of the installed wheel, and the empty folder from which it runs."""

    python: Path
    script: Path
    folder: Path
    environment: dict[str, str]

    def run(self, *words: str, isolated: bool = False) -> Ran:
        """Run a command to its end; ``isolated`` takes ``python -I -m`` instead of the console script."""
        done = subprocess.run(
            [*self.start_of(isolated), *words],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=False,
        )
        return Ran(done)

    def start(self, *words: str, **environment: str) -> Running:
        """Start a command and leave it running."""
        process = subprocess.Popen(
            [*self.start_of(isolated=True), *words],
            cwd=self.folder,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        return Running(process)

    def start_of(self, isolated: bool) -> Sequence[str]:
        """How its command line begins."""
        return [str(self.python), "-I", "-m", "clinic_app.app"] if isolated else [str(self.script)]


class Site:
    """One home of the installed program, with what runs on it; `close` ends all of that."""

    def __init__(self, program: Program, root: Path) -> None:
        """Make the home, with its keys in a file."""
        self.program = program
        self.home = root / "home"
        self.key_file = root / "clinic.key"
        self._root = root
        self._running: list[Running] = []
        self.mllp = ""
        self.portal = ""
        made = self.run("init", "--key-file", str(self.key_file), "--json")
        assert made.status == 0, made.error

    def run(self, command: str, *words: str) -> Ran:
        """Run a command on this home."""
        return self.program.run(command, "--home", str(self.home), *words)

    def start(self, command: str, *words: str, **environment: str) -> Running:
        """Start a command on this home."""
        running = self.program.start(command, "--home", str(self.home), *words, **environment)
        self._running.append(running)
        return running

    def start_bridge(self) -> Running:
        """Start the bridge and wait until it accepts."""
        running, address = self._start_ready("bridge")
        self.mllp = address["mllp"]
        return running

    def start_portal(self) -> Running:
        """Start the portal and wait until it accepts."""
        running, address = self._start_ready("portal")
        self.portal = address["portal"]
        return running

    def status(self, role: str) -> dict[str, Any]:
        """What a running role says of itself; empty where none runs."""
        try:
            read: dict[str, Any] = json.loads((self.home / "run" / f"{role}.json").read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return read

    def worker_pid(self) -> int:
        """Process number of the worker that the bridge keeps, once there is one."""
        return int(until(lambda: self.status("bridge").get("worker", {}).get("pid"), "a worker"))

    def inbox(self) -> list[dict[str, Any]]:
        """``inbox list --json``."""
        listed = self.run("inbox", "list", "--json")
        assert listed.status == 0, listed.error
        rows: list[dict[str, Any]] = listed.json
        return rows

    def entry(self, control_id: str, *states: str, seconds: float = SECONDS) -> dict[str, Any]:
        """The inbox's row of this control id, once it is in one of these states."""

        def found() -> dict[str, Any] | None:
            rows = [row for row in self.inbox() if row["control_id"] == control_id]
            return next((row for row in rows if not states or row["state"] in states), None)

        return until(found, f"{control_id} to be {' or '.join(states)}", seconds)

    def picture(self, number: str) -> Any:
        """``picture --json`` of a person."""
        shown = self.run("picture", number, "--json")
        assert shown.status == 0, shown.error
        return shown.json

    def token(self) -> str:
        """A new token for the portal's FHIR interface."""
        made = self.run("portal-token")
        assert made.status == 0, made.error
        return made.text.strip()

    @contextmanager
    def fhir(self) -> Iterator[httpx.Client]:
        """A client of the portal's FHIR interface that is not ours."""
        headers = {"Authorization": f"Bearer {self.token()}", "Content-Type": "application/fhir+json"}
        with httpx.Client(base_url=f"{self.portal}/fhir", headers=headers, timeout=30) as client:
            yield client

    def close(self) -> None:
        """End everything that runs here."""
        worker = self.status("bridge").get("worker", {}).get("pid", 0)
        while self._running:
            running = self._running.pop()
            if running.process.poll() is None:
                running.process.terminate()
                try:
                    running.process.wait(20)
                except subprocess.TimeoutExpired:
                    running.kill()
            running.close()
        if worker:
            until(lambda: not alive(worker), "the worker to end")

    def _start_ready(self, command: str) -> tuple[Running, dict[str, str]]:
        ready = self._root / f"{command}.ready"
        ready.unlink(missing_ok=True)
        running = self.start(command, "--port", "0", "--ready", str(ready))

        def is_ready() -> bool:
            assert running.process.poll() is None, (
                running.process.stderr and running.process.stderr.read().decode()
            )
            return ready.exists()

        until(is_ready, f"the {command} to accept")
        return running, json.loads(ready.read_text())


def clean_environment(home: Path) -> dict[str, str]:
    """What a service would see: no key store, no Python settings, UTF-8."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "FONTCONFIG_PATH", "COVERAGE_PROCESS_CONFIG")
        if name in os.environ
    }
    return {**kept, "HOME": str(home), "LANG": "C.UTF-8", "XDG_RUNTIME_DIR": str(home)}
