"""Opening a person: from the click in the list to the end of the last plot's painting."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.bench_ack import Row
from tests.benchmarks.filler import FACTS_EACH, make_large_home

SMALL, LARGE = 100, 1000
OPENED, ROUNDS = 40, 3


def rows(folder: Path) -> Sequence[Row]:
    """Both rows; the clinics are made on the first run (minutes) and kept in the folder."""
    small, large = (make_large_home(folder, people) for people in (SMALL, LARGE))
    pairs = [(p95(small, SMALL), p95(large, LARGE)) for _ in range(ROUNDS)]
    few, many = (statistics.median(column) for column in zip(*pairs, strict=True))
    facts = f"{LARGE * FACTS_EACH / 1e6:g} million facts"
    opened = Row(
        f"patient open p95, {LARGE:,} patients and {facts} (ms)",
        many,
        300.0,
        many / 300,
        "≤ 1 (300 ms)",
        many <= 300,
    )
    ratio = many / few
    return [opened, Row(f"the same against {SMALL} patients (ms)", many, few, ratio, "≤ 1.3", ratio <= 1.3)]


def p95(home: Path, people: int) -> float:
    """95th percentile in milliseconds over people opened one after the other in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.open_patients", str(home), str(people), str(OPENED)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, check=True, capture_output=True, env=environment, timeout=300)
    times: list[float] = json.loads(done.stdout)
    return statistics.quantiles(times, n=20)[18]
