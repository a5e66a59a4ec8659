"""The outbox: queued once under one key, in order, counted, and kept whole by every store."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clinic_app.model.identity import Identifier
from clinic_app.model.outbox import (
    EHR,
    RESULTS,
    OutboxHealth,
    OutboxItem,
    OutboxMessage,
    OutboxPlace,
    OutboxState,
    Standing,
)
from clinic_app.ports.store import Store
from tests.spec.samples import ANNA, ANNA_PORTAL, BELA, NOW


def message(key: str, subject: Identifier = ANNA, origin: Identifier | None = ANNA_PORTAL) -> OutboxMessage:
    """A waiting message with two results."""
    items = (
        OutboxItem("Observation/1", "home_fev1", Standing.FINAL, "d1"),
        OutboxItem("Observation/2", "home_weight", Standing.DELETED),
    )
    return OutboxMessage(
        0, EHR, RESULTS, key, f"CGO{key}", subject, origin, "Observation/1", "system",
        NOW, NOW, NOW, b"MSH|\xc3\xa9\x00" + key.encode(), facts=(3, 4), items=items,
    )  # fmt: skip


def queue(store: Store, *messages: OutboxMessage) -> list[int]:
    with store.unit() as unit:
        return [unit.queue_outbox(one) for one in messages]


def test_what_was_queued_comes_back_as_it_was_bytes_only_when_asked(store: Store) -> None:
    made = message("a"), message("b", BELA, None)
    assert queue(store, *made) == [1, 2]
    with store.snapshot() as view:
        assert view.outbox_message(1) == replace(made[0], id=1)
        assert view.outbox_message(2) == replace(made[1], id=2)
        assert view.outbox_message(3) is None
        assert view.outbox() == [replace(made[1], id=2, payload=b""), replace(made[0], id=1, payload=b"")]
        assert [row.id for row in view.outbox_from(ANNA_PORTAL)] == [1]
        assert view.outbox_from(BELA) == []


def test_the_same_key_is_one_delivery(store: Store) -> None:
    assert queue(store, message("a"), message("a", BELA)) == [1, 0]
    assert queue(store, message("a")) == [0]
    assert queue(store, message("b")) == [2]
    with store.snapshot() as view:
        assert [(row.id, row.subject) for row in view.outbox()] == [(2, ANNA), (1, ANNA)]


def test_a_unit_that_fails_queues_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.unit() as unit:
        unit.queue_outbox(message("a"))
        unit.set_outbox_place(OutboxPlace(5, NOW))
        raise ZeroDivisionError
    with store.snapshot() as view:
        assert view.outbox() == []
        assert view.outbox_place() is None


def test_what_became_of_a_message_is_set_and_nothing_else(store: Store) -> None:
    queue(store, message("a"))
    later = NOW + timedelta(minutes=5)

    def became(row: OutboxMessage) -> OutboxMessage:
        return replace(
            row, state=OutboxState.REFUSED, attempts=3, next_attempt=later, code="AE", words="no such bed",
            changed_at=later,
        )  # fmt: skip

    with store.unit() as unit:
        row = unit.outbox_message(1)
        assert row is not None
        unit.set_outbox(replace(became(row), payload=b"other", key="other", control_id="other"))
    with store.snapshot() as view:
        assert view.outbox_message(1) == became(replace(message("a"), id=1))


def test_lists_by_state_and_in_pages(store: Store) -> None:
    queue(store, *(message(str(n)) for n in range(1, 7)))
    states = [*OutboxState, OutboxState.WAITING]
    with store.unit() as unit:
        for number, state in enumerate(states, 1):
            row = unit.outbox_message(number)
            assert row is not None
            unit.set_outbox(replace(row, state=state, code=str(number), changed_at=NOW + timedelta(number)))
    with store.snapshot() as view:
        assert [row.id for row in view.outbox((OutboxState.WAITING, OutboxState.SENT))] == [6, 2, 1]
        assert [row.id for row in view.outbox(limit=2, before=5)] == [4, 3]
        assert [row.id for row in view.outbox_open()] == [1, 2, 4, 6]
        assert [row.id for row in view.outbox_open(after=1, limit=2)] == [2, 4]
        assert view.outbox_health() == OutboxHealth(3, 1, NOW, "1", NOW + timedelta(3))


def test_an_empty_outbox_is_healthy(store: Store) -> None:
    with store.snapshot() as view:
        assert view.outbox_health() == OutboxHealth()


def test_the_place_is_kept(store: Store) -> None:
    with store.unit() as unit:
        unit.set_outbox_place(OutboxPlace(5, NOW))
    with store.unit() as unit:
        assert unit.outbox_place() == OutboxPlace(5, NOW)
        unit.set_outbox_place(OutboxPlace(9, NOW))
    with store.snapshot() as view:
        assert view.outbox_place() == OutboxPlace(9, NOW)
