"""The courier over real sockets: whatever the receiver does is an outcome, never an exception."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from bridges.mllp.courier import Courier, Patience, Streams, connection_to
from bridges.mllp.framing import wrap
from clinic_app.model.outbox import Outcome, Verdict
from tests.wire.receiver import end

MESSAGE = b"MSH|^~\\&|A|B|||2026||ORU^R01|C1|P|2.5\rPID|1\r"
ACK = wrap(b"MSH|^~\\&|EHR||||2026||ACK|9|P|2.5\rMSA|AA|C1\r")
TAKEN = Outcome(Verdict.ACCEPTED, "AA")
Behave = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(*behaviours: Behave) -> AsyncIterator[int]:
    """Behaves so on each connection in turn; the last one for all that follow."""
    left = list(behaviours)
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behave = left.pop(0) if len(left) > 1 else left[0]
        try:
            await behave(reader, writer)
        finally:
            writer.transport.abort()
            with suppress(OSError):
                await writer.wait_closed()

    writers: list[asyncio.StreamWriter] = []

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        talks.add(asyncio.ensure_future(talk(reader, writer)))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        await end(server, talks, writers)


def answering(*pieces: bytes) -> Behave:
    """Waits for a message, then writes these; and again."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                await reader.readuntil(b"\x1c\r")
            except asyncio.IncompleteReadError:
                return
            for piece in pieces:
                writer.write(piece)
                await writer.drain()

    return behave


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\x1c\r")
    writer.transport.abort()


async def send(courier: Courier) -> Outcome:
    fault = await courier.ready()
    return fault or await courier.deliver(MESSAGE, "C1")


def outcomes(*behaviours: Behave, times: int = 1, answer: float = 5.0) -> list[Outcome]:
    """What comes of as many sendings over one courier."""

    async def go() -> list[Outcome]:
        async with listening(*behaviours) as port:
            courier = Courier(connection_to("127.0.0.1", port), Patience(5.0, answer))
            try:
                return [await send(courier) for _ in range(times)]
            finally:
                await courier.close()

    return asyncio.run(asyncio.wait_for(go(), 30))


def test_messages_go_over_one_connection() -> None:
    seen: list[Behave] = []

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(once)
        await answering(ACK)(reader, writer)

    assert outcomes(once, times=3) == [TAKEN] * 3
    assert len(seen) == 1


def test_an_answer_without_its_line_end() -> None:
    assert outcomes(answering(ACK[:-1])) == [TAKEN]


def test_after_a_hang_up_a_new_connection_is_made() -> None:
    assert outcomes(hang_up, answering(ACK), times=2) == [Outcome(Verdict.FAILED, "PEER-CLOSED"), TAKEN]


def test_a_connection_that_the_receiver_closed_meanwhile_is_replaced_before_a_message_fails_on_it() -> None:
    async def go() -> list[Outcome]:
        closed = asyncio.Event()

        async def one_only(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\x1c\r")
            writer.write(ACK)
            await writer.drain()
            writer.close()
            await writer.wait_closed()
            closed.set()

        async with listening(one_only) as port:
            courier = Courier(connection_to("127.0.0.1", port))
            found = []
            for _ in range(3):
                found.append(await send(courier))
                await closed.wait()
                closed.clear()
                await asyncio.sleep(0)  # what the loop has read already is handed on
            await courier.close()
            await courier.close()
            return found

    assert asyncio.run(asyncio.wait_for(go(), 30)) == [TAKEN] * 3


def test_what_comes_unasked_is_taken_before_the_next_message() -> None:
    unasked = wrap(b"MSH|^~\\&|EHR||||2026||ACK|9|P|2.5\rMSA|AE|C0\r")
    assert outcomes(answering(ACK + unasked), times=3) == [TAKEN] * 3


def test_silence_ends_after_the_time_that_is_given() -> None:
    assert outcomes(answering(), answer=0.02) == [Outcome(Verdict.FAILED, "ANSWER-TIMEOUT")]


@pytest.mark.parametrize("error", [OSError(), TimeoutError(), ConnectionRefusedError()])
def test_nobody_there(error: OSError) -> None:
    async def connect() -> Streams:
        raise error

    courier = Courier(connect)
    outcome = asyncio.run(courier.ready())
    assert outcome == Outcome(Verdict.FAILED, "PEER-UNREACHABLE", type(error).__name__)


def streams(error: OSError) -> Streams:
    """A reader that fails, and a writer that fails to close."""
    reader = asyncio.StreamReader()
    reader.set_exception(error)

    class Transport(asyncio.Transport):
        def write(self, data: object) -> None:
            """Takes everything."""

        def abort(self) -> None:
            """Is no more."""

        def is_closing(self) -> bool:
            return True

    class Writer(asyncio.StreamWriter):
        async def drain(self) -> None:
            """Is never full."""

        async def wait_closed(self) -> None:
            raise error

    protocol = asyncio.StreamReaderProtocol(reader)
    return reader, Writer(Transport(), protocol, reader, asyncio.get_running_loop())


@pytest.mark.parametrize(
    ("error", "code"), [(ConnectionResetError(), "PEER-CLOSED"), (TimeoutError(), "ANSWER-TIMEOUT")]
)
def test_a_broken_line_is_an_outcome(error: OSError, code: str) -> None:
    async def go() -> list[Outcome | None]:
        async def connect() -> Streams:
            return streams(error)

        courier = Courier(connect)
        found: list[Outcome | None] = [await courier.ready(), await courier.deliver(MESSAGE, "C1")]
        found += [await courier.ready(), await courier.ready()]
        await courier.close()
        return found

    assert asyncio.run(go()) == [None, Outcome(Verdict.FAILED, code), None, None]
