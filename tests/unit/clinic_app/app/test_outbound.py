"""From a patient's weight to the EHR: the home's own parts, and a receiver that is not ours."""

import asyncio
import ssl
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from clinic_app.app.bridge import bridge
from clinic_app.app.bridge_parts import bridge_parts
from clinic_app.app.outbound import StoreDeliveries, outbox_sending, outlet_of, reach, tls_of
from clinic_app.app.recorder import StoreRecorder
from clinic_app.model.errors import EnvironmentFault
from clinic_app.model.identity import Identifier
from clinic_app.model.outbound import Document
from clinic_app.model.outbox import Outcome, Verdict
from clinic_app.ports.intake import IntakeWriter
from clinic_app.services.outbox import queue_document
from clinic_app.store.sql import SqlStore, open_store
from clinic_app.system.tls import client_context, server_context
from tests.unit.clinic_app.app.made_home import NOW, MadeHome, Run, adt, home_weight, resource_received
from tests.unit.clinic_app.app.test_bridge_parts import Intake
from tests.wire.certificates import Authority
from tests.wire.receiver import Receiver, receiving


def queue(home: MadeHome, now: datetime = NOW) -> None:
    """The worker looks for what goes back, twice: the first look only marks the place."""
    with home.clinic(now) as clinic:
        store = open_store(clinic.home.main_db, clinic.secrets.get("main"))
        recorder = StoreRecorder(
            clinic, store, clinic.system_gate(), clinic.translator(), outlet=lambda: outlet_of(clinic)
        )
        try:
            while recorder.queue_outbound():
                pass
            assert not recorder.queue_outbound()
        finally:
            recorder.close()


def with_patient(home: MadeHome, run: Run, **settings: object) -> None:
    """A home that sends back, with one person and her portal's."""
    home.set("outbox", **{"host": "127.0.0.1", "port": 9, **settings})
    home.receive(adt("A1", name="Mu\u00f1oz^Ana"))
    assert run("link", "1001", "p1", *home.words).status == 0
    queue(home, NOW - timedelta(minutes=1))  # what was recorded before this look would stay here


def send(home: MadeHome, receiver: Receiver) -> list[Mapping[str, object]]:
    """The bridge sends until nothing waits; what it reported."""
    told: list[Mapping[str, object]] = []

    async def meet(intake: IntakeWriter) -> None:
        async with receiving(receiver) as port:
            text = home.settings.read_text("utf-8")
            home.settings.write_text(text.replace("port = 9\n", f"port = {port}\n"), "utf-8")
            with home.clinic(NOW + timedelta(minutes=1)) as clinic:
                sending = outbox_sending(clinic)
                assert sending is not None
                stop = asyncio.Event()
                running = asyncio.ensure_future(sending(intake, told.append, stop))
                while not running.done() and not (told and told[-1]["code"] == "" and _idle(clinic.store)):
                    await asyncio.sleep(0.01)
                stop.set()
                await running
            home.settings.write_text(text, "utf-8")

    asyncio.run(asyncio.wait_for(meet(Intake()), 30))
    return told


def _idle(store: SqlStore) -> bool:
    with store.snapshot() as view:
        return view.outbox_health().waiting == 0


def test_by_default_nothing_goes_back(home: MadeHome) -> None:
    with home.clinic() as clinic:
        assert (outlet_of(clinic), outbox_sending(clinic)) == (None, None)


def test_a_weight_goes_to_the_ehr_and_its_correction_follows(run: Run, home: MadeHome) -> None:
    with_patient(home, run)
    home.submit(home_weight("p1", 61.5))
    queue(home)
    receiver = Receiver()
    told = send(home, receiver)
    assert [one["code"] for one in told] == [""]
    (text,) = receiver.kept.values()
    assert receiver.arrived == [text]
    segments = [line.split("|") for line in text.split("\r") if line]
    assert [one[0] for one in segments] == ["MSH", "PID", "OBR", "OBX"]
    assert segments[0][2:6] == ["COMMONGROUND", "CLINIC", "EHR", "HOSPITAL"]
    assert segments[0][10] == "P"
    assert (segments[1][3], segments[1][5]) == ("1001^^^DEMO^MR", "Mu\u00f1oz^Ana")
    assert segments[3][3:7] == ["HOME-WEIGHT^Body weight measured at home^99CG", "1", "61.5", "kg^kg^UCUM"]
    home.submit({**home_weight("p1", 60.5), "status": "amended", "meta": {"versionId": "2"}})
    queue(home)
    send(home, receiver)
    first, second = receiver.kept.values()
    assert second.split("\r")[3].split("|")[11] == "C"
    assert second.split("\r")[2].split("|")[3] == first.split("\r")[2].split("|")[3]


