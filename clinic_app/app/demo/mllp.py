"""A small MLLP sender that waits for each acknowledgement; it shares nothing with the bridge."""

import socket
from types import TracebackType

from clinic_app.model.errors import EnvironmentFault

_BEGIN, _END = b"\x0b", b"\x1c\r"
_ACCEPTED = (b"AA", b"CA")
TIMEOUT_SECONDS = 30.0


class MllpSender:
    """One connection to ``HOST:PORT``; `send` returns the acknowledgement that came back."""

    def __init__(self, address: str) -> None:
        """Connect; EnvironmentFault DEMO-FEED where nobody listens."""
        host, _, port = address.rpartition(":")
        try:
            self._socket = socket.create_connection((host, int(port)), TIMEOUT_SECONDS)
        except OSError as error:
            raise _lost(f"Nobody listens at {address}") from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""

    def __enter__(self) -> "MllpSender":
        """The open connection."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def send(self, message: bytes) -> bytes:
        """Send one message and wait until it is acknowledged; EnvironmentFault where it was not accepted."""
        try:
            self._socket.sendall(_BEGIN + message + _END)
            answer = self._answer()
        except OSError as error:
            raise _lost("The connection broke before the acknowledgement") from error
        if acknowledgement_code(answer) not in _ACCEPTED:
            raise _lost("A message was not accepted")
        return answer

    def close(self) -> None:
        """End the connection."""
        self._socket.close()

    def _answer(self) -> bytes:
        while _END not in self._rest:
            more = self._socket.recv(65536)
            if not more:
                raise ConnectionError("closed by the other side")
            self._rest += more
        answer, _, self._rest = self._rest.partition(_END)
        return answer.lstrip(_BEGIN)


def acknowledgement_code(answer: bytes) -> bytes:
    """MSA-1 of an acknowledgement; empty where there is none."""
    for line in answer.split(b"\r"):
        if line.startswith(b"MSA|"):
            return line.split(b"|")[1]
    return b""


def _lost(what: str) -> EnvironmentFault:
    return EnvironmentFault(
        "DEMO-FEED", what, "See that `commonground bridge` runs, then start the demonstration again."
    )
