"""From received to committed facts, on one core, against the bare parse of the same bytes by hl7apy and by
python-hl7.
"""

import base64
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import hl7
from hl7apy.parser import parse_message

from bridges.hl7.profile import MeasurementRow
from bridges.hl7.profile_reading import parse_profile
from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.model.entries import Received
from clinic_app.store.intake import IntakeFile
from clinic_app.system.paths import Home
from clinic_app.system.resources import Resources
from tests.benchmarks.bench_ack import Row
from tests.benchmarks.home import new_home

MESSAGES, BARE, BARE_QUICK, RESULTS = 1500, 12, 1000, 30
CORE = 0


def rows() -> Sequence[Row]:
    """Both comparisons; takes about half a minute."""
    with tempfile.TemporaryDirectory() as folder:
        before = bare_rate(hl7apy_parse, BARE), bare_rate(python_hl7_parse, BARE_QUICK)
        ours = applied_rate(Path(folder), [patient(), *many(MESSAGES)])
        after = bare_rate(hl7apy_parse, BARE), bare_rate(python_hl7_parse, BARE_QUICK)
    slow, quick = ((one + other) / 2 for one, other in zip(before, after, strict=True))
    name = f"received → facts committed, ORU with {RESULTS} OBX, one core (a second)"
    return [
        Row(f"{name}, against hl7apy", ours, slow, ours / slow, "≥ 10", ours / slow >= 10),
        Row(f"{name}, against python-hl7", ours, quick, ours / quick, "≥ 1", ours >= quick),
    ]


def message(number: int, observations: Sequence[str]) -> bytes:
    """An ORU of an invented patient with 30 results, all of which become facts."""
    results = "".join(
        f"OBX|{n}|NM|{text}|||||F|||20260301090000\r" for n, text in enumerate(observations, start=1)
    )
    return (
        f"MSH|^~\\&|LAB|HOSP|CG|CLINIC|20260301090000||ORU^R01|B{number}|P|2.5\r"
        f"PID|1||P0^^^HOSP^MR||Example^Person||20010101|F\r"
        f"OBR|1|B{number}|B{number}|24323-8^Panel^LN|||20260301090000|||||||||||||||20260301090000|||F\r{results}"
    ).encode()


def observations() -> Sequence[str]:
    """Code, value and unit of 30 measurements that the generic profile knows."""
    rows = parse_profile(Resources().text("profiles/generic.toml")).measurements.items()
    known = [(key, row) for key, row in rows if row.enabled and key[0] == "LOINC"][:RESULTS]
    assert len(known) == RESULTS
    return [f"{key[1]}^{row.series}^LN||{_value(row):.1f}|{row.unit}" for key, row in known]


def _value(row: MeasurementRow) -> Decimal:
    """One that somebody can have, so that all 30 become facts."""
    low, high = row.low or Decimal(0), row.high or Decimal(100)
    return low + (high - low) / 4


def hl7apy_parse(text: str) -> object:
    """The bare parse, as quick as it can be asked for."""
    return parse_message(text, find_groups=False)


def python_hl7_parse(text: str) -> object:
    """The bare parse."""
    return hl7.parse(text)


def bare_rate(parse: Callable[[str], object], count: int) -> float:
    """Messages a second that are parsed and nothing else, on the same core."""
    allowed = os.sched_getaffinity(0)
    texts = [message(n, observations()).decode() for n in range(count)]
    os.sched_setaffinity(0, {CORE})
    try:
        begun = time.perf_counter()
        for text in texts:
            parse(text)
        return count / (time.perf_counter() - begun)
    finally:
        os.sched_setaffinity(0, allowed)


def patient() -> Received:
    """Makes the patient of `message` known."""
    head = b"MSH|^~\\&|LAB|HOSP|CG|CLINIC|2026||ADT^A28|A0|P|2.5\r"
    known = head + b"PID|1||P0^^^HOSP^MR||Example^Person||20010101|F\r"
    return Received("mllp", "LAB|HOSP", "A0", "ADT^A28", datetime.now(UTC), known)


def many(count: int) -> Iterator[Received]:
    """So many results, as they are received."""
    now, parts = datetime.now(UTC), observations()
    for number in range(count):
        raw = message(number, parts)
        yield Received("mllp", "LAB|HOSP", f"B{number}", "ORU^R01", now, raw)


def applied_rate(folder: Path, received: Sequence[Received]) -> float:
    """Messages a second that the real worker process takes from the intake to committed facts."""
    home = folder / "home"
    new_home(home, folder / "key")
    with Clinic(Context.of(home, None)) as clinic:
        keys = {name: clinic.secrets.get(name) for name in ("main", "intake")}
    fill(Home.at(home), keys["intake"], received)
    worker = subprocess.Popen(
        [sys.executable, "-m", "clinic_app.app", "worker", "--home", str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: os.sched_setaffinity(0, {CORE}),
    )
    assert worker.stdin is not None
    assert worker.stdout is not None
    told = {name: base64.b64encode(key).decode() for name, key in keys.items()}
    worker.stdin.write(json.dumps({"keys": told}).encode() + b"\n")
    worker.stdin.flush()
    rate = _rate_of(worker.stdout, len(received))
    worker.stdin.close()
    worker.wait(60)
    worker.stdout.close()
    return rate


def fill(home: Home, key: bytes, received: Sequence[Received]) -> None:
    """Land these, as the bridge would."""
    intake = IntakeFile(home.intake_db, key)
    with intake.transaction():
        for one in received:
            intake.land(one)
    intake.close()


def _rate_of(lines: Iterable[bytes], count: int) -> float:
    """Between the worker's first report and the one that all is recorded; start-up is not counted."""
    first: tuple[float, int] | None = None
    for line in lines:
        recorded = int(json.loads(line).get("recorded", 0))
        if recorded and first is None:
            first = (time.perf_counter(), recorded)
        if first is not None and recorded >= count:
            return (recorded - first[1]) / (time.perf_counter() - first[0])
    raise AssertionError("the worker ended before all was recorded")
