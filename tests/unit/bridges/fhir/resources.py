"""FHIR resources of invented people, for the tests of the portal client."""

from datetime import UTC, datetime
from typing import Any

from bridges import strict_json
from clinic_app.model.entries import RawEntry

BASE = "https://portal.example/fhir"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
UPDATED = "2026-11-22T18:30:15.250Z"
PATIENT = {"reference": "Patient/p1"}
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"


def entry(resource: dict[str, Any] | bytes, sender: str = BASE) -> RawEntry:
    raw = resource if isinstance(resource, bytes) else strict_json.write(resource)
    kind = "" if isinstance(resource, bytes) else str(resource.get("resourceType"))
    return RawEntry(1, "fhir", sender, "", kind, NOW, raw)


def response(items: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    made = {
        "resourceType": "QuestionnaireResponse",
        "id": "qr1",
        "meta": {"versionId": "1", "lastUpdated": UPDATED},
        "questionnaire": "urn:commonground:questionnaire:pre-visit|1",
        "status": "completed",
        "subject": PATIENT,
        "authored": "2026-11-22T18:30:00Z",
        "item": items,
        **more,
    }
    return {key: value for key, value in made.items() if value is not None}


def item(link: str, *answers: dict[str, Any], text: str = "") -> dict[str, Any]:
    made: dict[str, Any] = {"linkId": link}
    if text:
        made["text"] = text
    if answers:
        made["answer"] = list(answers)
    return made


def topic(number: int, text: str, audience: str | None = "shared") -> dict[str, Any]:
    name = f"topic-{number}"
    inner = [item(f"{name}-text", {"valueString": text})]
    if audience is not None:
        coding = {"system": "urn:commonground:topic-audience", "code": audience}
        inner.append(item(f"{name}-audience", {"valueCoding": coding}))
    return {"linkId": name, "item": inner}


def quantity(value: Any, code: str, **more: Any) -> dict[str, Any]:
    return {"value": value, "unit": code, "system": UCUM, "code": code, **more}


def observation(code: str = "20150-9", **more: Any) -> dict[str, Any]:
    made = {
        "resourceType": "Observation",
        "id": "o1",
        "meta": {"versionId": "1", "lastUpdated": UPDATED},
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}], "text": "Best blow"},
        "subject": PATIENT,
        "performer": [PATIENT],
        "effectiveDateTime": "2026-11-22T07:10:00+01:00",
        "valueQuantity": quantity(2.41, "L"),
        **more,
    }
    return {key: value for key, value in made.items() if value is not None}


def goal(**more: Any) -> dict[str, Any]:
    made = {
        "resourceType": "Goal",
        "id": "g1",
        "meta": {"versionId": "1", "lastUpdated": UPDATED},
        "lifecycleStatus": "active",
        "description": {"text": "Run 5 km with my daughter"},
        "subject": PATIENT,
        "startDate": "2026-11",
        **more,
    }
    return {key: value for key, value in made.items() if value is not None}


def consent(*provisions: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = {
        "resourceType": "Consent",
        "id": "c1",
        "meta": {"versionId": "1", "lastUpdated": UPDATED},
        "status": "active",
        "patient": PATIENT,
        "dateTime": "2026-11-20",
        "provision": {"provision": list(provisions)},
        **more,
    }
    return {key: value for key, value in made.items() if value is not None}


def purpose(code: str, kind: str = "permit", **more: Any) -> dict[str, Any]:
    coding = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": code}
    return {"type": kind, "purpose": [coding], **more}
