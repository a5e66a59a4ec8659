"""The list, and finding a person by number."""

import pytest

from clinic_app.model.errors import CommonGroundError, UseFault
from clinic_app.model.identity import Identifier
from clinic_app.services.patients import find, list_patients, refresh_list
from clinic_app.store.memory import MemoryStore
from tests.spec.clinic import gate_for
from tests.spec.samples import ANNA, ANNA_PORTAL, BELA, NOW, demographics

TWIN = Identifier("OTHER", ANNA.value)


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore()
    with store.unit() as unit:
        for who in (ANNA, TWIN, BELA):
            unit.add_statements(0, (demographics(who),), "p", NOW)
        unit.add_statements(0, (demographics(ANNA_PORTAL),), "p", NOW)
    return store


def test_a_number_is_found_with_its_authority_or_bare_where_unique(store: MemoryStore) -> None:
    gate = gate_for(store, "clinician")
    assert find(gate, f" {ANNA} ") == ANNA
    assert find(gate, BELA.value) == BELA


@pytest.mark.parametrize("text", ["HOSP|9", "9", "HOSP|", "", "|", str(ANNA_PORTAL)])
def test_an_unknown_number_is_said_to_be_so(store: MemoryStore, text: str) -> None:
    with pytest.raises(CommonGroundError, match="MRN-UNKNOWN") as caught:
        find(gate_for(store, "clinician"), text)
    assert caught.value.exit_status == 1


def test_a_number_of_two_people_is_not_guessed(store: MemoryStore) -> None:
    with pytest.raises(UseFault, match="MRN-AMBIGUOUS") as caught:
        find(gate_for(store, "clinician"), ANNA.value)
    assert str(TWIN) in caught.value.what


def test_the_list_leaves_one_row(store: MemoryStore) -> None:
    rows = list_patients(gate_for(store, "coordinator"), NOW)
    assert [row.identifier for row in rows] == [ANNA, BELA, TWIN]
    with store.snapshot() as view:
        assert len(view.accesses((ANNA, BELA, TWIN))) == 1


def test_a_list_that_stayed_open_leaves_a_row_only_for_who_is_new(store: MemoryStore) -> None:
    gate = gate_for(store, "coordinator")
    list_patients(gate, NOW)
    assert len(refresh_list(gate, NOW)) == 3
    new = Identifier("HOSP", "1009")
    with store.unit() as unit:
        assert len(unit.accesses((ANNA,))) == 1
        unit.add_statements(0, (demographics(new),), "p", NOW)
    assert len(refresh_list(gate, NOW)) == 4
    with store.snapshot() as view:
        assert [row.people for row in view.accesses((ANNA, new))] == [(new,), (ANNA, BELA, TWIN)]
