"""The sender: waits for the answer that names its message, and says what went wrong."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from bridges.mllp.client import Acknowledgement, Client, control_id_of, read_acknowledgement
from bridges.mllp.framing import wrap
from clinic_app.model.errors import EnvironmentFault

MESSAGE = b"MSH|^~\\&|A|B|||20260301||ORU^R01|42|P|2.5\rPID|1\r"


def ack(control_id: str, code: str = "AA") -> bytes:
    return wrap(f"MSH|^~\\&|||||||ACK\rMSA|{code}|{control_id}\r".encode())


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[tuple[str, int]]:
    """A listener that accepts one connection and does as told."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()
        thread.join(10)


def test_the_answer_that_names_the_message_is_waited_for() -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(b"noise" + ack("41") + ack("42", "AE")[:9])
        connection.sendall(ack("42", "AE")[9:])

    with listening(answer) as address, Client(*address) as client:
        assert client.send(MESSAGE).code == "AE"


def test_an_answer_that_names_nothing_is_for_this_message() -> None:
    raw = b"MSH|\rMSA|AR\r"
    with listening(lambda connection: connection.sendall(wrap(raw))) as address, Client(*address) as client:
        assert client.send(MESSAGE) == Acknowledgement("AR", "", raw)


def test_no_answer_in_time() -> None:
    done = threading.Event()

    def silent(connection: socket.socket) -> None:
        done.wait(10)

    with listening(silent) as address:
        with (
            Client(*address, seconds=0.05) as client,
            pytest.raises(EnvironmentFault, match="ANSWER-TIMEOUT"),
        ):
            client.send(MESSAGE)
        done.set()


def test_closed_before_the_answer() -> None:
    with (
        listening(lambda connection: None) as address,
        Client(*address) as client,
        pytest.raises(EnvironmentFault, match="PEER-CLOSED"),
    ):
        client.send(MESSAGE)


def test_closed_by_ourselves() -> None:
    with listening(lambda connection: None) as address:
        client = Client(*address)
        client.push(MESSAGE)
        client.close()
        with pytest.raises(EnvironmentFault, match="PEER-CLOSED"):
            client.push(MESSAGE)
        with pytest.raises(EnvironmentFault, match="PEER-CLOSED"):
            client.wait_for("42")


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
    with pytest.raises(EnvironmentFault, match="PEER-UNREACHABLE"):
        Client(*address)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [(MESSAGE, "42"), (MESSAGE.replace(b"|", b"!"), "42"), (b"MSH|^~\\&|A", ""), (b"", "")],
)
def test_control_ids(raw: bytes, expected: str) -> None:
    assert control_id_of(raw) == expected


@pytest.mark.parametrize(
    ("raw", "code", "control_id"),
    [
        (b"MSH|\rMSA|CA|7|text\r", "CA", "7"),
        (b"MSH|\nMSA|AR\n", "AR", ""),
        (b"MSH|\r", "", ""),
        (b"", "", ""),
    ],
)
def test_acknowledgements(raw: bytes, code: str, control_id: str) -> None:
    assert read_acknowledgement(raw) == Acknowledgement(code, control_id, raw)
