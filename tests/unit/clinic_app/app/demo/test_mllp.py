import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from clinic_app.app.demo.mllp import MllpSender, acknowledgement_code
from clinic_app.model.errors import EnvironmentFault

ACCEPTED = b"MSH|^~\\&|B|C|A|D|20260302||ACK|9|P|2.5\rMSA|AA|D1\r"


@contextmanager
def answering(*pieces: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A listener that takes one message and answers with these pieces, then closes."""
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with listener.accept()[0] as connection:
                data = b""
                while not data.endswith(b"\x1c\r"):
                    data += connection.recv(65536)
                received.append(data)
                for piece in pieces:
                    connection.sendall(piece)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}", received
        thread.join(10)


def test_a_message_is_framed_and_its_acknowledgement_awaited() -> None:
    pieces = (b"\x0b" + ACCEPTED[:20], ACCEPTED[20:] + b"\x1c", b"\r")
    with answering(*pieces) as (address, received), MllpSender(address) as sender:
        assert sender.send(b"MSH|x\r") == ACCEPTED
    assert received == [b"\x0bMSH|x\r\x1c\r"]


@pytest.mark.parametrize(
    "answer", [b"\x0b" + ACCEPTED.replace(b"AA", b"AE") + b"\x1c\r", b"", b"\x0bMSH|only\r\x1c\r"]
)
def test_what_is_not_accepted_stops_the_sending(answer: bytes) -> None:
    with (
        answering(answer) as (address, _),
        MllpSender(address) as sender,
        pytest.raises(EnvironmentFault) as caught,
    ):
        sender.send(b"MSH|x\r")
    assert caught.value.code == "DEMO-FEED"


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(EnvironmentFault, match="Nobody listens"):
        MllpSender(address)


def test_the_code_of_an_acknowledgement() -> None:
    assert acknowledgement_code(ACCEPTED) == b"AA"
    assert acknowledgement_code(b"MSH|no answer\r") == b""
