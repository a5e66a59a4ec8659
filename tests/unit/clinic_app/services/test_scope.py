"""What the scoped view hands on is what the store says."""

from clinic_app.model.entries import EntryState
from clinic_app.model.facts import FactKind
from clinic_app.model.people import Link
from clinic_app.services.scope import ScopedSnapshot
from clinic_app.store.memory import MemoryStore
from tests.spec.samples import ANNA, ANNA_PORTAL, BELA, BORN, NOW, consent, demographics, entry


def test_everything_but_content_is_handed_on() -> None:
    store = MemoryStore()
    with store.unit() as unit:
        unit.put_entry(entry(3), EntryState.APPLIED, (), (), ANNA, BORN, "p")
        unit.add_statements(3, (demographics(), demographics(BELA), consent(False)), "p", NOW)
        unit.withhold(3, False)
        unit.link(Link(ANNA, ANNA_PORTAL, "chris", NOW))
        unit.add_account("chris", ("it",))
        unit.append_change((ANNA,), (), (), NOW)
    with store.snapshot() as inner:
        view = ScopedSnapshot(inner, frozenset({ANNA}), frozenset({FactKind.PATIENT}))
        assert view.account_roles("chris") == ("it",)
        assert view.person(ANNA) == (ANNA, ANNA_PORTAL)
        assert view.known(ANNA)
        assert view.birth_dates(ANNA) == (BORN,)
        assert view.identifiers_with_value(ANNA.value) == (ANNA,)
        assert view.links(ANNA) == inner.links(ANNA)
        assert view.inbox() == inner.inbox()
        assert view.entry_subject(3) == ANNA
        assert not view.entry_withheld(3)
        assert view.last_entry_id() == 3
        assert view.feeds() == inner.feeds()
        assert view.consent((ANNA,), "care") is False
        assert view.refused("care") == [ANNA]
        assert view.changes_after(0) == inner.changes_after(0)
        assert view.last_change() == 1
        assert [row.identifier for row in view.patients(NOW)] == [ANNA]
        assert [fact.statement.kind for fact in view.facts((ANNA, BELA))] == [FactKind.PATIENT]
        assert view.facts((ANNA,), ("consent",)) == []
        assert view.accesses((BELA,)) == []
