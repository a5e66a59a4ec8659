"""Codes and units by which the portal's resources are understood: matched on system and code, never on
code alone.

Sources: LOINC (29463-7 body weight, 20150-9 FEV1, 19868-9 and 19870-5 FVC, 59408-5 oxygen saturation by pulse
oximetry, 2708-6 oxygen saturation, 44261-6 PHQ-9 total, 44260-8 its item 9, 55758-7 PHQ-2 total, 70274-6
GAD-7 total, LA6568-5 to LA6571-9 the answers to an item of PHQ-9); HL7 v3 ActReason (purposes); UCUM 2.1.
Looked at 2026-11.
"""

from decimal import Decimal

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
    (LOINC, "44261-6"): "pro_phq9_total",
    (LOINC, "44260-8"): "pro_phq9_item9",
    (LOINC, "55758-7"): "pro_phq2_total",
    (LOINC, "70274-6"): "pro_gad7_total",
}
"""Series of a home measurement, or of a score of the patient's own answers (named as in HL7 results)."""

MEASURES: dict[tuple[str, str], str] = {
    key: series.removeprefix("home_") for key, series in SERIES.items() if series.startswith("home_")
}
"""What a goal is about: the measure, wherever it is measured."""

ITEM_ANSWERS: dict[tuple[str, str], Decimal] = {
    (LOINC, "LA6568-5"): Decimal(0),
    (LOINC, "LA6569-3"): Decimal(1),
    (LOINC, "LA6570-1"): Decimal(2),
    (LOINC, "LA6571-9"): Decimal(3),
}
"""Score of a coded answer to an item of PHQ-9: not at all, several days, more than half the days, nearly
every day."""

UNITS: dict[str, frozenset[str]] = {
    "home_weight": frozenset({"kg", "g", "[lb_av]"}),
    "home_fev1": frozenset({"L", "mL"}),
    "home_fvc": frozenset({"L", "mL"}),
    "home_spo2": frozenset({"%"}),
    "pro_phq9_total": frozenset({"{score}"}),
    "pro_phq9_item9": frozenset({"{score}"}),
    "pro_phq2_total": frozenset({"{score}"}),
    "pro_gad7_total": frozenset({"{score}"}),
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
    "{score}": "{score}",
    "score": "{score}",
    "1": "{score}",
}
"""UCUM code of what senders write."""

LIMITS: dict[str, tuple[Decimal, Decimal, str]] = {
    "home_weight": (Decimal("0.3"), Decimal(300), "kg"),
    "home_fev1": (Decimal("0.1"), Decimal(8), "L"),
    "home_fvc": (Decimal("0.1"), Decimal(9), "L"),
    "home_spo2": (Decimal(30), Decimal(100), "%"),
    "pro_phq9_total": (Decimal(0), Decimal(27), "{score}"),
    "pro_phq9_item9": (Decimal(0), Decimal(3), "{score}"),
    "pro_phq2_total": (Decimal(0), Decimal(6), "{score}"),
    "pro_gad7_total": (Decimal(0), Decimal(21), "{score}"),
}
"""Lowest and highest value that is believed, both included, and their unit. Wide: they catch a slipped point
or a wrong unit, not an unusual body; of scores, what the questionnaire can add up to."""

FACTORS: dict[str, Decimal] = {
    "kg": Decimal(1),
    "g": Decimal("0.001"),
    "[lb_av]": Decimal("0.45359237"),
    "L": Decimal(1),
    "mL": Decimal("0.001"),
    "%": Decimal(1),
    "{score}": Decimal(1),
}
"""Exact factor from a unit to the one of the limits (UCUM 2.1)."""

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
