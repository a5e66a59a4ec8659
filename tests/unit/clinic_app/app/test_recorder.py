"""The main store as the worker uses it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from clinic_app.app.outbound import outlet_of
from clinic_app.app.recorder import StoreRecorder
from clinic_app.model.entries import EntryState
from clinic_app.model.errors import EnvironmentFault
from clinic_app.model.identity import Identifier
from clinic_app.model.outbound import Outlet
from clinic_app.store.sql import SqlStore, open_store
from tests.unit.clinic_app.app.made_home import NOW, MadeHome, adt, message_received, spirometry


def test_a_birth_date_in_doubt_is_looked_at_again(home: MadeHome) -> None:
    home.receive(adt("A1"), spirometry("R1", birth="20020413"), adt("A2", mrn="1002"))
    with home.clinic() as clinic:
        store = open_store(clinic.home.main_db, clinic.secrets.get("main"))
        recorder = StoreRecorder(clinic, store, clinic.system_gate(), clinic.translator())
        recorder.catch_up()
        with store.snapshot() as view:
            assert [one.code for one in view.inbox()] == ["", "BIRTH-DATE-DIFFERS", ""]
        recorder.close()


def test_what_a_killed_worker_did_not_follow_up_is_caught_up(home: MadeHome) -> None:
    home.receive(spirometry("R1"))
    home.land(message_received(adt("A1")))
    with home.clinic() as clinic:
        store = open_store(clinic.home.main_db, clinic.secrets.get("main"))
        recorder = StoreRecorder(clinic, store, clinic.system_gate(), clinic.translator())
        (entry,) = clinic.intake_reader().after(recorder.last_id(), 10)
        known = recorder.record([(entry, clinic.translator()(entry))])
        assert [str(one) for one in known] == ["DEMO|1001"]
        with store.snapshot() as view:
            assert [one.state for one in view.inbox()] == [EntryState.APPLIED, EntryState.HELD]
        recorder.catch_up()
        with store.snapshot() as view:
            assert [one.state for one in view.inbox()] == [EntryState.APPLIED, EntryState.APPLIED]
        assert recorder.last_id() == entry.id
        recorder.close()


def with_roster(home: MadeHome, *numbers: str) -> Path:
    profile = home.root / "profiles" / "site.toml"
    if "\n[roster]" not in profile.read_text("utf-8"):
        profile.write_text(profile.read_text("utf-8") + '\n[roster]\nfile = "roster.txt"\n', "utf-8")
    path = home.root / "profiles" / "roster.txt"
    path.write_text("\n".join(numbers) + "\n", "utf-8")
    return path


@contextmanager
def recorder_of(home: MadeHome, now: datetime = NOW) -> Iterator[tuple[StoreRecorder, SqlStore]]:
    with home.clinic(now) as clinic:
        store = open_store(clinic.home.main_db, clinic.secrets.get("main"))
        recorder = StoreRecorder(clinic, store, clinic.system_gate(), clinic.translator(), lambda: 0.0)
        yield recorder, store
        recorder.close()


def test_only_people_on_the_roster_get_facts_and_the_rest_is_gone_within_a_day(home: MadeHome) -> None:
    with_roster(home, "DEMO|1001")
    home.receive(adt("A1"), adt("B1", mrn="2002", name="Stranger^Sam"), spirometry("R1", mrn="2002"))
    home.receive(adt("A2", mrn="1001"))
    with recorder_of(home, NOW + timedelta(hours=22)) as (recorder, store):
        assert recorder.tend() == ()
        with store.snapshot() as view:
            assert [(one.state.value, one.code, one.raw) for one in view.inbox()] == [
                ("applied", "", b""),
                ("ignored", "NOT-ROSTERED", b""),
                ("ignored", "NOT-ROSTERED", b""),
                ("applied", "", b""),
            ]
            assert view.inbox_entry(2).raw == b""  # type: ignore[union-attr]
            assert view.outside(NOW).unerased == 2
    with home.clinic() as clinic:
        assert len(clinic.intake_reader().after(0, 10)) == 4
    with recorder_of(home, NOW + timedelta(hours=23, minutes=1)) as (recorder, store):
        assert recorder.tend() == ()
        assert recorder.last_id() == 4
        with store.snapshot() as view:
            assert [one.id for one in view.inbox()] == [4, 1]
            assert [count.messages for count in view.outside(NOW).counts] == [2]
            assert (view.outside(NOW).unerased, view.known(Identifier("DEMO", "2002"))) == (0, False)
    with home.clinic() as clinic:
        assert [one.id for one in clinic.intake_reader().after(0, 10)] == [1, 4]
    assert not (home.root / "intake.db-wal").exists() or (home.root / "intake.db-wal").stat().st_size == 0
    assert home.land(message_received(adt("B1", mrn="2002", name="Stranger^Sam"))) == [2], "still known"


def test_whoever_comes_onto_the_roster_in_time_loses_nothing(home: MadeHome) -> None:
    path = with_roster(home, "DEMO|1001")
    home.receive(spirometry("R1", mrn="2002"), adt("B1", mrn="2002"))
    with recorder_of(home) as (recorder, store):
        assert recorder.tend() == ()
        path.write_text("DEMO|1001\n2002\n", "utf-8")
        for one in recorder.tend():
            recorder.reconsider(one)
        with store.snapshot() as view:
            assert [one.state.value for one in view.inbox()] == ["applied", "applied"]
            assert view.outside(NOW).unerased == 0


def test_a_roster_that_cannot_be_read_lets_nothing_pass_and_erases_nothing(home: MadeHome) -> None:
    path = with_roster(home, "DEMO|1001")
    home.land(message_received(adt("B1", mrn="2002")))
    path.unlink()
    with pytest.raises(EnvironmentFault, match="ROSTER-UNREADABLE"):
        home.work()
    with home.clinic() as clinic:
        assert len(clinic.intake_reader().after(0, 10)) == 1
    with_roster(home, "DEMO|2002")
    home.work()
    with recorder_of(home) as (_, store), store.snapshot() as view:
        assert view.known(Identifier("DEMO", "2002"))


def test_what_goes_back_is_looked_for_only_after_a_commit(home: MadeHome) -> None:
    home.set("outbox", host="127.0.0.1")
    asked: list[str] = []
    with home.clinic() as clinic:
        store = open_store(clinic.home.main_db, clinic.secrets.get("main"))

        def outlet() -> Outlet | None:
            asked.append("asked")
            return outlet_of(clinic)

        recorder = StoreRecorder(clinic, store, clinic.system_gate(), clinic.translator(), outlet=outlet)
        assert [recorder.queue_outbound() for _ in range(3)] == [False] * 3
        home.receive(adt("A1"))
        assert not recorder.queue_outbound()
        with store.snapshot() as view:
            place = view.outbox_place()
            assert place is not None
            assert place.sequence == view.last_change() > 0
        recorder.close()
    assert len(asked) == 4
