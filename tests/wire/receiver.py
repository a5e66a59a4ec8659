"""A hospital's receiver that is not ours (python-hl7's MLLP server): it knows duplicates by MSH-10, keeps
each message once, and answers, or fails to, as it is told.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from hl7.mllp import start_hl7_server

LOST, SILENT, UNTAKEN, WRONG, GARBAGE = "lost", "silent", "untaken", "wrong", "garbage"
"""Taken, then hung up; taken, never answered; hung up before it was taken; an answer for another message;
bytes that are no answer.
"""


@dataclass
class Receiver:
    """Attributes:
    plan: what happens to the next messages; ``AA`` once it is used up. arrived: texts of all that came.
    kept: by MSH-10, those that it took. connections: how many there were.
    """

    plan: list[str] = field(default_factory=list)
    arrived: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    connections: int = 0
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def talk(self, reader: Any, writer: Any) -> None:
        """One connection."""
        self.connections += 1
        try:
            while await self._answered(await reader.readmessage(), writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def _answered(self, message: Any, writer: Any) -> bool:
        """Whether the connection goes on."""
        plan = self.plan.pop(0) if self.plan else "AA"
        text, control_id = str(message), str(message.segment("MSH")[10])
        self.arrived.append(text)
        if plan not in (UNTAKEN, "AE", "AR", "CE", "CR"):
            assert self.kept.setdefault(control_id, text) == text, "the same MSH-10 with other content"
        self.came.set()
        if plan in (LOST, UNTAKEN):
            return False
        if plan == SILENT:
            await asyncio.sleep(3600)
        answer = str(message.create_ack("AA" if plan in (WRONG, GARBAGE) else plan))
        if plan == WRONG:
            answer = answer.replace(f"|{control_id}", "|another")
        writer.writeblock(b"what?" if plan == GARBAGE else answer.encode("utf-8"))
        await writer.drain()
        return True


@asynccontextmanager
async def receiving(
    receiver: Receiver, port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """It listens; the port."""
    talks: set[asyncio.Task[None]] = set()
    writers: list[Any] = []

    def connected(reader: Any, writer: Any) -> None:
        writers.append(writer)
        talks.add(asyncio.ensure_future(receiver.talk(reader, writer)))

    server = await start_hl7_server(connected, "127.0.0.1", port, encoding="utf-8", ssl=tls, limit=2**24)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        await end(server, talks, writers)


async def end(
    server: asyncio.AbstractServer, talks: Iterable["asyncio.Task[None]"], writers: Iterable[Any]
) -> None:
    """End a server of a test, and every connection, also of one whose talk had not begun."""
    server.close()
    for _ in range(10):  # whoever was just let in is seen, and closed below
        await asyncio.sleep(0)
    for task in talks:
        task.cancel()
    await asyncio.gather(*talks, return_exceptions=True)
    for writer in writers:
        writer.transport.abort()
    await asyncio.gather(*(writer.wait_closed() for writer in writers), return_exceptions=True)
    await server.wait_closed()
