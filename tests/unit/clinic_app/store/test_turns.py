"""A person's write goes before the worker's."""

from pathlib import Path

from clinic_app.store.sql import create_store, open_store
from clinic_app.store.turns import MOST_SECONDS, Turns


class Time:
    """A clock that only passes while somebody pauses."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses = 0

    def pause(self, seconds: float) -> None:
        self.now += seconds
        self.pauses += 1


def test_the_worker_waits_while_somebody_asks(tmp_path: Path) -> None:
    turns, time = Turns(tmp_path / "main.db"), Time()
    asking = turns.asking()
    asking.__enter__()

    def pause(seconds: float) -> None:
        time.pause(seconds)
        if time.pauses == 3:
            asking.__exit__(None, None, None)

    with turns.giving_way(pause, lambda: time.now):
        assert time.pauses == 3


def test_the_worker_is_slowed_by_askers_never_stopped(tmp_path: Path) -> None:
    turns, time = Turns(tmp_path / "main.db"), Time()
    with turns.asking(), turns.asking(), turns.giving_way(time.pause, lambda: time.now):
        assert MOST_SECONDS <= time.now < MOST_SECONDS * 1.1


def test_nobody_asks(tmp_path: Path) -> None:
    turns, time = Turns(tmp_path / "main.db"), Time()
    with turns.asking():
        pass
    with turns.giving_way(time.pause, lambda: time.now):
        assert time.pauses == 0


def test_without_its_file_everybody_just_tries(tmp_path: Path) -> None:
    turns, time = Turns(tmp_path / "gone" / "main.db"), Time()
    with turns.asking(), turns.giving_way(time.pause, lambda: time.now):
        assert time.pauses == 0


def test_the_turn_is_held_only_until_the_write_lock_is_had(tmp_path: Path) -> None:
    path, time = tmp_path / "main.db", Time()
    person, worker = create_store(path, bytes(32)), open_store(path, bytes(32), gives_way=True)
    with person.unit(), Turns(path).giving_way(time.pause, lambda: time.now):
        assert time.pauses == 0
    with worker.unit() as unit:
        unit.add_account("anna", ("it",))
    with person.snapshot() as view:
        assert view.account_roles("anna") == ("it",)
    person.close()
    worker.close()
