"""The inbox for people: listed without bytes, bytes only with a row that names the patient."""

import pytest

from clinic_app.model.access import LookReason
from clinic_app.model.entries import EntryState
from clinic_app.model.errors import AccessDenied, CommonGroundError
from clinic_app.services.inbox import every_entry, last_entry_id, list_entries, note_raw_look, show_entry
from clinic_app.store.memory import MemoryStore
from tests.spec.clinic import Clinic, adt, gate_for, oru
from tests.spec.samples import ANNA, BELA, BORN, demographics, weight


@pytest.fixture
def clinic() -> Clinic:
    meaning = {
        "A": adt(demographics(), born=BORN, subject=ANNA),
        "W": oru(weight("70", BELA), born=BORN, subject=BELA),
    }
    clinic = Clinic(MemoryStore(), meaning)
    clinic.receive("A", "W")
    return clinic


def test_entries_are_listed_by_state(clinic: Clinic) -> None:
    assert [one.id for one in list_entries(clinic.staff)] == [2, 1]
    assert [one.code for one in list_entries(clinic.staff, (EntryState.HELD,))] == ["UNKNOWN-PATIENT"]
    assert [one.id for one in list_entries(clinic.staff, limit=1, before=2)] == [1]
    assert last_entry_id(clinic.staff) == 2


def test_all_of_them_are_read_page_by_page_with_one_row(clinic: Clinic) -> None:
    more = [f"W{number}" for number in range(1001)]
    clinic.meaning.update(dict.fromkeys(more, clinic.meaning["W"]))
    clinic.receive(*more)
    assert [one.id for one in every_entry(clinic.staff)] == list(range(1003, 0, -1))
    assert {one.state for one in every_entry(clinic.staff, (EntryState.HELD,))} == {EntryState.HELD}


def test_bytes_leave_a_row_that_names_the_patient(clinic: Clinic) -> None:
    gate = gate_for(clinic.store, "it")
    assert show_entry(gate, 1).raw == b""
    assert show_entry(gate, 1, raw=True, reason=LookReason.CODE_MAP).raw == b"bytes of 1"
    with clinic.store.snapshot() as view:
        raw, shown = view.accesses((ANNA,))
    assert (raw.action, raw.entry_id, raw.purpose) == ("read_raw", 1, "operation")
    assert raw.reason == "to mend a code or unit"
    assert (shown.action, shown.reason) == ("list_inbox", "")


def test_who_may_list_may_not_read_bytes(clinic: Clinic) -> None:
    with pytest.raises(AccessDenied):
        show_entry(gate_for(clinic.store, "coordinator"), 1, raw=True)


def test_an_unknown_entry_is_said_to_be_so(clinic: Clinic) -> None:
    with pytest.raises(CommonGroundError, match="ENTRY-UNKNOWN"):
        show_entry(clinic.staff, 99)


def test_a_look_at_bytes_that_still_wait_is_noted(clinic: Clinic) -> None:
    note_raw_look(clinic.staff, 99)
    with pytest.raises(AccessDenied):
        note_raw_look(gate_for(clinic.store, "coordinator"), 99)
