"""The portal over real sockets: a FHIR client that is not ours, a browser's forms, and our own client."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import AuthorizationError, OperationOutcome, ResourceNotFound

from bridges.fhir.runner import SyncSettings, SyncStatus, run_sync
from bridges.fhir.translate import translate
from bridges.portal.run import run_portal
from clinic_app.model.entries import RawEntry
from clinic_app.model.facts import FactKind
from tests.unit.bridges.fhir.servers import Intake
from tests.unit.bridges.portal.house import House, make_store, read_resource, words_for

PRE_VISIT = "urn:commonground:questionnaire:pre-visit"


class Portal:
    """A portal that runs in a thread, with its real clock."""

    def __init__(self, house: House, url: str) -> None:
        self.house, self.url = house, url

    def client(self, token: str | None = None) -> SyncFHIRClient:
        return SyncFHIRClient(f"{self.url}/fhir", authorization=f"Bearer {token or self.house.token}")

    def web(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, trust_env=False, follow_redirects=True)


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    with running_portal(tmp_path) as running:
        yield running


@contextmanager
def running_portal(folder: Path) -> Iterator[Portal]:
    """A portal over a new store in this folder."""
    ready, stop, said = threading.Event(), threading.Event(), []
    folder.mkdir(exist_ok=True)
    with make_store(folder) as store:
        house = House(store)

        def on_ready(url: str) -> None:
            said.append(url)
            ready.set()

        thread = threading.Thread(
            target=run_portal,
            args=(store, "127.0.0.1", 0, on_ready, words_for, house.clock, read_resource),
            kwargs={"stop": stop},
        )
        thread.start()
        try:
            assert ready.wait(20)
            yield Portal(house, said[0])
        finally:
            stop.set()
            thread.join(20)


def answers(patient: str, weight: float) -> dict[str, Any]:
    quantity = {"value": weight, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"}
    return {
        "questionnaire": PRE_VISIT,
        "status": "completed",
        "subject": {"reference": f"Patient/{patient}"},
        "authored": "2026-11-22T18:30:00Z",
        "item": [{"linkId": "weight", "answer": [{"valueQuantity": quantity}]}],
    }


def test_a_fhir_client_that_is_not_ours_drives_it(portal: Portal) -> None:
    client = portal.client()
    patient = client.resource(
        "Patient",
        name=[{"family": "Okafor"}],
        birthDate="2002-03-14",
        identifier=[{"system": "urn:x", "value": "7"}],
    )
    patient.save()
    found = client.resources("Patient").search(identifier="urn:x|7").first()
    assert found is not None
    assert found.id == patient.id
    for weight in range(12):
        client.resource("QuestionnaireResponse", **answers(patient.id, 60 + weight)).save()
    mine = client.resources("QuestionnaireResponse").search(patient=patient.id).sort("_lastUpdated")
    assert mine.count() == 12
    fetched = mine.limit(5).fetch_all()
    weights = [found["item"][0]["answer"][0]["valueQuantity"]["value"] for found in fetched]
    assert weights == list(range(60, 72))
    changed = fetched[0]
    changed["status"] = "amended"
    changed.save()
    again = client.reference("QuestionnaireResponse", changed.id).to_resource()
    assert (again["status"], again["meta"]["versionId"]) == ("amended", "2")
    since = fetched[-1]["meta"]["lastUpdated"]
    assert [one.id for one in mine.search(_lastUpdated=f"gt{since}").fetch_all()] == [changed.id]
    (shipped,) = client.resources("Questionnaire").search(_id="pre-visit").fetch()
    assert shipped["url"] == PRE_VISIT


def test_the_other_client_understands_our_refusals(portal: Portal) -> None:
    with pytest.raises(ResourceNotFound):
        portal.client().reference("Goal", "none").to_resource()
    with pytest.raises(OperationOutcome):
        portal.client().resources("Patient").search(shoe_size=43).fetch()
    with pytest.raises(AuthorizationError, match="OperationOutcome"):
        portal.client("wrong").resources("Patient").fetch()


def test_from_the_patients_form_to_the_clinics_intake(portal: Portal) -> None:
    made = portal.house.invite()
    with portal.web() as web:
        page = web.post("/", data={"code": made.code, "day": "14", "month": "3", "year": "2002"})
        assert str(page.url).endswith("/visit/1")
        csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
        topic = "<script>x</script> ¿Por qué? 🙂"
        steps = [
            ("/visit/1", {"topic-1-text": topic, "topic-1-audience": "shared"}),
            ("/visit/2", {"symptom-cough": "4"}),
            ("/visit/3", {"weight": "61,4", "weight-unit": "kg", "home-fev1": "2,41"}),
        ]
        for path, fields in steps:
            assert web.post(path, data={"csrf": csrf, "action": "next", **fields}).status_code == 200
        assert web.post("/visit/send", data={"csrf": csrf, "action": "send"}).url.path == "/thanks"
    intake = pull(portal, 1)
    (received,) = intake.landed
    entry = RawEntry(
        1, "fhir", received.sender, received.control_id, received.type, received.received_at, received.raw
    )
    found = translate(entry)
    assert found.subject is not None
    assert found.subject.value == made.portal_patient_id
    assert {s.code for s in found.statements if s.kind is FactKind.MEASUREMENT} == {
        "symptom_cough",
        "home_weight",
        "home_fev1",
    }
    assert next(s for s in found.statements if s.kind is FactKind.TOPIC).body.text == topic  # type: ignore[union-attr]


def test_the_intake_holds_the_very_bytes_that_the_server_keeps(portal: Portal) -> None:
    body = json.dumps({**answers("p", 61.0), "resourceType": "QuestionnaireResponse"}).encode()
    headers = {"authorization": f"Bearer {portal.house.token}", "content-type": "application/fhir+json"}
    with portal.web() as web:
        made = web.post("/fhir/QuestionnaireResponse", content=body, headers=headers)
        assert made.status_code == 201
        place = made.headers["location"]
        assert pull(portal, 1).landed[0].raw == web.get(place, headers=headers).content


def test_many_submissions_at_once_all_arrive(portal: Portal) -> None:
    def send(number: int) -> None:
        for weight in range(25):
            portal.client().resource("QuestionnaireResponse", **answers(f"p{number}", weight)).save()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    intake = pull(portal, 100)
    for thread in threads:
        thread.join()
    assert len({one.control_id for one in intake.landed}) == 100


def pull(portal: Portal, wanted: int) -> Intake:
    """Run our client until so many records have landed."""
    intake = Intake()

    class Now:
        def now(self) -> datetime:
            return datetime.now(UTC)

    async def run() -> None:
        stop = asyncio.Event()

        def on_status(status: SyncStatus) -> None:
            assert status.code == ""
            if len(intake.landed) >= wanted:
                stop.set()

        settings = SyncSettings(f"{portal.url}/fhir", portal.house.token, every=0.05)
        await asyncio.wait_for(run_sync(settings, intake, Now(), on_status, stop), 60)

    asyncio.run(run())
    return intake


_SERVE = """
import sys
from pathlib import Path
from bridges.portal.run import run_portal
from tests.unit.bridges.portal.house import Clock, make_store, read_resource, words_for
folder = Path(sys.argv[1])
with make_store(folder) as store:
    ready = lambda url: (folder / "ready").write_text(url)
    run_portal(store, "127.0.0.1", 0, ready, words_for, Clock(), read_resource)
print("ended cleanly")
"""


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(tmp_path: Path, sent: signal.Signals) -> None:
    root = str(Path(__file__).parents[2])
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(tmp_path)],
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
    )
    try:
        ready = tmp_path / "ready"
        until = datetime.now(UTC).timestamp() + 30
        while not ready.exists() or not ready.read_text():
            assert datetime.now(UTC).timestamp() < until
            assert process.poll() is None
            threading.Event().wait(0.05)
        assert httpx.get(ready.read_text() + "/fhir/metadata", trust_env=False).status_code == 200
        process.send_signal(sent)
        output, _ = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, output) == (0, "ended cleanly\n")
