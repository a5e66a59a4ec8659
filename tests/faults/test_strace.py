"""The order of system calls: no acknowledgement leaves before the intake's log was written and synced.

kill -9 cannot see a missing fsync (the page cache survives the process), so the calls themselves are looked
at.
"""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bridges.mllp.client import Client
from tests.faults.rig import Clinic, adt, eventually, oru

STRACE = shutil.which("strace")
pytestmark = pytest.mark.skipif(STRACE is None or sys.platform != "linux", reason="strace is not here")
_LINE = re.compile(r"^(?P<thread>\d+) +(?:<\.\.\. )?(?P<call>\w+)(?P<rest>.*)$")


def calls(trace: str) -> Iterator[tuple[str, str]]:
    """What happened, in order: ``write`` and ``sync`` of the intake's log, ``ack N``; a call counts when it
    returns.
    """
    begun: dict[str, str] = {}
    for line in trace.splitlines():
        found = _LINE.match(line)
        if found is None:
            continue
        thread, call, rest = found.group("thread", "call", "rest")
        if "<unfinished ...>" in rest:
            begun[thread] = rest
            if call == "sendto":  # what is sent may arrive before the call returns
                yield from _told(call, rest)
        elif line.find("resumed>") >= 0:
            if call != "sendto":
                yield from _told(call, begun.pop(thread, "") + rest)
        else:
            yield from _told(call, rest)


def _told(call: str, rest: str) -> Iterator[tuple[str, str]]:
    if call in ("pwrite64", "write") and "intake.db-wal" in rest:
        yield "write", ""
    elif call in ("fsync", "fdatasync") and "intake.db-wal" in rest:
        assert rest.rstrip().endswith("= 0"), rest
        yield "sync", ""
    elif call == "sendto":
        yield from (("ack", name) for name in re.findall(r"MSA\|AA\|(\w+)", rest))


def too_early(happened: Sequence[tuple[str, str]]) -> list[str]:
    """Acknowledgements that left while nothing was written for them, or something written was not synced."""
    early, written, dirty = [], False, False
    for what, name in happened:
        if what == "write":
            written = dirty = True
        elif what == "sync":
            dirty = False
        else:
            if dirty or not written:
                early.append(name)
            written = False
    return early


def trace_of(clinic: Clinic, folder: Path, module: str) -> list[tuple[str, str]]:
    """Send messages one by one to a traced bridge; what it did from the first of them on."""
    out = folder / "trace"
    watched = "trace=pwrite64,write,fsync,fdatasync,sendto"
    clinic.start(str(STRACE), "-f", "-y", "-s", "400", "-e", watched, "-o", str(out), module=module)
    with Client(*clinic.address()) as client:
        for raw in (*(adt(n) for n in range(3)), *(oru(n) for n in range(20))):
            assert client.send(raw).code == "AA"
    traced = clinic.process
    assert traced is not None
    eventually(lambda: "MSA|AA|M19" in out.read_text("latin-1"))
    # strace hands SIGTERM on by itself only when it is told so; the bridge is its one direct child.
    bridge = Path(f"/proc/{traced.pid}/task/{traced.pid}/children").read_text().split()[0]
    subprocess.run(["kill", f"-{signal.SIGTERM.value}", bridge], check=True)
    traced.wait(60)
    clinic.process = None
    happened = list(calls(out.read_text("latin-1")))
    first = next(index for index, (what, name) in enumerate(happened) if (what, name) == ("ack", "A0"))
    return happened[first + 1 :]


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    made = Clinic(tmp_path)
    yield made
    if made.process is not None:
        made.process.kill()
        made.process.wait()


def test_no_acknowledgement_leaves_before_its_bytes_are_synced(clinic: Clinic, tmp_path: Path) -> None:
    happened = trace_of(clinic, tmp_path, "clinic_app.app")
    assert [what for what, _ in happened].count("ack") == 22
    assert too_early(happened) == []


def test_a_bridge_that_answers_too_early_is_found_out(clinic: Clinic, tmp_path: Path) -> None:
    assert too_early(trace_of(clinic, tmp_path, "tests.faults.mutant"))


def test_calls_are_read_in_the_order_of_their_effect() -> None:
    trace = "\n".join(
        (
            '7 pwrite64(5</h/intake.db-wal>, "x", 24, 0) = 24',
            "7 fdatasync(5</h/intake.db-wal> <unfinished ...>",
            '8 sendto(9<socket:[1]>, "\\vMSH|\\rMSA|AA|early\\r", 20, 0, NULL, 0) = 20',
            "7 <... fdatasync resumed>) = 0",
            '7 pwrite64(5</h/intake.db-wal>, "x", 24, 0) = 24',
            "7 fdatasync(5</h/intake.db-wal>) = 0",
            '8 sendto(9<socket:[1]>, "\\vMSH|\\rMSA|AA|late\\r", 20, 0, NULL, 0 <unfinished ...>',
            "8 <... sendto resumed>) = 20",
        )
    )
    assert too_early(list(calls(trace))) == ["early"]
