from decimal import Decimal
from typing import Any

import pytest

from bridges.fhir.translate import translate
from clinic_app.model.bodies import ConsentDecision, Goal
from clinic_app.model.entries import Translation
from clinic_app.model.facts import FactKind, FactStatus
from clinic_app.model.moment import Moment
from tests.unit.bridges.fhir.resources import LOINC, consent, entry, goal, purpose, quantity


def allowed(found: Translation) -> dict[str, bool]:
    return {s.body.purpose: s.body.allowed for s in found.statements if isinstance(s.body, ConsentDecision)}


def test_a_goal_keeps_the_words() -> None:
    (statement,) = translate(entry(goal())).statements
    assert (statement.kind, statement.code, statement.key) == (FactKind.GOAL, "", "Goal/g1")
    assert statement.body == Goal("Run 5 km with my daughter")
    assert statement.at == Moment("2026-11")


@pytest.mark.parametrize(
    ("detail", "low", "high"),
    [
        ({"detailQuantity": quantity(60, "kg")}, Decimal(60), Decimal(60)),
        ({"detailRange": {"low": quantity(60, "kg"), "high": quantity(65, "kg")}}, Decimal(60), Decimal(65)),
        ({"detailRange": {"high": {"value": 65, "unit": "kg"}}}, None, Decimal(65)),
    ],
)
def test_a_goal_with_a_measure(detail: dict[str, Any], low: Decimal | None, high: Decimal | None) -> None:
    measure = {"coding": [{"system": "x", "code": "y"}, {"system": LOINC, "code": "29463-7"}]}
    (statement,) = translate(entry(goal(target=[{"measure": measure, **detail}]))).statements
    assert statement.body == Goal("Run 5 km with my daughter", "weight", low, high, "kg")
    assert statement.code == "weight"


def aim(code: str, **detail: Any) -> Translation:
    measure = {"coding": [{"system": LOINC, "code": code}]}
    return translate(entry(goal(target=[{"measure": measure, **detail}])))


@pytest.mark.parametrize(
    ("code", "unit", "series"),
    [
        ("20150-9", "L", "fev1"),
        ("19868-9", "L", "fvc"),
        ("59408-5", "%", "spo2"),
        ("29463-7", "[lb_av]", "weight"),
    ],
)
def test_a_goal_is_about_the_measure_wherever_it_is_measured(code: str, unit: str, series: str) -> None:
    sent = {"L": 3, "%": 95, "[lb_av]": 135}[unit]
    (statement,) = aim(code, detailQuantity=quantity(sent, unit, comparator=">=")).statements
    assert statement.body == Goal("Run 5 km with my daughter", series, Decimal(sent), None, unit)
    (below,) = aim(code, detailQuantity=quantity(sent, unit, comparator="<")).statements
    assert below.body == Goal("Run 5 km with my daughter", series, None, Decimal(sent), unit)


@pytest.mark.parametrize(
    ("detail", "code"),
    [
        ({"detailQuantity": quantity(60, "L")}, "UNKNOWN-UNIT"),
        ({"detailQuantity": {"value": 60}}, "UNKNOWN-UNIT"),
        ({"detailRange": {"low": quantity(60, "kg"), "high": quantity(140, "[lb_av]")}}, "UNKNOWN-UNIT"),
        ({"detailQuantity": quantity(6000, "kg")}, "IMPLAUSIBLE-VALUE"),
    ],
)
def test_a_target_that_cannot_be_is_held_and_the_words_are_kept(detail: dict[str, Any], code: str) -> None:
    found = aim("29463-7", **detail)
    assert [hold.code for hold in found.holds] == [code]
    assert found.statements[0].body == Goal("Run 5 km with my daughter")
    measure = {"coding": [{"system": LOINC, "code": "29463-7"}]}
    gone = goal(lifecycleStatus="entered-in-error", target=[{"measure": measure, **detail}])
    assert translate(entry(gone)).holds == ()


def test_a_target_of_something_else_is_kept_as_sent() -> None:
    (statement,) = aim("55423-8", detailQuantity={"value": 8000, "unit": "steps"}).statements
    assert statement.body == Goal("Run 5 km with my daughter", "", Decimal(8000), Decimal(8000), "steps")


