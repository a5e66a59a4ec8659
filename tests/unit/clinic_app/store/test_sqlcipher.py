"""Opening encrypted files: right key, wrong key, damage, locks, full disks."""

import errno
from pathlib import Path

import pytest

from clinic_app.model.errors import CommonGroundError, EnvironmentFault, ProgramFault
from clinic_app.store.sqlcipher import DRIVER, connect, create, fault_of, faults, key_check_path

KEY = bytes(range(32))
OTHER = bytes(range(1, 33))


def made(folder: Path) -> Path:
    path = folder / "a b%.db"
    connection = create(path, KEY)
    connection.execute("CREATE TABLE t (a)")
    connection.execute("INSERT INTO t VALUES (7)")
    connection.close()
    return path


def code_of(path: Path, key: bytes) -> str:
    with pytest.raises(CommonGroundError) as caught:
        connect(path, key)
    assert key.hex() not in str(caught.value)
    return caught.value.code


def test_what_was_written_is_read_and_the_file_is_not_plain(tmp_path: Path) -> None:
    path = made(tmp_path)
    connection = connect(path, KEY)
    assert connection.execute("SELECT a FROM t").fetchall() == [(7,)]
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA secure_delete").fetchone() == (1,)
    connection.close()
    assert not path.read_bytes().startswith(b"SQLite format")
    assert path.stat().st_mode & 0o777 == 0o600
    assert key_check_path(path).stat().st_mode & 0o777 == 0o600
    assert KEY.hex() not in key_check_path(path).read_text()


def test_a_wrong_key_is_told_from_damage(tmp_path: Path) -> None:
    path = made(tmp_path)
    assert code_of(path, OTHER) == "STORE-KEY"
    assert code_of(path, b"short") == "KEY-MALFORMED"
    content = bytearray(path.read_bytes())
    content[100:200] = bytes(100)
    path.write_bytes(content)
    assert code_of(path, KEY) == "STORE-CORRUPT"
    assert path.read_bytes() == bytes(content), "an open error never touches the file"


def test_without_a_key_check_an_unreadable_file_names_the_key(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = made(tmp_path)
    key_check_path(path).unlink()
    assert code_of(path, OTHER) == "STORE-KEY"
    assert connect(path, KEY).execute("SELECT a FROM t").fetchone() == (7,)
    assert capfd.readouterr().err == ""


def test_nothing_is_created_by_opening(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    assert code_of(path, KEY) == "STORE-MISSING"
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten_by_creating(tmp_path: Path) -> None:
    path = made(tmp_path)
    with pytest.raises(EnvironmentFault, match="STORE-EXISTS"):
        create(path, OTHER)
    assert connect(path, KEY).execute("SELECT a FROM t").fetchone() == (7,)


def test_a_creation_cut_short_can_be_repeated(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.touch()
    key_check_path(path).write_text("half")
    create(path, KEY).close()
    assert connect(path, KEY).execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


def test_a_lock_a_full_disk_and_a_read_only_folder_are_named(tmp_path: Path) -> None:
    path = made(tmp_path)
    first, second = connect(path, KEY), connect(path, KEY, busy_seconds=0.05)
    first.execute("BEGIN IMMEDIATE")
    with pytest.raises(EnvironmentFault, match="STORE-LOCKED"), faults(path):
        second.execute("BEGIN IMMEDIATE")
    first.rollback()
    second.execute("PRAGMA max_page_count=2").fetchone()
    with pytest.raises(EnvironmentFault, match="STORE-FULL"), faults(path):
        second.execute("INSERT INTO t VALUES (zeroblob(100000))")
    with pytest.raises(EnvironmentFault, match="STORE-FULL"), faults(path):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(EnvironmentFault, match="STORE-UNWRITABLE"), faults(path):
        raise OSError(errno.EROFS, "Read-only file system")
    with pytest.raises(EnvironmentFault, match="STORE-UNWRITABLE"):
        create(tmp_path / "missing" / "a.db", KEY)


def test_a_broken_rule_of_the_tables_is_our_bug(tmp_path: Path) -> None:
    path = made(tmp_path)
    with pytest.raises(ProgramFault, match="STORE-BUG"), faults(path):
        connect(path, KEY).execute("SELECT nonsense FROM t")
    fault = fault_of(DRIVER.IntegrityError("x"), tmp_path / "a.db")
    assert isinstance(fault, ProgramFault)
    assert fault.code == "STORE-BUG"


@pytest.mark.parametrize(
    ("name", "code"), [("SQLITE_READONLY", "STORE-UNWRITABLE"), ("SQLITE_BUSY_SNAPSHOT", "STORE-LOCKED")]
)
def test_extended_error_names_belong_to_their_families(tmp_path: Path, name: str, code: str) -> None:
    error = DRIVER.OperationalError("x")
    error.sqlite_errorname = name
    assert fault_of(error, tmp_path / "a.db").code == code
