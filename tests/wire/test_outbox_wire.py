"""The outbox received by a server that is not ours: each message once, whatever is lost on the way."""

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bridges.mllp.courier import Courier, Patience, connection_to
from bridges.mllp.dispatch import Dispatch, Pauses
from clinic_app.app.outbound import StoreDeliveries
from clinic_app.model.access import SYSTEM
from clinic_app.model.identity import Identifier
from clinic_app.model.outbox import EHR, RESULTS, OutboxMessage, OutboxState
from clinic_app.store.sql import SqlStore, create_store, open_store
from clinic_app.system.clock import SystemClock
from clinic_app.system.tls import client_context, server_context
from tests.spec.clinic import gate_for
from tests.spec.samples import ANNA, BELA, NOW
from tests.wire.certificates import Authority
from tests.wire.receiver import GARBAGE, LOST, SILENT, UNTAKEN, WRONG, Receiver, receiving

FAST = Pauses(first=0.001, longest=0.01, look=0.001)
KEY = bytes(32)


@dataclass
class Sender:
    """Our side: a store on disk, and what sends from it."""

    path: Path
    told: list[Mapping[str, object]] = field(default_factory=list)

    def queue(self, *control_ids: str, subject: Identifier = ANNA) -> None:
        """Put messages into the outbox."""
        with self.reading() as store, store.unit() as unit:
            for control_id in control_ids:
                text = (
                    f"MSH|^~\\&|CG|C|EHR|H|20260310||ORU^R01^ORU_R01|{control_id}|P|2.5.1\r"
                    f"PID|1||{subject.value}^^^HOSP^MR||Ejémplo^Ana\rOBR|1||O1|P\rOBX|1|NM|W||61|kg|||||F\r"
                )
                unit.queue_outbox(
                    OutboxMessage(
                        0,
                        EHR,
                        RESULTS,
                        control_id,
                        control_id,
                        subject,
                        None,
                        "Observation/1",
                        SYSTEM,
                        NOW,
                        NOW,
                        NOW,
                        payload=text.encode("utf-8"),
                    )  # fmt: skip
                )

    def reading(self) -> "Closing":
        """The store, to look into."""
        return Closing(open_store(self.path, KEY))

    def states(self) -> dict[str, tuple[str, str]]:
        """State and code by control id."""
        with self.reading() as store, store.snapshot() as view:
            return {row.control_id: (row.state.value, row.code) for row in view.outbox()}

    async def run(self, port: int, stop: asyncio.Event, answer: float = 10.0, **tls: object) -> None:
        """Send until told to stop, as a bridge does."""
        deliveries = StoreDeliveries(
            lambda: open_store(self.path, KEY),
            lambda store: gate_for(store, SYSTEM),
            frozenset,
            SystemClock().now,
        )
        courier = Courier(connection_to("127.0.0.1", port, **tls), Patience(connect=5.0, answer=answer))  # type: ignore[arg-type]
        try:
            await Dispatch(deliveries, courier, SystemClock(), random.random, FAST).run(
                self.told.append, stop
            )
        finally:
            deliveries.close()

    async def until(self, done: Callable[[], bool], port: int, **more: object) -> None:
        """Send until this is so."""
        stop = asyncio.Event()
        running = asyncio.ensure_future(self.run(port, stop, **more))  # type: ignore[arg-type]
        try:
            async with asyncio.timeout(30):
                while not done() and not running.done():
                    await asyncio.sleep(0.005)
        finally:
            stop.set()
            await running

    def settled(self) -> bool:
        """Whether nothing waits any more."""
        return not {"waiting", "sent"} & {state for state, _ in self.states().values()}


