"""The MLLP listener: sockets and nothing else. What is said on them, `bridges.mllp.session` decides."""

import asyncio
import errno
import logging
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import cast

from bridges.mllp.session import Close, Land, Order, Session, Terms, Write
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
    """One connection: carries bytes and time in, orders out.

    What the peer does is told to the session on the event loop, what the intake did on the intake's thread,
    which also sends the answer itself: a turn of the loop between commit and answer costs as much as half a
    commit. So the lock guards the session and all that is written; nothing waits while it is held. Only the
    loop touches the transport.
    """

    def __init__(self, parts: Listening, open_connections: set["_Connection"]) -> None:
        self._parts = parts
        self._open = open_connections
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._timer: asyncio.TimerHandle | None = None
        self._lock = threading.Lock()
        self._direct: socket.socket | None = None
        self._left: list[Order] = []  # for the loop, before anything else may be written
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
        # Without room in the transport's buffer, `pause_writing` says at once that something waits in it.
        self._transport.set_write_buffer_limits(high=0)
        if sys.platform != "win32":  # there the loop's own writes are not the socket's
            self._direct = sock.dup()
        self._open.add(self)

    def data_received(self, data: bytes) -> None:
        self._tell(partial(self._session.receive, data, self._parts.clock.now(), self._loop.time()))

    def eof_received(self) -> bool:
        self._tell(partial(self._session.ended, self._parts.clock.now()))
        return True  # the answers that are owed still go out; `Close` ends the connection

    def connection_lost(self, exc: Exception | None) -> None:
        self._tell(partial(self._session.lost, self._parts.clock.now()))
        with self._lock:
            if self._direct is not None:
                self._direct.close()
                self._direct = None
        self._open.discard(self)
        if not self._ended.done():
            self._ended.set_result(None)

    def pause_writing(self) -> None:
        # Called from within a write, where the lock is held; `_obey` looks at it afterwards.
        self._writes_blocked = True

    def resume_writing(self) -> None:
        self._writes_blocked = False
        self._tell()

    def stop(self) -> asyncio.Future[None]:
        """Read no more; the future is done when the connection is closed."""
        self._tell(self._session.stop)
        return self._ended

    def abort(self) -> None:
        """Cut the connection."""
        self._transport.abort()

    def _tell(self, given: Callable[[], None] = lambda: None) -> None:
        """On the event loop: tell the session, and carry out what it orders."""
        with self._lock:
            given()
            landing = self._obey()
        # Last, so that the intake's thread finds the interpreter free as soon as it wakes.
        for land in landing:
            future = self._parts.intake.submit((land.received,))
            future.add_done_callback(partial(self._settle, land.ticket))

    def _obey(self) -> Sequence[Land]:
        orders, self._left = [*self._left, *self._session.orders()], []
        landing = []
        for order in orders:
            match order:
                case Land():
                    landing.append(order)
                case Write(data):
                    self._transport.write(data)
                case Close():
                    self._transport.close()
        self._pace()
        self._set_timer()
        return landing

    def _settle(self, ticket: int, done: "Future[Sequence[Landed]]") -> None:
        """On the intake's thread: tell the session, answer at once, and leave the rest to the event loop."""
        if (error := done.exception()) is None:
            given = partial(self._session.landed, ticket, done.result()[0])
        else:
            code = error.code if isinstance(error, CommonGroundError) else "INTAKE-FAILED"
            _log.error("%s: a message from %s was not stored and not accepted", code, self._session.peer)
            given = partial(self._session.failed, ticket, code)
        with self._lock:
            given()
            for order in self._session.orders():
                self._send(order)
            if self._left or not self._reading:
                self._loop.call_soon_threadsafe(self._tell)

    def _send(self, order: Order) -> None:
        if isinstance(order, Write) and self._direct is not None and not (self._left or self._writes_blocked):
            try:
                sent = self._direct.send(order.data)
            except OSError:  # there is no room, or no peer any more: the transport finds out which
                sent = 0
            if sent == len(order.data):
                return
            order = Write(order.data[sent:])
        self._left.append(order)

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
        deadline = self._session.deadline
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if deadline is not None:
            self._timer = self._loop.call_at(deadline, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._tell(partial(self._session.tick, self._parts.clock.now(), self._loop.time()))
