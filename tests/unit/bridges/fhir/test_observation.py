from decimal import Decimal
from typing import Any

import pytest

from bridges.fhir.translate import translate
from clinic_app.model.bodies import Measurement
from clinic_app.model.facts import FactKind, FactStatus, Source, Statement
from clinic_app.model.moment import Moment
from tests.unit.bridges.fhir.resources import LOINC, entry, observation, quantity


def one(code: str = "20150-9", **more: Any) -> Statement:
    found = translate(entry(observation(code, **more)))
    assert found.holds == ()
    (statement,) = found.statements
    return statement


def test_a_blow_at_home() -> None:
    statement = one(note=[{"text": "tired"}, {}], method={"text": "sitting"})
    assert (statement.kind, statement.code, statement.key) == (
        FactKind.MEASUREMENT,
        "home_fev1",
        "Observation/o1",
    )
    assert statement.at == Moment("2026-11-22T07:10:00+01:00")
    assert statement.body == Measurement(Decimal("2.41"), "2.41", "", "L", "L", "Best blow", "tired; sitting")
    assert (statement.source, statement.author) == (Source.PATIENT, "Patient/p1")


@pytest.mark.parametrize(
    ("code", "unit", "series"),
    [
        ("29463-7", "kg", "home_weight"),
        ("19868-9", "L", "home_fvc"),
        ("19870-5", "mL", "home_fvc"),
        ("59408-5", "%", "home_spo2"),
        ("2708-6", "%", "home_spo2"),
    ],
)
def test_codes_and_units(code: str, unit: str, series: str) -> None:
    sent = {"kg": 61, "L": 4, "mL": 3900, "%": 93}[unit]
    statement = one(code, valueQuantity=quantity(sent, unit, comparator=">"))
    assert statement.code == series
    assert isinstance(statement.body, Measurement)
    assert (statement.body.unit, statement.body.comparator) == (unit, ">")


@pytest.mark.parametrize(
    ("code", "series", "most"),
    [
        ("44261-6", "pro_phq9_total", 27),
        ("44260-8", "pro_phq9_item9", 3),
        ("55758-7", "pro_phq2_total", 6),
        ("70274-6", "pro_gad7_total", 21),
    ],
)
def test_scores_of_the_patients_answers(code: str, series: str, most: int) -> None:
    score = {"value": most}
    for value in (
        {"valueQuantity": quantity(most, "{score}")},
        {"valueQuantity": score},
        {"valueQuantity": score | {"unit": "score"}},
        {"valueQuantity": quantity(most, "1")},
        {"valueQuantity": None, "valueInteger": most},
    ):
        statement = one(code, **value, device={"display": "Tablet"})
        assert (statement.code, statement.source) == (series, Source.PATIENT)
        assert isinstance(statement.body, Measurement)
        assert (statement.body.value, statement.body.unit) == (Decimal(most), "{score}")
    for beyond in (
        {"valueInteger": most + 1, "valueQuantity": None},
        {"valueQuantity": quantity(-1, "{score}")},
    ):
        (held,) = translate(entry(observation(code, **beyond))).holds
        assert held.code == "IMPLAUSIBLE-VALUE"


def test_item_9_may_be_a_coded_answer() -> None:
    def answered(code: str, answer: str) -> dict[str, Any]:
        codings = [{"system": "urn:x", "code": "1"}, {"system": LOINC, "code": answer}]
        return observation(code, valueQuantity=None, valueCodeableConcept={"coding": codings})

    for score, answer in enumerate(("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")):
        (statement,) = translate(entry(answered("44260-8", answer))).statements
        assert statement.body == Measurement(Decimal(score), str(score), "", "{score}", name="Best blow")
    (held,) = translate(entry(answered("44260-8", "LA1-1"))).holds
    assert (held.code, held.reason.split()[0]) == ("UNKNOWN-CODE", "Observation.valueCodeableConcept")
    (held,) = translate(entry(answered("44261-6", "LA6568-5"))).holds
    assert (held.code, held.reason.split()[0]) == ("UNREADABLE-VALUE", "Observation.valueInteger")


@pytest.mark.parametrize(
    ("code", "value", "unit"),
    [
        ("29463-7", "-4", "kg"),
        ("29463-7", "299", "g"),
        ("29463-7", "661.4", "[lb_av]"),
        ("20150-9", "2100", "L"),
        ("20150-9", "99", "mL"),
        ("19868-9", "9.01", "L"),
        ("59408-5", "300", "%"),
        ("59408-5", "29.9", "%"),
    ],
)
def test_a_number_that_cannot_be_is_held(code: str, value: str, unit: str) -> None:
    resource = observation(code, valueQuantity=quantity(Decimal(value), unit))
    found = translate(entry(resource))
    (held,) = found.holds
    assert (held.code, held.reason.split()[0]) == ("IMPLAUSIBLE-VALUE", "Observation.valueQuantity.value")
    assert (found.statements, value in held.reason) == ((), False)
    back = translate(entry(resource | {"status": "entered-in-error"}))
    assert (back.holds, back.statements[0].status) == ((), FactStatus.WITHDRAWN)


