"""Polling leaves no row and misses nothing."""

from clinic_app.services.changes import latest, poll
from clinic_app.store.memory import MemoryStore
from tests.spec.clinic import gate_for
from tests.spec.samples import ANNA, NOW


def test_polling_continues_where_it_was() -> None:
    store = MemoryStore()
    gate = gate_for(store, "coordinator")
    assert latest(gate) == 0
    for kind in ("topic", "patient"):
        with store.unit() as unit:
            unit.append_change((ANNA,), (kind,), (), NOW)
    assert [change.kinds for change in poll(gate, 0)] == [("topic",), ("patient",)]
    assert [change.kinds for change in poll(gate, 1)] == [("patient",)]
    assert poll(gate, latest(gate)) == []
    with store.snapshot() as view:
        assert view.accesses((ANNA,)) == []
