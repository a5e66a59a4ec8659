"""Many senders at once: how long an answer takes over 64 connections, what large frames cost in memory."""

import json
import resource
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from bridges.mllp.client import Client
from tests.benchmarks.bench_ack import Row, message
from tests.faults.rig import Clinic, eventually

CONNECTIONS, A_SECOND, SECONDS = 64, 500, 10
RAISED = "max_connections_per_peer = 256"
"""All peers of this measurement have one address."""
PEERS, FRAME, MEBI = 200, 64 * 1024 * 1024, 1024 * 1024


def rows() -> Sequence[Row]:
    """Both; takes about a minute."""
    with tempfile.TemporaryDirectory() as folder:
        return [answers(Path(folder)), memory(Path(folder))]


def answers(folder: Path) -> Row:
    """99th percentile of the time to an acknowledgement in ms, messages coming evenly over all of them."""
    with ExitStack() as stack:
        clinic = started(stack, folder / "many")
        times: list[float] = []
        gap = CONNECTIONS / A_SECOND
        threads = [
            threading.Thread(target=paced, args=(clinic.address(), number, gap, times))
            for number in range(CONNECTIONS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        sent = int(SECONDS / gap) * CONNECTIONS
        assert len(times) == sent, f"{sent - len(times)} messages got no answer"
    p99 = statistics.quantiles(times, n=100)[98] * 1000
    name = f"99th percentile of ACK, {CONNECTIONS} connections, {A_SECOND} messages a second (ms)"
    return Row(name, p99, 50.0, p99 / 50, "≤ 1 (50 ms)", p99 <= 50)


def paced(address: tuple[str, int], number: int, gap: float, times: list[float]) -> None:
    """Send at even times, begun apart from the others; a late answer delays no later message's time."""
    with Client(*address) as client:
        begun = time.monotonic() + gap * number / CONNECTIONS
        for turn in range(int(SECONDS / gap)):
            raw = message(number * 100_000 + turn)
            due = begun + turn * gap
            time.sleep(max(0.0, due - time.monotonic()))
            client.send(raw)
            # Counted from when it was due, so that waiting for an earlier answer counts as well.
            times.append(time.monotonic() - due)


def memory(folder: Path) -> Row:
    """MiB that the bridge takes above idle while 200 peers send a frame of 64 MiB each, as fast as they are
    read.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    with ExitStack() as stack:
        clinic = started(stack, folder / "large")
        assert clinic.process is not None
        idle = peak_of(clinic.process.pid)
        stop = threading.Event()
        threads = [threading.Thread(target=pour, args=(clinic.address(), stop)) for _ in range(PEERS)]
        for thread in threads:
            thread.start()
        until = time.monotonic() + SECONDS * 2
        with Client(*clinic.address()) as client:  # others are served meanwhile
            while time.monotonic() < until:
                client.send(message(int(time.monotonic() * 1000)))
                time.sleep(0.1)
        above = (peak_of(clinic.process.pid) - idle) / MEBI
        stop.set()
        for thread in threads:
            thread.join()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    name = f"memory of the bridge above idle, {PEERS} peers with frames of 64 MiB (MiB)"
    return Row(name, above, 150.0, above / 150, "≤ 1 (150 MiB)", above <= 150)


def pour(address: tuple[str, int], stop: threading.Event) -> None:
    """One frame in pieces, for as long as somebody takes it; its end never comes."""
    piece = b"\x0bMSH|^~\\&|L|H|||2026||ORU^R01|big|P|2.5\rOBX|1|ED|X||" + b"A" * 65536
    with suppress(OSError), socket.create_connection(address, timeout=1) as connection:
        sent = 0
        while not stop.is_set() and sent < FRAME:
            with suppress(TimeoutError):
                sent += connection.send(piece if not sent else piece[-65536:])


def peak_of(process: int) -> int:
    """Greatest resident memory of a process so far, in bytes."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def started(stack: ExitStack, folder: Path) -> Clinic:
    """A clinic with its bridge, ended with the block."""
    folder.mkdir()
    clinic = Clinic(folder)
    settings = clinic.home.settings.read_text("utf-8")
    clinic.home.settings.write_text(settings.replace("# max_connections_per_peer = 128", RAISED), "utf-8")
    clinic.start()
    stack.callback(clinic.stop)
    eventually(lambda: json.loads(clinic.home.status("bridge").read_text()).get("worker") is not None)
    return clinic
