"""The outbox as people see and mend it, and the plan that they queue."""

from datetime import timedelta

import pytest

from clinic_app.model.errors import AccessDenied, CommonGroundError, UseFault
from clinic_app.model.outbound import Document, DocumentReport
from clinic_app.model.outbox import OutboxState, Outcome, Verdict
from clinic_app.services import health
from clinic_app.services.outbox import list_messages, queue_document, resend, show_message, withdraw
from tests.spec.clinic import adt, gate_for
from tests.spec.samples import ANNA, BORN, NOW, consent, demographics
from tests.unit.clinic_app.services.outbox_house import CHARSET, House, home_weight

REFUSED = Outcome(Verdict.REFUSED, "AE", "no such number")
PLAN = Document("PLAN-1", "Visit plan", b"%PDF", "Walk daily", NOW)


def refused_house() -> House:
    house = House()
    house.submit(home_weight("61.5"))
    house.look()
    house.send(REFUSED)
    return house


def test_lists_have_neither_bytes_nor_what_the_receiver_said() -> None:
    house = refused_house()
    (row,) = list_messages(house.clinic.staff)
    assert (row.payload, row.words, row.code) == (b"", "", "AE")
    assert list_messages(house.clinic.staff, (OutboxState.WAITING,)) == []


def test_a_look_at_one_names_the_patient_in_the_log() -> None:
    house = refused_house()
    shown = show_message(house.clinic.staff, 1)
    assert (shown.words, shown.payload) == ("no such number", b"")
    assert show_message(house.clinic.staff, 1, raw=True).payload.startswith(b"message CGO")
    with house.clinic.store.snapshot() as view:
        rows = [(one.action, one.entry_id) for one in view.accesses((ANNA,), 2)]
    assert sorted(rows) == [("list_outbox", 1), ("read_outbox", 1)]


def test_who_may_do_what() -> None:
    house = refused_house()
    store = house.clinic.store
    assert list_messages(gate_for(store, "it"))
    assert show_message(gate_for(store, "it"), 1, raw=True).payload
    with pytest.raises(AccessDenied):
        show_message(gate_for(store, "coordinator"), 1, raw=True)
    for role in ("improvement", "research"):
        with pytest.raises(AccessDenied):
            list_messages(gate_for(store, role))
        with pytest.raises(AccessDenied):
            resend(gate_for(store, role), 1, NOW)


def test_resending_sends_the_same_again_at_once() -> None:
    house = refused_house()
    before = house.rows()[0]
    became = resend(house.clinic.staff, 1, NOW)
    assert (became.state, became.control_id) == (OutboxState.WAITING, before.control_id)
    assert house.send() == 1
    assert house.rows()[0].payload == before.payload
    with pytest.raises(UseFault, match="MESSAGE-DONE: message 1 is acknowledged"):
        resend(house.clinic.staff, 1, NOW)


def test_what_could_not_be_built_is_built_anew() -> None:
    house = House()
    house.fault = CHARSET
    house.submit(home_weight("61.5"))
    house.look()
    house.fault = None
    assert resend(house.clinic.staff, 1, NOW).state is OutboxState.GIVEN_UP
    house.look()
    assert [row.state.value for row in house.rows()] == ["given_up", "waiting"]
    assert house.send() == 2
    with pytest.raises(UseFault, match="MESSAGE-DONE"):
        resend(house.clinic.staff, 1, NOW)


def test_withdrawn_is_kept_and_can_be_sent_after_all() -> None:
    house = refused_house()
    assert withdraw(house.clinic.staff, 1, NOW).code == "WITHDRAWN-BY-HAND"
    house.look()
    assert house.send() == 0
    assert len(house.rows()) == 1
    with pytest.raises(UseFault, match="MESSAGE-DONE"):
        withdraw(house.clinic.staff, 1, NOW)
    resend(house.clinic.staff, 1, NOW)
    assert house.send() == 1


def test_what_a_later_message_replaced_is_not_sent_after_it() -> None:
    house = refused_house()
    withdraw(house.clinic.staff, 1, NOW)
    house.submit(home_weight("63", sent_at="2026-03-05"))
    house.look()
    with pytest.raises(CommonGroundError, match="MESSAGE-OUTDATED"):
        resend(house.clinic.staff, 1, NOW)


def test_a_number_that_is_not_there() -> None:
    house = House()
    for call in (show_message, lambda gate, number: resend(gate, number, NOW)):
        with pytest.raises(CommonGroundError, match="MESSAGE-UNKNOWN: the outbox has no message 9"):
            call(house.clinic.staff, 9)


def test_a_plan_is_queued_once_and_sent() -> None:
    house = House()
    number = queue_document(house.clinic.staff, ANNA, PLAN, house.outlet, NOW)
    assert queue_document(house.clinic.staff, ANNA, PLAN, house.outlet, NOW + timedelta(hours=1)) == number
    (row,) = house.rows()
    assert (row.kind, row.source, row.created_by, row.origin) == ("MDM^T02", "plan/PLAN-1", "chris", None)
    report = house.reports[0]
    assert isinstance(report, DocumentReport)
    assert (report.document, report.patient.family) == (PLAN, "Example")
    other = Document("PLAN-1", "Visit plan", b"%PDF 2", "Walk daily", NOW)
    assert queue_document(house.clinic.staff, ANNA, other, house.outlet, NOW) != number
    assert house.send() == number


def test_a_withdrawn_plan_can_be_sent_after_all() -> None:
    house = House()
    number = queue_document(house.clinic.staff, ANNA, PLAN, house.outlet, NOW)
    withdraw(house.clinic.staff, number, NOW)
    resend(house.clinic.staff, number, NOW)
    assert house.send() == number


def test_a_plan_that_cannot_be_built_or_sent_is_said_at_once() -> None:
    house = House()
    with pytest.raises(CommonGroundError, match="OUTBOUND-OFF"):
        queue_document(house.clinic.staff, ANNA, PLAN, None, NOW)
    house.fault = CHARSET
    with pytest.raises(CommonGroundError, match="OUTBOUND-CHARSET"):
        queue_document(house.clinic.staff, ANNA, PLAN, house.outlet, NOW)
    assert house.rows() == []


def test_a_plan_of_someone_who_refuses_stays_here() -> None:
    house = House()
    refusal = consent(False, ANNA)
    house.say(adt(demographics(ANNA, sent_at="2026-02-01"), refusal, born=BORN, subject=ANNA))
    with pytest.raises(AccessDenied, match="CONSENT-CARE"):
        queue_document(house.clinic.staff, ANNA, PLAN, house.outlet, NOW)


def test_health_names_nobody() -> None:
    house = refused_house()
    found = health.of_outbox(house.clinic.staff)
    assert (found.waiting, found.refused, found.oldest_waiting) == (0, 1, None)
