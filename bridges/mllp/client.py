"""An MLLP sender: sends a message and waits for the acknowledgement that names it (used by the demo feed)."""

import socket
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from bridges.mllp.framing import Frame, Framer, NeedMore, wrap
from clinic_app.model.errors import EnvironmentFault

_CHUNK = 65536


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """An answer: MSA-1 (``AA``, ``CE`` …), MSA-2 (the control id it names) and its bytes."""

    code: str
    control_id: str
    raw: bytes


class Client:
    """One connection to a listener; blocking, for one thread.

    Raises EnvironmentFault: PEER-UNREACHABLE, PEER-CLOSED, ANSWER-TIMEOUT. After any of them the message may
    or may not have been stored: send the same bytes again, a listener knows duplicates by control id.
    """

    def __init__(self, host: str, port: int, seconds: float = 30.0) -> None:
        self._seconds = seconds
        self._framer = Framer()
        try:
            self._socket = socket.create_connection((host, port), timeout=seconds)
        except OSError as error:
            what = f"no listener answers at {host} port {port} ({error.strerror or error})"
            mend = "Start it with `commonground bridge`, or check the address."
            raise EnvironmentFault("PEER-UNREACHABLE", what, mend) from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, message: bytes) -> Acknowledgement:
        """Send one message and wait for its acknowledgement; others that come before it are passed over."""
        wanted = control_id_of(message)
        self.push(message)
        return self.wait_for(wanted)

    def push(self, *messages: bytes) -> None:
        """Send messages in one write, without waiting."""
        try:
            self._socket.sendall(b"".join(map(wrap, messages)))
        except OSError as error:
            raise _closed() from error

    def wait_for(self, control_id: str) -> Acknowledgement:
        """The next acknowledgement that names this control id, or names none."""
        limit = time.monotonic() + self._seconds
        while True:
            answer = self.receive(limit - time.monotonic())
            if answer.control_id in (control_id, ""):
                return answer

    def receive(self, seconds: float) -> Acknowledgement:
        """The next acknowledgement of any message, within this time."""
        limit = time.monotonic() + seconds
        while True:
            event = self._framer.next_event()
            if isinstance(event, Frame):
                return read_acknowledgement(event.raw)
            if isinstance(event, NeedMore):
                self._read(limit - time.monotonic())

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def _read(self, seconds: float) -> None:
        try:
            self._socket.settimeout(max(seconds, 0.001))
            data = self._socket.recv(_CHUNK)
        except TimeoutError as error:
            what = f"the listener did not answer within {self._seconds:g} seconds"
            raise EnvironmentFault("ANSWER-TIMEOUT", what, "The message will be sent again.") from error
        except OSError as error:
            raise _closed() from error
        if not data:
            raise _closed()
        self._framer.feed(data)


def control_id_of(message: bytes) -> str:
    """MSH-10 of a message that we send ourselves, empty where there is none."""
    fields = message.partition(b"\r")[0].split(message[3:4] or b"|")
    return fields[9].decode("latin-1") if len(fields) > 9 else ""


def read_acknowledgement(raw: bytes) -> Acknowledgement:
    """MSA-1 and MSA-2; both empty where there is no MSA."""
    for segment in raw.splitlines():
        if segment.startswith(b"MSA"):
            fields = [field.decode("latin-1") for field in segment.split(segment[3:4] or b"|")]
            return Acknowledgement(fields[1], fields[2] if len(fields) > 2 else "", raw)
    return Acknowledgement("", "", raw)


def _closed() -> EnvironmentFault:
    what = "the listener closed the connection before it answered"
    return EnvironmentFault("PEER-CLOSED", what, "The message will be sent again.")
