"""Working off the outbox: noted before the bytes leave, and stopped where they may not."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_app.model.identity import Identifier
from clinic_app.model.outbox import EHR, RESULTS, OutboxMessage, OutboxState, Outcome, Verdict
from clinic_app.services import outbox, outbox_sending
from tests.spec.clinic import adt
from tests.spec.samples import ANNA, BELA, BORN, NOW, consent, demographics
from tests.unit.clinic_app.services.outbox_house import SERIES, TAKEN, House, home_weight

LOST = Outcome(Verdict.FAILED, "PEER-CLOSED")
REFUSED = Outcome(Verdict.REFUSED, "AE", "no such number")


def house_with(*kilograms: str) -> House:
    house = House()
    for number, value in enumerate(kilograms, 1):
        house.submit(home_weight(value, f"Observation/{number}"))
    house.look()
    return house


def test_taken() -> None:
    house = house_with("61.5")
    assert house.send() == 1
    (row,) = house.rows()
    assert (row.state, row.code, row.attempts) == (OutboxState.ACKNOWLEDGED, "AA", 1)
    assert house.send() == 0


def test_the_attempt_is_noted_before_a_byte_leaves_with_whose_data_they_are() -> None:
    house = house_with("61.5")
    sent = outbox_sending.begin(house.system, 1, SERIES, NOW)
    assert sent is not None
    assert sent.payload == house.rows()[0].payload != b""
    assert (house.rows()[0].state, house.rows()[0].attempts) == (OutboxState.SENT, 1)
    (access,) = [one for one in house.accesses() if one.action == "send"]
    assert (access.account, access.people, access.entry_id) == ("system", (ANNA,), 1)


def test_lost_waits_for_its_time_and_goes_again_the_same() -> None:
    house = house_with("61.5")
    payload = house.rows()[0].payload
    assert house.send(LOST) == 1
    assert house.send() == 0
    house.pass_(seconds=1)
    assert house.send() == 1
    assert (house.rows()[0].payload, house.rows()[0].attempts) == (payload, 2)


def test_refused_is_work_to_do_and_others_go_on() -> None:
    house = house_with("61.5", "62.5")
    assert house.send(REFUSED) == 1
    assert house.send() == 2
    with house.clinic.store.snapshot() as view:
        assert view.outbox_health().refused == 1
    row = house.rows()[0]
    assert (row.state, row.code, row.words) == (OutboxState.REFUSED, "AE", "no such number")
    assert house.send() == 0


def test_a_correction_does_not_overtake_what_was_refused() -> None:
    house = house_with("61.5")
    house.send(REFUSED)
    house.submit(home_weight("63", "Observation/1", "2026-03-04"))
    house.look()
    assert house.send() == 0
    outbox.resend(house.clinic.staff, 1, house.now)
    assert [house.send(), house.send()] == [1, 2]


def test_whoever_refuses_meanwhile_is_not_told_of() -> None:
    house = house_with("61.5")
    refusal = consent(False, ANNA)
    house.say(adt(demographics(ANNA, sent_at="2026-02-01"), refusal, born=BORN, subject=ANNA))
    assert house.send() == 0
    assert (house.rows()[0].state, house.rows()[0].code) == (OutboxState.GIVEN_UP, "CONSENT-CARE")
    again = consent(True, ANNA, sent_at="2026-03-08")
    house.say(adt(demographics(ANNA, sent_at="2026-02-02"), again, born=BORN, subject=ANNA))
    house.look()
    assert house.send() == 2


def test_a_link_that_was_undone_stops_it() -> None:
    house = house_with("61.5")
    house.unlink()
    assert house.send() == 0
    assert house.rows()[0].code == "BUILD-AGAIN"
    tried = house_with("61.5")
    tried.send(LOST)
    tried.pass_(seconds=1)
    tried.unlink()
    assert tried.send() == 0
    assert tried.rows()[0].code == "UNLINKED"
    tried.look()
    assert tried.told()[1:] == [("HOSP|1001", "home_weight", "W")]
    assert tried.send() == 2


def test_what_only_takes_back_may_always_leave() -> None:
    house = house_with("61.5")
    house.send()
    house.unlink()
    house.look()
    refusal = consent(False, ANNA)
    house.say(adt(demographics(ANNA, sent_at="2026-02-01"), refusal, born=BORN, subject=ANNA))
    assert house.send() == 2


def test_a_kind_that_was_switched_off_stops_it() -> None:
    house = house_with("61.5")
    house.series = frozenset()
    assert house.send() == 0
    assert house.rows()[0].code == "BUILD-AGAIN"


def test_withdrawn_meanwhile_stays_so_unless_it_was_taken() -> None:
    house = house_with("61.5", "62.5")
    for number, outcome, state in ((1, LOST, OutboxState.GIVEN_UP), (2, TAKEN, OutboxState.ACKNOWLEDGED)):
        assert outbox_sending.begin(house.system, number, SERIES, NOW) is not None
        outbox.withdraw(house.clinic.staff, number, NOW)
        outbox_sending.settle(house.system, number, outcome, NOW, NOW)
        assert house.rows()[number - 1].state is state
        assert outbox_sending.begin(house.system, number, SERIES, NOW) is None


def test_what_is_not_there() -> None:
    house = House()
    assert outbox_sending.begin(house.system, 9, SERIES, NOW) is None
    outbox_sending.settle(house.system, 9, TAKEN, NOW, NOW)
    assert house.rows() == []


def test_news_for_staff_is_told_once_settled() -> None:
    house = house_with("61.5")

    def news() -> int:
        with house.clinic.store.snapshot() as view:
            return sum("outbox" in change.kinds for change in view.changes_after(0))

    assert news() == 0
    house.send(LOST)
    assert news() == 0
    house.pass_(seconds=1)
    house.send()
    assert news() == 1


@dataclass
class Ehr:
    """A receiver that knows duplicates by MSH-10."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def take(self, message: OutboxMessage) -> None:
        assert self.kept.setdefault(message.control_id, message.payload) == message.payload


