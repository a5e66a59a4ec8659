"""A listener in a thread of this process over a real intake file, and small senders that break every rule."""

import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bridges.mllp.admission import USUAL_HOUSE, House
from bridges.mllp.framing import Frame, Framer, wrap
from bridges.mllp.server import Listening, serve
from bridges.mllp.session import USUAL_TERMS, Terms
from clinic_app.model.entries import RawEntry
from clinic_app.ports.clock import Clock
from clinic_app.ports.intake import Landing
from clinic_app.store.intake import IntakeFile, IntakeView, create_intake
from clinic_app.store.intake_committer import IntakeCommitter, Ledger
from clinic_app.system.clock import SystemClock
from clinic_app.system.loop_thread import LoopThread

KEY = bytes(range(32))
HOST = "127.0.0.1"


def message(control_id: str, text: str = "", mode: str = "", sender: str = "LAB|HOSP") -> bytes:
    """A small ORU of an invented person."""
    header = f"MSH|^~\\&|{sender}|CG|CLINIC|20260301||ORU^R01|{control_id}|P|2.5|{mode}"
    return f"{header}\rPID|1||7^^^HOSP\rOBX|1|NM|FEV1||2.5|L|||||F\rNTE|1||{text}\r".encode()


class Listener:
    """A listener on the intake's loop.

    Attributes:
        server: the running server; its address is ``server.address``.
    """

    def __init__(
        self,
        thread: LoopThread,
        intake: Landing,
        terms: Terms = USUAL_TERMS,
        house: House = USUAL_HOUSE,
        tls: ssl.SSLContext | None = None,
        clock: Clock | None = None,
    ) -> None:
        parts = Listening(intake, clock or SystemClock(), terms, house, tls)
        self.thread = thread
        self.server = thread.run(serve(HOST, 0, parts)).result(10)

    def stop(self, seconds: float = 10.0) -> None:
        """Stop as the bridge does."""
        self.thread.run(self.server.stop(seconds)).result(30)


class Sender:
    """A raw socket that reads frames; whatever bytes it likes go out."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, timeout=20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._framer = Framer()

    def write(self, data: bytes) -> None:
        """One write."""
        self.socket.sendall(data)

    def answers(self, count: int) -> list[str]:
        """MSA-1 and MSA-2 of the next answers, as ``AA 1``; fewer where the connection ends before."""
        found: list[str] = []
        while len(found) < count:
            event = self._framer.next_event()
            if isinstance(event, Frame):
                msa = next(line for line in event.raw.split(b"\r") if line.startswith(b"MSA"))
                found.append(" ".join(part.decode() for part in msa.split(b"|")[1:3]))
            elif (data := self._read()) is not None:
                self._framer.feed(data)
            else:
                break
        return found

    def ended(self) -> bool:
        """Whether the listener has closed, once all it sent is read."""
        return self._read() is None

    def close(self) -> None:
        """Close."""
        self.socket.close()

    def _read(self) -> bytes | None:
        try:
            return self.socket.recv(65536) or None
        except ConnectionError:
            return None


class Rig:
    """An intake file, its committer, a listener, and senders that are closed at the end.

    Attributes:
        path: the intake file. listener: the listener; `restart` makes a new one over the same file.
    """

    def __init__(
        self,
        folder: Path,
        wrap_intake: Callable[[Landing], Landing] = lambda it: it,
        open_file: Callable[[Path, bytes], Ledger] = IntakeFile,
        fresh: bool = True,
    ) -> None:
        self.path = folder / "intake.db"
        if fresh:
            create_intake(self.path, KEY)
        self._open = open_file
        self._wrap = wrap_intake
        self._senders: list[Sender] = []
        self._running: list[tuple[Listener, IntakeCommitter]] = []

    def start(
        self,
        terms: Terms = USUAL_TERMS,
        house: House = USUAL_HOUSE,
        tls: ssl.SSLContext | None = None,
        clock: Clock | None = None,
    ) -> Listener:
        """Start a listener."""
        thread = LoopThread("receiver")
        committer = IntakeCommitter(self._open(self.path, KEY), thread.loop)
        listener = Listener(thread, self._wrap(committer), terms, house, tls, clock)
        self._running.append((listener, committer))
        return listener

    def listener(self) -> Listener:
        """The one started last."""
        return self._running[-1][0]

    def sender(self, listener: Listener) -> Sender:
        """A new connection."""
        sender = Sender(listener.server.address)
        self._senders.append(sender)
        return sender

    def entries(self) -> Sequence[RawEntry]:
        """What has landed."""
        view = IntakeView(self.path, KEY)
        found = view.after(0, 100_000)
        view.close()
        return found

    def stop(self) -> None:
        """Stop everything."""
        for sender in self._senders:
            sender.close()
        for listener, committer in self._running:
            listener.stop()
            committer.close()
            listener.thread.stop()
        self._running.clear()


@contextmanager
def running(rig: Rig) -> Iterator[Rig]:
    """The rig, stopped at the end."""
    try:
        yield rig
    finally:
        rig.stop()


def framed(*contents: bytes) -> bytes:
    """Several frames in one piece."""
    return b"".join(map(wrap, contents))
