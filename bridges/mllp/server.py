"""The MLLP listener: sockets and nothing else. What is said on them, `bridges.mllp.session` decides."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

from bridges.mllp.admission import Admission, House, Turns
from bridges.mllp.door import keep_door, listening_sockets
from bridges.mllp.session import Close, Land, Phase, Session, Terms, Write
from clinic_app.model.entries import Landed
from clinic_app.model.errors import CommonGroundError
from clinic_app.ports.clock import Clock
from clinic_app.ports.intake import Landing

_log = logging.getLogger("commonground.mllp")
_AT_ONCE = 128 * 1024
"""Bytes read from one connection before the others have their turn."""
_HANDSHAKE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Listening:
    """What the listener needs.

    Attributes:
        intake: where everything lands; the listener runs on its event loop.
        clock: for the time of arrival. terms: what a connection may do. house: who may connect.
        tls: makes every connection TLS; None = plain.
    """

    intake: Landing
    clock: Clock
    terms: Terms = Terms()
    house: House = House()
    tls: ssl.SSLContext | None = None


class Server:
    """A running listener.

    Attributes:
        address: host and port that it accepts on.
    """

    def __init__(self, sockets: Sequence[socket.socket], parts: Listening) -> None:
        name = sockets[0].getsockname()
        self.address: tuple[str, int] = (name[0], name[1])
        self._parts = parts
        self._sockets = sockets
        self._admission = Admission(parts.house)
        self._room = _Room(set(), memoryview(bytearray(_AT_ONCE)), Turns(parts.house.large_at_once))
        self._doors = [
            asyncio.ensure_future(keep_door(one, self._admission.admit, self._welcome)) for one in sockets
        ]

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._room.open)

    def renew(self, terms: Terms) -> None:
        """What every connection may do from its next message on; bounds of frames change with the next
        connection.
        """
        self._parts = replace(self._parts, terms=terms)
        for connection in tuple(self._room.open):
            connection.renew(terms)

    async def stop(self, seconds: float = 10.0) -> None:
        """Accept no more, answer what has landed, close; what is still open after ``seconds`` is cut."""
        for door in self._doors:
            door.cancel()
        await asyncio.gather(*self._doors, return_exceptions=True)
        for one in self._sockets:
            one.close()
        ends = [connection.stop() for connection in tuple(self._room.open)]
        if ends:
            await asyncio.wait(ends, timeout=seconds)
        for connection in tuple(self._room.open):
            connection.abort()

    async def _welcome(self, sock: socket.socket, peer: str) -> None:
        loop, tls = asyncio.get_running_loop(), self._parts.tls
        connection = _Connection(peer, self._parts, self._room)
        try:
            await loop.connect_accepted_socket(
                lambda: connection, sock, ssl=tls, ssl_handshake_timeout=_HANDSHAKE_SECONDS if tls else None
            )
            await asyncio.wait([connection.ended])
        except (OSError, ssl.SSLError) as error:
            _log.warning("TLS-REFUSED: a connection from %s was not made (%s)", peer, type(error).__name__)
        finally:
            self._admission.leave(peer)


async def serve(host: str, port: int, parts: Listening) -> Server:
    """Listen on an address (port 0: any free one).

    Raises EnvironmentFault: PORT-IN-USE, PORT-FORBIDDEN, ADDRESS-UNUSABLE.
    """
    return Server(await listening_sockets(host, port), parts)


@dataclass(frozen=True, slots=True)
class _Room:
    """What all connections of a listener share; the buffer is emptied as soon as it was filled."""

    open: set["_Connection"]
    buffer: memoryview
    turns: Turns


class _Connection(asyncio.BufferedProtocol):
    """One connection: carries bytes and time in, orders out; all on the intake's event loop."""

    def __init__(self, peer: str, parts: Listening, room: _Room) -> None:
        self._parts = parts
        self._room = room
        self._loop = asyncio.get_running_loop()
        self._session = Session(peer, parts.terms)
        self._timer: asyncio.TimerHandle | None = None
        self._writes_blocked = self._waits_its_turn = False
        self._reading = True
        self.ended: asyncio.Future[None] = self._loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        # A peer that vanished without a word is noticed by TCP.
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._room.open.add(self)
        self._session.resumed(self._loop.time())
        self._set_timer()

    def get_buffer(self, _sizehint: int) -> memoryview:
        return self._room.buffer

    def buffer_updated(self, nbytes: int) -> None:
        data = bytes(self._room.buffer[:nbytes])
        self._session.receive(data, self._parts.clock.now(), self._loop.time())
        self._carry_out()
        if len(self._room.open) == 1:
            self._parts.intake.commit()
        self._adjust()

    def eof_received(self) -> bool:
        self._session.ended(self._parts.clock.now())
        self._obey()
        # The answers that are owed still go out, and `Close` ends the connection; TLS knows no half of it.
        return self._parts.tls is None

    def connection_lost(self, exc: Exception | None) -> None:
        self._session.lost(self._parts.clock.now())
        self._obey()
        self._room.open.discard(self)
        self._room.turns.done(self)
        if not self.ended.done():
            self.ended.set_result(None)

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
        return self.ended

    def renew(self, terms: Terms) -> None:
        """What counts from the next message on."""
        self._session.terms = terms

    def abort(self) -> None:
        """Cut the connection."""
        self._transport.abort()

    def _obey(self) -> None:
        self._carry_out()
        self._adjust()

    def _carry_out(self) -> None:
        for order in self._session.orders():
            match order:
                case Write(data):
                    self._transport.write(data)
                case Land(ticket, received):
                    self._parts.intake.land(received, partial(self._settle, ticket))
                case Close():
                    self._transport.close()

    def _adjust(self) -> None:
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
        """Read only while there is room: in the intake's queue, at the peer for our answers, in memory."""
        if self._session.large:
            self._waits_its_turn = not self._room.turns.ask(self, self._go_on)
        else:
            self._waits_its_turn = False
            self._room.turns.done(self)
        reading = not (self._session.paused or self._writes_blocked or self._waits_its_turn)
        if reading == self._reading or self._transport.is_closing():
            return
        self._reading = reading
        if reading:
            self._session.resumed(self._loop.time())
            self._transport.resume_reading()
            self._set_timer()
        else:
            self._transport.pause_reading()

    def _go_on(self) -> None:
        """It is our turn; at the next turn of the loop, since another connection is being looked at."""
        self._loop.call_soon(self._adjust)

    def _set_timer(self) -> None:
        deadline = None if self._waits_its_turn else self._session.deadline
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if deadline is not None:
            self._timer = self._loop.call_at(deadline, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._session.tick(self._parts.clock.now(), self._loop.time())
        if self._session.phase is not Phase.OPEN:
            _log.warning("CONNECTION-GIVEN-UP: %s sent nothing, or no end, for too long", self._session.peer)
        self._obey()
