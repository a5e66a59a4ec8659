"""What a person's data may be used for: kept as it was said, read as the clinic reads it."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.fhir.translate import translate
from bridges.portal.consents import ACT_REASON, PURPOSES, Consents
from bridges.portal.store.resources import Stored
from clinic_app.model.bodies import ConsentDecision
from clinic_app.model.entries import RawEntry
from tests.unit.bridges.portal.house import House, make_store

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def decided(stored: Stored) -> dict[str, bool]:
    """What the clinic makes of it."""
    entry = RawEntry(1, "fhir", "portal", "Consent/x", "Consent", NOW, stored.body)
    translation = translate(entry)
    assert translation.holds == ()
    bodies = [one.body for one in translation.statements]
    return {body.purpose: body.allowed for body in bodies if isinstance(body, ConsentDecision)}


def kept(house: House) -> list[Stored]:
    found = house.store.resources.latest_of("Consent", "p")
    return [] if found is None else list(house.store.resources.history("Consent", found.id))


def test_nothing_is_assumed(house: House) -> None:
    assert Consents(house.store.resources, "p").read() == dict.fromkeys(PURPOSES)
    Consents(house.store.resources, "p").decide({}, NOW)
    assert kept(house) == []


def test_what_was_said_is_kept_and_what_was_not_stays_open(house: House) -> None:
    consents = Consents(house.store.resources, "p")
    consents.decide({"research": True, "improvement": False}, NOW)
    assert consents.read() == {"care": None, "improvement": False, "research": True}
    (first,) = kept(house)
    assert decided(first) == {"improvement": False, "research": True}
    consents.decide({"research": False}, NOW + timedelta(minutes=1))
    assert consents.read() == {"care": None, "improvement": False, "research": False}
    assert decided(kept(house)[0]) == {"improvement": False, "research": False}
    consents.decide({"research": False}, NOW + timedelta(minutes=2))
    assert len(kept(house)) == 2, "said again as it holds"


def test_somebody_elses_decisions_are_not_touched(house: House) -> None:
    Consents(house.store.resources, "p").decide({"research": True}, NOW)
    other = Consents(house.store.resources, "q")
    assert other.read() == dict.fromkeys(PURPOSES)
    other.decide({"research": False}, NOW)
    assert Consents(house.store.resources, "p").read()["research"] is True


def test_a_very_long_id_keeps_within_what_an_id_may_be(house: House) -> None:
    names = [f"{'p' * 63}{number}" for number in range(2)]
    for name in names:
        Consents(house.store.resources, name).decide({"care": False}, NOW)
        assert Consents(house.store.resources, name).read()["care"] is False


def provision(kind: str, *codes: str, **more: object) -> dict[str, Any]:
    return {"type": kind, "purpose": [{"system": ACT_REASON, "code": code} for code in codes], **more}


@pytest.mark.parametrize(
    ("status", "top", "expected"),
    [
        ("active", provision("permit", "HRESCH"), {"research": True}),
        ("active", {"provision": [provision("deny", "TREAT")]}, {"care": False}),
        (
            "active",
            {"provision": [provision("permit", "HRESCH"), provision("deny", "HRESCH")]},
            {"research": False},
        ),
        ("rejected", provision("permit", "HRESCH", "TREAT"), {"research": False, "care": False}),
        ("inactive", provision("permit", "HRESCH", "TREAT"), {"research": False, "care": True}),
        ("draft", provision("permit", "HRESCH"), {}),
        ("active", provision("permit", "ODD"), {}),
        ("active", {"provision": ["x"], "purpose": "y"}, {}),
        ("active", "nothing", {}),
        ("active", {"purpose": [{"system": "urn:other", "code": "HRESCH"}]}, {}),
    ],
)
def test_consents_of_other_programs_are_read_as_the_clinic_reads_them(
    house: House, status: str, top: object, expected: dict[str, bool]
) -> None:
    resource = {"status": status, "patient": {"reference": "Patient/p"}, "provision": top}
    house.store.resources.create("Consent", resource, NOW)
    found = Consents(house.store.resources, "p").read()
    assert {purpose: allowed for purpose, allowed in found.items() if allowed is not None} == expected


DECISIONS = st.dictionaries(st.sampled_from(sorted(PURPOSES)), st.booleans(), min_size=1)


@given(st.lists(DECISIONS, min_size=1, max_size=6))
def test_the_clinic_reads_what_was_said_last(steps: list[dict[str, bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder, make_store(Path(folder)) as store:
        consents = Consents(store.resources, "p")
        said: dict[str, bool] = {}
        for number, step in enumerate(steps):
            consents.decide(step, NOW + timedelta(minutes=number))
            said.update(step)
        newest = store.resources.latest_of("Consent", "p")
        assert newest is not None
        assert decided(newest) == said
        assert {name: one for name, one in consents.read().items() if one is not None} == said
