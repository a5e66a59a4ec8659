"""The network side of the listener: TLS, who may connect, silence, and memory under large frames."""

import logging
import socket
import ssl
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest

from bridges.mllp.admission import House
from bridges.mllp.framing import Limits
from bridges.mllp.session import Terms
from clinic_app.system.tls import client_context, server_context
from tests.faults.rig import eventually
from tests.wire.certificates import Authority
from tests.wire.rig import HOST, Listener, Rig, Sender, framed, message, running


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with running(Rig(tmp_path)) as made:
        yield made


def talk(listener: Listener, context: ssl.SSLContext) -> bytes:
    """One message over TLS, and what came back; empty where the connection was ended."""
    with (
        socket.create_connection(listener.server.address, timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=HOST) as secure,
    ):
        secure.sendall(framed(message("1")))
        return secure.recv(10_000)


def test_tls_and_mutual_tls(rig: Rig, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    authority, stranger = Authority(tmp_path), Authority(tmp_path, "stranger")
    ours, theirs, forged = authority.issue("clinic"), authority.issue("ehr"), stranger.issue("forged")
    known = client_context(authority.file, theirs.certificate, theirs.key)
    nobody = client_context(authority.file, None, None)
    listener = rig.start(tls=server_context(ours.certificate, ours.key))
    assert b"MSA|AA|1" in talk(listener, nobody)
    with pytest.raises(ssl.SSLCertVerificationError):
        talk(listener, client_context(stranger.file, None, None))
    mutual = rig.start(tls=server_context(ours.certificate, ours.key, authority.file))
    assert b"MSA|AA|1" in talk(mutual, known)
    with caplog.at_level(logging.WARNING):
        for context in (nobody, client_context(authority.file, forged.certificate, forged.key)):
            with pytest.raises((ssl.SSLError, ConnectionError)):
                if talk(mutual, context) == b"":
                    raise ConnectionError("ended without an answer")
        sender = rig.sender(mutual)
        sender.write(framed(message("2")))  # plain bytes where TLS is spoken
        assert sender.ended()
        eventually(lambda: caplog.text.count("TLS-REFUSED") >= 3)
    assert b"MSA|AA|1" in talk(mutual, known)
    assert {entry.control_id for entry in rig.entries()} == {"1"}


def test_large_messages_over_tls(rig: Rig, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    ours = authority.issue("clinic")
    listener = rig.start(tls=server_context(ours.certificate, ours.key))
    raw = message("big", "x" * 3_000_000)
    with (
        socket.create_connection(listener.server.address, timeout=20) as plain,
        client_context(authority.file, None, None).wrap_socket(plain, server_hostname=HOST) as secure,
    ):
        secure.sendall(framed(raw, message("small")))
        answers = b""
        while answers.count(b"\x1c\r") < 2:
            answers += secure.recv(10_000)
    assert [entry.raw for entry in rig.entries()] == [raw, message("small")]


def test_only_named_peers_get_in(rig: Rig) -> None:
    refused = rig.sender(rig.start(house=House(allowed=(ip_network("192.0.2.0/24"),))))
    assert refused.ended()
    taken = rig.sender(rig.start(house=House(allowed=(ip_network("127.0.0.0/8"),))))
    taken.write(framed(message("1")))
    assert taken.answers(1) == ["AA 1"]


def test_one_peer_may_not_take_every_place(rig: Rig) -> None:
    listener = rig.start(house=House(connections=10, per_peer=2))
    first, second, third = (rig.sender(listener) for _ in range(3))
    assert third.ended()
    second.close()
    eventually(lambda: listener.server.connections == 1)

    def again() -> bool:
        sender = rig.sender(listener)
        try:
            sender.write(framed(message("again")))
            return sender.answers(1) == ["AA again"]
        except ConnectionError:
            return False

    eventually(again)
    first.write(framed(message("1")))
    assert first.answers(1) == ["AA 1"]


def test_a_silent_peer_is_let_go_and_one_that_speaks_is_not(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    listener = rig.start(Terms(idle_seconds=0.5))
    silent, speaking = rig.sender(listener), rig.sender(listener)
    with caplog.at_level(logging.WARNING):
        for n in range(8):
            speaking.write(framed(message(str(n))))
            assert speaking.answers(1) == [f"AA {n}"]
            speaking.socket.settimeout(0.1)
            with pytest.raises(TimeoutError):
                speaking.socket.recv(1)
            speaking.socket.settimeout(20)
        assert silent.ended()
    assert "CONNECTION-GIVEN-UP" in caplog.text
    assert speaking.ended()


def test_large_frames_wait_for_their_turn_and_all_arrive(rig: Rig) -> None:
    """More senders than may be at it at once, each stopping midway: each has its turn, nothing is lost."""
    listener = rig.start(Terms(light_bytes=20_000), House(large_at_once=2))
    large = [message(f"L{n}", f"{n}" * 300_000) for n in range(6)]
    senders = [rig.sender(listener) for _ in large]
    for sender, raw in zip(senders, large, strict=True):
        sender.write(framed(raw)[:150_000])
    light = rig.sender(listener)
    light.write(framed(message("light")))
    assert light.answers(1) == ["AA light"]
    senders[5].close()  # one that may be waiting gives up
    for sender, raw in zip(senders[:5], large, strict=False):
        sender.write(framed(raw)[150_000:])
    for n, sender in enumerate(senders[:5]):
        assert sender.answers(1) == [f"AA L{n}"]
    stored = {entry.control_id: entry.raw for entry in rig.entries()}
    assert all(stored[f"L{n}"] == large[n] for n in range(5))


def test_one_who_holds_a_turn_and_does_nothing_loses_it(rig: Rig) -> None:
    listener = rig.start(Terms(light_bytes=20_000, frame_seconds=1.0), House(large_at_once=1))
    holder, following = rig.sender(listener), rig.sender(listener)
    holder.write(framed(message("1", "x" * 100_000))[:90_000])
    eventually(lambda: listener.server.connections == 2)
    following.write(framed(message("2", "y" * 100_000)))
    assert following.answers(1) == ["AA 2"]
    assert holder.ended()


def test_memory_has_a_bound_whatever_is_sent(rig: Rig) -> None:
    """Forty senders of frames beyond the limit: what is held is counted in the sessions themselves."""
    listener = rig.start(Terms(limits=Limits(frame=2_000_000), light_bytes=50_000), House(large_at_once=2))
    senders: list[Sender] = [rig.sender(listener) for _ in range(20)]
    for sender in senders:
        sender.socket.setblocking(False)
    piece = b"\x0b" + message("x", "z" * 1_000_000)
    for sender in senders:
        try:
            while True:
                sender.socket.send(piece)
        except BlockingIOError:
            continue
    eventually(lambda: listener.server.connections == 20)

    async def held() -> int:
        return sum(one._session._framer.size for one in listener.server._room.open)

    eventually(lambda: listener.thread.run(held()).result(10) > 0)
    assert listener.thread.run(held()).result(10) <= 2 * 2_200_000 + 20 * (50_000 + 128 * 1024)
