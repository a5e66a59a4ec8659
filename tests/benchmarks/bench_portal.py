"""The portal: how long its pages take with fifty patients at once, and a first reading of 10,000 answers."""

import http.client
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from bridges.mllp.client import Client
from bridges.portal.store.resources import write_resource
from clinic_app.app.portal_store import open_portal_store
from clinic_app.model.identity import Identifier
from clinic_app.store import sqlcipher
from clinic_app.store.intake import IntakeView
from tests.benchmarks.bench_ack import Row
from tests.faults.rig import ROOT, Clinic, adt, eventually

PATIENTS, VISITS, ANSWERS, PAGE = 50, 6, 10_000, 200
BORN = date(2001, 1, 1)
UCUM = "http://unitsofmeasure.org"
_TOKEN = re.compile(r'name="csrf" value="([0-9a-f]+)"')


def rows() -> Sequence[Row]:
    """All three; takes about two minutes."""
    with tempfile.TemporaryDirectory() as folder:
        return [pages(Path(folder)), *first_reading(Path(folder))]


@contextmanager
def portal_of(clinic: Clinic, folder: Path) -> Iterator[str]:
    """The home's own portal as a process; host and port."""
    ready = folder / "portal.json"
    words = ["portal", "--home", str(clinic.home.root), "--port", "0", "--ready", str(ready)]
    process = subprocess.Popen([sys.executable, "-m", "clinic_app.app", *words], cwd=ROOT)
    try:
        eventually(ready.exists)
        address = next(text for text in json.loads(ready.read_text()).values() if "http" in str(text))
        yield str(address).partition("//")[2].partition("/")[0]
    finally:
        process.terminate()
        process.wait(30)


def pages(folder: Path) -> Row:
    """95th percentile of a page in ms, fifty patients filling in and sending, each with short pauses."""
    (folder / "pages").mkdir()
    clinic = Clinic(folder / "pages")
    with open_portal_store(clinic.home.portal_db, clinic.key("portal")) as store:
        now = datetime.now(UTC)
        people = [Identifier("HOSP", f"P{number}") for number in range(PATIENTS)]
        codes = [store.invite(one, "Example, Person", BORN, "en", now).code for one in people]
    times: list[float] = []
    with portal_of(clinic, folder / "pages") as place:
        threads = [threading.Thread(target=visit, args=(place, code, times)) for code in codes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(times) > PATIENTS * VISITS
    p95 = statistics.quantiles(times, n=20)[18] * 1000
    name = f"95th percentile of a portal page, {PATIENTS} patients at once (ms)"
    return Row(name, p95, 100.0, p95 / 100, "≤ 1 (100 ms)", p95 <= 100)


def visit(place: str, code: str, times: list[float]) -> None:
    """One patient: sign in, fill in, look over, look at what was sent."""
    chance = random.Random(code)
    line = http.client.HTTPConnection(place, timeout=30)
    cookie, token = "", ""

    def ask(method: str, path: str, **fields: str) -> None:
        nonlocal cookie, token
        time.sleep(chance.uniform(0.5, 1.5))  # a person reads and types
        body = urlencode({"csrf": token, **fields}) if method == "POST" else None
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        began = time.perf_counter()
        line.request(method, path, body, headers)
        answer = line.getresponse()
        text = answer.read().decode()
        times.append(time.perf_counter() - began)
        assert answer.status in (200, 303), answer.status
        cookie = (answer.headers.get("set-cookie") or cookie).partition(";")[0]
        found = _TOKEN.search(text)
        token = found[1] if found else token
        if answer.status == 303:
            ask("GET", str(answer.headers["location"]))

    ask("POST", "/", code=code, day="1", month="1", year="2001")
    for number in range(VISITS):
        ask(
            "POST",
            "/visit/1",
            **{"topic-1-text": f"topic {number}", "topic-1-audience": "shared"},
            action="next",
        )
        ask("POST", "/visit/2", **{"symptom-cough": "4", "own-words": "so so"}, action="next")
        ask("POST", "/visit/3", weight="61", **{"weight-unit": "kg", "home-fev1": "2.4"}, action="next")
    ask("POST", "/visit/send", action="send")
    ask("GET", "/mine")
    line.close()


def answers(patient: str, number: int) -> dict[str, object]:
    """A whole submission, as the pages make it."""

    def item(link: str, **answer: object) -> dict[str, object]:
        return {"linkId": link, "text": f"The question of {link}", "answer": [answer]}

    weight = {"value": 60 + number % 100 / 10, "unit": "kg", "system": UCUM, "code": "kg"}
    litres = {"value": 2 + number % 10 / 10, "unit": "litres", "system": UCUM, "code": "L"}
    scales = ("overall", "energy", "cough", "breath")
    audience = {"system": "urn:commonground:topic-audience", "code": "shared"}
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": "urn:commonground:questionnaire:pre-visit|1",
        "status": "completed",
        "subject": {"reference": f"Patient/{patient}"},
        "authored": (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)).isoformat(),
        "item": [
            item("topic-1-text", valueString="I cough more at night and want to talk about it."),
            item("topic-1-audience", valueCoding=audience),
            *(item(f"symptom-{name}", valueInteger=number % 11) for name in scales),
            item("own-words", valueString="A little better than last month."),
            item("weight", valueQuantity=weight),
            item("home-fev1", valueQuantity=litres),
            item("home-fev1-note", valueString="good effort"),
        ],
    }


