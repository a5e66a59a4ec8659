"""A backlog of mixed messages, from the intake to committed facts, against hl7apy's bare parse of the same
mix.
"""

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bridges.hl7.acknowledge import examine
from clinic_app.model.entries import Received
from tests.benchmarks.bench_ack import Row
from tests.benchmarks.bench_apply import CORE, applied_rate, hl7apy_parse, observations

BACKLOG, BARE, PEOPLE = 10_000, 80, 200


def rows() -> Sequence[Row]:
    """One comparison; takes about a minute."""
    backlog = list(received(BACKLOG))
    with tempfile.TemporaryDirectory() as folder:
        before = bare_rate(backlog[:BARE])
        ours = applied_rate(Path(folder), backlog)
        base = (before + bare_rate(backlog[-BARE:])) / 2
    name = f"a backlog of {BACKLOG:,} mixed messages drained, one core (a second)"
    return [Row(name, ours, base, ours / base, "≥ 5", ours / base >= 5)]


def bare_rate(sample: Sequence[Received]) -> float:
    """Messages a second that hl7apy parses and nothing else, on the same core."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {CORE})
    try:
        begun = time.perf_counter()
        for one in sample:
            hl7apy_parse(one.raw.decode())
        return len(sample) / (time.perf_counter() - begun)
    finally:
        os.sched_setaffinity(0, allowed)


def received(count: int) -> Iterator[Received]:
    """What a clinic's day brings, in turn: visits, bookings, results small and large, cultures, medicines,
    documents.
    """
    now, parts = datetime.now(UTC), observations()
    for number in range(count):
        raw = message(number, parts)
        kind = examine(raw).type
        yield Received("mllp", "EHR|HOSP", f"D{number}", kind, now, raw)


def message(number: int, parts: Sequence[str]) -> bytes:
    """One of eight, of one of two hundred invented people, each of whom is made known first."""
    order = f"{number}|F{number}"
    time_of_it = f"202603{1 + number // 8 % 28:02}090000"
    values = [f"OBX|{n}|NM|{text}|||||F|||{time_of_it}" for n, text in enumerate(parts, 1)]
    bodies = [
        ("ADT^A04", ["PV1|1|O|CF^R1|||||||||||||||||V1", "DG1|1||E84.0^Cystic fibrosis^I10"]),
        (
            "SIU^S12",
            [f"SCH|B{number}|B{number}|||||||20|min|^^20^{time_of_it}", "AIL|1||CF^R1"],
        ),
        ("ORU^R01", [f"OBR|1|{order}|LF^Spirometry|||{time_of_it}", *values[:3]]),
        ("ORU^R01", [f"OBR|1|{order}|P^Panel|||{time_of_it}", *values]),
        ("RDE^O11", [f"ORC|NW|{order}", f"RXE|^^^{time_of_it}|1^Ivacaftor 150 mg^L|150||mg|TAB", "RXR|PO"]),
        (
            "ORU^R01",
            [
                f"OBR|1|{order}|623-9^Culture^LN|||{time_of_it}",
                "OBX|1|CE|623-9^Culture^LN||P^Pseudomonas aeruginosa^L||||||F",
            ],
        ),
        (
            "MDM^T02",
            [f"TXA|1|CN|TX|{time_of_it}||||||||D{number}", "OBX|1|TX|N^Note^L||Seen.||||||F"],
        ),
        ("ADT^A08", ["PV1|1|O|CF^R1|||||||||||||||||V1"]),
    ]
    # The first message of each person introduces them.
    kind, segments = bodies[0] if number < PEOPLE else bodies[number % len(bodies)]
    person = number % PEOPLE if number < PEOPLE else number // len(bodies) % PEOPLE
    head = [
        f"MSH|^~\\&|EHR|HOSP|CG|CLINIC|{time_of_it}||{kind}|D{number}|P|2.5",
        f"PID|1||P{person}^^^HOSP^MR||Example^Person{person}||20010101|F",
    ]
    return "".join(f"{line}\r" for line in [*head, *segments]).encode()
