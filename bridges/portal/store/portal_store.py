"""The portal's store as commands and the server use it."""

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from types import TracebackType
from typing import Self
from urllib.parse import quote

from bridges import strict_json
from bridges.portal.store.database import Connection, Database, Faults
from bridges.portal.store.doors import DoorStore, Session
from bridges.portal.store.drafts import DraftStore
from bridges.portal.store.resources import Query, ResourceStore, Stored, write_resource
from bridges.strict_json import Json
from clinic_app.model.identity import Identifier

AUTHORITY_SYSTEM = "urn:commonground:authority:"
"""Beginning of the identifier system under which a Patient carries its EHR number."""
SIGN_IN_PATH = "/"


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a patient needs to come in, beside the birth date; ``code`` is shown this once."""

    code: str
    portal_patient_id: str
    expires: datetime
    url_path: str = SIGN_IN_PATH


class PortalStore:
    """All that the portal keeps. Use as a context manager.

    Attributes:
        resources: FHIR resources. doors: tokens, codes, sessions. drafts: what is not sent yet.
    """

    def __init__(self, connection: Connection, faults: Faults = nullcontext) -> None:
        """Use an open SQLCipher connection; ``faults`` turns its errors into EnvironmentFaults."""
        self._database = Database(connection, faults)
        self.resources = ResourceStore(self._database)
        self.doors = DoorStore(self._database)
        self.drafts = DraftStore(self._database)

    def __enter__(self) -> Self:
        """Nothing more to open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release the file."""
        self.close()

    def close(self) -> None:
        """Release the file."""
        self._database.close()

    def create_token(self, label: str, now: datetime) -> str:
        """A new bearer token for the FHIR interface, shown this once."""
        return self.doors.create_token(label, now)

    def invite(
        self, identifier: Identifier, name: str, birth_date: date, language: str, now: datetime
    ) -> Invitation:
        """A one-time code for the person with this EHR number; makes or corrects the portal's Patient.

        ``name`` is "family, given" or one text. Earlier codes of this person that are not used stop working.
        """
        patient = self._patient(identifier, name, birth_date, language, now)
        code, expires = self.doors.create_code(patient.id, language, now)
        return Invitation(code, patient.id, expires)

    def submit(self, session: Session, resource: Json, now: datetime) -> str:
        """Store what a patient sends and forget the draft, together; a form sent twice is stored once.

        Returns the id of the QuestionnaireResponse.
        """
        with self._database.unit() as run:
            name = self.doors.mark_sent(run, session)
            if name:
                write_resource(run, "QuestionnaireResponse", name, 1, resource, now)
                self.drafts.forget(run, session.patient)
        return name

    def _patient(
        self, identifier: Identifier, name: str, birth_date: date, language: str, now: datetime
    ) -> Stored:
        system = authority_system(identifier.authority)
        query = Query("Patient", identifiers=((system, identifier.value),), count=1)
        found = self.resources.search(query).records
        wanted: Json = {
            "identifier": [{"system": system, "value": identifier.value}],
            "name": [human_name(name)],
            "birthDate": birth_date.isoformat(),
            "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": language}]}}],
        }
        if not found:
            return self.resources.create("Patient", wanted, now)
        held = strict_json.read_object(found[0].body)
        if all(held.get(key) == value for key, value in wanted.items() if key != "identifier"):
            return found[0]
        changed = {**held, **wanted, "identifier": held.get("identifier")}
        return self.resources.update("Patient", found[0].id, changed, now)[0]


def authority_system(authority: str) -> str:
    """Identifier system of an EHR's assigning authority."""
    return AUTHORITY_SYSTEM + quote(authority, safe="")


def human_name(name: str) -> Json:
    """A FHIR HumanName from "family, given", or from one text."""
    family, comma, given = (part.strip() for part in name.partition(","))
    if not comma:
        return {"text": name.strip()}
    return {"text": f"{given} {family}".strip(), "family": family, "given": given.split()}
