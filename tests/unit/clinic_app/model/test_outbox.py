"""Which message goes next, and what states mean."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from clinic_app.model.identity import Identifier
from clinic_app.model.outbox import (
    BUILD_AGAIN,
    CONSENT_REFUSED,
    EHR,
    RESULTS,
    WITHDRAWN_BY_HAND,
    Blocked,
    OutboxMessage,
    OutboxState,
    Standing,
    choose,
)
from tests.spec.samples import ANNA, BELA, NOW


def row(number: int, subject: Identifier = ANNA, **more: object) -> OutboxMessage:
    made = OutboxMessage(
        number, EHR, RESULTS, f"k{number}", f"C{number}", subject, None, "Observation/1", "us", NOW, NOW, NOW
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def chosen(*rows: OutboxMessage) -> int:
    found = choose(rows, NOW, Blocked(), 5)
    return 0 if found is None else found.id


def test_what_is_open_and_what_may_go() -> None:
    assert {state for state in OutboxState if state.open} == {
        OutboxState.WAITING,
        OutboxState.SENT,
        OutboxState.REFUSED,
    }
    assert {state for state in OutboxState if state.deliverable} == {OutboxState.WAITING, OutboxState.SENT}
    assert [one for one in Standing if one.stands] == [Standing.FINAL, Standing.CORRECTED]


def test_given_up_by_the_program_is_as_if_it_had_never_been_queued() -> None:
    given_up = row(1, state=OutboxState.GIVEN_UP)
    assert not replace(given_up, code=BUILD_AGAIN).counts
    assert not replace(given_up, code=CONSENT_REFUSED).counts
    assert replace(given_up, code=WITHDRAWN_BY_HAND).counts
    assert replace(given_up, code=BUILD_AGAIN, state=OutboxState.SENT).counts


def test_the_first_of_a_person_goes_first() -> None:
    assert chosen() == 0
    assert chosen(row(1), row(2)) == 1


def test_a_refused_one_holds_up_only_what_is_said_later_of_the_same_submission() -> None:
    refused = row(1, state=OutboxState.REFUSED)
    assert chosen(refused, row(2)) == 0
    assert chosen(refused, row(2), row(3, source="Observation/2")) == 3
    assert chosen(refused, row(2), row(3, BELA)) == 3


def test_what_waits_for_its_time_lets_others_go() -> None:
    later = row(1, next_attempt=NOW + timedelta(seconds=1))
    assert chosen(later, row(2), row(3, BELA)) == 3


def test_a_clock_that_is_set_back_keeps_nothing_waiting_for_years() -> None:
    ahead = row(1, next_attempt=NOW + timedelta(days=3650))
    assert chosen(ahead, row(2, BELA)) == 1
    assert chosen(row(1, next_attempt=NOW + timedelta(minutes=9)), row(2, BELA)) == 2


def test_a_message_that_nobody_answers_lets_others_go_first_after_a_while() -> None:
    assert chosen(row(1, attempts=4), row(2, BELA)) == 1
    assert chosen(row(1, attempts=5), row(2, BELA)) == 2
    assert chosen(row(1, attempts=5), row(2, BELA, attempts=6)) == 1


OPEN = st.sampled_from([one for one in OutboxState if one.open])
ROWS = st.tuples(st.integers(0, 2), st.sampled_from("ab"), OPEN)


@given(st.lists(ROWS, max_size=12), st.integers(1, 5))
def test_what_goes_is_the_first_of_its_person_that_nothing_refused_holds_up(
    drawn: list[tuple[int, str, OutboxState]], size: int
) -> None:
    """Whatever the pages are."""
    people = (ANNA, BELA, Identifier("HOSP", "3"))
    rows = [row(n, people[who], source=part, state=state) for n, (who, part, state) in enumerate(drawn, 1)]
    blocked = Blocked()
    pages = [rows[start : start + size] for start in range(0, len(rows), size)]
    found = next((one for page in pages if (one := choose(page, NOW, blocked, 5))), None)

    def held(one: OutboxMessage) -> bool:
        return any(
            other.subject == one.subject and other.source == one.source and not other.state.deliverable
            for other in rows[: one.id - 1]
        )

    free = [one for one in rows if one.state.deliverable and not held(one)]
    firsts = {one.subject: one.id for one in reversed(free)}
    assert (found is None) == (not firsts)
    assert found is None or found.id in firsts.values()
