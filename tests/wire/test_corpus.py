"""Messages that nobody here wrote, over the wire into a real bridge: each is stored byte for byte and
answered, none stops the worker. Besides, the same messages damaged in every way that lines and senders know.
"""

import random
import re
import socket
from collections.abc import Iterator, Sequence

import pytest

from bridges.mllp.framing import Frame, Framer, NeedMore, wrap
from clinic_app.store.intake import IntakeView
from clinic_app.store.sql import open_store
from tests.faults.rig import Clinic, eventually
from tests.unit.bridges.hl7.messages import ROOT

FILES = sorted((ROOT.parent / "shared" / "corpus").glob("*/*.hl7"))
DAMAGED, SEED = 400, 20261126
MSA = re.compile(rb"\rMSA.(..)")


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    made = Clinic(tmp_path_factory.mktemp("corpus"))
    made.start()
    yield made
    made.stop()


def send(clinic: Clinic, raw: bytes, number: int) -> list[bytes]:
    """Send, and another message behind it; what came before the answer to that one."""
    framer, answers = Framer(), list[bytes]()
    probe = SAMPLE.replace(b"|1|P|", f"|probe{number}|P|".encode())
    with socket.create_connection(clinic.address(), timeout=30) as line:
        line.sendall(wrap(raw) + wrap(probe))
        while f"|probe{number}\r".encode() not in b"".join(answers):
            event = framer.next_event()
            if isinstance(event, Frame):
                answers.append(event.raw)
                continue
            assert isinstance(event, NeedMore)
            data = line.recv(65536)
            assert data, f"no answer after {raw[:80]!r}"
            framer.feed(data)
    return answers[:-1]


def wants_none(raw: bytes) -> bool:
    """Whether MSH-15 says so."""
    head = re.split(rb"[\r\n]", raw.strip(), maxsplit=1)[0].replace(b"\0", b"")
    fields = head.split(head[head.find(b"MSH") + 3 :][:1] or b"|")
    return len(fields) > 14 and fields[14] in (b"NE", b"ER", b"SU")


def stored(clinic: Clinic) -> list[bytes]:
    view = IntakeView(clinic.home.intake_db, clinic.key("intake"))
    found = [entry.raw for entry in view.after(0, 1_000_000)]
    view.close()
    return found


def all_is_well(clinic: Clinic, raws: Sequence[bytes]) -> None:
    """Sent, answered, stored as sent, and looked at by a worker that goes on working."""
    for number, raw in enumerate(raws):
        # Answered in the character set that was spoken: UTF-16 is read here without its zeros.
        said = b"".join(send(clinic, raw, number)).replace(b"\0", b"")
        codes = set(MSA.findall(said))
        # In enhanced mode a sender may want no answer (NE), or one only to what is wrong (ER).
        assert codes or wants_none(raw), raw[:80]
        assert codes <= {b"AA", b"AE", b"AR", b"CA", b"CE", b"CR"}
    kept = set(stored(clinic))
    assert [raw[:80] for raw in raws if raw not in kept] == []
    eventually(lambda: clinic.last_ids()[0] == clinic.last_ids()[1], 120)
    store = open_store(clinic.home.main_db, clinic.key("main"))
    with store.snapshot() as view:
        faults = [entry.id for entry in view.inbox((), 1_000_000) if entry.code == "PROGRAM-FAULT"]
    store.close()
    assert faults == []
    assert clinic.worker() > 0


@pytest.mark.skipif(not FILES, reason="the corpus is not part of the checkout")
def test_real_messages(clinic: Clinic) -> None:
    worker = clinic.worker()
    all_is_well(clinic, [file.read_bytes() for file in FILES])
    assert clinic.worker() == worker or not worker


def test_damaged_messages(clinic: Clinic) -> None:
    chance = random.Random(SEED)
    whole = [file.read_bytes() for file in FILES if file.stat().st_size < 20_000] or [SAMPLE]
    all_is_well(clinic, [damaged(chance.choice(whole), chance) for _ in range(DAMAGED)])


SAMPLE = (
    b"MSH|^~\\&|LAB|NORTH|CG|CLINIC|20260301||ORU^R01|1|P|2.5\rPID|1||7^^^NORTH^MR||Ives^Ann||20100102|F\r"
    b"OBR|1||F1|81458-2^PFT^LN|||20260301\rOBX|1|NM|20150-9^FEV1^LN||2.5|L|||||F\r"
)


def damaged(raw: bytes, chance: random.Random) -> bytes:
    """The message as another sender would have got it wrong; never with the marks that end a frame."""
    ways = (
        lambda: raw.replace(b"\r", b"\n"),
        lambda: raw.replace(b"\r", b"\r\n"),
        lambda: raw.rstrip(b"\r\n"),
        lambda: raw[: chance.randrange(1, len(raw))],
        lambda: raw[chance.randrange(len(raw)) :],
        lambda: b"\xef\xbb\xbf" + raw,
        lambda: raw.decode("latin-1").encode("utf-16"),
        lambda: raw.decode("latin-1").encode("utf-16-be"),
        lambda: raw + raw,
        lambda: b"BHS|^~\\&|X\r" + raw + b"BTS|7\r",
        lambda: raw.lower(),
        lambda: raw.replace(b"|", b"^").replace(b"~", b"|"),
        lambda: raw.replace(b"|", chance.randbytes(1)),
        lambda: b"\r\n  " + raw + b"\x00\x00",
        lambda: _sprinkled(raw, chance),
        lambda: b"\r".join(chance.sample(parts := raw.split(b"\r"), len(parts))),
        lambda: raw.replace(b"P|2", b"P|9").replace(b"|P|", b"|T|"),
        lambda: chance.randbytes(chance.randrange(1, 300)),
    )
    made: bytes = chance.choice(ways)()
    return made.replace(b"\x1c", b"?").replace(b"\x0b", b"?") or b"?"


def _sprinkled(raw: bytes, chance: random.Random) -> bytes:
    made = bytearray(raw)
    for _ in range(chance.randrange(1, 12)):
        made[chance.randrange(len(made))] = chance.randrange(256)
    return bytes(made)
