"""The main job from end to end: an HL7 feed and a patient's submission become one picture of one patient."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fhirpy import AsyncFHIRClient

from tests.flow.hl7_text import adt, control_id, result, send, spirometry
from tests.flow.program import Site, until

pytestmark = pytest.mark.xdist_group("flow")

MLLP_SEND = Path(sys.executable).parent / "mllp_send"
TOPIC = "I cough more at night and I am tired at work."


def answers(patient: str, cough: int, topic: str = TOPIC) -> dict[str, Any]:
    text = {"linkId": "topic-1-text", "answer": [{"valueString": topic}]}
    shared = {"system": "urn:commonground:topic-audience", "code": "shared"}
    audience = {"linkId": "topic-1-audience", "answer": [{"valueCoding": shared}]}
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "questionnaire": "urn:commonground:questionnaire:pre-visit",
        "subject": {"reference": f"Patient/{patient}"},
        "author": {"reference": f"Patient/{patient}"},
        "authored": "2026-03-01T18:00:00Z",
        "item": [
            {"linkId": "topic-1", "item": [text, audience]},
            {"linkId": "how", "item": [{"linkId": "symptom-cough", "answer": [{"valueInteger": cough}]}]},
        ],
    }


def home_fev1(patient: str, litres: float) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "20150-9"}]},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": "2026-02-20T07:00:00Z",
        "valueQuantity": {"value": litres, "unit": "L", "system": "http://unitsofmeasure.org", "code": "L"},
    }


def test_a_message_and_a_submission_become_one_picture(shared_site: Site, tmp_path: Path) -> None:
    site, mrn = shared_site, "2001"
    known, tested = control_id(), control_id()
    height = result(control_id(), mrn, "NM|8302-2^Height^LN||165|cm|||||F", "H-2001")
    assert send(site.mllp, adt(known, mrn), spirometry(tested, mrn, "2.50"), height) == ["AA"] * 3
    site.entry(tested, "applied")

    with site.fhir() as client:
        patient = client.post("/Patient", json={"resourceType": "Patient", "birthDate": "2002-03-14"}).json()[
            "id"
        ]
        assert client.post("/QuestionnaireResponse", json=answers(patient, 6)).status_code == 201
        assert client.post("/Observation", json=home_fev1(patient, 2.31)).status_code == 201
    unmatched = until(
        lambda: [row for row in site.inbox() if row["code"] == "UNMATCHED-SUBMISSION"], "held submissions"
    )
    assert {row["channel"] for row in unmatched} == {"fhir"}

    linked = site.run("link", f"DEMO|{mrn}", patient)
    assert linked.status == 0, linked.error
    picture = until(
        lambda: with_series(site.picture(mrn), "home_fev1"), "the home measurement in the picture"
    )
    assert picture["patient"]["name"] == "Maya Sample"
    assert picture["patient"]["birth_date"] == "2002-03-14"
    (fev1,) = picture["series"]["fev1"]
    assert (float(fev1["value"]), fev1["unit"], fev1["source"]) == (2.5, "L", "ehr")
    assert fev1["inbox_id"] == site.entry(tested)["id"]
    (home,) = picture["series"]["home_fev1"]
    assert (float(home["value"]), home["source"]) == (2.31, "patient")
    assert "home_fev1" not in {name for name in picture["series"] if name.startswith("fev1")}
    (computed,) = picture["series"]["fev1_percent_predicted"]
    assert computed["source"] == "computed"
    assert "GLI" in computed["method"]
    assert fev1["fact_id"] in computed["derived_from"]
    assert [(item["by"], item["text"]) for item in picture["agenda"]] == [("patient", TOPIC)]
    (cough,) = picture["series"]["symptom_cough"]
    assert float(cough["value"]) == 6

    out = tmp_path / "shared.png"
    drawn = site.run("snapshot", mrn, "--screen", "shared", "--size", "1366x768", "--out", str(out))
    assert drawn.status == 0, drawn.error
    assert out.read_bytes().startswith(b"\x89PNG")
    assert int.from_bytes(out.read_bytes()[16:20], "big") == 1366


def with_series(picture: Any, name: str) -> Any:
    return picture if name in picture["series"] else None


def test_what_came_is_kept_byte_for_byte(shared_site: Site) -> None:
    control = control_id()
    raw = adt(control, "2002", name="Příklad^Łukasz").replace(b"\rPID", b"\rZZZ|odd|\\X41\\~&\rPID") + b"\r"
    assert send(shared_site.mllp, raw) == ["AA"]
    entry = shared_site.entry(control, "applied")
    shown = shared_site.run("inbox", "show", str(entry["id"]), "--raw")
    assert shown.raw == raw
    assert set(entry) >= {
        "id",
        "state",
        "channel",
        "sender",
        "control_id",
        "type",
        "received_at",
        "reason",
        "code",
    }
    assert entry["type"] == "ADT^A28"


def test_python_hl7s_sender_can_drive_it(shared_site: Site, tmp_path: Path) -> None:
    control, file = control_id(), tmp_path / "messages.hl7"
    file.write_bytes(b"\x0b" + adt(control, "2003") + b"\x1c\r")
    host, _, port = shared_site.mllp.rpartition(":")
    done = subprocess.run(
        [MLLP_SEND, "-p", port, "-f", file, host], capture_output=True, timeout=60, check=True
    )
    assert b"MSA|AA|" + control.encode() in done.stdout
    shared_site.entry(control, "applied")


def test_fhirpy_can_drive_it(shared_site: Site) -> None:
    async def drive() -> tuple[str, str]:
        client = AsyncFHIRClient(f"{shared_site.portal}/fhir", authorization=f"Bearer {shared_site.token()}")
        patient = client.resource("Patient", birthDate="2002-03-14")
        await patient.save()
        response = client.resource("QuestionnaireResponse", **without_type(answers(patient["id"], 3)))
        await response.save()
        found = await client.resources("QuestionnaireResponse").search(_id=response["id"]).fetch()
        return patient["id"], found[0]["id"]

    patient, response = asyncio.run(drive())
    seen = until(
        lambda: [row for row in shared_site.inbox() if response in row["control_id"]],
        "the response in the inbox",
    )
    assert seen[0]["channel"] == "fhir"
    assert patient


def without_type(resource: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in resource.items() if name != "resourceType"}


def test_an_invitation_makes_the_portals_person_and_links_it(shared_site: Site) -> None:
    control, mrn = control_id(), "2004"
    send(shared_site.mllp, adt(control, mrn))
    shared_site.entry(control, "applied")
    invited = shared_site.run("invite", f"DEMO|{mrn}", "--json")
    assert invited.status == 0, invited.error
    assert invited.json["code"]
    patient = invited.json["portal_patient_id"]
    with shared_site.fhir() as client:
        assert client.post("/Observation", json=home_fev1(patient, 1.99)).status_code == 201
    picture = until(lambda: with_series(shared_site.picture(mrn), "home_fev1"), "the home measurement")
    assert float(picture["series"]["home_fev1"][0]["value"]) == 1.99


def test_a_correction_shows_what_it_replaced(shared_site: Site) -> None:
    mrn = "2005"
    first, second = control_id(), control_id()
    corrected = spirometry(second, mrn, "2.20", status="C").replace(b"2026030208", b"2026030209", 1)
    send(shared_site.mllp, adt(control_id(), mrn), corrected, spirometry(first, mrn, "3.20"))
    shared_site.entry(first, "applied")
    (fev1,) = shared_site.picture(mrn)["series"]["fev1"]
    assert float(fev1["value"]) == 2.2
    assert fev1["status"] == "corrected"
    assert len(fev1["replaces"]) == 1


def test_a_profile_row_mends_what_was_held(home_site: Site) -> None:
    site, mrn, held = home_site, "2006", control_id()
    site.start_bridge()
    local = result(held, mrn, "NM|FEV1X^Forced volume^99LAB||1870|mL|||||F")
    send(site.mllp, adt(control_id(), mrn), local)
    row = site.entry(held, "held")
    assert row["code"] == "UNKNOWN-CODE"
    assert "FEV1X" in row["reason"]
    assert "fev1" not in site.picture(mrn)["series"]
    (profile,) = (site.home / "profiles").glob("*.toml")
    mapped = (
        '\n[[measurement]]\nkey = "x"\nseries = "fev1"\nsystem = "99LAB"\ncode = "FEV1X"\nname = "FEV1"\n'
    )
    system = '\n[systems]\n"99LAB" = "99LAB"\n'
    text = profile.read_text()
    added = text if "\n[systems]" in text else text + system
    profile.write_text(
        added
        + mapped
        + 'unit = "L"\nalso = ["mL"]\nstatus = "verified_here"\nsource = "the laboratory\'s list"\n'
    )
    replayed = site.run("inbox", "replay", "--json")
    assert replayed.status == 0, replayed.error
    assert site.entry(held)["state"] == "applied"
    (fev1,) = site.picture(mrn)["series"]["fev1"]
    assert float(fev1["value"]) == 1.87
    again = site.run("inbox", "replay", str(row["id"]), "--json")
    assert site.picture(mrn)["series"]["fev1"] == [fev1], "a replay with an unchanged profile changes nothing"
    assert again.status == 0
