"""The checker: one message of each shape first, the rest when nothing new comes, then nothing twice."""

import io
import json
import os
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clinic_app.app import checker
from clinic_app.app.checker import CheckerParts, Results, run_checker, shape_of
from clinic_app.model.entries import Finding, RawEntry
from clinic_app.model.errors import EnvironmentFault
from clinic_app.store.conformance import ConformanceFile
from clinic_app.system.locks import RoleLock
from clinic_app.system.paths import Home

NOW = datetime(2026, 3, 1, tzinfo=UTC)
KEY = bytes(range(32))


def entry(
    entry_id: int, raw: bytes = b"MSH|\rPID|\r", kind: str = "ORU^R01", channel: str = "mllp"
) -> RawEntry:
    return RawEntry(entry_id, channel, "LAB", str(entry_id), kind, NOW, raw)


class FakeIntake:
    def __init__(self, entries: Sequence[RawEntry]) -> None:
        self._entries = entries

    def after(self, entry_id: int, limit: int) -> Sequence[RawEntry]:
        return [one for one in self._entries if one.id > entry_id][:limit]

    def entry(self, entry_id: int) -> RawEntry | None:
        return None

    def last_id(self) -> int:
        return self._entries[-1].id if self._entries else 0

    def close(self) -> None:
        pass


def run(
    home: Home, entries: Sequence[RawEntry], faults: list[Exception] | None = None
) -> tuple[list[bytes], str]:
    """Run until everything is checked; what was checked in which order, and the reports."""
    reading, writing = os.pipe()
    order: list[bytes] = []
    reports = io.StringIO()
    waiting = faults if faults is not None else []

    def check(raw: bytes) -> Sequence[Finding]:
        order.append(raw)
        if b"BUG" in raw:
            raise RecursionError
        return [Finding("CONFORMANCE-REFUSED", "x")] if b"ZZZ" in raw else []

    def open_results() -> Results:
        if waiting:
            raise waiting.pop()
        return ConformanceFile(home.root / "conformance.db", KEY)

    parts = CheckerParts(lambda: FakeIntake(entries), open_results, check)
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        thread = threading.Thread(target=run_checker, args=(parts, RoleLock(home, "checker"), pipe, reports))
        thread.start()
        while '"idle"' not in reports.getvalue():
            if faults is not None:
                os.write(writing, b"\n")
        os.close(writing)
        thread.join(20)
    return order, reports.getvalue()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "run").mkdir()
    return Home(tmp_path)


def test_one_of_each_shape_first_then_the_rest(home: Home) -> None:
    entries = [
        entry(1, b"MSH|1\rPID|\rOBX|\rOBX|"),
        entry(2, b"MSH|2\rPID|\rOBX|"),
        entry(3, b"{}", "Patient", "fhir"),
        entry(4, b"junk", ""),
        entry(5, b"MSH|5\rZZZ|"),
    ]
    order, reports = run(home, entries)
    assert [raw[:5] for raw in order] == [b"MSH|1", b"MSH|5", b"MSH|2"]
    assert json.loads(reports.splitlines()[-1]) == {
        "state": "idle", "code": "", "checked": 3, "differing": 1, "lag": 0
    }  # fmt: skip
    file = ConformanceFile(home.root / "conformance.db", KEY)
    assert [len(file.findings(n)) for n in (1, 2, 5)] == [0, 0, 1]
    file.close()
    assert run(home, entries)[0] == []


def test_a_fault_of_the_environment_is_said_and_waited_for(home: Home) -> None:
    order, reports = run(home, [entry(1)], [EnvironmentFault("STORE-LOCKED", "busy", "Wait.")])
    assert len(order) == 1
    assert json.loads(reports.splitlines()[0])["code"] == "STORE-LOCKED"


def test_a_check_that_fails_is_a_remark_too(home: Home) -> None:
    entries = [entry(1, b"MSH|BUG\r"), entry(2)]
    assert len(run(home, entries)[0]) == 2
    file = ConformanceFile(home.root / "conformance.db", KEY)
    assert [finding.code for finding in file.findings(1)] == ["PROGRAM-FAULT"]
    file.close()


def test_shapes() -> None:
    assert shape_of(entry(1, b"MSH|1\r\nPID|\r\nOBX|1\r\nOBX|2")) == shape_of(
        entry(2, b"MSH|9\rPID|7\rOBX|\r")
    )
    assert shape_of(entry(1, b"MSH|\rPID|")) != shape_of(entry(1, b"MSH|\rPV1|"))
    assert checker.shape_of(entry(1)) != checker.shape_of(entry(1, kind="ADT^A28"))
