"""The MLLP listener: sockets and nothing else. What is said on them, `bridges.mllp.session` decides."""

import asyncio
import errno
import logging
import socket
from dataclasses import dataclass
from functools import partial
from typing import cast

from bridges.mllp.session import Close, Land, Session, Terms, Write
from clinic_app.model.entries import Landed
from clinic_app.model.errors import CommonGroundError, EnvironmentFault
from clinic_app.ports.clock import Clock
from clinic_app.ports.intake import Landing

_log = logging.getLogger("commonground.mllp")
_AT_ONCE = 256 * 1024
"""Bytes read from one connection before the others have their turn."""


@dataclass(frozen=True, slots=True)
class Listening:
    """What the listener needs.

    Attributes:
        intake: where everything lands; the listener runs on its event loop.
        clock: for the time of arrival. terms: what a connection may do.
        connections: how many may be open at once; further ones are closed at once, and the sender tries
            again.
    """

    intake: Landing
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
    loop, buffer = asyncio.get_running_loop(), memoryview(bytearray(_AT_ONCE))
    try:
        listener = await loop.create_server(lambda: _Connection(parts, open_connections, buffer), host, port)
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


class _Connection(asyncio.BufferedProtocol):
    """One connection: carries bytes and time in, orders out; all on the intake's event loop."""

    def __init__(self, parts: Listening, open_connections: set["_Connection"], buffer: memoryview) -> None:
        """The buffer is everybody's: it is emptied as soon as it was filled."""
        self._parts = parts
        self._open = open_connections
        self._buffer = buffer
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
        # A peer that vanished without a word is noticed by TCP; idleness itself is allowed.
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._open.add(self)

    def get_buffer(self, _sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._session.receive(bytes(self._buffer[:nbytes]), self._parts.clock.now(), self._loop.time())
        self._obey()
        if len(self._open) == 1:
            self._parts.intake.commit()

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
                case Write(data):
                    self._transport.write(data)
                case Land(ticket, received):
                    self._parts.intake.land(received, partial(self._settle, ticket))
                case Close():
                    self._transport.close()
        self._pace()
        self._set_timer()

    def _settle(self, ticket: int, outcome: Landed | CommonGroundError) -> None:
        if isinstance(outcome, Landed):
            self._session.landed(ticket, outcome)
        else:
            peer = self._session.peer
            _log.error("%s: a message from %s was not stored and not accepted", outcome.code, peer)
            self._session.failed(ticket, outcome.code)
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
            self._set_timer()
        else:
            self._transport.pause_reading()

    def _set_timer(self) -> None:
        deadline = self._session.deadline
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if deadline is not None:
            self._timer = self._loop.call_at(deadline, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._session.tick(self._parts.clock.now(), self._loop.time())
        self._obey()
