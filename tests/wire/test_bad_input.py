"""Everything that senders get wrong, over the wire into a real bridge and worker.

Of each: the answer that it deserves, an entry or a line of the log with a code that says what was wrong, and
the next message of somebody else is served as ever. At the end the memory that all of it took is looked at.
"""

import base64
import re
import socket
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path

import pytest

from bridges.mllp.client import Client
from bridges.mllp.framing import Frame, Framer, wrap
from clinic_app.model.entries import InboxEntry, RawEntry
from clinic_app.model.facts import Fact
from clinic_app.model.identity import Identifier
from clinic_app.store import sqlcipher
from clinic_app.store.intake import IntakeView
from clinic_app.store.sql import open_store
from tests.faults.rig import Clinic, adt, eventually

pytestmark = [pytest.mark.xdist_group("bad-input"), pytest.mark.timeout(300)]

MEBI = 1024 * 1024
BOUND = 150 * MEBI
"""Most that the bridge may take above idle, whatever is sent."""
SETTINGS = {
    "# max_message_bytes = 16777216": f"max_message_bytes = {32 * MEBI}",
    "# frame_deadline_seconds = 30.0": "frame_deadline_seconds = 60.0",
    "# max_connections = 256": "max_connections = 400",
    "# max_connections_per_peer = 128": "max_connections_per_peer = 300",
}
PROFILE = 'name = "site"\nedition = "1"\nextends = "generic"\n[site]\ntime_zone = "Europe/Madrid"\n'
_numbers = count(1)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    made = Clinic(tmp_path_factory.mktemp("bad"))
    text = made.home.settings.read_text("utf-8")
    for usual, ours in SETTINGS.items():
        assert usual in text
        text = text.replace(usual, ours)
    made.home.settings.write_text(text, "utf-8")
    (made.home.profiles / "site.toml").write_text(PROFILE, "utf-8")
    made.start()
    with Client(*made.address()) as client:
        assert client.send(adt(1)).code == "AA"
    yield made
    made.stop()


