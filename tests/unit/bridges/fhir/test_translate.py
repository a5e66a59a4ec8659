from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.fhir.translate import TYPES, translate
from clinic_app.model.entries import Translation
from clinic_app.model.facts import Statement
from tests.unit.bridges.fhir.resources import (
    consent,
    entry,
    goal,
    item,
    observation,
    purpose,
    quantity,
    response,
    topic,
)

VERSIONS: list[dict[str, Any]] = [
    response([topic(1, "Night cough"), item("weight", {"valueQuantity": quantity(61, "kg")})]),
    response([topic(1, "Night cough!")], status="amended", meta={"lastUpdated": "2026-11-23T08:00:00Z"}),
    response(
        [topic(1, "Tired", "clinician")], status="amended", meta={"lastUpdated": "2026-11-23T08:00:00Z"}
    ),
    observation(),
    observation(
        status="amended", valueQuantity=quantity(2, "L"), meta={"lastUpdated": "2026-11-23T08:00:00Z"}
    ),
    goal(),
    goal(lifecycleStatus="completed", meta={"lastUpdated": "2026-11-23T08:00:00Z"}),
    consent(purpose("HRESCH")),
    consent(purpose("HRESCH", "deny"), meta={"lastUpdated": "2026-11-23T08:00:00Z"}),
]


def current(resources: list[dict[str, Any]]) -> dict[str, Statement]:
    latest: dict[str, Statement] = {}
    for resource in resources:
        for statement in translate(entry(resource)).statements:
            before = latest.get(statement.key)
            latest[statement.key] = statement if before is None or statement.order > before.order else before
    return latest


@given(st.permutations(VERSIONS), st.lists(st.sampled_from(VERSIONS)))
def test_any_order_and_any_repetition_of_versions_ends_the_same(
    order: list[dict[str, Any]], again: list[dict[str, Any]]
) -> None:
    assert current([*again, *order, *again]) == current(VERSIONS)


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "id",
                "meta",
                "status",
                "subject",
                "item",
                "code",
                "provision",
                "valueQuantity",
                "lifecycleStatus",
                "target",
                "performer",
                "authored",
                "patient",
            ]
        ),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=3) | st.booleans(),
            lambda x: (
                st.lists(x) | st.dictionaries(st.sampled_from(["item", "linkId", "reference", "value"]), x)
            ),
        ),
    ),
    st.sampled_from(TYPES),
)
def test_no_resource_breaks_the_translator(damage: dict[str, Any], kind: str) -> None:
    base = next(dict(resource) for resource in VERSIONS if resource["resourceType"] == kind)
    found = translate(entry({**base, **damage}))
    assert found.statements or found.holds or found.ignored or kind == "QuestionnaireResponse"


@pytest.mark.parametrize("raw", [b"", b"<html>", b"[]", b'{"a":NaN}', b'{"a":1,"a":2}', b"[" * 9999, b"\xff"])
def test_bytes_that_are_no_resource_are_held(raw: bytes) -> None:
    found = translate(entry(raw))
    assert [hold.code for hold in found.holds] == ["UNREADABLE-VALUE"]
    assert found.subject is None


@pytest.mark.parametrize("kind", ["Patient", "Questionnaire", "Bundle", None, 3])
def test_other_types_state_nothing(kind: object) -> None:
    assert translate(entry({"resourceType": kind, "id": "x"})) == Translation(None, ignored="TYPE-NOT-USED")