def test_a_plan_goes_as_pdf_and_as_text(run: Run, home: MadeHome) -> None:
    with_patient(home, run)
    plan = Document("PLAN-1", "Visit plan", b"%PDF-1.7\n" + bytes(range(256)) * 400, "Walk\nevery day", NOW)
    with home.clinic() as clinic:
        queue_document(clinic.gate, Identifier("DEMO", "1001"), plan, outlet_of(clinic), NOW)
    receiver = Receiver()
    send(home, receiver)
    (text,) = receiver.kept.values()
    lines = text.split("\r")
    assert [line[:3] for line in lines if line] == ["MSH", "EVN", "PID", "PV1", "TXA", "OBX", "OBX"]
    assert lines[0].split("|")[8] == "MDM^T02^MDM_T02"
    assert "^application^pdf^Base64^" in lines[5]
    assert "Walk\\.br\\every day" in lines[6]


def test_a_demonstration_says_that_it_is_one(run: Run, home: MadeHome) -> None:
    home.set("clinic", demonstration=True)
    with_patient(home, run)
    home.submit(home_weight("p1", 61.5))
    queue(home)
    receiver = Receiver()
    send(home, receiver)
    assert [text.split("|")[10] for text in receiver.kept.values()] == ["T"]


def test_a_store_that_is_away_is_opened_anew(home: MadeHome) -> None:
    opened: list[SqlStore] = []
    with home.clinic() as clinic:
        away = EnvironmentFault("STORE-FULL", "the disk is full", "Free space.")

        def open_it() -> SqlStore:
            opened.append(open_store(clinic.home.main_db, clinic.secrets.get("main")))
            return opened[-1]

        faults = [away]

        def now() -> object:
            if faults:
                raise faults.pop()
            return NOW

        deliveries = StoreDeliveries(open_it, lambda store: clinic.system_gate(), frozenset, now)  # type: ignore[arg-type]
        with pytest.raises(EnvironmentFault, match="STORE-FULL"):
            deliveries.next()
        assert deliveries.next() is None
        assert deliveries.begin(9) is None
        deliveries.settle(9, Outcome(Verdict.ACCEPTED, "AA"), NOW)
        assert len(opened) == 2
        deliveries.close()
        deliveries.close()


def test_certificates_are_those_of_the_settings(home: MadeHome, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    files = authority.issue("clinic")
    with home.clinic() as clinic:
        assert tls_of(clinic) is None
    home.set(
        "outbox",
        host="127.0.0.1",
        tls=True,
        tls_authority=str(authority.file),
        tls_certificate=str(files.certificate),
        tls_key=str(files.key),
    )
    with home.clinic() as clinic:
        assert tls_of(clinic) is not None
    authority.file.unlink()
    with home.clinic() as clinic, pytest.raises(EnvironmentFault, match="TLS-UNUSABLE"):
        tls_of(clinic)


async def _accepted(receiver: Receiver) -> None:
    """It noticed the caller, who has hung up already."""
    while not receiver.connections:
        await asyncio.sleep(0.001)


def test_reaching_a_place() -> None:
    async def go() -> int:
        receiver = Receiver()
        async with receiving(receiver) as port:
            await asyncio.to_thread(reach, "127.0.0.1", port, None)
            await _accepted(receiver)
            return port

    port = asyncio.run(go())
    with pytest.raises(OSError, match="refused"):
        reach("127.0.0.1", port, None)


def test_reaching_a_place_under_tls(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    theirs = authority.issue("ehr")

    async def go() -> None:
        receiver, tls = Receiver(), server_context(theirs.certificate, theirs.key)
        async with receiving(receiver, tls=tls) as port:
            with pytest.raises(ssl.SSLError):
                await asyncio.to_thread(reach, "127.0.0.1", port, client_context(None, None, None))
            await asyncio.to_thread(reach, "127.0.0.1", port, client_context(authority.file, None, None))
            await _accepted(receiver)

    asyncio.run(go())


def test_a_running_bridge_and_its_worker_do_it_by_themselves(run: Run, home: MadeHome) -> None:
    with_patient(home, run)
    home.land(resource_received(home_weight("p1", 61.5)))
    receiver = Receiver()

    async def go() -> None:
        async with receiving(receiver) as port:
            home.set("portal", port=9)
            text = home.settings.read_text("utf-8")
            home.settings.write_text(text.replace('host = "127.0.0.1"\nport = 9\n', _at(port)), "utf-8")
            with home.clinic() as clinic:
                stop = asyncio.Event()
                running = asyncio.ensure_future(bridge(bridge_parts(clinic, 0, None, ""), stop))
                came = asyncio.ensure_future(receiver.came.wait())
                await asyncio.wait([running, came], return_when=asyncio.FIRST_COMPLETED)
                stop.set()
                await running

    asyncio.run(asyncio.wait_for(go(), 60))
    (text,) = receiver.kept.values()
    assert "|61.5|kg^kg^UCUM|" in text


def _at(port: int) -> str:
    return f'host = "127.0.0.1"\nport = {port}\n'