class Closing:
    """Closes a store at the end of a block."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def __enter__(self) -> SqlStore:
        return self._store

    def __exit__(self, *_: object) -> None:
        self._store.close()


@pytest.fixture
def sender(tmp_path: Path) -> Sender:
    """An empty outbox."""
    create_store(tmp_path / "main.db", KEY).close()
    return Sender(tmp_path / "main.db")


def exchanged(sender: Sender, receiver: Receiver, **more: object) -> None:
    """Everything goes out to this receiver."""

    async def meet() -> None:
        async with receiving(receiver) as port:
            await sender.until(sender.settled, port, **more)

    asyncio.run(meet())


def test_it_arrives_as_it_was_built_and_in_order(sender: Sender) -> None:
    sender.queue("C1", "C2", "C3")
    receiver = Receiver(["AA", "CA"])
    exchanged(sender, receiver)
    assert list(receiver.kept) == ["C1", "C2", "C3"]
    assert "Ejémplo^Ana" in receiver.kept["C1"]
    assert sender.states() == {
        f"C{one}": ("acknowledged", code) for one, code in ((1, "AA"), (2, "CA"), (3, "AA"))
    }
    assert receiver.connections == 1


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        ([LOST], "PEER-CLOSED"),
        ([LOST, LOST, LOST], "PEER-CLOSED"),
        ([UNTAKEN, LOST], "PEER-CLOSED"),
        ([WRONG], "ANSWER-UNMATCHED"),
        ([GARBAGE], "ANSWER-GARBAGE"),
    ],
)
def test_without_its_answer_the_same_bytes_go_again(sender: Sender, plan: list[str], code: str) -> None:
    sender.queue("C1", "C2")
    receiver = Receiver(list(plan))
    exchanged(sender, receiver)
    assert list(receiver.kept) == ["C1", "C2"]
    assert receiver.arrived[: len(plan) + 1] == [receiver.kept["C1"]] * (len(plan) + 1)
    assert sender.states() == {"C1": ("acknowledged", "AA"), "C2": ("acknowledged", "AA")}
    assert [told["code"] for told in sender.told] == [code] * len(plan) + ["", ""]
    assert receiver.connections == len(plan) + 1


def test_a_silent_receiver_is_asked_again_on_a_new_connection(sender: Sender) -> None:
    sender.queue("C1")
    receiver = Receiver([SILENT])
    exchanged(sender, receiver, answer=0.05)
    assert sender.told[0]["code"] == "ANSWER-TIMEOUT"
    assert len(receiver.arrived) > 1
    assert list(receiver.kept) == ["C1"]


@pytest.mark.parametrize("code", ["AE", "AR", "CE", "CR"])
def test_what_is_refused_becomes_work_to_do_and_other_people_are_not_kept_waiting(
    sender: Sender, code: str
) -> None:
    sender.queue("C1")
    sender.queue("C2", subject=BELA)
    receiver = Receiver([code])
    exchanged(sender, receiver)
    assert sender.states() == {"C1": ("refused", code), "C2": ("acknowledged", "AA")}
    assert list(receiver.kept) == ["C2"]


def test_nobody_listens_and_then_somebody_does(sender: Sender) -> None:
    sender.queue("C1")
    receiver = Receiver()

    async def meet() -> None:
        async with receiving(Receiver()) as port:
            pass
        stop = asyncio.Event()
        running = asyncio.ensure_future(sender.run(port, stop))
        while len(sender.told) < 3:
            await asyncio.sleep(0.005)
        async with receiving(receiver, port):
            while not sender.settled():
                await asyncio.sleep(0.005)
            stop.set()
            await running

    asyncio.run(asyncio.wait_for(meet(), 30))
    assert sender.told[0] == {"code": "PEER-UNREACHABLE", "failures": 1}
    assert list(receiver.kept) == ["C1"]


def test_a_sender_killed_between_sending_and_answer_sends_the_same_again(sender: Sender) -> None:
    sender.queue("C1")
    receiver = Receiver([SILENT])

    async def meet() -> None:
        async with receiving(receiver) as port:
            running = asyncio.ensure_future(sender.run(port, asyncio.Event()))
            await receiver.came.wait()
            running.cancel()
            await asyncio.wait([running])
            assert sender.states() == {"C1": ("sent", "")}
            await sender.until(sender.settled, port)

    asyncio.run(asyncio.wait_for(meet(), 30))
    assert receiver.arrived == [receiver.kept["C1"]] * 2
    assert sender.states() == {"C1": ("acknowledged", "AA")}


@pytest.mark.parametrize("seed", range(5))
def test_each_arrives_once_whatever_is_lost(sender: Sender, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test's dice
    people = [Identifier("HOSP", str(number)) for number in range(3)]
    for number in range(12):
        sender.queue(f"C{number:02}", subject=chance.choice(people))
    receiver = Receiver([chance.choice(["AA", "AA", LOST, UNTAKEN, WRONG, GARBAGE]) for _ in range(40)])
    exchanged(sender, receiver)
    assert sorted(receiver.kept) == [f"C{number:02}" for number in range(12)]
    for one in people:
        of_one = [name for name, text in receiver.kept.items() if f"||{one.value}^^^" in text]
        assert of_one == sorted(of_one)
    assert set(sender.states().values()) == {("acknowledged", "AA")}


def test_over_tls_with_both_certificates(sender: Sender, tmp_path: Path) -> None:
    sender.queue("C1")
    authority = Authority(tmp_path)
    theirs, ours = authority.issue("ehr"), authority.issue("clinic")
    receiver = Receiver()

    async def meet() -> None:
        tls = server_context(theirs.certificate, theirs.key, authority.file)
        async with receiving(receiver, tls=tls) as port:
            await sender.until(
                sender.settled, port, tls=lambda: client_context(authority.file, ours.certificate, ours.key)
            )

    asyncio.run(meet())
    assert list(receiver.kept) == ["C1"]


def test_a_receiver_whose_certificate_is_not_trusted_gets_nothing(sender: Sender, tmp_path: Path) -> None:
    sender.queue("C1")
    theirs = Authority(tmp_path, "other").issue("ehr")
    trusted = Authority(tmp_path)
    receiver = Receiver()

    async def meet() -> None:
        async with receiving(receiver, tls=server_context(theirs.certificate, theirs.key)) as port:
            await sender.until(
                lambda: bool(sender.told), port, tls=lambda: client_context(trusted.file, None, None)
            )

    asyncio.run(meet())
    assert sender.told[0]["code"] == "PEER-UNREACHABLE"
    assert receiver.arrived == []
    assert sender.states()["C1"][0] == OutboxState.WAITING
