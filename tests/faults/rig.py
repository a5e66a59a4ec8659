"""A real home with the real bridge and worker as processes, and a feed that keeps messages unacknowledged in
flight.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bridges.mllp.client import control_id_of, read_acknowledgement
from bridges.mllp.framing import Frame, Framer, wrap
from clinic_app.model.identity import Identifier
from clinic_app.store.intake import IntakeView
from clinic_app.store.sql import open_store
from clinic_app.system.key_file import KeyFile
from clinic_app.system.paths import Home

ROOT = Path(__file__).resolve().parents[2]
PATIENTS = 5
WINDOW = 12


def adt(patient: int) -> bytes:
    """Makes an invented patient known."""
    return (
        f"MSH|^~\\&|EHR|HOSP|CG|CLINIC|20260301080000||ADT^A28|A{patient}|P|2.5\r"
        f"EVN|A28|20260301080000\rPID|1||P{patient}^^^HOSP^MR||Example^Person{patient}||20010101|F\r"
    ).encode()


def oru(number: int) -> bytes:
    """One spirometry result, whose filler order makes it a fact of its own."""
    return (
        f"MSH|^~\\&|LAB|HOSP|CG|CLINIC|20260301090000||ORU^R01|M{number}|P|2.5\r"
        f"PID|1||P{number % PATIENTS}^^^HOSP^MR||Example^Person||20010101|F\r"
        f"OBR|1||F{number}|SPIRO|||20260301090000\r"
        f"OBX|1|NM|20150-9^FEV1^LN||2.5|L|||||F|||20260301090000\r"
    ).encode()


def eventually(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait for other processes; time only bounds a failure."""
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, "did not happen in time"
        time.sleep(0.01)


class Clinic:
    """A home and its bridge.

    Attributes:
        home: the home. process: the bridge that runs now.
    """

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "home")
        self._keys = folder / "clinic.key"
        self._ready = folder / "ready.json"
        self.process: subprocess.Popen[bytes] | None = None
        self._run("init", "--home", str(self.home.root), "--key-file", str(self._keys))

    def key(self, name: str) -> bytes:
        """A key of the home."""
        return KeyFile(self._keys).get(name)

    def start(self, *prefix: str, module: str = "clinic_app.app", wait: bool = True) -> None:
        """Start a bridge, the product's own or (by its module) a mutant; ``prefix`` goes before the
        interpreter.
        """
        self._ready.unlink(missing_ok=True)
        words = ["bridge", "--home", str(self.home.root), "--port", "0", "--ready", str(self._ready)]
        command = [*prefix, sys.executable, "-m", module, *words]
        self.process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
        if wait:
            eventually(self._ready.exists)

    def address(self) -> tuple[str, int]:
        """Where the bridge listens; raises FileNotFoundError while it does not."""
        host, _, port = json.loads(self._ready.read_text())["mllp"].rpartition(":")
        return host, int(port)

    def kill_bridge(self) -> None:
        """kill -9, then start the next one."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def worker(self) -> int:
        """Process number of the worker that works now, 0 where none does."""
        try:
            status = json.loads(self.home.status("bridge").read_text())
        except (FileNotFoundError, ValueError):
            return 0
        worker = status.get("worker", {})
        return int(worker.get("pid", 0)) if worker.get("state") in ("working", "idle") else 0

    def stop(self) -> None:
        """SIGTERM, and its clean end."""
        if self.process is not None:
            self.process.terminate()
            assert self.process.wait(60) == 0
            self.process = None

    def landed(self) -> list[str]:
        """Control ids in the intake."""
        view = IntakeView(self.home.intake_db, self.key("intake"))
        found = [entry.control_id for entry in view.after(0, 10_000_000)]
        view.close()
        return found

    def last_ids(self) -> tuple[int, int]:
        """Greatest entry id in the intake and in the main store."""
        view = IntakeView(self.home.intake_db, self.key("intake"))
        intake = view.last_id()
        view.close()
        store = open_store(self.home.main_db, self.key("main"))
        with store.snapshot() as snapshot:
            main = snapshot.last_entry_id()
        store.close()
        return intake, main

    def recorded(self) -> tuple[list[str], list[str]]:
        """Control ids in the main store's inbox, and source keys of all measurement versions."""
        store = open_store(self.home.main_db, self.key("main"))
        people = [Identifier("HOSP", f"P{n}") for n in range(PATIENTS)]
        with store.snapshot() as snapshot:
            inbox = [entry.control_id for entry in snapshot.inbox((), 10_000_000)]
            facts = [fact.statement.key for fact in snapshot.facts(people, ("measurement",))]
        store.close()
        return inbox, facts

    def _run(self, *words: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "clinic_app.app", *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
        )


