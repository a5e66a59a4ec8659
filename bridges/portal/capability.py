"""What the FHIR interface can do, as its CapabilityStatement says it."""

from bridges.strict_json import Json

_PATIENT_SEARCH = [("patient", "reference"), ("subject", "reference")]
TYPES: dict[str, list[tuple[str, str]]] = {
    "Patient": [("identifier", "token")],
    "Questionnaire": [],
    "QuestionnaireResponse": _PATIENT_SEARCH,
    "Observation": _PATIENT_SEARCH,
    "Goal": _PATIENT_SEARCH,
    "Consent": _PATIENT_SEARCH,
}
"""Resource types, and their search parameters beside ``_id`` and ``_lastUpdated``."""
_INTERACTIONS = ("read", "vread", "update", "history-instance", "create", "search-type")


def capability(base: str, moment: str) -> Json:
    """The CapabilityStatement of this server at this address."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": moment,
        "kind": "instance",
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "software": {"name": "Common Ground portal"},
        "implementation": {"description": "Embedded patient portal", "url": base},
        "rest": [
            {
                "mode": "server",
                "security": {"cors": False, "description": "Bearer token, made by the clinic"},
                "resource": [_resource(kind, extra) for kind, extra in TYPES.items()],
            }
        ],
    }


def _resource(kind: str, extra: list[tuple[str, str]]) -> Json:
    parameters = [("_id", "token"), ("_lastUpdated", "date"), *extra]
    return {
        "type": kind,
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": True,
        "conditionalCreate": False,
        "interaction": [{"code": code} for code in _INTERACTIONS],
        "searchParam": [{"name": name, "type": form} for name, form in parameters],
    }
