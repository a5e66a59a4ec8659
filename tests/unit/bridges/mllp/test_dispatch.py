"""The round of the outbox: note, send, note; and again until it is taken."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.mllp.courier import Courier
from bridges.mllp.dispatch import Dispatch, Pauses
from clinic_app.model.errors import EnvironmentFault
from clinic_app.model.outbox import EHR, RESULTS, OutboxMessage, OutboxState, Outcome, Verdict
from tests.spec.samples import ANNA, NOW, FixedClock

TAKEN = Outcome(Verdict.ACCEPTED, "AA")
LOST = Outcome(Verdict.FAILED, "PEER-CLOSED")
AWAY = Outcome(Verdict.FAILED, "PEER-UNREACHABLE")
FAST = Pauses(first=0.002, longest=0.004, look=0.001)
FULL = EnvironmentFault("STORE-FULL", "the disk is full", "Free space.")


def message(number: int) -> OutboxMessage:
    return OutboxMessage(
        number, EHR, RESULTS, f"k{number}", f"C{number}", ANNA, None, "Observation/1", "us", NOW, NOW, NOW,
        payload=f"bytes {number}".encode(),
    )  # fmt: skip


@dataclass
class Outbox:
    """Implements `Deliveries` in a list; ``faults`` come first, by call."""

    rows: list[OutboxMessage]
    faults: dict[str, list[EnvironmentFault]] = field(default_factory=dict)
    settled: list[tuple[int, str, datetime]] = field(default_factory=list)
    dropped: set[int] = field(default_factory=set)

    def next(self) -> OutboxMessage | None:
        self._fail("next")
        return replace(self.rows[0], payload=b"") if self.rows else None

    def begin(self, message_id: int) -> OutboxMessage | None:
        self._fail("begin")
        if message_id in self.dropped:
            del self.rows[0]
            return None
        self.rows[0] = replace(self.rows[0], attempts=self.rows[0].attempts + 1, state=OutboxState.SENT)
        return self.rows[0]

    def settle(self, message_id: int, outcome: Outcome, retry_at: datetime) -> None:
        self._fail("settle")
        self.settled.append((message_id, outcome.code, retry_at))
        if outcome.verdict is not Verdict.FAILED:
            del self.rows[0]

    def _fail(self, call: str) -> None:
        if self.faults.get(call):
            raise self.faults[call].pop(0)


class Line(Courier):
    """A courier whose outcomes are written down beforehand."""

    def __init__(self, *outcomes: Outcome) -> None:
        async def nowhere() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
            raise OSError

        super().__init__(nowhere)
        self.outcomes = list(outcomes)
        self.sent: list[tuple[bytes, str]] = []
        self.closed = 0

    async def ready(self) -> Outcome | None:
        return self.outcomes.pop(0) if self.outcomes and self.outcomes[0] is AWAY else None

    async def deliver(self, message: bytes, control_id: str) -> Outcome:
        self.sent.append((message, control_id))
        return self.outcomes.pop(0) if self.outcomes else TAKEN

    async def close(self) -> None:
        self.closed += 1


def run(outbox: Outbox, line: Line, pauses: Pauses = FAST, chance: float = 0.0) -> list[Mapping[str, object]]:
    """Until nothing is left; what was reported."""
    told: list[Mapping[str, object]] = []

    async def go() -> None:
        stop = asyncio.Event()
        running = asyncio.ensure_future(
            Dispatch(outbox, line, FixedClock(), lambda: chance, pauses).run(told.append, stop)
        )
        while outbox.rows and not running.done():
            await asyncio.sleep(0.001)
        stop.set()
        await running

    asyncio.run(asyncio.wait_for(go(), 30))
    return told


def test_one_after_the_other() -> None:
    outbox, line = Outbox([message(1), message(2)]), Line()
    assert run(outbox, line) == [{"code": "", "failures": 0}] * 2
    assert line.sent == [(b"bytes 1", "C1"), (b"bytes 2", "C2")]
    assert line.closed == 1


def test_without_its_answer_the_same_goes_again() -> None:
    outbox, line = Outbox([message(1)]), Line(LOST, LOST)
    told = run(outbox, line)
    assert line.sent == [(b"bytes 1", "C1")] * 3
    assert [(one["code"], one["failures"]) for one in told] == [
        ("PEER-CLOSED", 1),
        ("PEER-CLOSED", 2),
        ("", 0),
    ]


def test_an_attempt_counts_only_once_there_is_a_connection() -> None:
    outbox, line = Outbox([message(1)]), Line(AWAY, AWAY)
    run(outbox, line)
    assert len(line.sent) == 1
    assert [code for _, code, _ in outbox.settled] == ["PEER-UNREACHABLE"] * 2 + ["AA"]


def test_what_was_withdrawn_is_not_sent() -> None:
    outbox, line = Outbox([message(1), message(2)], dropped={1}), Line()
    run(outbox, line)
    assert [control_id for _, control_id in line.sent] == ["C2"]


@pytest.mark.parametrize("call", ["next", "begin", "settle"])
def test_a_store_that_is_away_loses_nothing(call: str) -> None:
    outbox, line = Outbox([message(1)], {call: [FULL, FULL]}), Line()
    told = run(outbox, line)
    assert [one["code"] for one in told] == ["STORE-FULL", "STORE-FULL", ""]
    assert line.sent == [(b"bytes 1", "C1")] * (3 if call == "settle" else 1)


def test_a_message_waits_as_long_as_all_do_and_so_stays_first() -> None:
    outbox, line = Outbox([replace(message(1), attempts=3)]), Line(LOST)
    run(outbox, line, Pauses(first=0.001, longest=60.0, look=0.0005), chance=1.0)
    assert outbox.settled[0] == (1, "PEER-CLOSED", NOW + timedelta(seconds=0.008))


def test_a_person_who_asks_for_it_now_ends_the_pause() -> None:
    outbox, line = Outbox([message(1)], {"next": []}), Line(LOST)
    run(outbox, line, Pauses(first=1000.0, longest=1000.0, look=0.001))
    assert len(line.sent) == 2


def test_a_fault_while_waiting_only_waits_on() -> None:
    class Away(Outbox):
        def settle(self, message_id: int, outcome: Outcome, retry_at: datetime) -> None:
            super().settle(message_id, outcome, retry_at)
            self.faults["next"] = [FULL] if outcome is LOST else []

    outbox, line = Away([message(1)]), Line(LOST)
    run(outbox, line, Pauses(first=0.01, longest=0.01, look=0.001))
    assert len(line.sent) == 2


def test_stopping_ends_a_pause() -> None:
    async def go() -> None:
        stop = asyncio.Event()
        told: list[Mapping[str, object]] = []
        outbox = Outbox([message(1)], {"next": [FULL]})
        slow = Pauses(first=1000.0, longest=1000.0, look=1000.0)
        running = asyncio.ensure_future(
            Dispatch(outbox, Line(), FixedClock(), lambda: 0.0, slow).run(told.append, stop)
        )
        while not told:
            await asyncio.sleep(0.001)
        stop.set()
        await running

    asyncio.run(asyncio.wait_for(go(), 30))


@given(st.integers(1, 100), st.floats(0, 1))
def test_pauses_double_vary_and_have_an_end(failures: int, chance: float) -> None:
    pauses = Pauses()
    pause = pauses.after(failures, chance)
    whole = min(300.0, 2.0 * 2.0 ** (failures - 1))
    assert whole / 2 <= pause <= whole
