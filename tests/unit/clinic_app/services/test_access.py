"""Accounts, and the log that a patient can read."""

import pytest

from clinic_app.model.access import Action
from clinic_app.model.errors import AccessDenied
from clinic_app.services.access import FIRST_ROLES, add_account, add_first_account, roles_of, who_looked
from clinic_app.store.memory import MemoryStore
from tests.spec.clinic import gate_for
from tests.spec.samples import ANNA, BELA, NOW


def test_the_account_that_made_the_home_is_clinician_and_administrator() -> None:
    store = MemoryStore()
    add_first_account(store, "chris")
    assert roles_of(store, "chris") == FIRST_ROLES == ("clinician", "administrator")
    assert roles_of(store, "dana") == ()
    gate = gate_for(store, *FIRST_ROLES)
    add_account(gate, "chris", ("it",), NOW)
    add_first_account(store, "chris")
    assert roles_of(store, "chris") == ("it",)
    with pytest.raises(AccessDenied):
        add_account(gate_for(store, "clinician"), "eve", ("administrator",), NOW)
    assert roles_of(store, "eve") == ()


def test_the_log_of_a_person_shows_who_looked_and_the_look_at_the_log() -> None:
    store = MemoryStore()
    gate = gate_for(store, "clinician")
    with gate.reading(Action.READ_PATIENT, (ANNA, BELA)):
        pass
    assert [row.action for row in who_looked(gate, ANNA)] == ["read_access_log", "read_patient"]
    assert [row.action for row in who_looked(gate, BELA, limit=1)] == ["read_access_log"]
    with pytest.raises(AccessDenied):
        who_looked(gate_for(store, "coordinator"), ANNA)