FATES = st.sampled_from(["taken", "request lost", "answer lost", "killed before", "killed behind"])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([ANNA, BELA]), min_size=1, max_size=6), st.lists(FATES, max_size=25))
def test_each_arrives_exactly_once_whatever_is_lost(people: list[Identifier], fates: list[str]) -> None:
    """A sender that is killed at any step, and lost requests and answers: each message once, in order."""
    house, ehr = House(), Ehr()
    with house.clinic.store.unit() as unit:
        for number, subject in enumerate(people, 1):
            name = f"C{number}"
            unit.queue_outbox(
                OutboxMessage(
                    0,
                    EHR,
                    RESULTS,
                    name,
                    name,
                    subject,
                    None,
                    f"plan/{number}",
                    "us",
                    NOW,
                    NOW,
                    NOW,
                    payload=name.encode(),
                )  # fmt: skip
            )
    for fate in [*fates, *["taken"] * len(people)]:
        house.pass_(seconds=2)
        due = outbox_sending.next_message(house.system, house.now)
        sent = due and outbox_sending.begin(house.system, due.id, SERIES, house.now)
        if not sent or fate == "killed before":
            continue
        if fate != "request lost":
            ehr.take(sent)
        if fate == "killed behind":
            continue
        outcome = TAKEN if fate == "taken" else LOST
        outbox_sending.settle(house.system, sent.id, outcome, house.now + timedelta(seconds=1), house.now)
    assert {row.state for row in house.rows()} == {OutboxState.ACKNOWLEDGED}
    assert sorted(ehr.kept) == sorted(f"C{number}" for number in range(1, len(people) + 1))
    for who in (ANNA, BELA):
        mine = [f"C{number}" for number, subject in enumerate(people, 1) if subject == who]
        assert [name for name in ehr.kept if name in mine] == mine


def test_far_down_the_outbox_another_page_is_looked_at() -> None:
    house = house_with("61.5")
    refusals = outbox_sending._PAGE + 1
    with house.clinic.store.unit() as unit:
        unit.set_outbox(replace(house.rows()[0], state=OutboxState.REFUSED))
        for number in range(refusals):
            name = f"C{number}"
            unit.queue_outbox(
                OutboxMessage(
                    0,
                    EHR,
                    RESULTS,
                    name,
                    name,
                    BELA,
                    None,
                    f"plan/{number}",
                    "us",
                    NOW,
                    NOW,
                    NOW,
                    state=OutboxState.REFUSED if number < refusals - 1 else OutboxState.WAITING,
                )  # fmt: skip
            )
    found = outbox_sending.next_message(house.system, NOW)
    assert found is not None
    assert found.id == refusals + 1
