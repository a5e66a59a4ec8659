"""The gate: a row before anything is handed out, consent asked in the view, denials on their own, nothing
without a row.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from itertools import product

import pytest

from clinic_app.model.access import SYSTEM, Action, Actor, Purpose
from clinic_app.model.entries import EntryState
from clinic_app.model.errors import AccessDenied, CommonGroundError, EnvironmentFault
from clinic_app.model.facts import FactKind, Statement
from clinic_app.ports.store import Snapshot, Store, WorkView, WriteUnit
from clinic_app.services.gate import Gate
from clinic_app.services.policy import EVERY_KIND, Policy, Rule
from clinic_app.store.memory import MemoryStore
from tests.spec.clinic import gate_for
from tests.spec.samples import (
    ANNA,
    ANNA_PORTAL,
    BELA,
    NOW,
    FixedClock,
    consent,
    demographics,
    entry,
    topic,
    weight,
)

ROWS = (demographics(), weight("58"), topic("cough"))


def store_with(*statements: Statement) -> MemoryStore:
    store = MemoryStore()
    with store.unit() as unit:
        unit.put_entry(entry(1), EntryState.APPLIED, (), (), ANNA, None, "p")
        unit.add_statements(1, (*ROWS, *statements), "p", NOW)
        unit.add_statements(1, (demographics(BELA, given="Bela"),), "p", NOW)
    return store


def log(store: Store) -> Sequence[tuple[str, str, str]]:
    """Account, action and outcome of every row about Anna, oldest first."""
    with store.snapshot() as view:
        return [(row.account, row.action, row.outcome) for row in reversed(view.accesses((ANNA,)))]


def denial(
    gate: Gate, action: Action, kinds: Sequence[FactKind] = (), purpose: Purpose = Purpose.CARE
) -> str:
    with pytest.raises(AccessDenied) as caught, gate.reading(action, (ANNA,), kinds, purpose):
        raise AssertionError
    return caught.value.code


class FullDisk:
    """A store that can be read, never written."""

    def __init__(self) -> None:
        self._inner = MemoryStore()

    def snapshot(self) -> AbstractContextManager[WorkView]:
        """Reading works."""
        return self._inner.snapshot()

    def unit(self) -> AbstractContextManager[WriteUnit]:
        """Writing does not."""
        raise EnvironmentFault("STORE-FULL", "there is no room left", "Free disk space.")

    def version(self) -> int:
        """Never changes."""
        return 0

    def close(self) -> None:
        """Nothing is held."""


def test_a_look_is_on_record_before_anything_is_seen() -> None:
    store = store_with()
    with gate_for(store, "clinician").reading(Action.READ_PATIENT, (ANNA,)) as view:
        assert log(store) == [("chris", "read_patient", "allowed")]
        assert len(view.facts((ANNA,))) == 3


def test_the_row_says_who_whom_what_why_and_when() -> None:
    store = store_with()
    kinds = (FactKind.TOPIC,)
    with gate_for(store, "clinician", writer="workstation").reading(
        Action.READ_PATIENT, (ANNA,), kinds, entry_id=7
    ):
        pass
    with store.snapshot() as view:
        (row,) = view.accesses((ANNA,))
    assert (row.writer, row.sequence, row.at, row.purpose) == ("workstation", 1, NOW, "care")
    assert (row.kinds, row.people, row.entry_id) == (("topic",), (ANNA,), 7)


def test_what_the_table_does_not_allow_is_denied_and_the_denial_recorded() -> None:
    store = store_with()
    assert denial(gate_for(store, "it"), Action.READ_PATIENT) == "ACCESS-DENIED"
    assert denial(gate_for(store), Action.READ_PATIENT) == "ACCESS-DENIED"
    assert log(store) == [("chris", "read_patient", "denied")] * 2


def test_the_view_is_of_these_people_and_kinds_only() -> None:
    store = store_with()
    with gate_for(store, "clinician").reading(Action.READ_PATIENT, (ANNA,), (FactKind.TOPIC,)) as view:
        assert [fact.statement.kind for fact in view.facts((ANNA, BELA))] == [FactKind.TOPIC]
        assert view.facts((ANNA,), ("measurement",)) == []
        assert view.facts((BELA,)) == []
        assert view.accesses((BELA,)) == []


CARE_SAID = {None: True, True: True, False: False}
OTHERWISE = {None: False, True: True, False: False}


@pytest.mark.parametrize(
    ("role", "purpose", "kinds", "said"),
    [
        (role, purpose, kinds, said)
        for (role, purpose, kinds), said in product(
            [
                ("clinician", Purpose.CARE, ()),
                ("clinician", Purpose.CARE, (FactKind.TOPIC,)),
                ("coordinator", Purpose.CARE, (FactKind.PATIENT,)),
                ("improvement_lead", Purpose.IMPROVEMENT, (FactKind.MEASUREMENT,)),
                ("research_data_manager", Purpose.RESEARCH, (FactKind.MEASUREMENT,)),
            ],
            [None, True, False],
        )
    ],
)
def test_consent_per_purpose(
    role: str, purpose: Purpose, kinds: tuple[FactKind, ...], said: bool | None
) -> None:
    store = store_with(*([] if said is None else [consent(said, purpose=purpose)]))
    gate = gate_for(store, role)
    if (CARE_SAID if purpose is Purpose.CARE else OTHERWISE)[said]:
        with gate.reading(Action.READ_PATIENT, (ANNA,), kinds, purpose):
            assert log(store) == [("chris", "read_patient", "allowed")]
    else:
        assert denial(gate, Action.READ_PATIENT, kinds, purpose) == f"CONSENT-{purpose.upper()}"
        assert [outcome for *_, outcome in log(store)] == ["allowed", "denied"]


def test_consent_for_another_purpose_decides_nothing() -> None:
    store = store_with(consent(False, purpose="research"), consent(True, purpose="improvement", key="k"))
    with gate_for(store, "clinician").reading(Action.READ_PATIENT, (ANNA,)):
        pass
    manager = gate_for(store, "research_data_manager")
    assert denial(manager, Action.READ_PATIENT, (FactKind.VISIT,), Purpose.RESEARCH) == "CONSENT-RESEARCH"


def test_a_refused_kind_is_left_out_or_denied_where_it_is_named() -> None:
    store = store_with(consent(False, kinds=("topic",)))
    gate = gate_for(store, "clinician")
    with gate.reading(Action.READ_PATIENT, (ANNA,)) as view:
        assert FactKind.TOPIC not in {fact.statement.kind for fact in view.facts((ANNA,))}
        assert view.facts((ANNA,), ("topic",)) == []
    assert denial(gate, Action.READ_PATIENT, (FactKind.TOPIC, FactKind.PATIENT)) == "CONSENT-CARE"
    with gate.reading(Action.READ_PATIENT, (ANNA,), (FactKind.PATIENT,)) as view:
        assert len(view.facts((ANNA,))) == 1


def test_consent_of_any_of_several_people_counts() -> None:
    store = store_with(consent(False, BELA))
    with (
        pytest.raises(AccessDenied, match="CONSENT-CARE"),
        gate_for(store, "clinician").reading(Action.READ_PATIENT, (ANNA, BELA)),
    ):
        raise AssertionError


def test_without_consent_asked_a_no_stops_nothing() -> None:
    store = store_with(consent(False))
    with gate_for(store, "clinician").writing(Action.SET_CONSENT, (ANNA,), (FactKind.CONSENT,)) as unit:
        unit.add_statements(0, (consent(True, sent_at="2027"),), "here", NOW)
    with gate_for(store, "clinician").reading(Action.READ_PATIENT, (ANNA,)) as view:
        assert view.consent((ANNA,), "care") is True


def test_a_write_and_its_row_are_one() -> None:
    store = store_with()
    gate = gate_for(store, "clinician")
    with pytest.raises(RuntimeError), gate.writing(Action.WRITE_PATIENT, (ANNA,), (FactKind.TOPIC,)) as unit:
        unit.add_statements(0, (topic("x", key="x"),), "here", NOW)
        raise RuntimeError
    assert log(store) == []
    with gate.writing(Action.WRITE_PATIENT, (ANNA,), (FactKind.TOPIC,)) as unit:
        unit.add_statements(0, (topic("x", key="x"),), "here", NOW)
    assert log(store) == [("chris", "write_patient", "allowed")]


@pytest.mark.parametrize(("role", "code"), [("clinician", "CONSENT-CARE"), ("it", "ACCESS-DENIED")])
def test_a_denied_write_leaves_only_its_denial(role: str, code: str) -> None:
    store = store_with(consent(False))
    with (
        pytest.raises(AccessDenied, match=code),
        gate_for(store, role).writing(Action.WRITE_PATIENT, (ANNA,), (FactKind.TOPIC,)),
    ):
        raise AssertionError
    assert log(store) == [("chris", "write_patient", "denied")]


def test_a_live_refresh_is_covered_by_the_opening() -> None:
    store = store_with()
    gate = gate_for(store, "clinician")
    with pytest.raises(AccessDenied, match="not opened"), gate.refreshing((ANNA,)):
        raise AssertionError
    with gate.reading(Action.READ_PATIENT, (ANNA,)):
        pass
    before = log(store)
    with gate.refreshing((ANNA,)) as view:
        assert len(view.facts((ANNA,))) == 3
    assert log(store) == before
    with store.unit() as unit:
        unit.add_statements(0, (consent(False, sent_at="2027"),), "here", NOW)
    with pytest.raises(AccessDenied, match="CONSENT-CARE"), gate.refreshing((ANNA,)):
        raise AssertionError
    assert log(store)[-1] == ("chris", "read_patient", "denied")


def test_the_list_is_one_row_with_everybody_on_it_and_without_those_who_refuse() -> None:
    store = store_with(consent(False, ANNA_PORTAL))
    gate = gate_for(store, "coordinator")
    assert [row.identifier for row in gate.patient_list(NOW)] == [ANNA, BELA]
    with store.unit() as unit:
        (row,) = unit.accesses((ANNA,))
        assert (row.action, row.people, row.kinds) == (
            "list_patients",
            (ANNA, BELA),
            ("patient", "appointment"),
        )
        unit.add_statements(0, (consent(False, key="here"),), "here", NOW)
    assert [row.identifier for row in gate.patient_list(NOW)] == [BELA]
    with store.unit() as unit:
        unit.add_statements(0, (consent(True, key="later", sent_at="2027"),), "here", NOW)
    assert [row.identifier for row in gate.patient_list(NOW)] == [ANNA, BELA]
    with pytest.raises(AccessDenied):
        gate_for(store, "it").patient_list(NOW)


def test_a_list_for_which_the_table_asks_no_consent_shows_everybody() -> None:
    store = store_with(consent(False))
    rule = Rule("it", frozenset({Action.LIST_PATIENTS}), EVERY_KIND, frozenset({Purpose.CARE}), False)
    gate = Gate(store, FixedClock(), Policy((rule,)), Actor("chris", ("it",)))
    assert [row.identifier for row in gate.patient_list(NOW)] == [ANNA, BELA]


@pytest.mark.parametrize("act", ["open", "list", "deny"])
def test_when_no_row_can_be_written_nobody_is_opened(act: str) -> None:
    full: Store = FullDisk()
    gate = gate_for(full, "clinician" if act != "deny" else "it")
    with pytest.raises(EnvironmentFault, match="ACCESS-LOG-UNWRITABLE") as caught:
        if act == "list":
            gate.patient_list(NOW)
        with gate.reading(Action.READ_PATIENT, (ANNA,)):
            raise AssertionError
    assert "STORE-FULL" in caught.value.what


def test_rows_of_the_feeds_stay_outside_who_looked() -> None:
    store = store_with()
    worker = gate_for(store, SYSTEM, account="commonground", writer="worker")
    with worker.recording(Action.RECORD) as recording:
        recording.note((ANNA,), (FactKind.TOPIC,), 1)
    assert log(store) == []
    with pytest.raises(AccessDenied), worker.reading(Action.READ_PATIENT, (ANNA,)):
        raise AssertionError
    named_so = gate_for(store, "clinician", account=SYSTEM)
    with named_so.reading(Action.READ_PATIENT, (ANNA,)):
        pass
    assert log(store) == [("account:system", "read_patient", "allowed")]


def test_recording_and_processing_are_for_the_worker_and_for_replays() -> None:
    store = store_with()
    for gate, action in ((gate_for(store, SYSTEM), Action.RECORD), (gate_for(store, "it"), Action.REPLAY)):
        with gate.recording(action), gate.processing(action) as view:
            assert view.inbox_entry(1) is not None
    for use in (gate_for(store, "clinician").recording, gate_for(store, "clinician").processing):
        with pytest.raises(AccessDenied), use(Action.RECORD):
            raise AssertionError
    assert log(store) == []


def test_watching_shows_no_facts_and_is_for_those_with_a_role() -> None:
    store = store_with()
    with gate_for(store, "it").watching() as view:
        seen: Snapshot = view
        assert seen.facts((ANNA,)) == []
        assert seen.patients(NOW) == []
        shown = seen.inbox_entry(1)
        assert shown is not None
        assert shown.raw == b""
        assert seen.inbox_entry(2) is None
    with pytest.raises(CommonGroundError, match="ACCESS-DENIED"), gate_for(store).watching():
        raise AssertionError


def test_bytes_are_seen_only_by_those_who_ask_for_them() -> None:
    store = store_with()
    gate = gate_for(store, "clinician")
    for action, raw in ((Action.LIST_INBOX, b""), (Action.READ_RAW, b"bytes of 1")):
        with gate.reading(action, (), purpose=Purpose.OPERATION) as view:
            shown = view.inbox_entry(1)
            assert shown is not None
            assert shown.raw == raw


def test_the_version_is_the_stores() -> None:
    store = store_with()
    assert gate_for(store, "it").version() == store.version()
