"""What is erased is in no page of the intake's file or log, and a duplicate of it stays known."""

from datetime import UTC, datetime
from pathlib import Path

from sqlcipher3 import dbapi2

from clinic_app.model.entries import Received
from clinic_app.store.intake import IntakeFile, IntakeView, create_intake
from clinic_app.store.intake_erasing import empty_log, erase, erase_from_intake

KEY = bytes(range(32))
SECRET = b"a stranger's diagnosis "
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def received(number: int, size: int = 1) -> Received:
    return Received("mllp", "LAB|HOSP", f"C{number}", "ORU^R01", NOW, SECRET * size + b"%d" % number, b"AA")


def test_bytes_go_and_the_duplicate_stays_known(tmp_path: Path) -> None:
    path = tmp_path / "intake.db"
    create_intake(path, KEY)
    file = IntakeFile(path, KEY)
    with file.transaction():
        for number in (1, 2, 3):
            file.land(received(number))
    assert erase_from_intake(path, KEY, [1, 3])
    view = IntakeView(path, KEY)
    assert [one.id for one in view.after(0, 9)] == [2]
    assert view.last_id() == 3
    view.close()
    with file.transaction():
        again = file.land(received(3))
    assert (again.id, again.answer, again.repeated) == (3, b"AA", True)
    assert erase_from_intake(path, KEY, [])
    file.close()


def test_nothing_is_left_in_pages_or_log(tmp_path: Path) -> None:
    """On a file without encryption, so that its bytes can be looked through."""
    path = tmp_path / "plain.db"
    connection = dbapi2.connect(str(path), isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, digest BLOB, raw BLOB)")
    for number, size in ((1, 1), (2, 900), (3, 20_000), (4, 3)):
        connection.execute("INSERT INTO entry VALUES (?, 'd', ?)", (number, SECRET * size))
    log = path.with_name("plain.db-wal")
    assert SECRET in path.read_bytes() + log.read_bytes()
    erase(connection, [1, 2, 3, 4])
    assert empty_log(connection)
    assert SECRET not in path.read_bytes()
    assert log.stat().st_size == 0
    assert connection.execute("SELECT count(*), count(raw) FROM entry").fetchone() == (4, 0)
    connection.close()


def test_a_reader_that_is_busy_makes_it_ask_again(tmp_path: Path) -> None:
    path = tmp_path / "plain.db"
    writer, reader = (dbapi2.connect(str(path), isolation_level=None, timeout=0) for _ in range(2))
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, raw BLOB)")
    writer.execute("INSERT INTO entry VALUES (1, 'x')")
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM entry").fetchall()
    erase(writer, [1])
    assert not empty_log(writer)
    reader.execute("COMMIT")
    assert empty_log(writer)
    writer.close()
    reader.close()
