"""The listener's own decisions; what is said on its connections is tested in tests/wire."""

import asyncio
import socket
import struct
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bridges.hl7.acknowledge import Accepts
from bridges.mllp.framing import Event, Frame, Framer, NeedMore, wrap
from bridges.mllp.server import Listening, Server, serve
from bridges.mllp.session import Terms
from clinic_app.model.entries import Landed, Received
from clinic_app.model.errors import CommonGroundError, EnvironmentFault

MESSAGE = b"MSH|^~\\&|A|B|||20260301||ORU^R01|42|P|2.5\r"


class Clock:
    def now(self) -> datetime:
        return datetime(2026, 3, 1, tzinfo=UTC)


Then = Callable[[Landed | CommonGroundError], None]


class Intake:
    """Lands everything in the next turn of the loop, or refuses with what it is told to."""

    def __init__(self, fault: CommonGroundError | None = None) -> None:
        self._fault = fault
        self.received: list[Received] = []

    def land(self, received: Received, then: Then) -> None:
        self.received.append(received)
        asyncio.get_running_loop().call_soon(then, self._fault or Landed(1, received.answer, False))

    def commit(self) -> None:
        pass


async def exchange(server: Server, data: bytes) -> bytes:
    """Send, end our half, and read until the listener closes."""
    reader, writer = await asyncio.open_connection(*server.address)
    writer.write(data)
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


def run(intake: Intake, data: bytes) -> bytes:
    async def main() -> bytes:
        server = await serve("127.0.0.1", 0, Listening(intake, Clock()))
        try:
            return await exchange(server, data)
        finally:
            await server.stop()

    return asyncio.run(main())


def test_a_message_is_answered_and_the_connection_ended_when_the_peer_is_done() -> None:
    intake = Intake()
    assert b"\rMSA|AA|42\r" in run(intake, wrap(MESSAGE))
    assert [one.received_at for one in intake.received] == [Clock().now()]


def test_any_failure_of_the_intake_is_a_refusal() -> None:
    full = EnvironmentFault("INTAKE-FULL", "no room", "Free space.")
    assert b"INTAKE-FULL" in run(Intake(full), wrap(MESSAGE))


def test_a_peer_that_does_not_read_its_answers_is_not_read_from() -> None:
    async def main() -> int:
        intake = Intake()
        server = await serve("127.0.0.1", 0, Listening(intake, Clock()))
        loop = asyncio.get_running_loop()
        deaf = socket.socket()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.setblocking(False)
        await loop.sock_connect(deaf, server.address)
        flood = b"".join(wrap(MESSAGE.replace(b"|42|", f"|{n:020000}|".encode())) for n in range(50))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2):
                while True:
                    await loop.sock_sendall(deaf, flood)
        landed = len(intake.received)
        async with asyncio.timeout(20):
            while len(intake.received) == landed:  # it reads again once its answers are taken
                await loop.sock_recv(deaf, 1_000_000)
        deaf.close()
        await server.stop()
        return landed

    assert asyncio.run(main()) > 0


class Later(Intake):
    """An intake whose receipts are given by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[tuple[Received, Then]] = []

    def land(self, received: Received, then: Then) -> None:
        self.given.append((received, then))

    def settle(self, padding: int = 0) -> None:
        """All that came, each answer with so many bytes more."""
        given, self.given = self.given, []
        for number, (one, then) in enumerate(given, 1):
            then(Landed(number, one.answer + b"x" * padding, False))


async def sent(server: Server, intake: Later, count: int) -> socket.socket:
    """So many messages on a connection of their own; they wait for their receipts."""
    loop = asyncio.get_running_loop()
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    peer.setblocking(False)
    await loop.sock_connect(peer, server.address)
    flood = b"".join(wrap(MESSAGE.replace(b"|42|", f"|M{n}|".encode())) for n in range(count))
    await loop.sock_sendall(peer, flood)
    async with asyncio.timeout(10):
        while len(intake.given) < count:
            await asyncio.sleep(0)
    return peer


def test_answers_that_find_no_room_keep_their_order_and_all_their_bytes() -> None:
    count, padding = 40, 300_000

    async def main() -> list[Event]:
        intake, framer = Later(), Framer()
        events: list[Event] = []
        server = await serve("127.0.0.1", 0, Listening(intake, Clock()))
        peer = await sent(server, intake, count)
        intake.settle(padding)  # far more than the kernel takes, while the loop stands still
        async with asyncio.timeout(20):
            while len(events) < count:
                framer.feed(await asyncio.get_running_loop().sock_recv(peer, 1_000_000))
                while not isinstance(event := framer.next_event(), NeedMore):
                    events.append(event)
        peer.close()
        await server.stop()
        return events

    events = asyncio.run(main())
    assert all(isinstance(one, Frame) and one.raw.endswith(b"\rx" + b"x" * (padding - 1)) for one in events)
    ids = [one.raw.split(b"MSA|AA|")[1].split(b"\r")[0] for one in events if isinstance(one, Frame)]
    assert ids == [f"M{n}".encode() for n in range(count)]


def test_a_receipt_for_a_peer_that_is_gone_disturbs_nobody(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> bytes:
        intake = Later()
        server = await serve("127.0.0.1", 0, Listening(intake, Clock()))
        gone = await sent(server, intake, 3)
        gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        gone.close()  # a reset, of which the loop has not heard when the first receipts come
        intake.settle()
        async with asyncio.timeout(10):
            while server.connections:
                await asyncio.sleep(0)
        peer = await sent(server, intake, 1)
        intake.settle()
        answer = await asyncio.get_running_loop().sock_recv(peer, 10_000)
        peer.close()
        await server.stop()
        return answer

    assert b"\rMSA|AA|M0\r" in asyncio.run(main())
    assert not caplog.records


def test_what_a_site_takes_may_change_while_a_connection_is_open() -> None:
    training = MESSAGE.replace(b"|P|", b"|T|")

    async def main() -> list[bytes]:
        server = await serve("127.0.0.1", 0, Listening(Intake(), Clock()))
        reader, writer = await asyncio.open_connection(*server.address)
        answers = []
        for _ in range(2):
            writer.write(wrap(training))
            answers.append(await reader.readuntil(b"\x1c\r"))
            server.renew(Terms(accepts=Accepts(processing=frozenset({"T"}))))
        writer.close()
        await server.stop()
        return answers

    refused, taken = asyncio.run(main())
    assert b"MSA|AR|42" in refused
    assert b"MSA|AA|42" in taken
