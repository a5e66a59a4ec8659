"""The listener over real sockets: every way of sending that was ever seen, and every way to break it."""

import asyncio
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import pytest
from hl7.client import MLLPClient

from bridges.mllp.admission import House
from bridges.mllp.client import Client
from bridges.mllp.framing import Limits
from bridges.mllp.server import Listening, serve
from bridges.mllp.session import Terms
from clinic_app.model.entries import Landed, Received
from clinic_app.model.errors import CommonGroundError, EnvironmentFault
from clinic_app.ports.intake import Landing
from clinic_app.system.clock import SystemClock
from tests.wire.rig import HOST, Listener, Rig, framed, message, running


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with running(Rig(tmp_path)) as made:
        yield made


def eventually(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until something that another thread does has happened; time only bounds a failure."""
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, "did not happen"
        time.sleep(0.005)


def test_one_byte_per_write(rig: Rig) -> None:
    sender = rig.sender(rig.start())
    for byte in framed(message("1"), message("2")):
        sender.write(bytes([byte]))
    assert sender.answers(2) == ["AA 1", "AA 2"]
    assert [entry.raw for entry in rig.entries()] == [message("1"), message("2")]


def test_many_messages_in_one_write_are_answered_in_order(rig: Rig) -> None:
    sender = rig.sender(rig.start())
    sender.write(framed(*(message(str(n)) for n in range(500))))
    assert sender.answers(500) == [f"AA {n}" for n in range(500)]
    assert len(rig.entries()) == 500


def test_many_connections(rig: Rig) -> None:
    listener = rig.start()
    senders = [rig.sender(listener) for _ in range(60)]
    for index, sender in enumerate(senders):
        sender.write(framed(*(message(f"{index}-{n}") for n in range(5))))
    for index, sender in enumerate(senders):
        assert sender.answers(5) == [f"AA {index}-{n}" for n in range(5)]
    assert len(rig.entries()) == 300


def test_more_connections_than_allowed_are_closed_and_the_others_live(rig: Rig) -> None:
    listener = rig.start(house=House(connections=2))
    first, second = rig.sender(listener), rig.sender(listener)
    for name, sender in (("1", first), ("2", second)):
        sender.write(framed(message(name)))
        assert sender.answers(1) == [f"AA {name}"]
    assert rig.sender(listener).ended()
    first.close()
    eventually(lambda: listener.server.connections == 1)
    third = rig.sender(listener)
    third.write(framed(message("3")))
    assert third.answers(1) == ["AA 3"]


def test_garbage_between_frames_is_kept_and_disturbs_nobody(rig: Rig) -> None:
    sender = rig.sender(rig.start())
    sender.write(b"\r\n" + framed(message("1")) + b"\n2026-03-01 gateway restarted\n" + framed(message("2")))
    assert sender.answers(2) == ["AA 1", "AA 2"]
    eventually(lambda: len(rig.entries()) == 3)
    garbage = next(entry for entry in rig.entries() if entry.flag)
    assert (garbage.flag, garbage.raw) == ("GARBAGE-BETWEEN-FRAMES", b"2026-03-01 gateway restarted\n")


def test_a_web_browser_is_kept_visibly_and_let_go(rig: Rig) -> None:
    sender = rig.sender(rig.start(Terms(limits=Limits(kept=100))))
    sender.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 50)
    assert sender.ended()
    assert {entry.flag for entry in rig.entries()} == {"GARBAGE-BETWEEN-FRAMES"}


def test_a_frame_without_end_is_kept_and_the_connection_closed(rig: Rig) -> None:
    listener = rig.start(Terms(frame_seconds=0.2))
    sender = rig.sender(listener)
    sender.write(b"\x0b" + message("1"))
    assert sender.ended()
    assert [(entry.flag, entry.raw) for entry in rig.entries()] == [("FRAME-TIMEOUT", message("1"))]
    again = rig.sender(listener)
    again.write(framed(message("1")))
    assert again.answers(1) == ["AA 1"]


def test_a_frame_without_its_last_carriage_return_is_answered_soon(rig: Rig) -> None:
    sender = rig.sender(rig.start(Terms(end_seconds=0.05)))
    sender.write(framed(message("1"))[:-1])
    assert sender.answers(1) == ["AA 1"]
    sender.write(framed(message("2")))
    assert sender.answers(1) == ["AA 2"]


def test_the_size_cap_rejects_one_message_and_keeps_the_connection(rig: Rig) -> None:
    sender = rig.sender(rig.start(Terms(limits=Limits(frame=1000, kept=300))))
    sender.write(framed(message("1"), message("2", "x" * 5000), message("3")))
    assert sender.answers(3) == ["AA 1", "AR 2", "AA 3"]
    kept = next(entry for entry in rig.entries() if entry.flag)
    assert (kept.flag, len(kept.raw)) == ("FRAME-TOO-LARGE", 300)


def test_a_large_message_within_the_cap(rig: Rig) -> None:
    sender = rig.sender(rig.start())
    large = message("1", "x" * 3_000_000)
    sender.write(framed(large))
    assert sender.answers(1) == ["AA 1"]
    assert rig.entries()[0].raw == large


def test_a_sender_that_ends_its_half_still_gets_its_answers(rig: Rig) -> None:
    sender = rig.sender(rig.start())
    sender.write(framed(message("1"), message("2")))
    sender.socket.shutdown(socket.SHUT_WR)
    assert sender.answers(3) == ["AA 1", "AA 2"]
    assert sender.ended()


def test_a_message_broken_off_by_a_reset_is_kept(rig: Rig) -> None:
    sender = rig.sender(rig.start())
    sender.write(framed(message("1")) + b"\x0bMSH|half")
    assert sender.answers(1) == ["AA 1"]
    sender.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sender.close()
    eventually(lambda: len(rig.entries()) == 2)
    assert rig.entries()[1].flag == "FRAME-UNFINISHED"


def test_a_lost_answer_is_given_again_and_the_message_stored_once(rig: Rig) -> None:
    listener = rig.start()
    first = rig.sender(listener)
    first.write(framed(message("1")))
    assert first.answers(1) == ["AA 1"]
    again = rig.sender(listener)
    again.write(framed(message("1")) * 2)
    assert again.answers(2) == ["AA 1", "AA 1"]
    assert len(rig.entries()) == 1


def test_the_same_control_id_with_other_bytes_is_stored_and_flagged(rig: Rig) -> None:
    sender = rig.sender(rig.start())
    sender.write(framed(message("1"), message("1", "changed")))
    assert sender.answers(2) == ["AA 1", "AA 1"]
    assert [entry.flag for entry in rig.entries()] == ["", "CONTROL-ID-REUSED"]


def test_enhanced_mode(rig: Rig) -> None:
    sender = rig.sender(rig.start())
    sender.write(
        framed(message("1", mode="||AL|NE"), message("2", mode="||NE|NE"), message("3", mode="||AL|AL"))
    )
    assert sender.answers(3) == ["CA 1", "CA 3", "AA 3"]
    assert len(rig.entries()) == 3


def test_messages_without_type_control_id_or_msh_are_stored_and_refused(rig: Rig) -> None:
    sender = rig.sender(rig.start())
    broken = [
        message("1").replace(b"ORU^R01", b""),
        message(""),
        b"PID|1||7\r",
        message("4").replace(b"|P|2.5", b"|P|9.9"),
    ]
    sender.write(framed(*broken))
    assert [answer[:2] for answer in sender.answers(4)] == ["AE", "AE", "AR", "AR"]
    assert [entry.raw for entry in rig.entries()] == broken


def test_python_hl7_can_send(rig: Rig) -> None:
    host, port = rig.start().server.address
    with MLLPClient(host, port) as foreign:
        answer: bytes = foreign.send_message(message("77"))
    assert b"MSA|AA|77" in answer


def test_the_mllp_send_program_can_send(rig: Rig, tmp_path: Path) -> None:
    host, port = rig.start().server.address
    file = tmp_path / "message.hl7"
    file.write_bytes(message("78"))
    program = Path(sys.executable).with_name("mllp_send")
    done = subprocess.run(
        [program, "--loose", "--port", str(port), "--file", str(file), host],
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert b"MSA|AA|78" in done.stdout
    assert len(rig.entries()) == 1


class Leaping:
    """A clock that leaps by decades whenever it is asked."""

    def __init__(self) -> None:
        self._years = cycle((2026, 1970, 2099, 2026, 2025))

    def now(self) -> datetime:
        """Another time."""
        return datetime(next(self._years), 3, 1, tzinfo=UTC)


def test_a_clock_that_leaps_disturbs_no_conversation(rig: Rig) -> None:
    listener = rig.start(Terms(frame_seconds=30, idle_seconds=30, end_seconds=0.05), clock=Leaping())
    sender = rig.sender(listener)
    for number in range(20):
        raw = framed(message(str(number)))
        sender.write(raw[:40])
        sender.write(raw[40 : -1 if number % 2 else None])
        assert sender.answers(1) == [f"AA {number}"]
    entries = rig.entries()
    assert [entry.control_id for entry in entries] == [str(number) for number in range(20)]
    assert {entry.flag for entry in entries} == {""}
    assert {entry.received_at.year for entry in entries} > {1970, 2099}


def test_a_port_in_use_says_so(rig: Rig) -> None:
    listener = rig.start()

    async def second() -> None:
        await serve(HOST, listener.server.address[1], Listening(Refusing(), SystemClock()))

    with pytest.raises(CommonGroundError, match=r"PORT-IN-USE: port \d+ of 127.0.0.1 is in use"):
        asyncio.run(second())


class Refusing:
    """An intake that can store nothing, until it is told that it can."""

    def __init__(self, behind: Landing | None = None) -> None:
        self.behind: Landing | None = None
        self._later = behind

    def recover(self) -> None:
        self.behind = self._later

    def land(self, received: Received, then: Callable[[Landed | CommonGroundError], None]) -> None:
        if self.behind is not None:
            self.behind.land(received, then)
        else:
            then(EnvironmentFault("INTAKE-FULL", "there is no room", "Free disk space."))

    def commit(self) -> None:
        if self.behind is not None:
            self.behind.commit()


def test_what_cannot_be_stored_is_never_accepted(tmp_path: Path) -> None:
    refusing: list[Refusing] = []

    def made(behind: Landing) -> Landing:
        refusing.append(Refusing(behind))
        return refusing[0]

    with running(Rig(tmp_path, made)) as rig:
        sender = rig.sender(rig.start())
        sender.write(framed(message("1"), message("2", mode="||AL|NE")))
        assert sender.answers(2) == ["AE 1", "CE 2"]
        refusing[0].recover()
        sender.write(framed(message("1"), message("2", mode="||AL|NE")))
        assert sender.answers(2) == ["AA 1", "CA 2"]


class Held:
    """An intake whose receipts wait for a gate."""

    def __init__(self, behind: Landing) -> None:
        self._behind = behind
        self._loop: asyncio.AbstractEventLoop | None = None
        self._kept: list[tuple[Received, Callable[[Landed | CommonGroundError], None]]] = []
        self._open = False
        self.waiting = 0

    def open(self) -> None:
        """From any thread: let through what waits, and whatever comes."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._let_through)

    def land(self, received: Received, then: Callable[[Landed | CommonGroundError], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self.waiting += 1
        if self._open:
            self._behind.land(received, then)
        else:
            self._kept.append((received, then))

    def commit(self) -> None:
        if self._open:
            self._behind.commit()

    def _let_through(self) -> None:
        self._open = True
        kept, self._kept = self._kept, []
        for received, then in kept:
            self._behind.land(received, then)


@pytest.fixture
def held(tmp_path: Path) -> Iterator[tuple[Rig, list[Held]]]:
    made: list[Held] = []

    def hold(behind: Landing) -> Landing:
        made.append(Held(behind))
        return made[-1]

    with running(Rig(tmp_path, hold)) as rig:
        yield rig, made
        for one in made:
            one.open()


def test_back_pressure_reads_no_more_than_may_wait(held: tuple[Rig, list[Held]]) -> None:
    rig, made = held
    sender = rig.sender(rig.start(Terms(waiting=10, frame_seconds=0.2)))
    sender.write(framed(message("0")))
    eventually(lambda: made[0].waiting == 1)

    def write_many() -> None:
        for n in range(1, 300):
            sender.write(framed(message(str(n), "x" * 50_000)))

    writer = threading.Thread(target=write_many)
    writer.start()
    eventually(lambda: made[0].waiting >= 10)
    time.sleep(0.5)  # longer than a frame may take: the pause is ours, so no frame expires
    assert made[0].waiting < 30
    made[0].open()
    assert sender.answers(300) == [f"AA {n}" for n in range(300)]
    writer.join(10)
    assert {entry.flag for entry in rig.entries()} == {""}


def test_stopping_answers_what_has_landed(held: tuple[Rig, list[Held]]) -> None:
    rig, made = held
    listener = rig.start()
    sender = rig.sender(listener)
    sender.write(framed(message("1"), message("2")) + b"\x0bMSH|half")
    eventually(lambda: made[0].waiting == 2)
    stopping = threading.Thread(target=_stop, args=(listener,))
    stopping.start()
    made[0].open()
    assert sender.answers(3) == ["AA 1", "AA 2"]
    assert sender.ended()
    stopping.join(10)
    assert len(rig.entries()) == 2
    with pytest.raises(ConnectionError):
        socket.create_connection(listener.server.address, timeout=5)


def _stop(listener: Listener) -> None:
    listener.stop()


def test_stopping_cuts_who_does_not_read_his_answers(held: tuple[Rig, list[Held]]) -> None:
    rig, made = held
    listener = rig.start()
    sender = rig.sender(listener)
    sender.write(framed(message("1")))
    eventually(lambda: made[0].waiting == 1)
    listener.stop(0.05)
    assert sender.ended()
    made[0].open()
    rig._running.clear()


def test_our_client(rig: Rig) -> None:
    host, port = rig.start().server.address
    with Client(host, port) as client:
        answers = [client.send(message(str(n))) for n in range(3)]
    assert [(answer.code, answer.control_id) for answer in answers] == [("AA", "0"), ("AA", "1"), ("AA", "2")]
