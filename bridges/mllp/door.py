"""Where connections come in: listening sockets, and a loop that lets peers in before anything is spent on
them.
"""

import asyncio
import errno
import logging
import socket
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from clinic_app.model.errors import EnvironmentFault

_log = logging.getLogger("commonground.mllp")
_BACKLOG = 256
_NO_SOCKETS = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_PAUSE_SECONDS = 1.0

Welcome = Callable[[socket.socket, str], Coroutine[Any, Any, None]]
"""Makes a connection of an accepted socket; the peer's address is with it."""


async def listening_sockets(host: str, port: int) -> Sequence[socket.socket]:
    """Sockets for every address of the host (port 0: any free one, the same for all).

    Raises EnvironmentFault: PORT-IN-USE, PORT-FORBIDDEN, ADDRESS-UNUSABLE.
    """
    loop = asyncio.get_running_loop()
    made: list[socket.socket] = []
    whole = False
    try:
        found = await loop.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE | socket.AI_ADDRCONFIG
        )
        for family, _, _, _, address in dict.fromkeys(found):
            wanted = (address[0], made[0].getsockname()[1] if made else port)
            made.append(_listening(family, wanted))
        whole = True
    except OSError as error:
        raise port_fault(host, port, error) from error
    finally:
        if not whole:
            for one in made:
                one.close()
    return made


def _listening(family: int, address: tuple[Any, ...]) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    whole = False
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # on Windows "reuse" would let others take our port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)
        made.listen(_BACKLOG)
        made.setblocking(False)
        whole = True
    finally:
        if not whole:
            made.close()
    return made


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


async def keep_door(
    listener: socket.socket, admit: Callable[[str], str], welcome: Welcome, pause: float = _PAUSE_SECONDS
) -> None:
    """Let in whoever may come, until cancelled; whoever may not is closed at once, with a line in the log."""
    loop = asyncio.get_running_loop()
    welcomes: set[asyncio.Task[None]] = set()
    try:
        while True:
            try:
                sock, address = await loop.sock_accept(listener)
            except OSError as error:
                if error.errno in _NO_SOCKETS:
                    _log.warning("NO-MORE-SOCKETS: %s; the next connections wait", error.strerror)
                    await asyncio.sleep(pause)
                continue  # else the peer gave up before it was let in
            peer = str(address[0]) if address else ""
            refused = admit(peer)
            if refused:
                _log.warning("%s: a connection from %s was closed", refused, peer)
                sock.close()
                continue
            task = asyncio.ensure_future(welcome(sock, peer))
            welcomes.add(task)
            task.add_done_callback(welcomes.discard)
    finally:
        for task in tuple(welcomes):
            task.cancel()
        await asyncio.gather(*welcomes, return_exceptions=True)
