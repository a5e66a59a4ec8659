"""What has landed is known: at once, after a failed transaction, after a restart, behind the index."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic_app.model.entries import Landed, Received
from clinic_app.store import sqlcipher
from clinic_app.store.intake import IntakeFile, IntakeView, create_intake
from clinic_app.store.intake_identities import BEHIND

KEY = bytes(range(32))
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def received(control_id: str, raw: bytes) -> Received:
    return Received("mllp", "LAB|HOSP", control_id, "ORU^R01", NOW, raw, b"AA")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "intake.db"
    create_intake(file, KEY)
    return file


def indexed(path: Path) -> int:
    connection = sqlcipher.connect(path, KEY)
    row = connection.execute("SELECT count(*) FROM identity").fetchone()
    connection.close()
    return int(row[0]) if row else 0


def numbered(file: IntakeFile, count: int) -> Sequence[Landed]:
    with file.transaction():
        return [file.land(received(str(n), b"%d" % n)) for n in range(count)]


def test_the_index_is_written_behind_and_knows_the_same(path: Path) -> None:
    file = IntakeFile(path, KEY)
    numbered(file, BEHIND - 1)
    file.tidy()
    assert indexed(path) == 0
    first = numbered(file, BEHIND)
    file.tidy()
    assert indexed(path) == BEHIND
    again = numbered(file, BEHIND)
    assert [one.id for one in again] == [one.id for one in first]
    assert all(one.repeated for one in again)
    file.tidy()  # nothing new came
    assert indexed(path) == BEHIND
    with file.transaction():
        assert file.land(received("1", b"other")) == Landed(BEHIND + 1, b"AA", False)
        assert file.land(received("1", b"other")) == Landed(BEHIND + 1, b"AA", True)
    file.close()


def test_what_was_not_indexed_yet_is_known_after_a_restart(path: Path) -> None:
    for _ in range(2):
        file = IntakeFile(path, KEY)
        landed = numbered(file, 5)
        file.close()
    assert landed == [Landed(n + 1, b"AA", True) for n in range(5)]
    assert indexed(path) == 0


def test_an_index_that_cannot_be_written_is_written_later(path: Path) -> None:
    file = IntakeFile(path, KEY)
    numbered(file, BEHIND)
    file._connection.execute("PRAGMA query_only=ON")
    with pytest.raises(Exception, match="STORE-UNWRITABLE"):
        file.tidy()
    file._connection.execute("PRAGMA query_only=OFF")
    assert numbered(file, 1) == [Landed(1, b"AA", True)]
    file.tidy()
    assert indexed(path) == BEHIND
    assert numbered(file, 1) == [Landed(1, b"AA", True)]
    file.close()


def test_what_came_to_nothing_leaves_no_trace_in_the_index(path: Path) -> None:
    """Ids of entries that were rolled back are given again, so they must not count as indexed."""
    file = IntakeFile(path, KEY)
    with pytest.raises(ZeroDivisionError), file.transaction():
        for n in range(3):
            file.land(received(f"gone {n}", b"%d" % n))
        raise ZeroDivisionError
    with file.transaction():
        file._identities.write_behind()
    file._identities.let_go()
    assert file.land_alone(received("1", b"one")) == Landed(1, b"AA", False)
    file.close()
    file = IntakeFile(path, KEY)
    assert file.land_alone(received("1", b"one")) == Landed(1, b"AA", True)
    file.close()


Step = tuple[str, tuple[int, int]]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["alone", "together", "fails", "restart", "tidy"]),
        st.tuples(st.integers(0, 3), st.integers(0, 2)),
    ),
    max_size=25,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_whatever_happens_each_thing_is_stored_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Step]
) -> None:
    """Against a plain dictionary; control id 0 is the empty one."""
    path = tmp_path_factory.mktemp("intake") / "intake.db"
    create_intake(path, KEY)
    file = IntakeFile(path, KEY)
    model: dict[tuple[int, int], int] = {}
    for what, thing in steps:
        name, content = thing
        one = received(str(name) if name else "", b"%d-%d" % thing)
        if what == "restart":
            file.close()
            file = IntakeFile(path, KEY)
        elif what == "tidy":
            with file.transaction():
                file._identities.write_behind()
            file._identities.let_go()
        elif what == "fails":
            with pytest.raises(ZeroDivisionError), file.transaction():
                file.land(one)
                raise ZeroDivisionError
        else:
            if what == "alone":
                landed = file.land_alone(one)
            else:
                with file.transaction():
                    landed = file.land(one)
            assert landed.repeated == (thing in model)
            assert landed.id == model.setdefault(thing, landed.id)
    file.close()
    view = IntakeView(path, KEY)
    stored = view.after(0, 1000)
    view.close()
    assert {entry.id for entry in stored} == set(model.values())
    assert len(stored) == len(model)
    first = {name: min(n for (other, _), n in model.items() if other == name) for name, _ in model}
    expected = {n for (name, _), n in model.items() if name and n != first[name]}
    assert {entry.id for entry in stored if entry.flag} == expected
