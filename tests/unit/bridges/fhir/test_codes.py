from bridges.fhir.codes import PURPOSES, SERIES, UNIT_NAMES, UNITS
from clinic_app.model.access import Purpose


def test_every_series_is_a_home_series_with_units() -> None:
    assert all(series.startswith("home_") for series in SERIES.values())
    assert set(UNITS) == set(SERIES.values())
    assert set().union(*UNITS.values()) <= set(UNIT_NAMES.values())


def test_purposes_are_those_that_consent_is_asked_for() -> None:
    assert set(PURPOSES.values()) == {Purpose.CARE, Purpose.IMPROVEMENT, Purpose.RESEARCH}