def test_goals_end_and_are_taken_back() -> None:
    done = translate(
        entry(goal(lifecycleStatus="completed", startDate=None, statusDate="2026-11-20"))
    ).statements[0]
    assert (done.status, done.at) == (FactStatus.FINAL, Moment("2026-11-20"))
    assert isinstance(done.body, Goal)
    assert done.body.state == "completed"
    gone = translate(entry(goal(lifecycleStatus="entered-in-error", description=None))).statements[0]
    assert gone.status is FactStatus.WITHDRAWN


@pytest.mark.parametrize("more", [{"lifecycleStatus": "x"}, {"description": {}}, {"subject": None}])
def test_goals_that_cannot_be_used_are_held(more: dict[str, Any]) -> None:
    found = translate(entry(goal(**more)))
    assert (found.statements, len(found.holds)) == ((), 1)


def test_consent_is_one_decision_per_purpose() -> None:
    found = translate(entry(consent(purpose("TREAT"), purpose("HQUALIMP"), purpose("HRESCH", "deny"))))
    assert allowed(found) == {"care": True, "improvement": True, "research": False}
    assert [s.key for s in found.statements] == [
        f"Consent/c1/{name}" for name in ("care", "improvement", "research")
    ]
    assert {(s.kind, s.status, s.code == s.key.split("/")[-1]) for s in found.statements} == {
        (FactKind.CONSENT, FactStatus.FINAL, True)
    }


def test_a_purpose_in_the_outermost_provision_counts() -> None:
    found = translate(entry(consent(provision=purpose("HRESCH", "deny", provision=[purpose("TREAT")]))))
    assert allowed(found) == {"research": False, "care": True}


def test_of_two_that_disagree_the_stricter_counts() -> None:
    for kinds in (("permit", "deny"), ("deny", "permit")):
        found = translate(entry(consent(*(purpose("HRESCH", kind) for kind in kinds))))
        assert allowed(found) == {"research": False}


@pytest.mark.parametrize(
    ("status", "care", "research"),
    [("inactive", True, False), ("rejected", False, False), ("entered-in-error", True, False)],
)
def test_a_consent_that_no_longer_holds(status: str, care: bool, research: bool) -> None:
    found = translate(entry(consent(purpose("TREAT", "deny"), purpose("HRESCH"), status=status)))
    assert allowed(found) == {"care": care, "research": research}
    withdrawn = {statement.status is FactStatus.WITHDRAWN for statement in found.statements}
    assert withdrawn == {status == "entered-in-error"}


@pytest.mark.parametrize("status", ["draft", "proposed"])
def test_drafts_are_left_alone(status: str) -> None:
    assert translate(entry(consent(status=status))).ignored == "IN-PROGRESS"


@pytest.mark.parametrize(
    ("resource", "code", "path"),
    [
        (consent(), "UNREADABLE-VALUE", "Consent.provision.purpose"),
        (consent(provision=None), "UNREADABLE-VALUE", "Consent.provision.purpose"),
        (consent(status="x"), "UNREADABLE-VALUE", "Consent.status"),
        (consent(purpose("TREAT", "maybe")), "UNREADABLE-VALUE", "Consent.provision.provision[0].type"),
        (consent(purpose("TREAT", actor=[{}])), "UNREADABLE-VALUE", "Consent.provision.provision[0].actor"),
        (consent(purpose("MARKT")), "UNKNOWN-CODE", "Consent.provision.provision[0].purpose[0]"),
        (consent({"type": "deny"}), "UNREADABLE-VALUE", "Consent.provision.provision[0].purpose"),
        (consent(purpose("TREAT"), patient=None), "NO-PATIENT-ID", "Consent.patient.reference"),
    ],
)
def test_nothing_is_widened_or_guessed(resource: dict[str, Any], code: str, path: str) -> None:
    found = translate(entry(resource))
    assert found.statements == ()
    assert [(hold.code, hold.reason.split()[0]) for hold in found.holds] == [(code, path)]


def test_what_is_clear_is_stated_beside_what_is_held() -> None:
    found = translate(entry(consent(purpose("HRESCH", "deny"), purpose("MARKT"))))
    assert (allowed(found), len(found.holds)) == ({"research": False}, 1)
