"""Codes and units by which the portal's resources are understood: matched on system and code, never on
code alone.

Sources: LOINC (29463-7 body weight, 20150-9 FEV1, 19868-9 and 19870-5 FVC, 59408-5 oxygen saturation by pulse
oximetry, 2708-6 oxygen saturation); HL7 v3 ActReason (purposes); UCUM 2.1. Looked at 2026-11.
"""

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"

SERIES: dict[tuple[str, str], str] = {
    (LOINC, "29463-7"): "home_weight",
    (LOINC, "20150-9"): "home_fev1",
    (LOINC, "19868-9"): "home_fvc",
    (LOINC, "19870-5"): "home_fvc",
    (LOINC, "59408-5"): "home_spo2",
    (LOINC, "2708-6"): "home_spo2",
}
"""Series of a home measurement."""

UNITS: dict[str, frozenset[str]] = {
    "home_weight": frozenset({"kg", "g", "[lb_av]"}),
    "home_fev1": frozenset({"L", "mL"}),
    "home_fvc": frozenset({"L", "mL"}),
    "home_spo2": frozenset({"%"}),
}
"""UCUM units in which a series may come."""

UNIT_NAMES: dict[str, str] = {
    "kg": "kg",
    "g": "g",
    "lb": "[lb_av]",
    "lbs": "[lb_av]",
    "[lb_av]": "[lb_av]",
    "L": "L",
    "l": "L",
    "mL": "mL",
    "ml": "mL",
    "%": "%",
}
"""UCUM code of what senders write."""

PURPOSES: dict[tuple[str, str], str] = {
    (ACT_REASON, "TREAT"): "care",
    (ACT_REASON, "HQUALIMP"): "improvement",
    (ACT_REASON, "HRESCH"): "research",
}
"""Our purpose of a consent's purpose of use."""

QUESTIONNAIRE = "urn:commonground:questionnaire:pre-visit"
"""Canonical address of our pre-visit questionnaire; its link ids never change their meaning."""
AUDIENCE = "urn:commonground:topic-audience"
"""Code system of a topic's audience: shared, clinician."""
