"""Feeds: both always there, what waits is counted."""

from datetime import timedelta

from clinic_app.model.entries import EntryState
from clinic_app.model.people import FeedState
from clinic_app.services.health import feeds
from clinic_app.store.memory import MemoryStore
from tests.spec.clinic import Clinic, adt, gate_for, oru
from tests.spec.samples import ANNA, BELA, BORN, NOW, demographics, entry, weight


def test_a_new_home_has_two_silent_feeds() -> None:
    assert feeds(gate_for(MemoryStore(), "it")) == [
        FeedState("mllp", None, 0, 0, 0),
        FeedState("fhir", None, 0, 0, 0),
    ]


def test_files_are_told_where_any_came() -> None:
    store = MemoryStore()
    with store.unit() as unit:
        unit.put_entry(entry(1, channel="load"), EntryState.APPLIED, (), (), None, None, "p1")
        unit.put_entry(entry(2, channel="drop"), EntryState.APPLIED, (), (), None, None, "p1")
    assert [state.channel for state in feeds(gate_for(store, "it"))] == ["mllp", "fhir", "drop", "load"]


def test_messages_for_other_people_are_counted_today() -> None:
    store = MemoryStore()
    with store.unit() as unit:
        for id_, days in ((1, 0), (2, 0), (3, 1)):
            unit.roster.set_aside(id_, NOW - timedelta(days=days), "LAB|HOSP", (), counted=True)
    mllp, fhir = feeds(gate_for(store, "it"))
    assert (mllp.outside, fhir.outside) == (2, 0)


def test_received_held_and_waiting() -> None:
    meaning = {
        "A": adt(demographics(), born=BORN, subject=ANNA),
        "W": oru(weight("70", BELA), born=BORN, subject=BELA),
    }
    clinic = Clinic(MemoryStore(), meaning)
    clinic.receive("A", "W")
    mllp, fhir = feeds(clinic.staff, landed=5, notes={"fhir": "not reachable"})
    assert mllp.last_received is not None
    assert mllp.last_received > NOW
    assert (mllp.received, mllp.held, mllp.waiting, mllp.note) == (2, 1, 3, "")
    assert (fhir.waiting, fhir.note) == (0, "not reachable")
    assert feeds(clinic.staff, landed=1)[0].waiting == 0
