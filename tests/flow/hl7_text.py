"""HL7 messages of invented people, as short as they can be, and a raw sender."""

import socket
from itertools import count

_numbers = count(1)


def control_id() -> str:
    """A control id that was not used before in this run."""
    return f"F{next(_numbers):05d}"


def head(event: str, control: str, sent: str = "20260302081500", charset: str = "UNICODE UTF-8") -> str:
    """An MSH segment."""
    return f"MSH|^~\\&|LAB|DEMO|CG|DEMO|{sent}||{event}|{control}|P|2.5.1||||||{charset}"


def person(mrn: str, birth: str = "20020314", name: str = "Sample^Maya", sex: str = "F") -> str:
    """A PID segment."""
    return f"PID|1||{mrn}^^^DEMO^MR||{name}||{birth}|{sex}"


def adt(
    control: str, mrn: str, birth: str = "20020314", name: str = "Sample^Maya", sent: str = "20260101"
) -> bytes:
    """An ADT^A28 that makes a person known."""
    return message(head("ADT^A28", control, sent), f"EVN|A28|{sent}", person(mrn, birth, name))


def spirometry(
    control: str,
    mrn: str,
    litres: str = "2.50",
    at: str = "20260302080500",
    status: str = "F",
    birth: str = "20020314",
) -> bytes:
    """An ORU with one FEV1."""
    return result(control, mrn, f"NM|20150-9^FEV1^LN||{litres}|L|||||{status}", f"P-{mrn}-{at}", at, birth)


def result(
    control: str,
    mrn: str,
    observation: str,
    order: str = "O-1",
    at: str = "20260302080500",
    birth: str = "20020314",
) -> bytes:
    """An ORU with one OBX, given from its type on."""
    request = f"OBR|1|{order}|{order}|81458-2^Test^LN|||{at}|||||||||||||||{at}|||F"
    return message(head("ORU^R01", control, at), person(mrn, birth), request, f"OBX|1|{observation}|||{at}")


def message(*segments: str, encoding: str = "utf-8") -> bytes:
    """Segments ended by carriage returns."""
    return ("\r".join(segments) + "\r").encode(encoding)


class Sender:
    """A socket that sends frames, or any bytes, and reads acknowledgements."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self.socket = socket.create_connection((host, int(port)), 30)
        self._rest = b""

    def __enter__(self) -> "Sender":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, raw: bytes) -> str:
        """Send one framed message; MSA-1 of its answer."""
        self.socket.sendall(b"\x0b" + raw + b"\x1c\r")
        return self.answer()

    def answer(self) -> str:
        """MSA-1 of the next answer."""
        while b"\x1c\r" not in self._rest:
            more = self.socket.recv(65536)
            assert more, "the connection ended before the answer"
            self._rest += more
        frame, _, self._rest = self._rest.partition(b"\x1c\r")
        (line,) = [line for line in frame.split(b"\r") if line.startswith(b"MSA|")]
        return line.split(b"|")[1].decode()


def send(address: str, *messages: bytes) -> list[str]:
    """Send these over one connection, each after the answer to the one before."""
    with Sender(address) as sender:
        return [sender.send(raw) for raw in messages]
