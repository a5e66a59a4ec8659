"""Several listeners open together or not at all, and take what the profiles say now."""

import asyncio
import socket
from collections.abc import Callable

import pytest

from bridges.hl7.acknowledge import Accepts
from bridges.mllp.admission import House
from bridges.mllp.framing import wrap
from bridges.mllp.session import Terms
from clinic_app.app.listeners import Listeners, Place
from clinic_app.model.entries import Landed, Received
from clinic_app.model.errors import CommonGroundError, EnvironmentFault
from clinic_app.system.clock import SystemClock
from clinic_app.system.loop_thread import LoopThread

HOST = "127.0.0.1"
TRAINING = b"MSH|^~\\&|A|B|||20260301||ORU^R01|42|T|2.5\r"


class Intake:
    def __init__(self) -> None:
        self.received: list[Received] = []

    def land(self, received: Received, then: Callable[[Landed | CommonGroundError], None]) -> None:
        self.received.append(received)
        then(Landed(len(self.received), received.answer, False))

    def commit(self) -> None:
        pass


def asked(address: str) -> bytes:
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(wrap(TRAINING))
        return connection.recv(10_000)


def test_each_channel_has_its_own_terms_and_name() -> None:
    async def main() -> list[bytes]:
        with LoopThread("receiver") as receiver:
            listeners = Listeners(receiver)
            places = [Place(HOST, 0, Terms()), Place(HOST, 0, Terms(channel="mllp:lab"))]
            await listeners.open(places, intake, SystemClock(), House(), None)
            addresses = listeners.addresses()
            assert sorted(addresses) == ["mllp", "mllp:lab"]
            taking = Accepts(processing=frozenset({"T"}))
            await listeners.renew({"mllp:lab": taking, "unknown": taking})
            answers = [await asyncio.to_thread(asked, addresses[name]) for name in sorted(addresses)]
            await listeners.stop()
            return answers

    intake = Intake()
    refused, taken = asyncio.run(main())
    assert b"MSA|AR|42" in refused
    assert b"MSA|AA|42" in taken
    assert [one.channel for one in intake.received] == ["mllp", "mllp:lab"]


def test_where_one_cannot_listen_none_does() -> None:
    async def main(taken: int, free: int) -> None:
        with LoopThread("receiver") as receiver:
            places = [Place(HOST, free, Terms()), Place(HOST, taken, Terms(channel="mllp:lab"))]
            with pytest.raises(EnvironmentFault, match="PORT-IN-USE"):
                await Listeners(receiver).open(places, Intake(), SystemClock(), House(), None)

    with socket.create_server((HOST, 0)) as held:
        with socket.create_server((HOST, 0)) as other:
            free = other.getsockname()[1]
        asyncio.run(main(held.getsockname()[1], free))
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((HOST, free), timeout=5)
