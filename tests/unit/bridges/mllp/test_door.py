"""Listening, and who is let in."""

import asyncio
import errno
import logging
import socket
from collections.abc import Sequence

import pytest

from bridges.mllp.door import keep_door, listening_sockets, port_fault
from clinic_app.model.errors import EnvironmentFault


@pytest.mark.parametrize(
    ("host", "port", "code"),
    [
        ("127.0.0.1", -1, "PORT-IN-USE"),
        ("192.0.2.1", 0, "ADDRESS-UNUSABLE"),
        ("no such host", 0, "ADDRESS-UNUSABLE"),
    ],
)
def test_where_it_cannot_listen_it_says_so(host: str, port: int, code: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wanted = taken.getsockname()[1] if port < 0 else port
        with pytest.raises(EnvironmentFault, match=code):
            asyncio.run(listening_sockets(host, wanted))


def test_a_forbidden_port_says_so() -> None:
    fault = port_fault("127.0.0.1", 80, OSError(errno.EACCES, "Permission denied"))
    assert fault.code == "PORT-FORBIDDEN"


def test_a_name_with_several_addresses_has_one_port() -> None:
    sockets = asyncio.run(listening_sockets("localhost", 0))
    assert len({one.getsockname()[1] for one in sockets}) == 1
    for one in sockets:
        one.close()


async def visited(visits: int, refuse: str = "") -> Sequence[str]:
    """So many connections to a door; who was welcomed, and what the others read."""
    (listener,) = await listening_sockets("127.0.0.1", 0)
    welcomed: list[str] = []

    async def welcome(sock: socket.socket, peer: str) -> None:
        welcomed.append(peer)
        sock.close()

    door = asyncio.ensure_future(keep_door(listener, lambda _: refuse, welcome))
    for _ in range(visits):
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        assert await reader.read() == b""
        writer.close()
    door.cancel()
    await asyncio.gather(door, return_exceptions=True)
    listener.close()
    return welcomed


def test_who_may_come_is_welcomed_who_may_not_is_closed_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert asyncio.run(visited(2)) == ["127.0.0.1"] * 2
    with caplog.at_level(logging.WARNING):
        assert asyncio.run(visited(2, "PEER-NOT-ALLOWED")) == []
    assert [record.message for record in caplog.records] == [
        "PEER-NOT-ALLOWED: a connection from 127.0.0.1 was closed"
    ] * 2


class Broken:
    """A listening socket whose accept fails so many times."""

    def __init__(self, listener: socket.socket, errors: Sequence[int]) -> None:
        self._listener = listener
        self._errors = list(errors)

    def accept(self) -> tuple[socket.socket, object]:
        if self._errors:
            raise OSError(self._errors.pop(), "Too many open files")
        return self._listener.accept()

    def __getattr__(self, name: str) -> object:
        return getattr(self._listener, name)


def test_it_goes_on_when_the_machine_has_no_more_sockets(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> str:
        (listener,) = await listening_sockets("127.0.0.1", 0)
        came: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        async def welcome(sock: socket.socket, peer: str) -> None:
            sock.close()
            came.set_result(peer)

        broken = Broken(listener, [errno.EMFILE, errno.ECONNABORTED])
        door = asyncio.ensure_future(keep_door(broken, lambda _: "", welcome, 0.01))  # type: ignore[arg-type]
        _, writer = await asyncio.open_connection(*listener.getsockname())
        try:
            return await asyncio.wait_for(came, 10)
        finally:
            writer.close()
            door.cancel()
            await asyncio.gather(door, return_exceptions=True)
            listener.close()

    assert asyncio.run(main()) == "127.0.0.1"
    assert "NO-MORE-SOCKETS" in caplog.text
