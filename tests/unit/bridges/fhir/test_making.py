from decimal import Decimal

import pytest

from bridges.fhir.making import author_of, digits, hold_of, patient_of, quantity, resource_name, version_time
from bridges.fhir.reading import Spot, Unreadable
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from tests.unit.bridges.fhir.resources import BASE, UCUM


@pytest.mark.parametrize(
    "reference",
    ["Patient/p-1", f"{BASE}/Patient/p-1", "Patient/p-1/_history/3", f"{BASE}/Patient/p-1/_history/3"],
)
def test_a_patient_is_named_relative_or_on_the_portals_own_base(reference: str) -> None:
    for base in (BASE, BASE + "/"):
        assert patient_of(Spot({"reference": reference}, "X.subject"), base) == Identifier("portal", "p-1")


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "p-1",
        "Person/p-1",
        "https://other.example/fhir/Patient/p-1",
        "Patient/",
        "Patient/a b",
        "urn:uuid:1",
    ],
)
def test_any_other_reference_names_nobody(reference: str) -> None:
    with pytest.raises(Unreadable) as problem:
        patient_of(Spot({"reference": reference}, "X.subject"), BASE)
    held = hold_of(problem.value)
    assert (held.code, held.reason) == (
        "NO-PATIENT-ID",
        "X.subject.reference names no patient of this portal",
    )
    assert "Patient/ID" in held.mend


def test_a_hold_of_a_value_says_that_the_bytes_are_kept() -> None:
    assert "kept" in hold_of(Unreadable("X", "is odd")).mend


@pytest.mark.parametrize(
    ("sent", "unit"),
    [
        ({"code": "kg", "system": UCUM}, "kg"),
        ({"code": "[lb_av]", "system": UCUM, "unit": "pounds"}, "[lb_av]"),
        ({"code": "kg"}, "kg"),
        ({"unit": "lb"}, "[lb_av]"),
        ({"unit": " lbs "}, "[lb_av]"),
        ({"code": "258684004", "system": "http://snomed.info/sct", "unit": "kg"}, "kg"),
    ],
)
def test_units_become_ucum_and_keep_what_was_sent(sent: dict[str, str], unit: str) -> None:
    body = quantity(Spot({"value": Decimal("61.40"), **sent}, "Q"), "home_weight", "scales", "My weight")
    assert (body.value, body.text, body.unit, body.note, body.name) == (
        Decimal("61.40"),
        "61.40",
        unit,
        "scales",
        "My weight",
    )
    assert body.sent_unit == (
        sent["unit"] if sent.get("system", UCUM) != UCUM or "code" not in sent else sent["code"]
    )


@pytest.mark.parametrize("sent", [{}, {"unit": "stone"}, {"code": "L", "system": UCUM}, {"code": "{blob}"}])
def test_units_that_do_not_fit_are_held(sent: dict[str, str]) -> None:
    with pytest.raises(Unreadable) as problem:
        quantity(Spot({"value": 1, **sent}, "Q"), "home_weight")
    assert problem.value.code == "UNKNOWN-UNIT"


def test_comparators() -> None:
    body = quantity(Spot({"value": 1, "unit": "L", "comparator": "<="}, "Q"), "home_fev1")
    assert body.comparator == "<="
    with pytest.raises(Unreadable, match="comparator"):
        quantity(Spot({"value": 1, "unit": "L", "comparator": "~"}, "Q"), "home_fev1")


def test_names_times_and_authors() -> None:
    root = Spot({"id": "a-1", "meta": {"lastUpdated": "2026-11-22T18:30:15.25Z"}}, "Goal")
    assert resource_name(root) == "Goal/a-1"
    assert version_time(root, None) == "2026-11-22T18:30:15.250000Z"
    assert version_time(Spot({}, "Goal"), Moment("2026-11")) == "2026-11-01T00:00:00.000000Z"
    assert author_of(Spot({"reference": "Patient/1", "display": "Mum"}, "x")) == "Mum"
    assert author_of(Spot({"reference": "Patient/1"}, "x")) == "Patient/1"
    for bad in ({}, {"id": "a/b"}, {"id": "x" * 65}):
        with pytest.raises(Unreadable):
            resource_name(Spot(bad, "Goal"))


def test_digits_are_plain() -> None:
    assert digits(Decimal("1E+2")) == "100"