def first_reading(folder: Path) -> Sequence[Row]:
    """Answers a second that land, and that become facts, against bare json and insertion of the same bytes.
    Counted from the first page that lands, so that the programs' start is left out.
    """
    (folder / "first").mkdir()
    clinic = Clinic(folder / "first")
    raws = prepared(clinic, folder / "first")
    bare = bare_rate(folder, raws)
    with portal_of(clinic, folder / "first"):
        before = landed_now(clinic)
        clinic.start(wait=False)
        reached(partial(landed_now, clinic), before + 1)
        first, begun = landed_now(clinic), time.perf_counter()
        reached(partial(landed_now, clinic), before + len(raws))
        landed = (before + len(raws) - first) / (time.perf_counter() - begun)
        reached(lambda: clinic.last_ids()[1], before + len(raws))
        applied = (before + len(raws) - first) / (time.perf_counter() - begun)
        clinic.stop()
    name = f"first reading of {ANSWERS:,} answers (a second)"
    return [
        Row(f"{name}, landed", landed, bare, landed / bare, "≥ 0.5", landed / bare >= 0.5),
        Row(f"{name}, facts committed", applied, bare, applied / bare, "≥ 0.2", applied / bare >= 0.2),
    ]


def reached(count: Callable[[], int], wanted: int) -> None:
    """Until it is so many."""
    limit = time.monotonic() + 600
    while count() < wanted:
        assert time.monotonic() < limit
        time.sleep(0.02)


def prepared(clinic: Clinic, folder: Path) -> list[bytes]:
    """A home with a patient who has an account, and so many answers in its portal; their bytes."""
    clinic.start()
    with Client(*clinic.address()) as client:
        assert client.send(adt(0)).code == "AA"
    eventually(lambda: clinic.last_ids() == (1, 1))
    clinic.stop()
    words = ["invite", "P0", "--json", "--home", str(clinic.home.root)]
    told = subprocess.run(
        [sys.executable, "-m", "clinic_app.app", *words], cwd=ROOT, check=True, capture_output=True
    )
    patient = json.loads(told.stdout)["portal_patient_id"]
    with (
        open_portal_store(clinic.home.portal_db, clinic.key("portal")) as store,
        store._database.unit() as run,
    ):
        now = datetime.now(UTC)
        return [
            write_resource(run, "QuestionnaireResponse", f"a{number}", 1, answers(patient, number), now).body
            for number in range(ANSWERS)
        ]


def bare_rate(folder: Path, raws: Sequence[bytes]) -> float:
    """json.loads and an insertion of each into an encrypted table, a page of them in a transaction."""
    path, key = folder / "bare.db", bytes(range(32))
    connection = sqlcipher.create(path, key)
    connection.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, raw BLOB)")
    begun = time.perf_counter()
    for start in range(0, len(raws), PAGE):
        connection.execute("BEGIN")
        for raw in raws[start : start + PAGE]:
            json.loads(raw)
            connection.execute("INSERT INTO entry (raw) VALUES (?)", (raw,))
        connection.execute("COMMIT")
    rate = len(raws) / (time.perf_counter() - begun)
    connection.close()
    return rate


def landed_now(clinic: Clinic) -> int:
    """How many entries the intake holds."""
    view = IntakeView(clinic.home.intake_db, clinic.key("intake"))
    try:
        return view.last_id()
    finally:
        view.close()
