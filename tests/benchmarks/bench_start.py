"""From the start of the process to the patient list painted, and the memory then, against a bare window."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.bench_ack import Row
from tests.benchmarks.bench_open import LARGE
from tests.benchmarks.filler import make_large_home

ROUNDS = 7


def rows(folder: Path) -> Sequence[Row]:
    """Start and memory; one after the other in turns, medians."""
    home = make_large_home(folder, LARGE)
    pairs = [(started("start_ours", str(home)), started("start_bare")) for _ in range(ROUNDS)]
    ours = [statistics.median(column) for column in zip(*(pair[0] for pair in pairs), strict=True)]
    bare = [statistics.median(column) for column in zip(*(pair[1] for pair in pairs), strict=True)]
    start, memory = ours[0] / bare[0], ours[1] / bare[1]
    return [
        Row(
            f"start → patient list painted, {LARGE:,} patients (ms)",
            ours[0],
            bare[0],
            start,
            "≤ 2",
            start <= 2,
        ),
        Row("memory then, without the bridge (MiB)", ours[1], bare[1], memory, "≤ 2", memory <= 2),
    ]


def started(module: str, *words: str) -> tuple[float, float]:
    """Milliseconds from before the process began until it has painted, and its resident MiB."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    begun = time.monotonic()
    command = [sys.executable, "-m", f"tests.benchmarks.{module}", *words]
    done = subprocess.run(command, check=True, capture_output=True, env=environment, timeout=120)
    painted = json.loads(done.stdout)
    return (painted["at"] - begun) * 1000, painted["mib"]
