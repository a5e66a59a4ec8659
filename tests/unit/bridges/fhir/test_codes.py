import tomllib
from pathlib import Path

from bridges.fhir.codes import FACTORS, LIMITS, MEASURES, PURPOSES, SERIES, UNIT_NAMES, UNITS
from clinic_app.model.access import Purpose


def test_every_series_is_of_home_or_of_the_patients_answers_and_has_units_and_limits() -> None:
    assert all(series.startswith(("home_", "pro_")) for series in SERIES.values())
    assert set(UNITS) == set(LIMITS) == set(SERIES.values())
    assert set().union(*UNITS.values()) == set(FACTORS)
    assert all(low < high and FACTORS[unit] == 1 for low, high, unit in LIMITS.values())
    assert set().union(*UNITS.values()) <= set(UNIT_NAMES.values())


def test_goals_are_about_the_measure() -> None:
    assert set(MEASURES.values()) == {"weight", "fev1", "fvc", "spo2"}


def test_scores_of_the_patient_are_named_as_in_hl7_results_and_never_shared() -> None:
    resources = Path(__file__).parents[4] / "resources"
    profile = tomllib.loads((resources / "profiles/generic.toml").read_text(encoding="utf-8"))
    named = {row["code"]: row["series"] for row in profile["measurement"] if row["system"] == "LOINC"}
    scores = {code: series for (_, code), series in SERIES.items() if series.startswith("pro_")}
    assert len(scores) == 4
    assert scores == {code: named[code] for code in scores}
    shared = tomllib.loads((resources / "policy/shared_screen.toml").read_text(encoding="utf-8"))
    assert not set(scores.values()) & set(shared["series"])


def test_purposes_are_those_that_consent_is_asked_for() -> None:
    assert set(PURPOSES.values()) == {Purpose.CARE, Purpose.IMPROVEMENT, Purpose.RESEARCH}
