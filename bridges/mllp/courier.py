"""Delivers messages to one receiver, one at a time, over a connection that stays open between them."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from bridges.mllp.exchange import END_SECONDS, PEER_CLOSED, PEER_UNREACHABLE, Exchange, Phase
from clinic_app.model.outbox import Outcome, Verdict

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[], Awaitable[Streams]]
"""Opens a connection; raises OSError where it cannot."""
_CHUNK = 65536


def connection_to(host: str, port: int, tls: Callable[[], ssl.SSLContext | None] = lambda: None) -> Connect:
    """Connections to this place. ``tls`` is asked at each, so that a renewed certificate is used at once;
    None for a connection without encryption.
    """

    async def connect() -> Streams:
        return await asyncio.open_connection(host, port, ssl=tls())

    return connect


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a connection, and an answer to a message, is waited for, in seconds."""

    connect: float = 10.0
    answer: float = 30.0


USUAL_PATIENCE = Patience()


class Courier:
    """One receiver; for one task."""

    def __init__(self, connect: Connect, patience: Patience = USUAL_PATIENCE) -> None:
        self._connect = connect
        self._patience = patience
        self._streams: Streams | None = None
        self._exchange = Exchange()

    async def ready(self) -> Outcome | None:
        """Have a connection that can be asked; the outcome PEER-UNREACHABLE where there is none.

        One that the receiver closed meanwhile is replaced, so that a message does not first fail on it.
        """
        if self._streams is not None and not await self._quiet(self._streams[0]):
            await self.close()
        if self._streams is None:
            try:
                async with asyncio.timeout(self._patience.connect):
                    self._streams = await self._connect()
            except (OSError, TimeoutError) as error:
                return Outcome(Verdict.FAILED, PEER_UNREACHABLE, type(error).__name__)
            self._exchange = Exchange()
        return None

    async def deliver(self, message: bytes, control_id: str) -> Outcome:
        """Send a message on the connection that `ready` made, and wait for what becomes of it.

        Never raises for anything that the receiver or the network does.
        """
        assert self._streams is not None  # noqa: S101 - `ready` comes before
        reader, writer = self._streams
        asked = self._exchange.ask(message, control_id)
        try:
            async with asyncio.timeout(self._patience.answer):
                outcome = await self._converse(reader, writer, asked)
        except TimeoutError:
            outcome = self._exchange.time_up()
        except OSError:
            outcome = self._exchange.lost() or Outcome(Verdict.FAILED, PEER_CLOSED)
        if self._exchange.phase is Phase.OVER:
            await self.close()
        return outcome

    async def close(self) -> None:
        """Close the connection, if there is one."""
        if self._streams is not None:
            writer = self._streams[1]
            self._streams = None
            writer.transport.abort()
            with suppress(OSError):
                await writer.wait_closed()

    async def _converse(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: bytes
    ) -> Outcome:
        writer.write(asked)
        await writer.drain()
        while True:
            try:
                async with asyncio.timeout(END_SECONDS if self._exchange.ending else None):
                    data = await reader.read(_CHUNK)
            except TimeoutError:
                if not self._exchange.ending:
                    raise
                outcome = self._exchange.pause()
            else:
                outcome = self._exchange.feed(data)
            if outcome is not None:
                return outcome

    async def _quiet(self, reader: asyncio.StreamReader) -> bool:
        """Take what came unasked; whether the connection can be asked again."""
        while True:
            try:
                async with asyncio.timeout(0):
                    data = await reader.read(_CHUNK)
            except TimeoutError:
                return True
            except OSError:
                return False
            self._exchange.feed(data)
            if not data:
                return False
