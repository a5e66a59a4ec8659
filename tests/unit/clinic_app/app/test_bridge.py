"""The bridge in this process: status and ready files, portal sync, trimming, a writer that dies."""

import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bridges.mllp.framing import wrap
from clinic_app.app.bridge import BridgeParts, Report, bridge
from clinic_app.app.child import ChildSpec
from clinic_app.model.entries import Landed, Received
from clinic_app.model.errors import EnvironmentFault, ProgramFault
from clinic_app.ports.intake import IntakeWriter
from clinic_app.store.intake import IntakeFile, IntakeView, create_intake
from clinic_app.system.paths import Home

KEY = bytes(range(32))
MESSAGE = b"MSH|^~\\&|A|B|||20260301||ORU^R01|42|P|2.5\r"


class Clock:
    def now(self) -> datetime:
        return datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def parts(tmp_path: Path) -> BridgeParts:
    home = Home(tmp_path)
    home.run.mkdir()
    create_intake(home.intake_db, KEY)
    return BridgeParts(home, KEY, Clock(), port=0, ready=tmp_path / "ready.json", started_by="test")


def status(parts: BridgeParts) -> dict[str, object]:
    try:
        read: dict[str, object] = json.loads(parts.home.status("bridge").read_text())
    except FileNotFoundError:
        return {}
    return read


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.01)


async def running(parts: BridgeParts, then: Callable[[], bool], send: bytes = b"") -> bytes:
    """Run a bridge until something holds; what it answered to what was sent."""
    stop, answer = asyncio.Event(), b""
    assert parts.ready is not None
    task = asyncio.ensure_future(bridge(parts, stop))
    await until(lambda: task.done() or bool(parts.ready and parts.ready.exists()))
    if send and not task.done():
        host, _, port = json.loads(parts.ready.read_text())["mllp"].rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(send)
        with suppress(asyncio.IncompleteReadError):  # a bridge that dies cuts its connections
            answer = await reader.readuntil(b"\x1c\r")
        writer.close()
    await until(lambda: task.done() or then())
    stop.set()
    await task
    return answer


def test_a_batch_is_answered_once_and_each_message_is_an_entry(parts: BridgeParts) -> None:
    batch = b"BHS|^~\\&|A|B|||20260301||||9\r" + MESSAGE + MESSAGE.replace(b"|42|", b"|43|") + b"BTS|2\r"
    answer = asyncio.run(running(parts, lambda: True, wrap(batch)))
    assert answer.count(b"\x0b") == 1
    assert answer.startswith(b"\x0bBHS|")
    assert [line.split(b"|")[1:3] for line in answer.split(b"\r") if line.startswith(b"MSA")] == [
        [b"AA", b"42"],
        [b"AA", b"43"],
    ]
    view = IntakeView(parts.home.intake_db, KEY)
    landed = view.after(0, 9)
    view.close()
    assert [(one.type, one.part_of) for one in landed] == [("BATCH", 0), ("ORU^R01", 1), ("ORU^R01", 1)]
    assert landed[0].raw == batch


def test_status_and_ready_say_where_it_is_and_the_status_goes_with_it(parts: BridgeParts) -> None:
    seen: list[dict[str, object]] = []

    def look() -> bool:
        seen.append(status(parts))
        return True

    answer = asyncio.run(running(parts, look, wrap(MESSAGE)))
    assert b"MSA|AA|42" in answer
    assert parts.ready is not None
    assert seen[0]["mllp"] == json.loads(parts.ready.read_text())["mllp"]
    assert (seen[0]["started_by"], seen[0]["started"]) == ("test", "2026-03-01T00:00:00+00:00")
    assert status(parts) == {}
    view = IntakeView(parts.home.intake_db, KEY)
    assert view.last_id() == 1
    view.close()


