"""A confirmed birth date stands beside the known one."""

from clinic_app.services.identity import confirm_birth_date
from clinic_app.store.memory import MemoryStore
from tests.spec.clinic import gate_for
from tests.spec.samples import ANNA, BORN, NOW, OTHER_BORN, demographics


def test_a_confirmation_is_recorded_with_its_rows() -> None:
    store = MemoryStore()
    with store.unit() as unit:
        unit.add_statements(0, (demographics(),), "p", NOW)
    confirm_birth_date(gate_for(store, "coordinator"), ANNA, OTHER_BORN, NOW)
    with store.snapshot() as view:
        assert view.birth_dates(ANNA) == (BORN, OTHER_BORN)
        assert [change.kinds for change in view.changes_after(0)] == [("patient",)]
        assert [row.action for row in view.accesses((ANNA,))] == ["confirm_identity"]
