"""The MLLP listener: sockets and nothing else. What is said on them, `bridges.mllp.session` decides."""

import asyncio
import errno
import logging
import socket
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import cast

from bridges.mllp.session import Close, Land, Session, Terms, Write
from clinic_app.model.entries import Landed
from clinic_app.model.errors import CommonGroundError, EnvironmentFault
from clinic_app.ports.clock import Clock
from clinic_app.ports.intake import IntakeWriter

_log = logging.getLogger("commonground.mllp")


@dataclass(frozen=True, slots=True)
class Listening:
    """What the listener needs.

    Attributes:
        intake: where everything lands. clock: for the time of arrival. terms: what a connection may do.
        connections: how many may be open at once; further ones are closed at once, and the sender tries
            again.
    """

    intake: IntakeWriter
    clock: Clock
    terms: Terms = Terms()
    connections: int = 256


class Server:
    """A running listener.

    Attributes:
        address: host and port that it accepts on.
    """

    def __init__(self, listener: asyncio.Server, open_connections: set["_Connection"]) -> None:
        self._listener = listener
        self._open = open_connections
        name = listener.sockets[0].getsockname()
        self.address: tuple[str, int] = (name[0], name[1])

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._open)

    async def stop(self, seconds: float = 10.0) -> None:
        """Accept no more, answer what has landed, close; what is still open after ``seconds`` is cut."""
        self._listener.close()
        ends = [connection.stop() for connection in tuple(self._open)]
        if ends:
            await asyncio.wait(ends, timeout=seconds)
        for connection in tuple(self._open):
            connection.abort()


async def serve(host: str, port: int, parts: Listening) -> Server:
    """Listen on an address (port 0: any free one).

    Raises EnvironmentFault: PORT-IN-USE, PORT-FORBIDDEN, ADDRESS-UNUSABLE.
    """
    open_connections: set[_Connection] = set()
    loop = asyncio.get_running_loop()
    try:
        listener = await loop.create_server(lambda: _Connection(parts, open_connections), host, port)
    except OSError as error:
        raise port_fault(host, port, error) from error
    return Server(listener, open_connections)


def port_fault(host: str, port: int, error: OSError) -> EnvironmentFault:
    """What it means that an address could not be listened on."""
    if error.errno == errno.EADDRINUSE:
        what = f"port {port} of {host} is in use by another program"
        return EnvironmentFault("PORT-IN-USE", what, "Stop that program, or choose another port.")
    if error.errno in (errno.EACCES, errno.EPERM):
        what = f"this account may not listen on port {port}"
        return EnvironmentFault("PORT-FORBIDDEN", what, "Choose a port above 1023.")
    what = f"cannot listen on {host} port {port} ({error.strerror or error})"
    return EnvironmentFault("ADDRESS-UNUSABLE", what, "Check the listener's address in commonground.toml.")


class _Connection(asyncio.Protocol):
    """One connection: carries bytes and time in, orders out."""

    def __init__(self, parts: Listening, open_connections: set["_Connection"]) -> None:
        self._parts = parts
        self._open = open_connections
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._timer: asyncio.TimerHandle | None = None
        self._writes_blocked = False
        self._reading = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername") or ("",)
        self._session = Session(str(peer[0]), self._parts.terms)
        if len(self._open) >= self._parts.connections:
            _log.warning("TOO-MANY-CONNECTIONS: one more from %s was closed", peer[0])
            self._transport.abort()
            return
        sock = transport.get_extra_info("socket")
        # A peer that vanished without a word is noticed by TCP; idleness itself is allowed.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._open.add(self)

    def data_received(self, data: bytes) -> None:
        self._session.receive(data, self._parts.clock.now(), self._loop.time())
        self._obey()

    def eof_received(self) -> bool:
        self._session.ended(self._parts.clock.now())
        self._obey()
        return True  # the answers that are owed still go out; `Close` ends the connection

    def connection_lost(self, exc: Exception | None) -> None:
        self._session.lost(self._parts.clock.now())
        self._obey()
        self._open.discard(self)
        if not self._ended.done():
            self._ended.set_result(None)

    def pause_writing(self) -> None:
        self._writes_blocked = True
        self._pace()

    def resume_writing(self) -> None:
        self._writes_blocked = False
        self._pace()

    def stop(self) -> asyncio.Future[None]:
        """Read no more; the future is done when the connection is closed."""
        self._session.stop()
        self._obey()
        return self._ended

    def abort(self) -> None:
        """Cut the connection."""
        self._transport.abort()

    def _obey(self) -> None:
        for order in self._session.orders():
            match order:
                case Land(ticket, received):
                    future = self._parts.intake.submit([received])
                    future.add_done_callback(partial(self._hand_over, ticket))
                case Write(data):
                    self._transport.write(data)
                case Close():
                    self._transport.close()
        self._pace()
        self._set_timer()

    def _hand_over(self, ticket: int, done: "Future[Sequence[Landed]]") -> None:
        """From the committer's thread to the event loop."""
        self._loop.call_soon_threadsafe(self._settle, ticket, done)

    def _settle(self, ticket: int, done: "Future[Sequence[Landed]]") -> None:
        error = done.exception()
        if error is None:
            self._session.landed(ticket, done.result()[0])
        else:
            code = error.code if isinstance(error, CommonGroundError) else "INTAKE-FAILED"
            _log.error("%s: a message from %s was not stored and not accepted", code, self._session.peer)
            self._session.failed(ticket, code)
        self._obey()

    def _pace(self) -> None:
        """Read only while there is room: in the intake's queue, and at the peer for our answers."""
        reading = not (self._session.paused or self._writes_blocked)
        if reading == self._reading or self._transport.is_closing():
            return
        self._reading = reading
        if reading:
            self._session.resumed(self._loop.time())
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._session.deadline is not None:
            self._timer = self._loop.call_at(self._session.deadline, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._session.tick(self._parts.clock.now(), self._loop.time())
        self._obey()
