from datetime import date, timedelta

import pytest

from bridges.portal.store.portal_store import authority_system, human_name
from clinic_app.model.identity import Identifier
from tests.unit.bridges.portal.house import BORN, MAYA, House, body


def test_an_invitation_makes_the_patient_once(house: House) -> None:
    first, second = house.invite(), house.invite()
    assert first.portal_patient_id == second.portal_patient_id
    assert first.code != second.code
    assert first.expires == house.clock.now() + timedelta(days=14)
    assert first.url_path == "/"
    patient = body(house.fhir("GET", f"Patient/{first.portal_patient_id}"))
    assert patient["meta"]["versionId"] == "1"
    assert patient["name"] == [{"text": "Maya Okafor", "family": "Okafor", "given": ["Maya"]}]
    assert (patient["birthDate"], patient["identifier"][0]["value"]) == ("2002-03-14", "1001")


def test_a_correction_in_the_ehr_corrects_the_portals_patient(house: House) -> None:
    made = house.invite()
    house.store.invite(MAYA, "Okafor, Maya Joy", date(2002, 3, 15), "es", house.clock.now())
    patient = body(house.fhir("GET", f"Patient/{made.portal_patient_id}"))
    assert (patient["birthDate"], patient["name"][0]["given"]) == ("2002-03-15", ["Maya", "Joy"])
    assert patient["meta"]["versionId"] == "2"


def test_the_same_number_of_two_authorities_is_two_people(house: House) -> None:
    assert house.invite().portal_patient_id != house.invite(who=Identifier("OTHER", "1001")).portal_patient_id


@pytest.mark.parametrize(
    ("authority", "system"),
    [("DEMO", "urn:commonground:authority:DEMO"), ("A B&1", "urn:commonground:authority:A%20B%261")],
)
def test_authorities_are_systems(authority: str, system: str) -> None:
    assert authority_system(authority) == system


def test_names() -> None:
    assert human_name("Cher") == {"text": "Cher"}
    assert human_name("Okafor,") == {"text": "Okafor", "family": "Okafor", "given": []}


def test_sending_twice_stores_once(house: House) -> None:
    store, now = house.store, house.clock.now()
    token = store.doors.enter(house.invite().code, "2002-03-14", lambda patient: BORN.isoformat(), now)
    assert token
    session = store.doors.session(token, now)
    assert session
    store.drafts.merge(session.patient, {"weight": "61"}, now)
    assert store.submit(session, {"resourceType": "QuestionnaireResponse"}, now)
    assert store.submit(session, {"resourceType": "QuestionnaireResponse"}, now) == ""
    assert body(house.fhir("GET", "QuestionnaireResponse"))["total"] == 1
    assert store.drafts.read(session.patient) == {}
