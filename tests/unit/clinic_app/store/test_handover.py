"""What is handed on is there for the other side, once, encrypted, and gone afterwards."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from clinic_app.model.entries import Landed, Received
from clinic_app.store.handover import HandOver

KEY = bytes(range(32))
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def row(number: int) -> Received:
    return Received("load", "history", "", "CSV^growth", NOW, b"mrn,date\nA%d,2020" % number)


def test_things_wait_in_their_order_until_they_are_settled(tmp_path: Path) -> None:
    path = tmp_path / "load.db"
    with closing(HandOver(path, KEY)) as giver, closing(HandOver(path, KEY)) as taker:
        numbers = giver.put([row(1), row(2), row(3)])
        assert giver.receipts(numbers[-1]) == {}
        given = taker.waiting(2)
        assert given == [(numbers[0], row(1)), (numbers[1], row(2))]
        taker.settle([number for number, _ in given], [Landed(7, b"", False), Landed(3, b"", True)])
        assert taker.waiting(9) == [(numbers[2], row(3))]
        assert giver.receipts(numbers[-1]) == {numbers[0]: (7, False), numbers[1]: (3, True)}
        assert giver.receipts(numbers[-1]) == {}
        assert giver.put([row(4)])[0] > numbers[-1]
    assert (
        b"2020" not in path.read_bytes() + path.with_name("load.db-wal").read_bytes()
        if (path.with_name("load.db-wal").exists())
        else b"2020" not in path.read_bytes()
    )


def test_one_that_was_landed_twice_has_one_receipt(tmp_path: Path) -> None:
    with closing(HandOver(tmp_path / "load.db", KEY)) as handover:
        (number,) = handover.put([row(1)])
        for repeated in (False, True):
            handover.settle([number], [Landed(7, b"", repeated)])
        assert handover.receipts(number) == {number: (7, True)}
