"""Links are made by people, never taken from somebody else, and stay on record."""

from collections.abc import Callable

import pytest

from clinic_app.model.errors import AccessDenied, CommonGroundError, UseFault
from clinic_app.services.link import LINK_KIND, link, unlink
from clinic_app.store.memory import MemoryStore
from tests.spec.clinic import gate_for
from tests.spec.samples import ANNA, ANNA_PORTAL, BELA, BORN, NOW, OTHER_BORN, demographics


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def test_a_link_joins_and_says_so(store: MemoryStore) -> None:
    gate = gate_for(store, "coordinator")
    assert link(gate, ANNA, ANNA_PORTAL.value, NOW) == ANNA_PORTAL
    with store.snapshot() as view:
        assert view.person(ANNA) == (ANNA, ANNA_PORTAL)
        (change,) = view.changes_after(0)
        assert (change.people, change.kinds) == ((ANNA, ANNA_PORTAL), (LINK_KIND,))
        assert view.links(ANNA)[0].by == "chris"
        assert [row.action for row in view.accesses((ANNA_PORTAL,))] == ["link"]


def test_the_same_link_again_changes_nothing(store: MemoryStore) -> None:
    gate = gate_for(store, "clinician")
    for _ in range(2):
        link(gate, ANNA, ANNA_PORTAL.value, NOW)
    with store.snapshot() as view:
        assert len(view.links(ANNA)) == 1
        assert view.last_change() == 1


def test_a_portal_person_belongs_to_one_patient(store: MemoryStore) -> None:
    gate = gate_for(store, "clinician")
    link(gate, ANNA, ANNA_PORTAL.value, NOW)
    with pytest.raises(UseFault, match="LINK-TAKEN"):
        link(gate, BELA, ANNA_PORTAL.value, NOW)
    assert unlink(gate, ANNA, ANNA_PORTAL.value, NOW) == ANNA_PORTAL
    assert unlink(gate, ANNA, ANNA_PORTAL.value, NOW) == ANNA_PORTAL
    link(gate, BELA, ANNA_PORTAL.value, NOW)
    with store.snapshot() as view:
        assert view.person(BELA) == (BELA, ANNA_PORTAL)
        assert [one.active for one in view.links(ANNA_PORTAL)] == [True, False, True]


def test_a_portal_person_with_another_birth_date_is_not_linked(store: MemoryStore) -> None:
    gate = gate_for(store, "clinician")
    with store.unit() as unit:
        unit.add_statements(0, (demographics(),), "p", NOW)
    with pytest.raises(CommonGroundError, match="LINK-BIRTH-DATE-DIFFERS"):
        link(gate, ANNA, ANNA_PORTAL.value, NOW, OTHER_BORN)
    with store.snapshot() as view:
        assert view.links(ANNA) == []
    link(gate, ANNA, ANNA_PORTAL.value, NOW, BORN)
    link(gate, BELA, "nobody-asked", NOW, OTHER_BORN)  # the chart knows no birth date
    with store.snapshot() as view:
        assert view.person(ANNA) == (ANNA, ANNA_PORTAL)


def test_a_taken_person_is_freed_by_the_command_that_the_message_names(store: MemoryStore) -> None:
    gate = gate_for(store, "clinician")
    link(gate, ANNA, ANNA_PORTAL.value, NOW)
    with pytest.raises(UseFault, match=r"commonground link 'HOSP\|1001' p-1 --undo"):
        link(gate, BELA, ANNA_PORTAL.value, NOW)


@pytest.mark.parametrize("act", [link, unlink])
def test_nobody_is_no_portal_person(store: MemoryStore, act: Callable[..., object]) -> None:
    with pytest.raises(UseFault, match="PORTAL-ID-MISSING"):
        act(gate_for(store, "clinician"), ANNA, " ", NOW)


def test_it_staff_cannot_link(store: MemoryStore) -> None:
    with pytest.raises(AccessDenied):
        link(gate_for(store, "it"), ANNA, ANNA_PORTAL.value, NOW)
