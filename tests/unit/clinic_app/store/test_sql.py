"""Opening and creating the main store, and units of work that survive faults."""

from pathlib import Path

import pytest

from clinic_app.model.errors import CommonGroundError
from clinic_app.store.engine import make_engine, transaction
from clinic_app.store.sql import SqlStore, create_store, open_store
from clinic_app.store.sqlcipher import create
from tests.spec.samples import NOW

KEY = bytes(32)


def made(folder: Path) -> Path:
    path = folder / "main.db"
    store = create_store(path, KEY)
    with store.unit() as unit:
        unit.add_account("chris", ("clinician",))
    store.close()
    return path


def roles(store: SqlStore) -> tuple[str, ...]:
    with store.snapshot() as view:
        return view.account_roles("chris")


def refusal(path: Path, key: bytes = KEY) -> str:
    with pytest.raises(CommonGroundError) as caught:
        open_store(path, key)
    return caught.value.code


def test_what_was_committed_is_there_after_opening_again(tmp_path: Path) -> None:
    store = open_store(made(tmp_path), KEY)
    assert roles(store) == ("clinician",)
    store.close()
    store.close()


def test_errors_on_opening_have_their_codes_and_change_nothing(tmp_path: Path) -> None:
    assert refusal(tmp_path / "main.db") == "STORE-MISSING"
    path = made(tmp_path)
    before = path.read_bytes()
    assert refusal(path, bytes(range(32))) == "STORE-KEY"
    with pytest.raises(CommonGroundError, match="STORE-EXISTS"):
        create_store(path, KEY)
    assert path.read_bytes() == before
    path.write_bytes(before[:4096] + bytes(4096) + before[8192:])
    assert refusal(path) == "STORE-CORRUPT"


def test_an_empty_database_gets_its_tables_on_opening(tmp_path: Path) -> None:
    path = tmp_path / "main.db"
    create(path, KEY).close()
    store = open_store(path, KEY)
    assert roles(store) == ()
    store.close()


def test_a_busy_store_is_named_and_works_again(tmp_path: Path) -> None:
    path = made(tmp_path)
    one, other = open_store(path, KEY), open_store(path, KEY, busy_seconds=0.05)
    with one.unit() as unit:
        unit.add_account("dana", ("it",))
        assert roles(other) == ("clinician",), "reading goes on"
        with pytest.raises(CommonGroundError, match="STORE-LOCKED"), other.unit():
            raise AssertionError
    with other.unit() as later:
        assert later.account_roles("dana") == ("it",)
    one.close()
    other.close()


def test_a_full_disk_loses_the_unit_and_nothing_else(tmp_path: Path) -> None:
    path = made(tmp_path)
    store = open_store(path, KEY)
    with pytest.raises(CommonGroundError, match="STORE-FULL"), store.unit() as unit:
        unit._connection.exec_driver_sql("PRAGMA max_page_count=10")
        for _ in range(2000):
            unit.append_change((), ("x" * 500,), (), NOW)
    with store.snapshot() as view:
        assert view.last_change() == 0
        assert view.account_roles("chris") == ("clinician",)
    store.close()


def test_ddl_is_part_of_the_transaction(tmp_path: Path) -> None:
    path = made(tmp_path)
    engine = make_engine(path, KEY)
    with pytest.raises(RuntimeError), transaction(engine, path, writing=True) as connection:
        connection.exec_driver_sql("CREATE TABLE left_behind (a)")
        raise RuntimeError
    with transaction(engine, path, writing=False) as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars().all()
    assert "left_behind" not in names
    engine.dispose()


def test_what_a_reading_block_writes_is_not_kept(tmp_path: Path) -> None:
    path = made(tmp_path)
    engine = make_engine(path, KEY)
    with transaction(engine, path, writing=False) as connection:
        connection.exec_driver_sql("DELETE FROM account")
    store = open_store(path, KEY)
    assert roles(store) == ("clinician",)
    store.close()
    engine.dispose()


def test_a_wrong_statement_is_our_bug(tmp_path: Path) -> None:
    store = open_store(made(tmp_path), KEY)
    with pytest.raises(CommonGroundError, match="STORE-BUG"), store.unit() as unit:
        unit._connection.exec_driver_sql("SELECT nonsense")
    store.close()
