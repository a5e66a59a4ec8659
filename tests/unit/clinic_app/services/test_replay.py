"""Replay and reconsideration: changed profile, newly known patient, nothing where nothing changed."""

import pytest

from clinic_app.model.entries import EntryState, RawEntry, Translation
from clinic_app.model.errors import AccessDenied
from clinic_app.services import replay as module
from clinic_app.services.replay import ReplayReport, replay
from clinic_app.store.memory import MemoryStore
from tests.spec.clinic import UNKNOWN_CODE, Clinic, adt, gate_for, oru
from tests.spec.samples import ANNA, BELA, BORN, NOW, OTHER_BORN, demographics, weight

ADT = adt(demographics(), born=BORN, subject=ANNA)
UNREAD = oru(born=BORN, subject=ANNA, holds=[UNKNOWN_CODE])
READ = oru(weight("58"), born=BORN, subject=ANNA)


@pytest.fixture
def clinic() -> Clinic:
    clinic = Clinic(MemoryStore(), {"A": ADT, "R": UNREAD, "S": UNREAD})
    clinic.receive("A", "R", "S")
    return clinic


def test_after_the_profile_changed_what_was_held_applies(clinic: Clinic) -> None:
    clinic.meaning |= {"R": READ}
    clinic.profile = "p2"
    report = clinic.replay()
    assert report == ReplayReport(looked=2, changed=1, applied=1, held=1, recorded=1, freed=1)
    assert ("R", "applied", "") in clinic.states()
    with clinic.store.snapshot() as view:
        (fact,) = view.facts((ANNA,), ("measurement",))
    assert (fact.profile_version, fact.inbox_id) == ("p2", 2)


def test_with_the_profile_unchanged_nothing_is_written(clinic: Clinic) -> None:
    before = clinic.row_count()
    assert clinic.replay().changed == 0
    assert clinic.replay([1, 2, 3, 99]) == ReplayReport(looked=3, applied=1, held=2)
    assert clinic.row_count() == before


def test_what_was_applied_says_more_under_a_profile_that_learnt_to_read_it(clinic: Clinic) -> None:
    clinic.meaning |= {"A": adt(demographics(), weight("58"), born=BORN, subject=ANNA), "R": READ}
    clinic.profile = "p2"
    report = replay(clinic.staff, None, clinic.translate, "p2", NOW, EntryState.APPLIED)
    assert report == ReplayReport(looked=1, changed=1, applied=1, recorded=1)
    assert ("R", "held", "UNKNOWN-CODE") in clinic.states()


def test_chosen_entries_only(clinic: Clinic) -> None:
    clinic.meaning |= {"R": READ, "S": READ}
    assert clinic.replay([3]).applied == 1
    assert ("R", "held", "UNKNOWN-CODE") in clinic.states()


def test_an_entry_that_turns_out_to_introduce_a_patient_brings_those_that_waited(clinic: Clinic) -> None:
    clinic.meaning |= {
        "B": oru(born=BORN, subject=BELA),
        "W": oru(weight("70", BELA), born=BORN, subject=BELA),
    }
    clinic.receive("B", "W")
    clinic.meaning["B"] = adt(demographics(BELA), born=BORN, subject=BELA)
    clinic.replay([4])
    assert {("B", "applied", ""), ("W", "applied", "")} <= clinic.states()


def test_a_changed_reading_of_birth_dates_is_followed_to_its_end(clinic: Clinic) -> None:
    clinic.meaning["R"] = READ
    clinic.replay()
    clinic.meaning["A"] = adt(demographics(born=OTHER_BORN), born=OTHER_BORN, subject=ANNA)
    clinic.replay([1])
    assert ("R", "held", "BIRTH-DATE-DIFFERS") in clinic.states()
    clinic.meaning["A"] = adt(born=OTHER_BORN, subject=ANNA)
    clinic.replay([1])
    assert {("A", "held", "UNKNOWN-PATIENT"), ("R", "held", "UNKNOWN-PATIENT")} <= clinic.states()


def test_more_than_a_page_and_a_group_are_replayed_in_order(clinic: Clinic) -> None:
    many = [f"N{number}" for number in range(1100)]
    clinic.meaning |= dict.fromkeys(many, UNREAD)
    clinic.receive(*many)
    seen: list[int] = []

    def translate(raw: RawEntry) -> Translation:
        seen.append(raw.id)
        return UNREAD

    report = replay(clinic.staff, None, translate, "p1", NOW)
    assert report.looked == len(many) + 2
    assert seen == sorted(seen)
    assert len(many) > module._PAGE


def test_who_may_not_replay_is_denied(clinic: Clinic) -> None:
    with pytest.raises(AccessDenied):
        replay(gate_for(clinic.store, "improvement_lead"), None, clinic.translate, "p", NOW)
