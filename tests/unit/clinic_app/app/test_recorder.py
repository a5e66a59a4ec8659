"""The main store as the worker uses it."""

from clinic_app.app.recorder import StoreRecorder
from clinic_app.model.entries import EntryState
from clinic_app.store.sql import open_store
from tests.unit.clinic_app.app.made_home import MadeHome, adt, message_received, spirometry


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
