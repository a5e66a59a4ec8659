"""One connection as a conversation: orders in turn, deadlines, endings; every pair of phase and happening."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.mllp.framing import Limits, wrap
from bridges.mllp.session import (
    FRAME_TIMEOUT,
    FRAME_TOO_LARGE,
    FRAME_UNFINISHED,
    GARBAGE_BETWEEN_FRAMES,
    PHASES,
    Close,
    Given,
    Land,
    Order,
    Phase,
    Session,
    Terms,
    Write,
    phase_after,
)
from clinic_app.model.entries import Landed
from clinic_app.model.errors import ProgramFault

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SMALL = Terms(limits=Limits(frame=200, kept=50), waiting=3, waiting_bytes=1000)


def message(control_id: str = "1", kind: str = "ORU^R01", mode: str = "", sender: str = "LAB|HOSP") -> bytes:
    return f"MSH|^~\\&|{sender}|||20260301||{kind}|{control_id}|P|2.5|{mode}\rPID|1||7^^^HOSP\r".encode()


def fed(data: bytes, terms: Terms = SMALL, at: float = 0.0) -> Session:
    session = Session("10.0.0.7", terms)
    session.receive(data, NOW, at)
    return session


def lands(session: Session) -> list[Land]:
    return [order for order in session.orders() if isinstance(order, Land)]


def land_all(session: Session) -> list[Order]:
    """Let everything land that is ordered; gives the orders that follow."""
    for number, order in enumerate(lands(session), start=1):
        session.landed(order.ticket, Landed(number, order.received.answer, False))
    return list(session.orders())


def deadline(session: Session) -> float | None:
    return session.deadline


def phase(session: Session) -> Phase:
    return session.phase


def codes(orders: list[Order]) -> list[bytes]:
    """MSA-1 and MSA-2 of what is written, or the name of another order."""
    return [
        order.data.partition(b"\rMSA|")[2].partition(b"\r")[0] if isinstance(order, Write) else b"close"
        for order in orders
    ]


def test_a_message_is_landed_and_answered_only_then() -> None:
    session = fed(wrap(message()))
    (land,) = session.orders()
    assert isinstance(land, Land)
    received = land.received
    assert (received.channel, received.sender, received.control_id) == ("mllp", "LAB|HOSP", "1")
    assert (received.type, received.received_at, received.raw) == ("ORU^R01", NOW, message())
    assert session.orders() == []
    session.landed(land.ticket, Landed(1, received.answer, False))
    assert session.orders() == [Write(wrap(received.answer))]
    assert b"\rMSA|AA|1\r" in received.answer


def test_answers_keep_the_order_of_the_messages() -> None:
    session = fed(wrap(message("1")) + wrap(message("2")) + wrap(message("3")))
    one, two, three = lands(session)
    session.landed(three.ticket, Landed(3, three.received.answer, False))
    session.failed(two.ticket, "INTAKE-FULL")
    assert session.orders() == []
    session.landed(one.ticket, Landed(1, one.received.answer, False))
    assert codes(list(session.orders())) == [
        b"AA|1",
        b"AE|2|The message could not be stored. Please send it again.",
        b"AA|3",
    ]


@given(order=st.permutations(range(3)), fails=st.sets(st.integers(0, 2)))
def test_whatever_lands_first_answers_come_in_turn(order: list[int], fails: set[int]) -> None:
    session = fed(b"".join(wrap(message(str(n))) for n in range(3)))
    waiting = lands(session)
    for n in order:
        if n in fails:
            session.failed(waiting[n].ticket, "INTAKE-FAILED")
        else:
            session.landed(waiting[n].ticket, Landed(n, waiting[n].received.answer, False))
    answers = codes(list(session.orders()))
    assert [text[:4] for text in answers] == [f"A{'E' if n in fails else 'A'}|{n}".encode() for n in range(3)]


@pytest.mark.parametrize(
    ("mode", "stored", "failed"),
    [
        ("||AL|NE", [b"CA"], [b"CE"]),
        ("||AL|AL", [b"CA", b"AA"], [b"CE"]),
        ("||NE|AL", [b"AA"], [b"AE"]),
        ("||ER|NE", [], [b"CE"]),
        ("||NE|NE", [], []),
        ("||SU|ER", [b"CA"], [b"AE"]),
    ],
)
def test_enhanced_mode(mode: str, stored: list[bytes], failed: list[bytes]) -> None:
    def first_two(orders: list[Order]) -> list[bytes]:
        return [code[:2] for code in codes(orders)]

    assert first_two(land_all(fed(wrap(message(mode=mode))))) == stored
    session = fed(wrap(message(mode=mode)))
    session.failed(lands(session)[0].ticket, "INTAKE-FULL")
    assert first_two(list(session.orders())) == failed


def test_an_acknowledgement_sent_to_us_is_kept_and_not_answered() -> None:
    session = fed(wrap(message(kind="ACK^R01")))
    assert land_all(session) == []
    session = fed(wrap(message(kind="ACK^R01", mode="||AL|NE")))
    assert codes(land_all(session)) == [b"CA|1"]


@pytest.mark.parametrize("sender", ["|", ""])
def test_a_message_without_sender_is_named_by_the_peer(sender: str) -> None:
    session = fed(wrap(message(sender=sender) if sender else b"no header at all"))
    assert lands(session)[0].received.sender == "10.0.0.7"


def test_no_msh_is_kept_and_rejected_without_control_id() -> None:
    assert codes(land_all(fed(wrap(b"PID|1"))))[0].startswith(b"AR||")


def test_too_large_is_kept_at_its_beginning_and_rejected() -> None:
    session = fed(wrap(message() + b"x" * 200))
    (land,) = lands(session)
    assert land.received.flag == FRAME_TOO_LARGE
    assert (land.received.raw, land.received.control_id) == (message()[:50], "")
    session.landed(land.ticket, Landed(1, land.received.answer, False))
    assert codes(list(session.orders()))[0].startswith(b"AR|1|")
    session = fed(wrap(message() + b"x" * 200))
    session.failed(lands(session)[0].ticket, "INTAKE-FULL")
    assert codes(list(session.orders()))[0].startswith(b"AE|1|")


def test_garbage_is_kept_after_a_moment_and_the_connection_goes_on() -> None:
    session = fed(b"hello", at=5.0)
    assert (lands(session), deadline(session)) == ([], 7.0)
    session.receive(b"!", NOW, 6.0)
    assert deadline(session) == 7.0
    session.tick(NOW, 6.9)
    assert lands(session) == []
    session.tick(NOW, 7.0)
    (land,) = lands(session)
    assert (land.received.raw, land.received.flag) == (b"hello!", GARBAGE_BETWEEN_FRAMES)
    assert (land.received.sender, land.received.answer) == ("10.0.0.7", b"")
    session.landed(land.ticket, Landed(1, b"", False))
    assert (session.orders(), deadline(session)) == ([], None)
    session.receive(wrap(message()), NOW, 8.0)
    assert codes(land_all(session)) == [b"AA|1"]


def test_a_peer_that_sends_only_garbage_is_let_go() -> None:
    session = fed(b"x" * 120)
    first, second = lands(session)
    assert phase(session) is Phase.DRAINING
    session.failed(second.ticket, "INTAKE-FULL")
    session.landed(first.ticket, Landed(1, b"", False))
    assert session.orders() == [Close()]


def test_a_frame_without_end_is_kept_and_the_connection_closed() -> None:
    session = fed(b"\x0bMSH|half", at=10.0)
    assert deadline(session) == 70.0
    session.receive(b" and more", NOW, 69.0)
    assert deadline(session) == 70.0
    session.tick(NOW, 70.0)
    (land,) = lands(session)
    assert (land.received.raw, land.received.flag) == (b"MSH|half and more", FRAME_TIMEOUT)
    session.receive(wrap(message()), NOW, 71.0)
    assert (deadline(session), session.orders()) == (None, [])
    session.landed(land.ticket, Landed(1, b"", False))
    assert session.orders() == [Close()]


def test_a_frame_that_is_too_large_and_never_ends_is_answered_and_closed() -> None:
    session = fed(b"\x0b" + message() + b"x" * 500)
    session.tick(NOW, 60.0)
    assert [order[:2] for order in codes(land_all(session))] == [b"AR", b"cl"]


def test_each_frame_has_its_own_deadline() -> None:
    session = fed(b"\x0bMSH|one", at=10.0)
    session.receive(b"\x1c\r\x0bMSH|two", NOW, 50.0)
    assert deadline(session) == 110.0


def test_a_missing_line_end_is_waited_for_only_a_moment() -> None:
    session = fed(wrap(message())[:-1], at=10.0)
    assert deadline(session) == 10.25
    session.tick(NOW, 10.25)
    assert codes(land_all(session)) == [b"AA|1"]
    assert phase(session) is Phase.OPEN


def test_the_sender_is_not_charged_with_our_pause() -> None:
    session = fed(wrap(message("1")) + wrap(message("2")) + wrap(message("3")) + b"\x0bhalf", at=10.0)
    assert (session.paused, deadline(session)) == (True, None)
    assert len(land_all(session)) == 3
    assert (session.paused, deadline(session)) == (False, 70.0)
    session.resumed(90.0)
    assert deadline(session) == 150.0


def test_many_bytes_pause_as_many_messages_do() -> None:
    session = fed(wrap(message()), Terms(waiting_bytes=10))
    assert session.paused


def test_the_peer_ends_and_still_gets_its_answers() -> None:
    session = fed(wrap(message("1")) + b"\x0bMSH|half")
    session.ended(NOW)
    first, broken = lands(session)
    assert broken.received.flag == FRAME_UNFINISHED
    session.landed(broken.ticket, Landed(2, b"", False))
    session.landed(first.ticket, Landed(1, first.received.answer, False))
    assert codes(list(session.orders())) == [b"AA|1", b"close"]
    session.ended(NOW)
    session.tick(NOW, 1000.0)
    assert session.orders() == []


def test_the_peer_ends_and_is_owed_nothing() -> None:
    session = fed(b"")
    session.ended(NOW)
    assert session.orders() == [Close()]
    assert phase(session) is Phase.CLOSED


def test_the_connection_is_lost_and_what_came_is_kept() -> None:
    session = fed(wrap(message("1")) + b"\x0bMSH|half")
    session.lost(NOW)
    first, broken = lands(session)
    assert broken.received.raw == b"MSH|half"
    session.landed(first.ticket, Landed(1, first.received.answer, False))
    session.failed(broken.ticket, "INTAKE-FULL")
    session.lost(NOW)
    assert session.orders() == []


def test_stopping_answers_what_has_landed_and_reads_no_more() -> None:
    session = fed(wrap(message("1")) + b"\x0bMSH|half")
    session.stop()
    session.receive(b"\x1c\r", NOW, 1.0)
    (land,) = lands(session)
    session.landed(land.ticket, Landed(1, land.received.answer, False))
    assert codes(list(session.orders())) == [b"AA|1", b"close"]
    session.stop()


@pytest.mark.parametrize(("phase", "given_"), list(PHASES))
def test_legal_pair(phase: Phase, given_: Given) -> None:
    after = phase_after(phase, given_)
    assert after.value >= phase.value  # nothing ever opens again


ILLEGAL = {
    (Phase.OPEN, Given.SETTLED),
    (Phase.DRAINING, Given.GIVE_UP),
    (Phase.CLOSED, Given.GIVE_UP),
    (Phase.CLOSED, Given.SETTLED),
}


@pytest.mark.parametrize(("phase", "given_"), sorted(ILLEGAL, key=str))
def test_illegal_pair(phase: Phase, given_: Given) -> None:
    with pytest.raises(ProgramFault, match="SESSION-STATE"):
        phase_after(phase, given_)


def test_every_pair_is_either_legal_or_illegal() -> None:
    assert set(PHASES) | ILLEGAL == {(phase, happening) for phase in Phase for happening in Given}
    assert not set(PHASES) & ILLEGAL
