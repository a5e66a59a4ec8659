import threading
from pathlib import Path

import pytest

from bridges.portal.store.database import Database
from clinic_app.model.errors import CommonGroundError, EnvironmentFault
from clinic_app.store import sqlcipher
from tests.unit.bridges.portal.house import KEY, Clock, House, make_store, open_store


def test_a_wrong_key_and_a_missing_file_are_told_apart(tmp_path: Path) -> None:
    make_store(tmp_path).close()
    with pytest.raises(EnvironmentFault) as wrong:
        open_store(tmp_path / "portal.db", bytes(32))
    with pytest.raises(EnvironmentFault) as missing:
        open_store(tmp_path / "other.db")
    assert (wrong.value.code, missing.value.code) == ("STORE-KEY", "STORE-MISSING")


def test_nothing_of_it_is_readable_in_the_file(tmp_path: Path) -> None:
    with make_store(tmp_path) as store:
        House(store).invite()
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Okafor" not in content
    assert b"SQLite format" not in content


def test_a_file_of_a_later_program_is_refused(tmp_path: Path) -> None:
    make_store(tmp_path).close()
    connection = sqlcipher.connect(tmp_path / "portal.db", KEY)
    connection.execute("UPDATE meta SET value='99' WHERE name='schema'")
    with pytest.raises(EnvironmentFault) as fault:
        Database(connection)
    assert fault.value.code == "STORE-NEWER"
    connection.close()


def test_a_unit_that_fails_leaves_nothing(tmp_path: Path) -> None:
    connection = sqlcipher.create(tmp_path / "x.db", KEY)
    database = Database(connection)
    with pytest.raises(ZeroDivisionError), database.unit() as run:
        run("INSERT INTO meta VALUES ('a', 'b')")
        _ = 1 // 0
    with database.view() as run:
        assert run("SELECT * FROM meta WHERE name='a'").fetchall() == []
    database.close()


def test_a_fault_of_the_file_becomes_ours(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    store.close()
    with pytest.raises(CommonGroundError):
        store.doors.tokens()


def test_threads_take_turns_and_stamps_stay_unique(tmp_path: Path) -> None:
    with make_store(tmp_path) as store:
        made: list[str] = []

        def work() -> None:
            for _ in range(10):
                made.append(store.resources.create("Goal", {}, Clock().now()).updated)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(made)) == 40
