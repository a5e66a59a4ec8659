"""``python -m tests.benchmarks.soak [MINUTES]``: a clinic's feed for half an hour, and what it leaves behind.

Sends mixed messages at an even rate over a few connections to a real bridge with its worker, and says how
many were lost, how long answers took, and how memory moved. Status 1 where anything was lost.
"""

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bridges.mllp.client import Client
from tests.benchmarks.bench_apply import observations
from tests.benchmarks.bench_drain import message
from tests.benchmarks.bench_many import MEBI
from tests.faults.rig import Clinic, eventually

A_SECOND, CONNECTIONS, SETTLED = 50, 4, 60.0
"""Messages a second; connections; seconds after which memory is first looked at."""


@dataclass
class Soak:
    """What was measured.

    Attributes:
        sent: control ids that were acknowledged. refused: that were not accepted.
        times: seconds from when a message was due to its answer.
        memory: resident MiB of bridge and worker, over time.
    """

    sent: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    memory: list[tuple[float, float, float]] = field(default_factory=list)


def main(words: Sequence[str]) -> int:
    """Soak, then report."""
    minutes = float(words[0]) if words else 30.0
    with tempfile.TemporaryDirectory() as folder:
        clinic = Clinic(Path(folder))
        clinic.start()
        try:
            found = soak(clinic, minutes * 60)
            eventually(lambda: clinic.last_ids()[0] == clinic.last_ids()[1], 120)
        finally:
            clinic.stop()
        recorded, _ = clinic.recorded()
    lost = set(found.sent) - set(recorded)
    twice = len(recorded) - len(set(recorded))
    p99 = statistics.quantiles(found.times, n=100)[98] * 1000
    (_, bridge, worker), (_, bridge_after, worker_after) = found.memory[0], found.memory[-1]
    print(
        f"{minutes:g} minutes at {A_SECOND} messages a second: {len(found.sent):,} acknowledged, "
        f"{len(lost)} lost, {twice} recorded twice, {len(found.refused)} refused; ACK median "
        f"{statistics.median(found.times) * 1000:.1f} ms, p99 {p99:.1f} ms; resident memory from the first "
        f"minute to the end: bridge {bridge:.0f} → {bridge_after:.0f} MiB, worker {worker:.0f} → "
        f"{worker_after:.0f} MiB"
    )
    return 1 if lost or twice or found.refused else 0


def soak(clinic: Clinic, seconds: float) -> Soak:
    """Send for so long."""
    found, parts = Soak(), observations()
    begun = time.monotonic()
    senders = [
        threading.Thread(target=_send, args=(clinic, found, parts, number, begun, seconds))
        for number in range(CONNECTIONS)
    ]
    for sender in senders:
        sender.start()
    first = min(SETTLED, seconds / 2)
    while time.monotonic() - begun < seconds:
        time.sleep(min(5.0, seconds / 10))
        if time.monotonic() - begun >= first and clinic.process is not None:
            now = time.monotonic() - begun
            found.memory.append((now, _resident(clinic.process.pid), _resident(clinic.worker())))
    for sender in senders:
        sender.join()
    return found


def _send(
    clinic: Clinic, found: Soak, parts: Sequence[str], number: int, begun: float, seconds: float
) -> None:
    gap = CONNECTIONS / A_SECOND
    turn = 0
    with Client(*clinic.address()) as client:
        while (due := begun + gap * number / CONNECTIONS + turn * gap) < begun + seconds:
            raw = message(turn * CONNECTIONS + number, parts)
            time.sleep(max(0.0, due - time.monotonic()))
            answer = client.send(raw)
            found.times.append(time.monotonic() - due)
            (found.sent if answer.code == "AA" else found.refused).append(answer.control_id)
            turn += 1


def _resident(process: int) -> float:
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024 / MEBI


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
