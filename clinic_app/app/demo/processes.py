"""The demonstration's processes: our own commands, started, awaited and in the end all ended."""

import json
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TextIO, cast

from clinic_app.app.demo.conversation import Line
from clinic_app.model.errors import EnvironmentFault

READY_SECONDS = 60.0
STOP_SECONDS = 15.0
_LOOK_SECONDS = 0.05


class Started:
    """One running command; ``line`` speaks with it where it was started for a conversation."""

    def __init__(self, name: str, process: "subprocess.Popen[str]") -> None:
        """``name`` is what messages call it."""
        self.name = name
        self._process = process

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self._process.poll() is not None

    def line(self) -> Line:
        """The conversation over its standard streams."""
        return Line(cast("TextIO", self._process.stdout), cast("TextIO", self._process.stdin))

    def wait(self) -> int:
        """Wait until it ends; returns its exit status."""
        return self._process.wait()

    def end(self) -> None:
        """End it cleanly; by force only where that takes too long."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


class Processes:
    """Runs and starts commands; leaving it ends all that were started, the newest first."""

    def __init__(self, command_line: Callable[..., list[str]], environment: dict[str, str]) -> None:
        """``command_line`` makes the argument list of one of our commands."""
        self._command_line = command_line
        self._environment = environment
        self._started: list[Started] = []

    def __enter__(self) -> "Processes":
        """Nothing is started yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all that were started."""
        self.end_all()

    def run(self, command: str, *words: str) -> str:
        """Run a command to its end; returns what it printed. EnvironmentFault DEMO-STEP where it fails."""
        done = subprocess.run(
            self._command_line(command, *words),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=self._environment,
            check=False,
        )
        if done.returncode:
            raise step_failed(command, done.stderr.strip())
        return done.stdout

    def start(self, command: str, *words: str, conversation: bool = False) -> Started:
        """Start a command in a session of its own, so that Ctrl-C reaches us alone and we end it in order."""
        pipe = subprocess.PIPE if conversation else subprocess.DEVNULL
        process = subprocess.Popen(
            self._command_line(command, *words),
            stdin=pipe,
            stdout=pipe,
            text=True,
            encoding="utf-8",
            env=self._environment,
            start_new_session=True,
        )
        started = Started(command, process)
        self._started.append(started)
        return started

    def start_ready(self, command: str, ready: Path, *words: str) -> dict[str, str]:
        """Start a command and wait until it accepts; returns the addresses in its ready file."""
        ready.unlink(missing_ok=True)
        started = self.start(command, *words, "--port", "0", "--ready", str(ready))
        deadline = time.monotonic() + READY_SECONDS
        while not ready.exists():
            if started.ended or time.monotonic() > deadline:
                raise step_failed(command, "it did not become ready")
            time.sleep(_LOOK_SECONDS)
        addresses: dict[str, str] = json.loads(ready.read_text(encoding="utf-8"))
        return addresses

    def end_all(self) -> None:
        """End all that were started, the newest first."""
        while self._started:
            self._started.pop().end()

    def started(self) -> Sequence[Started]:
        """What runs."""
        return tuple(self._started)


def step_failed(command: str, why: str) -> EnvironmentFault:
    """The fault of a step that did not work."""
    return EnvironmentFault(
        "DEMO-STEP", f"`commonground {command}` did not work ({why})", "Start `commonground demo` again."
    )