@pytest.fixture
def line(clinic: Clinic) -> Iterator[socket.socket]:
    with socket.create_connection(clinic.address(), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield connection


@pytest.fixture(autouse=True)
def others_are_served(clinic: Clinic) -> Iterator[None]:
    """After each: a message over a new connection is answered, and the worker has looked at everything."""
    yield
    with Client(*clinic.address()) as client:
        assert client.send(result(new_id())).code == "AA"
    settled(clinic)
    eventually(lambda: clinic.worker() > 0)


def new_id() -> str:
    return f"B{next(_numbers)}"


def result(name: str, *segments: str, pid: str = "PID|1||P1^^^HOSP^MR||Example^Person1||20010101|F") -> bytes:
    """A result of the patient that is known; the usual one where no segments are given."""
    usual = (f"OBR|1||{name}|SPIRO|||20260301090000", "OBX|1|NM|20150-9^FEV1^LN||2.5|L|||||F")
    head = f"MSH|^~\\&|LAB|HOSP|CG|CLINIC|20260301090000||ORU^R01|{name}|P|2.5"
    return "".join(f"{segment}\r" for segment in (head, pid, *(segments or usual))).encode()


def answers(line: socket.socket, number: int) -> list[str]:
    """MSA-1 and MSA-2 of the next answers, fewer where the connection ends."""
    framer, found = Framer(), list[str]()
    while len(found) < number:
        event = framer.next_event()
        if isinstance(event, Frame):
            msa = next(one for one in event.raw.split(b"\r") if one.startswith(b"MSA"))
            found.append(" ".join(part.decode() for part in msa.split(b"|")[1:3]))
        elif data := line.recv(65536):
            framer.feed(data)
        else:
            break
    return found


def told(line: socket.socket, raw: bytes) -> str:
    """The answer to one message."""
    line.sendall(wrap(raw))
    (found,) = answers(line, 1)
    return found


def landed(clinic: Clinic) -> Sequence[RawEntry]:
    with closing(IntakeView(clinic.home.intake_db, clinic.key("intake"))) as view:
        return view.after(0, 1_000_000)


def settled(clinic: Clinic) -> None:
    eventually(lambda: clinic.last_ids()[0] == clinic.last_ids()[1], 120)


def entry(clinic: Clinic, holds: Callable[[RawEntry], bool]) -> InboxEntry:
    """The newest entry of which this holds, once the worker has looked at it."""
    eventually(lambda: any(map(holds, landed(clinic))))
    number = [one.id for one in landed(clinic) if holds(one)][-1]
    settled(clinic)
    with closing(open_store(clinic.home.main_db, clinic.key("main"))) as store, store.snapshot() as view:
        found = view.inbox_entry(number)
    assert found is not None
    return found


def named(clinic: Clinic, name: str) -> InboxEntry:
    return entry(clinic, lambda one: one.control_id == name)


def facts_of(clinic: Clinic, found: InboxEntry) -> list[Fact]:
    with closing(open_store(clinic.home.main_db, clinic.key("main"))) as store, store.snapshot() as view:
        facts = view.facts([Identifier("HOSP", "P1")], ("measurement",))
    return [fact for fact in facts if fact.inbox_id == found.id]


def log_of(clinic: Clinic) -> str:
    return clinic.home.log("bridge").read_text("utf-8")


def memory(clinic: Clinic, which: str) -> int:
    """Bytes of resident memory of the bridge: now (VmRSS) or at most (VmHWM)."""
    assert clinic.process is not None
    status = Path(f"/proc/{clinic.process.pid}/status").read_text("utf-8")
    return int(status.partition(f"{which}:")[2].split()[0]) * 1024


# --- how the bytes come ---


def test_one_byte_per_write(clinic: Clinic, line: socket.socket) -> None:
    name = new_id()
    for byte in wrap(result(name)):
        line.sendall(bytes([byte]))
    assert answers(line, 1) == [f"AA {name}"]
    assert named(clinic, name).state == "applied"


def test_the_end_mark_and_the_return_in_packets_of_their_own(clinic: Clinic, line: socket.socket) -> None:
    name = new_id()
    for piece in (b"\x0b", result(name), b"\x1c", b"\r"):
        line.sendall(piece)
        time.sleep(0.02)
    assert answers(line, 1) == [f"AA {name}"]
    assert named(clinic, name).raw == result(name)


def test_the_end_mark_without_a_return(clinic: Clinic, line: socket.socket) -> None:
    first, second = new_id(), new_id()
    line.sendall(wrap(result(first))[:-1])
    assert answers(line, 1) == [f"AA {first}"]
    line.sendall(wrap(result(second))[:-1] + wrap(result(first)))
    assert answers(line, 2) == [f"AA {second}", f"AA {first}"]


def test_no_end_mark_and_then_the_end(clinic: Clinic, line: socket.socket) -> None:
    name = new_id()
    line.sendall(wrap(result(name))[:-2])
    line.shutdown(socket.SHUT_WR)
    assert answers(line, 1) == []
    found = entry(clinic, lambda one: name.encode() in one.raw)
    assert (found.state, found.code, found.raw) == ("held", "FRAME-UNFINISHED", result(name))
    assert found.mend


@pytest.mark.parametrize("mark", [b"\x0b", b"\x1c", b"\x0b\x0b", b"\x1c\x1cx"])
def test_marks_of_frames_within_the_text(clinic: Clinic, line: socket.socket, mark: bytes) -> None:
    name = new_id()
    raw = result(name) + b"NTE|1||before" + mark + b"after\r"
    assert told(line, raw) == f"AA {name}"
    assert named(clinic, name).raw == raw
    assert named(clinic, name).state == "applied"


def test_an_end_and_a_start_within_the_text_are_two_frames(clinic: Clinic, line: socket.socket) -> None:
    """Nobody can tell them from a sender who leaves out the return; nothing of either is lost."""
    name = new_id()
    line.sendall(wrap(result(name) + b"NTE|1||before\x1c\x0bafter " + name.encode() + b"\r"))
    assert answers(line, 2) == [f"AA {name}", "AR "]
    assert named(clinic, name).raw == result(name) + b"NTE|1||before"
    rest = entry(clinic, lambda one: one.raw.startswith(b"after " + name.encode()))
    assert (rest.state, rest.code) == ("held", "NO-MSH")


def test_zero_bytes_and_noise_between_frames(clinic: Clinic, line: socket.socket) -> None:
    first, second = new_id(), new_id()
    line.sendall(b"\0\0" + wrap(result(first)) + b"\0 gateway restarted \xff\xfe\n" + wrap(result(second)))
    assert answers(line, 2) == [f"AA {first}", f"AA {second}"]
    found = entry(clinic, lambda one: b"gateway restarted" in one.raw)
    assert (found.state, found.code) == ("held", "GARBAGE-BETWEEN-FRAMES")


def test_a_sender_who_leaves_before_the_answer(clinic: Clinic) -> None:
    name = new_id()
    with socket.create_connection(clinic.address(), timeout=30) as line:
        line.sendall(wrap(result(name)))
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with socket.create_connection(clinic.address(), timeout=30) as line:
        assert told(line, result(name)) == f"AA {name}"
    settled(clinic)
    assert len([one for one in landed(clinic) if one.control_id == name and not one.flag]) == 1
    assert len(facts_of(clinic, named(clinic, name))) == 1


# --- how much comes ---


def test_a_hundred_megabytes(clinic: Clinic, line: socket.socket) -> None:
    before = memory(clinic, "VmRSS")
    name = new_id()
    line.sendall(b"\x0b" + result(name))
    piece = b"NTE|1||" + b"x" * (MEBI - 8) + b"\r"
    for _ in range(100):
        line.sendall(piece)
    line.sendall(b"\x1c\r" + wrap(result(again := new_id())))
    assert answers(line, 2) == [f"AR {name}", f"AA {again}"]
    found = entry(clinic, lambda one: name.encode() in one.raw)
    assert (found.state, found.code) == ("held", "FRAME-TOO-LARGE")
    assert memory(clinic, "VmHWM") - before < BOUND


def test_twenty_megabytes_of_base64(clinic: Clinic, line: socket.socket) -> None:
    name = new_id()
    letter = base64.b64encode(bytes(range(256)) * (15 * MEBI // 256)).decode()
    order = f"OBR|1||{name}|LETTER|||20260301090000"
    raw = result(name, order, f"OBX|1|ED|PDF^Letter^L||^application^pdf^Base64^{letter}||||||F")
    assert len(raw) > 20 * MEBI
    assert told(line, raw) == f"AA {name}"
    found = named(clinic, name)
    assert found.raw == raw
    assert (found.state, found.code) == ("held", "UNKNOWN-CODE")


def test_five_thousand_results(clinic: Clinic, line: socket.socket) -> None:
    name = new_id()
    results = (f"OBX|{n}|NM|20150-9^FEV1^LN|{n}|{n / 1000 + 1}|L|||||F" for n in range(1, 5001))
    assert told(line, result(name, f"OBR|1||{name}|SPIRO|||20260301090000", *results)) == f"AA {name}"
    found = named(clinic, name)
    assert found.state == "applied"
    assert len(facts_of(clinic, found)) == 5000


def test_two_hundred_slow_senders(clinic: Clinic) -> None:
    names = [new_id() for _ in range(200)]
    with ExitStack() as stack:
        lines = [stack.enter_context(socket.create_connection(clinic.address(), timeout=60)) for _ in names]
        frames = [wrap(result(name)) for name in names]
        for start in range(0, max(map(len, frames)), 40):
            for line, frame in zip(lines, frames, strict=True):
                line.sendall(frame[start : start + 40])
            if start == 120:  # somebody else is served while all of them are at it
                with Client(*clinic.address()) as client:
                    assert client.send(result(new_id())).code == "AA"
        for line, name in zip(lines, names, strict=True):
            assert answers(line, 1) == [f"AA {name}"]


def test_two_thousand_connections(clinic: Clinic) -> None:
    before = memory(clinic, "VmRSS")
    with ExitStack() as stack:
        lines = [
            stack.enter_context(socket.create_connection(clinic.address(), timeout=60)) for _ in range(2000)
        ]
        name = new_id()
        assert told(lines[0], result(name)) == f"AA {name}"
        with pytest.raises((ConnectionError, ValueError)):  # the later ones were closed at once
            told(lines[-1], result(new_id()))
    assert "TOO-MANY-FROM-PEER" in log_of(clinic)
    eventually(lambda: served(clinic), 60)
    assert memory(clinic, "VmHWM") - before < BOUND


def served(clinic: Clinic) -> bool:
    """Whether there is room again for a connection."""
    try:
        with socket.create_connection(clinic.address(), timeout=10) as line:
            return told(line, result(new_id())).startswith("AA")
    except (ConnectionError, ValueError):
        return False


# --- what the messages say ---

Change = tuple[bytes, bytes]
HELD: dict[str, tuple[Change, str, str]] = {
    "no type": ((b"ORU^R01", b""), "AE", "NO-MESSAGE-TYPE"),
    "no control id": ((b"NAME|P", b"|P"), "AE", "NO-CONTROL-ID"),
    "two patients": ((b"\rOBR", b"\rPID|2||P2^^^HOSP^MR\rOBR"), "AA", "SEVERAL-PATIENTS"),
    "a type that holds no number": ((b"|NM|", b"|RP|"), "AA", "UNREADABLE-VALUE"),
    "a number that is none": ((b"|2.5|", b"|2.5.1|"), "AA", "UNREADABLE-VALUE"),
    "a day that no calendar has": ((b"|20260301090000\rOBX", b"|20260231\rOBX"), "AA", "UNREADABLE-VALUE"),
}


@pytest.mark.parametrize("name", HELD)
def test_what_cannot_be_read_is_held_with_its_code(clinic: Clinic, line: socket.socket, name: str) -> None:
    (sent, changed), code, reason = HELD[name]
    number = new_id()
    raw = result(number).replace(sent.replace(b"NAME", number.encode()), changed)
    assert raw != result(number)
    assert told(line, raw).startswith(code)
    found = entry(clinic, lambda one: one.raw == raw)
    assert (found.state, found.code) == ("held", reason)
    assert found.reason
    assert found.mend
    assert facts_of(clinic, found) == []


def test_a_result_before_its_order(clinic: Clinic, line: socket.socket) -> None:
    name = new_id()
    observation, order = "OBX|1|NM|20150-9^FEV1^LN||2.5|L|||||F|||20260301", f"OBR|1||{name}|SPIRO|||20260302"
    assert told(line, result(name, observation, order)) == f"AA {name}"
    found = named(clinic, name)
    assert found.state == "applied"
    (fact,) = facts_of(clinic, found)
    assert fact.statement.at is not None
    assert fact.statement.at.text == "2026-03-01"  # its own time, never that of an order behind it


def test_a_batch_whose_counts_are_wrong(clinic: Clinic, line: socket.socket) -> None:
    first, second = new_id(), new_id()
    batch = (
        b"BHS|^~\\&|LAB|HOSP|||||||" + f"B-{first}\r".encode() + result(first) + result(second) + b"BTS|3\r"
    )
    line.sendall(wrap(batch))
    assert sorted(answers(line, 1)) == [f"AA {first}"]
    whole = entry(clinic, lambda one: one.raw == batch)
    assert (whole.state, whole.code) == ("held", "BATCH-INCOMPLETE")
    assert {named(clinic, name).state for name in (first, second)} == {"applied"}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2026", "2026"),
        ("202602", "2026-02"),
        ("20260201", "2026-02-01"),
        ("2026020100", "2026-02-01T00+01:00"),
        ("202602011530", "2026-02-01T15:30+01:00"),
        ("20260201153000-0500", "2026-02-01T15:30:00-05:00"),
        ("20260701153000", "2026-07-01T15:30:00+02:00"),
        ("20260329013000", "2026-03-29T01:30:00+01:00"),
        ("20260329033000", "2026-03-29T03:30:00+02:00"),
        ("20261025013000", "2026-10-25T01:30:00+02:00"),
        ("20261025033000", "2026-10-25T03:30:00+01:00"),
    ],
)
def test_times_of_every_precision_and_zone(clinic: Clinic, line: socket.socket, sent: str, kept: str) -> None:
    name = new_id()
    raw = result(name, f"OBR|1||{name}|SPIRO|||{sent}", f"OBX|1|NM|20150-9^FEV1^LN||2.5|L|||||F|||{sent}")
    assert told(line, raw) == f"AA {name}"
    (fact,) = facts_of(clinic, named(clinic, name))
    assert fact.statement.at is not None
    assert fact.statement.at.text == kept


# --- what the machine does ---


def test_the_main_store_is_locked(clinic: Clinic, line: socket.socket) -> None:
    """Another program holds it: messages are taken all the same, and recorded once it is let go."""
    name = new_id()
    with closing(sqlcipher.connect(clinic.home.main_db, clinic.key("main"))) as other:
        other.execute("BEGIN IMMEDIATE")
        assert told(line, result(name)) == f"AA {name}"
        eventually(lambda: "STORE-LOCKED" in clinic.home.log("worker").read_text("utf-8"), 30)
        other.execute("ROLLBACK")
    assert named(clinic, name).state == "applied"


def test_the_intake_is_locked(clinic: Clinic, line: socket.socket) -> None:
    """Nothing is accepted that is not stored: the sender is told to send it again, and it is stored once."""
    name = new_id()
    with closing(sqlcipher.connect(clinic.home.intake_db, clinic.key("intake"))) as other:
        other.execute("BEGIN IMMEDIATE")
        assert told(line, result(name)) == f"AE {name}"
        other.execute("ROLLBACK")
    assert re.search("STORE-LOCKED|INTAKE", log_of(clinic))
    assert told(line, result(name)) == f"AA {name}"
    assert named(clinic, name).state == "applied"


def test_the_memory_of_the_bridge_stayed_within_its_bound(clinic: Clinic) -> None:
    """Last of all: whatever came above took no more at any moment."""
    assert memory(clinic, "VmHWM") - memory(clinic, "VmRSS") < BOUND
