"""``python -m tests.benchmarks [NAME…]``: measures all rows (or those named) and writes the table."""

import os
import platform
import re
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks import (
    bench_ack,
    bench_apply,
    bench_drain,
    bench_many,
    bench_open,
    bench_portal,
    bench_start,
    bench_text,
)
from tests.benchmarks.bench_ack import Row, fsync_milliseconds

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = ROOT / "build" / "benchmarks"
DOCUMENT = ROOT / "docs" / "benchmarks.md"
GROUPS: Mapping[str, Callable[[], Sequence[Row]]] = {
    "ack": bench_ack.rows,
    "apply": bench_apply.rows,
    "drain": bench_drain.rows,
    "many": bench_many.rows,
    "text": bench_text.rows,
    "portal": bench_portal.rows,
    "open": lambda: bench_open.rows(KEPT),
    "start": lambda: bench_start.rows(KEPT),
}
_MEASURED = re.compile(r"<!-- measured -->.*<!-- end -->", re.DOTALL)


def main(names: Sequence[str]) -> int:
    """Measure, print and, where all rows were measured, write the document. 1 where a mark is missed."""
    KEPT.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    for name in names or GROUPS:
        print(f"measuring: {name} …", flush=True)
        for row in GROUPS[name]():
            rows.append(row)
            print(line(row), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        table = measured(rows, fsync_milliseconds(Path(folder)))
    print(table)
    if not names:
        text = DOCUMENT.read_text(encoding="utf-8")
        DOCUMENT.write_text(_MEASURED.sub(lambda _: table, text), encoding="utf-8")
    return 0 if all(row.met for row in rows) else 1


def line(row: Row) -> str:
    """One row of the table."""
    met = "yes" if row.met else "**no**"
    return f"| {row.name} | {row.ours:,.1f} | {row.baseline:,.1f} | {row.ratio:.2f} | {row.target} | {met} |"


def measured(rows: Sequence[Row], fsync: float) -> str:
    """The part of the document that a run writes."""
    head = "| what | ours | baseline | ratio | mark | met |\n|---|---|---|---|---|---|"
    when = datetime.now(UTC)
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, {cores()} cores"
    about = f"Measured on {when:%Y-%m-%d} with `make bench`: {machine}; an fdatasync takes {fsync:.2f} ms."
    return "\n".join(["<!-- measured -->", about, "", head, *map(line, rows), "<!-- end -->"])


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
