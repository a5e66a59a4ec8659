"""Two stores on one file, as workstation and worker have them."""

from pathlib import Path

from clinic_app.model.entries import EntryState
from clinic_app.store.sql import create_store, open_store
from tests.spec.samples import ANNA, NOW, entry, weight


def test_identifiers_made_by_one_are_the_same_to_the_other(tmp_path: Path) -> None:
    path = tmp_path / "main.db"
    one, other = create_store(path, bytes(32)), open_store(path, bytes(32))
    with one.snapshot() as view:
        assert not view.known(ANNA)
    with other.unit() as unit:
        unit.put_entry(entry(1), EntryState.APPLIED, (), (), ANNA, None, "p")
        unit.add_statements(1, (weight("58"),), "p", NOW)
    before = one.version()
    with one.unit() as unit:
        unit.put_entry(entry(2), EntryState.APPLIED, (), (), ANNA, None, "p")
        assert unit.add_statements(2, (weight("58"), weight("59")), "p", NOW) == 1
    assert one.version() != before
    with other.snapshot() as view:
        assert [fact.inbox_id for fact in view.facts((ANNA,))] == [1, 2]
    one.close()
    other.close()


def test_an_identifier_of_a_unit_that_failed_is_not_remembered(tmp_path: Path) -> None:
    path = tmp_path / "main.db"
    store = create_store(path, bytes(32))
    for last in (False, True):
        try:
            with store.unit() as unit:
                unit.put_entry(entry(1), EntryState.APPLIED, (), (), ANNA, None, "p")
                assert unit.add_statements(1, (weight("58"),), "p", NOW) == 1
                if not last:
                    raise RuntimeError
        except RuntimeError:
            pass
    with store.snapshot() as view:
        assert len(view.facts((ANNA,))) == 1
    store.close()
