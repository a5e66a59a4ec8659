"""Durable acknowledgements on one connection, against plain single commits of the same bytes on the same
disk.
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlcipher3 import dbapi2

from bridges.mllp.client import Client
from bridges.mllp.framing import wrap
from clinic_app.app.bridge import BridgeParts, run_bridge
from clinic_app.store.intake import create_intake
from clinic_app.system.clock import SystemClock
from clinic_app.system.paths import Home
from tests.faults.rig import Clinic, adt, eventually

KEY = bytes(range(32))
ROUNDS, WARM, MESSAGES = 21, 4, 200
"""Rounds in turn; the first are left out: until its log is first folded in, a new file is slower."""
BACKLOG, PACED, PACE_SECONDS = 8000, 400, 0.01


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: rates per second (or milliseconds), their ratio, and what it should be."""

    name: str
    ours: float
    baseline: float
    ratio: float
    target: str
    met: bool


def message(number: int) -> bytes:
    """An ORU of an invented patient with 30 results."""
    results = "".join(
        f"OBX|{n}|NM|{20150 + n}-9^Result {n}^LN||{n}.5|L|1-9|N|||F|||20260301090000\r" for n in range(1, 31)
    )
    return (
        f"MSH|^~\\&|LAB|HOSP|CG|CLINIC|20260301090000||ORU^R01|B{number}|P|2.5\r"
        f"PID|1||P0^^^HOSP^MR||Example^Person||20010101|F\rOBR|1||B{number}|SPIRO|||20260301090000\r{results}"
    ).encode()


def rows() -> Sequence[Row]:
    """Both comparisons; takes about a minute."""
    with tempfile.TemporaryDirectory() as folder:
        return [durable_rate(Path(folder)), latency_under_load(Path(folder))]


def fsync_milliseconds(folder: Path) -> float:
    """Median time of one fdatasync after 4 KiB were written, in this file system."""
    times = []
    with (folder / "probe").open("wb", buffering=0) as file:
        for _ in range(100):
            file.write(bytes(4096))
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


def durable_rate(folder: Path) -> Row:
    """Acknowledgements a second on one connection, one after the other, against `Plain`; medians of
    rounds.
    """
    plain = Plain(folder / "plain.db")
    rates: list[tuple[float, float]] = []
    with _listener(folder) as address, socket.create_connection(address) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def send(raw: bytes) -> None:
            """As bare as the baseline: what is measured is the listener, not the sender."""
            connection.sendall(wrap(raw))
            while not connection.recv(65536).endswith(b"\x1c\r"):
                pass

        for turn in range(WARM + ROUNDS):
            sent = [message(turn * MESSAGES + n) for n in range(MESSAGES)]
            rates.append((_rate(send, sent), _rate(plain.commit, sent)))
    plain.connection.close()
    ours, base = (statistics.median(column) for column in zip(*rates[WARM:], strict=True))
    name = "durable ACKs per second, one connection"
    return Row(name, ours, base, ours / base, "≥ 0.6", ours / base >= 0.6)


class Plain:
    """Baseline: one SQLCipher commit per message (WAL, FULL), nothing else."""

    def __init__(self, path: Path) -> None:
        self.connection = dbapi2.connect(str(path), isolation_level=None)
        self.connection.execute(f"PRAGMA key=\"x'{KEY.hex()}'\"")
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=FULL")
        self.connection.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, raw BLOB)")

    def commit(self, raw: bytes) -> None:
        """One message, durable."""
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.execute("INSERT INTO entry (raw) VALUES (?)", (raw,))
        self.connection.execute("COMMIT")


def latency_under_load(folder: Path) -> Row:
    """99th percentile of the time to an acknowledgement in ms, worker busy with a backlog against worker
    idle.
    """
    place = folder / "clinic"
    place.mkdir()
    clinic = Clinic(place)
    clinic.start()
    try:
        with Client(*clinic.address()) as client:
            client.send(adt(0))
            idle = _p99(client, 1_000_000, pause=4)
            client.push(*(message(2_000_000 + n) for n in range(BACKLOG)))
            client.wait_for(f"B{2_000_000 + BACKLOG - 1}")
            busy = _p99(client, 3_000_000, pause=1)
        intake, main = clinic.last_ids()
        saturated = intake > main
    finally:
        clinic.stop()
    name = "99th percentile of ACK, worker saturated against idle (ms)"
    return Row(name, busy, idle, busy / idle, "≤ 2", busy <= 2 * idle and saturated)


def _p99(client: Client, first: int, pause: int) -> float:
    """Milliseconds; with a long pause the worker has applied each message before the next one comes."""
    times = []
    for n in range(PACED):
        one = message(first + n)
        time.sleep(PACE_SECONDS * pause)
        began = time.perf_counter()
        client.send(one)
        times.append(time.perf_counter() - began)
    return statistics.quantiles(times, n=100)[98] * 1000


def _rate(work: Callable[[bytes], object], messages: Sequence[bytes]) -> float:
    began = time.perf_counter()
    for one in messages:
        work(one)
    return len(messages) / (time.perf_counter() - began)


@contextmanager
def _listener(folder: Path) -> Iterator[tuple[str, int]]:
    """The bridge without worker, as a process of its own."""
    home = Home(folder / "home")
    home.root.mkdir()
    home.run.mkdir()
    create_intake(home.intake_db, KEY)
    ready = folder / "ready.json"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.bench_ack", str(home.root), str(ready)]
    )
    try:
        eventually(ready.exists)
        host, _, port = ready.read_text().split('"')[3].rpartition(":")
        yield host, int(port)
    finally:
        process.terminate()
        process.wait(30)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        run_bridge(BridgeParts(Home(Path(sys.argv[1])), KEY, SystemClock(), port=0, ready=Path(sys.argv[2])))
    else:
        for row in rows():
            print(row)
        print(f"fdatasync {fsync_milliseconds(Path(tempfile.mkdtemp())):.2f} ms")