def test_the_worker_is_nudged_and_its_report_is_in_the_status(parts: BridgeParts) -> None:
    program = (
        "import sys\nsys.stdin.readline()\n"
        'while sys.stdin.readline():\n print(\'{"state": "idle", "recorded": 1}\', flush=True)\n'
    )

    child = ChildSpec("worker", (sys.executable, "-c", program), None, {"main": KEY})

    def nudged() -> bool:
        worker = status(parts).get("worker")
        return isinstance(worker, dict) and worker.get("recorded") == 1

    async def main() -> None:
        stop = asyncio.Event()
        task = asyncio.ensure_future(bridge(replace(parts, children=(child,)), stop))
        await until(lambda: isinstance(status(parts).get("worker"), dict))
        host, _, port = str(status(parts)["mllp"]).rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(wrap(MESSAGE))
        await reader.readuntil(b"\x1c\r")
        writer.close()
        await until(nudged)
        stop.set()
        await task

    asyncio.run(main())


def test_the_portal_sync_lands_in_the_same_intake_and_survives_its_bugs(parts: BridgeParts) -> None:
    calls: list[int] = []

    async def sync(intake: IntakeWriter, report: Report, stop: asyncio.Event) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("a bug")
        received = Received("fhir", "http://portal", "Patient/1/_history/1", "Patient", Clock().now(), b"{}")
        await asyncio.wrap_future(intake.submit([received], ("fhir", "7")))
        report({"code": "", "landed": 1})
        await stop.wait()

    with_portal = replace(parts, portal_sync=sync, portal_again_seconds=0.01)
    asyncio.run(running(with_portal, lambda: dict_of(status(parts).get("portal")).get("landed") == 1))
    assert len(calls) == 2


def dict_of(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def test_a_fault_of_the_portal_sync_is_told_by_its_code(parts: BridgeParts) -> None:
    async def sync(intake: IntakeWriter, report: Report, stop: asyncio.Event) -> None:
        raise EnvironmentFault("PORTAL-TOKEN", "no", "Make one.")

    asyncio.run(
        running(
            replace(parts, portal_sync=sync),
            lambda: dict_of(status(parts).get("portal")).get("code") == "PORTAL-TOKEN",
        )
    )


def test_bytes_that_the_main_store_holds_are_let_go_when_old(parts: BridgeParts) -> None:
    file = IntakeFile(parts.home.intake_db, KEY)
    old = Clock().now() - timedelta(days=40)
    with file.transaction():
        for n in range(3):
            file.land(Received("mllp", "A|B", str(n), "ORU^R01", old, f"MSH{n}".encode()))
    file.close()

    report = 'print(\'{"state": "idle", "recorded": 2}\', flush=True)'
    program = f"import sys\nsys.stdin.readline()\n{report}\nsys.stdin.read()\n"
    child = ChildSpec("worker", (sys.executable, "-c", program), None, {"main": KEY})
    view = IntakeView(parts.home.intake_db, KEY)
    trimming = replace(parts, children=(child,), trim_seconds=0.05)
    asyncio.run(running(trimming, lambda: view.entry(2) is None))
    assert view.entry(3) is not None
    view.close()


class DyingFile(IntakeFile):
    """Its first transaction after opening meets a bug."""

    def land(self, received: Received) -> Landed:
        raise ZeroDivisionError


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_writer_that_dies_ends_the_bridge_and_accepts_nothing(parts: BridgeParts) -> None:
    answers: list[bytes] = []

    async def main() -> None:
        answers.append(await running(replace(parts, open_ledger=DyingFile), lambda: False, wrap(MESSAGE)))

    with pytest.raises(ProgramFault, match="INTAKE-ENDED"):
        asyncio.run(main())


def test_a_port_in_use_leaves_nothing_open(parts: BridgeParts) -> None:
    async def main() -> None:
        holder = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
        async with holder:
            await bridge(replace(parts, port=holder.sockets[0].getsockname()[1]), asyncio.Event())

    with pytest.raises(EnvironmentFault, match="PORT-IN-USE"):
        asyncio.run(main())
    assert status(parts) == {}
