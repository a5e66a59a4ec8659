"""A home of a test, and how raw things get into it without a bridge: the real intake, the real recorder."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.app.recorder import StoreRecorder
from clinic_app.model.entries import Received
from clinic_app.store.intake import IntakeFile
from clinic_app.store.sql import open_store
from clinic_app.system.secrets import KeyFile

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ERROR = r"[A-Z][A-Z0-9-]+: [^\n]+\. Nothing was lost\. [^\n]+\n"


@dataclass(frozen=True, slots=True)
class Ran:
    """What one command did."""

    status: int
    out: bytes
    error: str

    @property
    def text(self) -> str:
        """Standard output as text."""
        return self.out.decode("utf-8")

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)

    @property
    def code(self) -> str:
        """Code of the error line."""
        return self.error.partition(":")[0]


Run = Callable[..., Ran]


@dataclass(frozen=True, slots=True)
class MadeHome:
    """Where a test's home and its keys are."""

    root: Path
    key_file: Path

    @property
    def settings(self) -> Path:
        """The text configuration."""
        return self.root / "commonground.toml"

    @property
    def words(self) -> tuple[str, ...]:
        """The options that name it, at a fixed time."""
        return ("--home", str(self.root), "--now", NOW.isoformat())

    def clinic(self, now: datetime = NOW) -> Clinic:
        """Its wired parts."""
        return Clinic(Context.of(self.root, now), writer="test")

    def set(self, section: str, **values: object) -> None:
        """Put values under a section of the settings."""
        lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in values.items())
        text = self.settings.read_text("utf-8")
        self.settings.write_text(text.replace(f"[{section}]\n", f"[{section}]\n{lines}\n"), "utf-8")

    def land(self, *received: Received) -> list[int]:
        """Put raw things into the intake, as the bridge would; their ids."""
        file = IntakeFile(self.root / "intake.db", KeyFile(self.key_file).get("intake"))
        try:
            with file.transaction():
                return [file.land(one).id for one in received]
        finally:
            file.close()

    def work(self) -> None:
        """Record what waits, as the worker would."""
        with self.clinic() as clinic:
            store = open_store(clinic.home.main_db, clinic.secrets.get("main"), gives_way=True)
            recorder = StoreRecorder(clinic, store, clinic.system_gate(), clinic.translator())
            translate = clinic.translator()
            try:
                for entry in clinic.intake_reader().after(recorder.last_id(), 1000):
                    for known in recorder.record([(entry, translate(entry))]):
                        recorder.reconsider(known)
            finally:
                recorder.close()

    def receive(self, *raws: bytes) -> list[int]:
        """Messages, landed and recorded; their ids."""
        ids = self.land(*map(message_received, raws))
        self.work()
        return ids

    def submit(self, *resources: Mapping[str, Any]) -> list[int]:
        """Resources of the portal, landed and recorded; their ids."""
        ids = self.land(*map(resource_received, resources))
        self.work()
        return ids

    def give_roles(self, roles: Sequence[str]) -> None:
        """Replace the roles of the account that runs the test."""
        with self.clinic() as clinic, clinic.store.unit() as unit:
            unit.add_account(clinic.actor.account, roles)


def message_received(raw: bytes, at: datetime = NOW) -> Received:
    """A message as the listener hands it on."""
    field = raw.split(b"\r", 1)[0].decode("utf-8").split("|")
    return Received("mllp", "|".join(field[2:4]), field[9], field[8], at, raw)


def resource_received(resource: Mapping[str, Any], at: datetime = NOW) -> Received:
    """A resource as the portal's sync hands it on."""
    kind, key = resource["resourceType"], resource["id"]
    raw = json.dumps(resource).encode("utf-8")
    return Received("fhir", "embedded portal", f"{kind}/{key}/_history/1", kind, at, raw)


def message(*segments: str) -> bytes:
    """Segments ended by carriage returns."""
    return ("\r".join(segments) + "\r").encode("utf-8")


def head(event: str, control: str, sent: str) -> str:
    """An MSH segment."""
    return f"MSH|^~\\&|LAB|DEMO|CG|DEMO|{sent}||{event}|{control}|P|2.5.1||||||UNICODE UTF-8"


def adt(
    control: str,
    mrn: str = "1001",
    birth: str = "20020314",
    name: str = "Sample^Maya",
    authority: str = "DEMO",
    sent: str = "20260101",
) -> bytes:
    """An ADT^A28 that makes an invented person known."""
    person = f"PID|1||{mrn}^^^{authority}^MR||{name}||{birth}|F"
    return message(head("ADT^A28", control, sent), f"EVN|A28|{sent}", person)


def spirometry(
    control: str,
    mrn: str = "1001",
    litres: str = "2.50",
    birth: str = "20020314",
    code: str = "20150-9^FEV1^LN",
) -> bytes:
    """An ORU with one FEV1."""
    at = "20260301080500"
    return message(
        head("ORU^R01", control, at),
        f"PID|1||{mrn}^^^DEMO^MR||Sample^Maya||{birth}|F",
        f"OBR|1|P-{control}|P-{control}|81458-2^Test^LN|||{at}|||||||||||||||{at}|||F",
        f"OBX|1|NM|{code}||{litres}|L|||||F|||{at}",
    )


def home_weight(patient: str, kilograms: float, key: str = "w1") -> Mapping[str, Any]:
    """A body weight that a portal's person measured."""
    unit = {"unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"}
    return {
        "resourceType": "Observation",
        "id": key,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": "2026-02-20T07:00:00Z",
        "valueQuantity": {"value": kilograms, **unit},
    }
