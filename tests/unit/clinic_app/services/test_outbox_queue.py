"""Queueing: once, whenever it is looked; and what cannot be built is work to do."""

from dataclasses import replace

import pytest

from clinic_app.model.errors import ProgramFault
from clinic_app.model.facts import FactKind
from clinic_app.model.identity import PORTAL, Identifier
from clinic_app.model.outbound import ResultReport
from clinic_app.model.outbox import OutboxPlace, OutboxState
from clinic_app.services import outbox_queue
from clinic_app.services.outbox_queue import Queued, control_id, queue_results
from tests.spec.clinic import adt, oru
from tests.spec.samples import ANNA, ANNA_PORTAL, BORN, NOW, demographics
from tests.unit.clinic_app.services.outbox_house import CHARSET, House, home_weight


def test_the_first_look_only_marks_the_place() -> None:
    house = House()
    house.submit(home_weight("61.5"))
    with house.clinic.store.unit() as unit:
        unit._state.outbox.place = None  # type: ignore[attr-defined]
    house.pass_(days=1)
    house.look()
    assert house.rows() == []
    with house.clinic.store.snapshot() as view:
        assert view.outbox_place() == OutboxPlace(view.last_change(), house.now)
    house.submit(home_weight("70", "Observation/2"))
    house.look()
    assert house.rows() == [], "recorded, by the stand-in's clock, before that"


def test_a_look_that_another_one_overtook_queues_nothing_twice() -> None:
    house = House()
    house.submit(home_weight("61.5"))
    outlet = house.outlet

    def overtaken(report: ResultReport) -> bytes:
        queue_results(house.system, outlet, NOW)
        return outlet.results(report)

    assert queue_results(house.system, replace(outlet, results=overtaken), NOW).queued == 0
    assert len(house.rows()) == 1


def test_looking_twice_queues_once() -> None:
    house = House()
    house.submit(home_weight("61.5"))
    assert queue_results(house.system, house.outlet, NOW).queued == 1
    with house.clinic.store.unit() as unit:  # as if a worker had been killed before it noted how far it was
        unit.set_outbox_place(OutboxPlace(0, NOW))
    house.look()
    assert len(house.rows()) == 1
    assert queue_results(house.system, house.outlet, NOW) == Queued()


def test_a_link_that_is_made_later_sends_what_came_before_it() -> None:
    house = House()
    later = Identifier(PORTAL, "p-9")
    house.say(oru(home_weight("61.5", portal=later), born=None, subject=later))
    house.look()
    assert house.rows() == []
    house.clinic.link(ANNA, later)
    house.look()
    assert [row.origin for row in house.rows()] == [later]


def test_the_row_says_whom_it_is_about_and_its_facts() -> None:
    house = House()
    house.submit(home_weight("61.5"))
    house.look()
    (row,) = house.rows()
    assert row.payload == f"message {row.control_id}".encode()
    assert (row.control_id, row.created_by) == (control_id(row.key), "system")
    with house.clinic.store.snapshot() as view:
        facts = view.facts((ANNA_PORTAL,), (FactKind.MEASUREMENT,))
        assert row.facts == tuple(fact.id for fact in facts)
    (access,) = [one for one in house.accesses() if one.action == "queue"]
    assert (access.account, access.people, access.entry_id) == ("system", (ANNA,), row.id)


def test_what_cannot_be_built_is_work_to_do_and_holds_up_nobody() -> None:
    house = House()
    house.fault = CHARSET
    house.submit(home_weight("61.5"))
    assert house.look() == [CHARSET]
    (row,) = house.rows()
    assert (row.state, row.code, row.words, row.payload) == (
        OutboxState.REFUSED,
        "OUTBOUND-CHARSET",
        "a character cannot be written",
        b"",
    )
    house.fault = None
    house.submit(home_weight("80", "Observation/2"))
    house.look()
    assert [one.state.value for one in house.rows()] == ["refused", "waiting"]
    assert house.send() == 2


def test_a_bug_in_a_builder_is_not_hidden() -> None:
    house = House()
    house.fault = ProgramFault("SOMETHING-ELSE", "x", "y.")
    house.submit(home_weight("61.5"))
    with pytest.raises(ProgramFault, match="SOMETHING-ELSE"):
        house.look()


def test_many_changes_are_looked_at_in_parts() -> None:
    house = House()
    for number in range(outbox_queue.AT_ONCE + 5):
        house.say(
            adt(demographics(ANNA, sent_at=f"2026-02-01T00:00:00.{number:06}Z"), born=BORN, subject=ANNA)
        )
    house.submit(home_weight("61.5"))
    done = queue_results(house.system, house.outlet, NOW)
    assert (done.queued, done.more) == (1, True)
    house.look()
    assert len(house.rows()) == 1


def test_control_ids_fit_their_field() -> None:
    assert control_id("a") != control_id("b")
    assert len(control_id("a")) <= 20
    assert control_id("a").isalnum()