class Feed(threading.Thread):
    """Sends without end, WINDOW messages ahead of the answers, and sends again what no answer came for.

    Attributes:
        acknowledged: control ids that got AA. refused: those that got anything else.
        flowing: whether new messages are sent (what is owed is sent again in any case).
    """

    def __init__(self, address: Callable[[], tuple[str, int]]) -> None:
        super().__init__(name="feed", daemon=True)
        self._address = address
        self._number = 0
        self._waiting: dict[str, bytes] = {control_id_of(adt(n)): adt(n) for n in range(PATIENTS)}
        self._ending = threading.Event()
        self.flowing = threading.Event()
        self.acknowledged: list[str] = []
        self.refused: list[str] = []

    @property
    def in_flight(self) -> int:
        """How many are sent and not answered."""
        return len(self._waiting)

    def run(self) -> None:
        """Send until `finish`, and then until everything is answered."""
        while not (self._ending.is_set() and not self._waiting):
            try:
                with socket.create_connection(self._address(), timeout=10) as connection:
                    self._converse(connection)
            except (OSError, ValueError):
                time.sleep(0.02)  # the listener is away; a sender tries again

    def wait_for_more(self) -> None:
        """Until something more is acknowledged: the load is on."""
        before = len(self.acknowledged)
        eventually(lambda: len(self.acknowledged) > before)

    def finish(self) -> None:
        """Send nothing new, and wait for the answers still owed."""
        self.flowing.clear()
        self._ending.set()
        self.join(120)
        assert not self.is_alive(), "answers are missing"

    def _converse(self, connection: socket.socket) -> None:
        framer = Framer()
        connection.sendall(b"".join(map(wrap, self._waiting.values())))
        while self._waiting or not self._ending.is_set():
            if not self._waiting and not self.flowing.wait(0.05):
                continue
            while len(self._waiting) < WINDOW and self.flowing.is_set():
                self._number += 1
                message = oru(self._number)
                self._waiting[control_id_of(message)] = message
                connection.sendall(wrap(message))
            data = connection.recv(65536)
            if not data:
                return
            framer.feed(data)
            while isinstance(event := framer.next_event(), Frame):
                self._answered(event.raw)

    def _answered(self, raw: bytes) -> None:
        answer = read_acknowledgement(raw)
        if answer.code == "AA":
            self.acknowledged.append(answer.control_id)
            self._waiting.pop(answer.control_id, None)
        else:
            self.refused.append(answer.control_id)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the kills did.

    Attributes:
        kills: how many. loaded: how many of them met messages in flight. acknowledged: distinct messages
            answered AA.
        lost: of these, the ones that are not in the main store. twice: messages or facts that are there
            twice.
    """

    kills: int
    loaded: int
    acknowledged: int
    lost: Sequence[str]
    unapplied: Sequence[str]
    twice: Sequence[str]


@dataclass(slots=True)
class Proof:
    """Kills one role again and again under load.

    Attributes:
        clinic: the home. module: the bridge's module (a mutant's, or the product's).
    """

    clinic: Clinic
    module: str = "clinic_app.app"
    loaded: int = field(default=0)

    def kill_bridges(self, pauses: Sequence[float]) -> Outcome:
        """Kill the bridge after each of these pauses (seconds under load)."""

        def kill(feed: Feed) -> None:
            self.loaded += feed.in_flight > 0
            self.clinic.kill_bridge()
            feed.flowing.clear()
            self.clinic.start(module=self.module)

        return self._run(pauses, kill)

    def kill_workers(self, pauses: Sequence[float]) -> Outcome:
        """Kill the worker likewise; the bridge starts the next one."""

        def kill(feed: Feed) -> None:
            eventually(lambda: self.clinic.worker() != 0)
            worker = self.clinic.worker()
            self.loaded += feed.in_flight > 0
            os.kill(worker, signal.SIGKILL)
            feed.flowing.clear()
            eventually(lambda: self.clinic.worker() not in (0, worker))

        return self._run(pauses, kill)

    def _run(self, pauses: Sequence[float], kill: Callable[[Feed], None]) -> Outcome:
        self.clinic.start(module=self.module)
        feed = Feed(self.clinic.address)
        feed.start()
        for pause in pauses:
            # Bursts, so that the worker's backlog stays small; the load is full whenever a kill comes.
            feed.flowing.set()
            feed.wait_for_more()
            time.sleep(pause)
            kill(feed)
        feed.finish()
        eventually(lambda: len(set(self.clinic.last_ids())) == 1, 120)
        self.clinic.stop()
        return self._judge(feed, len(pauses))

    def _judge(self, feed: Feed, kills: int) -> Outcome:
        inbox, facts = self.clinic.recorded()
        acknowledged = set(feed.acknowledged)
        measured = {one for one in acknowledged if one.startswith("M")}
        known = {"M" + key.partition("|")[0].removeprefix("filler:F") for key in facts}
        lost = sorted(acknowledged - set(self.clinic.landed()))
        unapplied = sorted((acknowledged - set(inbox)) | (measured - known))
        twice = [name for name, count in Counter(name for name in inbox if name).items() if count > 1]
        twice += [key for key, count in Counter(facts).items() if count > 1]
        return Outcome(kills, self.loaded, len(acknowledged), lost, unapplied, twice)