@pytest.mark.parametrize(
    ("code", "value", "unit"),
    [
        ("29463-7", "300", "g"),
        ("29463-7", "661.3", "[lb_av]"),
        ("20150-9", "8.0", "L"),
        ("19870-5", "100", "mL"),
        ("2708-6", "100", "%"),
    ],
)
def test_the_limits_themselves_are_believed(code: str, value: str, unit: str) -> None:
    body = one(code, valueQuantity=quantity(Decimal(value), unit)).body
    assert isinstance(body, Measurement)
    assert (body.text, body.unit) == (value, unit)


def test_the_system_counts_as_well_as_the_code() -> None:
    for codings in ([{"system": "http://snomed.info/sct", "code": "20150-9"}], [{"code": "20150-9"}], []):
        (held,) = translate(entry(observation() | {"code": {"coding": codings}})).holds
        assert held.code == "UNKNOWN-CODE"
    two = [{"system": "urn:local", "code": "FEV"}, {"system": LOINC, "code": "20150-9"}]
    assert translate(entry(observation() | {"code": {"coding": two}})).statements[0].code == "home_fev1"


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        ("registered", FactStatus.REGISTERED),
        ("preliminary", FactStatus.PRELIMINARY),
        ("amended", FactStatus.CORRECTED),
        ("corrected", FactStatus.CORRECTED),
        ("cancelled", FactStatus.WITHDRAWN),
        ("entered-in-error", FactStatus.WITHDRAWN),
    ],
)
def test_standing(status: str, standing: FactStatus) -> None:
    assert one(status=status).status is standing


def test_a_value_that_is_taken_away_withdraws() -> None:
    statement = one(valueQuantity=None, dataAbsentReason={"text": "error"}, status="amended")
    assert statement.status is FactStatus.WITHDRAWN
    assert statement.body == Measurement(None, "", "", "")
    assert one(valueQuantity=None, status="registered").status is FactStatus.REGISTERED


@pytest.mark.parametrize(
    ("performers", "device", "source", "author"),
    [
        (None, None, Source.PATIENT, ""),
        ([{"display": "me"}], None, Source.PATIENT, "me"),
        ([{"reference": "RelatedPerson/m"}], None, Source.PATIENT, "RelatedPerson/m"),
        ([{"reference": "Device/d"}], None, Source.DEVICE, "Device/d"),
        ([{"reference": "Patient/p1"}], {"display": "Spirobank"}, Source.DEVICE, "Spirobank"),
    ],
)
def test_who_measured(performers: Any, device: Any, source: Source, author: str) -> None:
    statement = one(performer=performers, device=device)
    assert (statement.source, statement.author) == (source, author)


@pytest.mark.parametrize(
    ("more", "code", "path"),
    [
        ({"performer": [{"reference": "Practitioner/x"}]}, "UNREADABLE-VALUE", "Observation.performer"),
        ({"status": "unknown"}, "UNREADABLE-VALUE", "Observation.status"),
        ({"valueQuantity": None}, "UNREADABLE-VALUE", "Observation.valueQuantity.value"),
        ({"valueQuantity": quantity("2.4", "L")}, "UNREADABLE-VALUE", "Observation.valueQuantity.value"),
        ({"valueQuantity": quantity(2, "kg")}, "UNKNOWN-UNIT", "Observation.valueQuantity.code"),
        ({"subject": None}, "NO-PATIENT-ID", "Observation.subject.reference"),
        ({"effectiveDateTime": "2026-13"}, "UNREADABLE-VALUE", "Observation.effectiveDateTime"),
    ],
)
def test_what_cannot_be_used_is_held(more: dict[str, Any], code: str, path: str) -> None:
    found = translate(entry(observation(**more)))
    assert [(hold.code, hold.reason.split()[0]) for hold in found.holds] == [(code, path)]


def test_effective_time_in_its_other_forms() -> None:
    assert one(effectiveDateTime=None, effectiveInstant="2026-11-22T07:10:00Z").at == Moment(
        "2026-11-22T07:10:00Z"
    )
    assert one(effectiveDateTime=None, effectivePeriod={"start": "2026-11-22"}).at == Moment("2026-11-22")
    assert one(effectiveDateTime=None).at is None
    assert one(meta=None, issued="2026-11-22T08:00:00Z").sent_at == "2026-11-22T08:00:00.000000Z"
    assert one(meta=None).sent_at == "2026-11-22T06:10:00.000000Z"
