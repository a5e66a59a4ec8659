"""The intake file: stored once, answered the same way, flagged, trimmed, read from elsewhere."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from clinic_app.model.entries import Landed, RawEntry, Received
from clinic_app.model.errors import CommonGroundError
from clinic_app.store import intake, sqlcipher
from clinic_app.store.intake import IntakeFile, IntakeView, create_intake

KEY = bytes(range(32))
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def received(control_id: str = "1", raw: bytes = b"MSH|one", **other: object) -> Received:
    values = {"channel": "mllp", "sender": "LAB|HOSP", "type": "ORU^R01", "received_at": NOW, "answer": b"AA"}
    return Received(control_id=control_id, raw=raw, **(values | other))  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "intake.db"
    create_intake(file, KEY)
    return file


def land(path: Path, *all_received: Received) -> list[Landed]:
    file = IntakeFile(path, KEY)
    with file.transaction():
        landed = [file.land(one) for one in all_received]
    file.close()
    return landed


def entries(path: Path) -> list[RawEntry]:
    view = IntakeView(path, KEY)
    found = list(view.after(0, 1000))
    view.close()
    return found


def test_what_lands_is_read_back_as_it_was(path: Path) -> None:
    raw = bytes(range(256))
    assert land(path, received(raw=raw)) == [Landed(1, b"AA", False)]
    assert entries(path) == [RawEntry(1, "mllp", "LAB|HOSP", "1", "ORU^R01", NOW, raw)]


def test_the_file_is_encrypted(path: Path) -> None:
    land(path, received(raw=b"MSH|a name that must not be readable"))
    for file in path.parent.iterdir():
        assert b"readable" not in file.read_bytes()


def test_the_same_again_is_stored_once_and_answered_as_before(path: Path) -> None:
    first = received(answer=b"first")
    again = received(answer=b"second", received_at=NOW + timedelta(days=1))
    assert land(path, first, again) == [Landed(1, b"first", False), Landed(1, b"first", True)]
    assert land(path, again) == [Landed(1, b"first", True)]
    assert len(entries(path)) == 1


def test_the_same_control_id_with_other_bytes_is_stored_and_flagged(path: Path) -> None:
    land(path, received(raw=b"one"), received(raw=b"two"), received(raw=b"two"))
    assert [(entry.raw, entry.flag) for entry in entries(path)] == [
        (b"one", ""),
        (b"two", "CONTROL-ID-REUSED"),
    ]


def test_other_senders_and_channels_have_their_own_control_ids(path: Path) -> None:
    land(path, received(), received(sender="LAB|OTHER", raw=b"x"), received(channel="fhir", raw=b"y"))
    assert [entry.flag for entry in entries(path)] == ["", "", ""]


def test_without_control_id_nothing_is_reused_and_flags_are_kept(path: Path) -> None:
    land(path, received("", b"a"), received("", b"b"), received("", b"c", flag="FRAME-TIMEOUT"))
    assert [entry.flag for entry in entries(path)] == ["", "", "FRAME-TIMEOUT"]


def test_a_transaction_that_fails_leaves_nothing(path: Path) -> None:
    file = IntakeFile(path, KEY)
    with pytest.raises(ZeroDivisionError), file.transaction():
        file.land(received())
        file.set_cursor("portal", "7")
        raise ZeroDivisionError
    assert file.cursors() == {}
    file.close()
    assert entries(path) == []


def test_cursors(path: Path) -> None:
    file = IntakeFile(path, KEY)
    for value in ("7", "8"):
        with file.transaction():
            file.set_cursor("portal", value)
    assert file.cursors() == {"portal": "8"}
    file.close()


def test_reading_from_elsewhere(path: Path) -> None:
    view = IntakeView(path, KEY)
    assert (view.last_id(), view.entry(1), list(view.after(0, 10))) == (0, None, [])
    land(path, *(received(str(n), f"{n}".encode()) for n in range(1, 6)))
    assert view.last_id() == 5
    assert [entry.id for entry in view.after(2, 2)] == [3, 4]
    found = view.entry(5)
    assert found is not None
    assert found.raw == b"5"
    view.close()


def test_trimming_keeps_duplicates_known(path: Path) -> None:
    old = [received(str(n), f"{n}".encode(), received_at=NOW + timedelta(hours=n)) for n in range(1, 5)]
    land(path, *old)
    file = IntakeFile(path, KEY)
    with file.transaction():
        assert file.trim(upto=3, before=NOW + timedelta(hours=2, minutes=30)) == 2
    with file.transaction():
        assert file.trim(upto=3, before=NOW + timedelta(hours=2, minutes=30)) == 0
        assert file.trim(upto=3, before=NOW + timedelta(days=1)) == 1
    file.close()
    view = IntakeView(path, KEY)
    assert [entry.id for entry in view.after(0, 10)] == [4]
    assert view.entry(1) is None
    assert view.last_id() == 4
    view.close()
    again = land(path, old[0], received("1", b"changed"))
    assert again == [Landed(1, b"AA", True), Landed(5, b"AA", False)]
    assert entries(path)[-1].flag == "CONTROL-ID-REUSED"


def test_trimming_goes_in_small_steps(path: Path) -> None:
    land(path, *(received(str(n), f"{n}".encode()) for n in range(intake.TRIM_STEP + 5)))
    file = IntakeFile(path, KEY)
    with file.transaction():
        assert file.trim(upto=10**6, before=NOW + timedelta(days=1)) == intake.TRIM_STEP
        assert file.trim(upto=10**6, before=NOW + timedelta(days=1)) == 5
    file.close()


def test_a_newer_file_is_refused_by_both_sides(path: Path) -> None:
    connection = sqlcipher.connect(path, KEY)
    connection.execute("PRAGMA user_version=99")
    connection.close()
    for opening in (IntakeFile, IntakeView):
        with pytest.raises(CommonGroundError, match="STORE-NEWER"):
            opening(path, KEY)


def test_a_wrong_key_says_so(path: Path) -> None:
    with pytest.raises(CommonGroundError, match="STORE-KEY"):
        IntakeFile(path, bytes(32))


def test_nothing_is_created_over_what_is_there(path: Path) -> None:
    land(path, received())
    with pytest.raises(CommonGroundError, match="STORE-EXISTS"):
        create_intake(path, KEY)
    assert len(entries(path)) == 1


def test_another_writer_is_a_fault_of_the_environment_and_passes(path: Path) -> None:
    file, other = IntakeFile(path, KEY), sqlcipher.connect(path, KEY)
    file._connection.execute("PRAGMA busy_timeout=1")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(CommonGroundError, match="STORE-LOCKED"), file.transaction():
        raise AssertionError("a transaction that was not begun has no inside")
    other.execute("ROLLBACK")
    other.close()
    with file.transaction():
        file.land(received("1"))
    file.close()


def test_what_fails_inside_or_at_the_end_undoes_all_and_is_named(path: Path) -> None:
    file = IntakeFile(path, KEY)
    with pytest.raises(CommonGroundError, match="STORE-BUG"), file.transaction():
        file.land(received("1"))
        file._connection.execute("SELECT * FROM nowhere")
    with pytest.raises(CommonGroundError, match="STORE-BUG"), file.transaction():
        file.land(received("2"))
        file._connection.execute("COMMIT")  # so that the end has nothing to commit
    with pytest.raises(ZeroDivisionError), file.transaction():
        file.land(received("3"))
        raise ZeroDivisionError
    view = IntakeView(path, KEY)
    assert [entry.control_id for entry in view.after(0, 9)] == ["2"]
    view.close()
    file.close()


FIRST_VERSION = (
    """CREATE TABLE entry (
        id INTEGER PRIMARY KEY,
        channel TEXT NOT NULL, sender TEXT NOT NULL, control_id TEXT NOT NULL, digest BLOB NOT NULL,
        type TEXT NOT NULL, received_at TEXT NOT NULL, flag TEXT NOT NULL, answer BLOB NOT NULL, raw BLOB
    )""",
    "CREATE UNIQUE INDEX entry_identity ON entry (channel, sender, control_id, digest)",
    "CREATE TABLE cursor (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "INSERT INTO cursor VALUES ('portal', '7')",
)


def old_file(path: Path, *all_received: Received) -> None:
    """What the first version of the program left."""
    connection = sqlcipher.create(path, KEY)
    for statement in FIRST_VERSION:
        connection.execute(statement)
    for one in all_received:
        row = (one.channel, one.sender, one.control_id, sha256(one.raw).digest(), one.type)
        connection.execute(
            "INSERT INTO entry (channel, sender, control_id, digest, type, received_at, flag, answer, raw)"
            " VALUES (?, ?, ?, ?, ?, ?, '', ?, ?)",
            (*row, "2026-03-01T09:00:00.000000+00:00", one.answer, one.raw),
        )
    connection.close()


def test_a_file_of_the_first_version_is_read_and_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    first = received(raw=b"long enough to be packed today " * 10)
    old_file(path, first, received("2", b"two"))
    before = entries(path)
    assert [entry.raw for entry in before] == [first.raw, b"two"]
    assert land(path, first, received("2", b"other"), received("3", first.raw)) == [
        Landed(1, b"AA", True),
        Landed(3, b"AA", False),
        Landed(4, b"AA", False),
    ]
    after = entries(path)
    assert after[:2] == before
    assert [(entry.raw, entry.flag) for entry in after[2:]] == [
        (b"other", "CONTROL-ID-REUSED"),
        (first.raw, ""),
    ]
    file = IntakeFile(path, KEY)
    assert file.cursors() == {"portal": "7"}
    file.close()


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    old_file(path, received())
    connection = sqlcipher.connect(path, KEY)
    connection.execute("CREATE TABLE identity (in_the_way INTEGER)")
    for _ in range(2):
        with pytest.raises(CommonGroundError, match="STORE-BUG"):
            IntakeFile(path, KEY)
    connection.execute("DROP TABLE identity")
    connection.close()
    assert land(path, received()) == [Landed(1, b"AA", True)]


@pytest.mark.parametrize("length", [1, 199, 200, 5000, 64 * 1024, 64 * 1024 + 1])
@pytest.mark.parametrize("kind", ["text", "noise"])
def test_packed_or_not_the_bytes_come_back(path: Path, length: int, kind: str) -> None:
    raw = b"x" * length if kind == "text" else Random(length).randbytes(length)
    land(path, received(raw=raw))
    assert entries(path)[0].raw == raw
    connection = sqlcipher.connect(path, KEY)
    row = connection.execute("SELECT packed, length(raw) FROM entry").fetchone()
    connection.close()
    assert row is not None
    assert bool(row[0]) == (kind == "text" and 200 <= length <= 64 * 1024)
    assert row[1] <= length


def test_alone_it_is_durable_at_once_or_leaves_nothing(path: Path) -> None:
    file = IntakeFile(path, KEY)
    assert file.land_alone(received()) == Landed(1, b"AA", False)
    assert [entry.id for entry in entries(path)] == [1]
    with pytest.raises(UnicodeEncodeError):
        file.land_alone(received("2", sender="\ud800"))
    file._connection.execute("PRAGMA query_only=ON")
    with pytest.raises(CommonGroundError, match="STORE-UNWRITABLE"):
        file.land_alone(received("3"))
    file._connection.execute("PRAGMA query_only=OFF")
    assert file.land_alone(received("3")) == Landed(2, b"AA", False)
    assert file.land_alone(received()) == Landed(1, b"AA", True)
    file.close()
