"""One conversation as a table: every legal pair, every illegal one, every split of an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.mllp.exchange import (
    ANSWER_GARBAGE,
    ANSWER_TIMEOUT,
    ANSWER_UNMATCHED,
    PEER_CLOSED,
    PHASES,
    Exchange,
    Given,
    Phase,
)
from bridges.mllp.framing import wrap
from clinic_app.model.errors import ProgramFault
from clinic_app.model.outbox import Outcome, Verdict

MESSAGE = b"MSH|^~\\&|A|B|||2026||ORU^R01|C1|P|2.5\rPID|1\r"


def answer(code: str = "AA", control_id: str = "C1", more: str = "") -> bytes:
    return f"MSH|^~\\&|EHR||||2026||ACK|9|P|2.5\rMSA|{code}|{control_id}{more}\r".encode()


def asked() -> Exchange:
    exchange = Exchange()
    assert exchange.ask(MESSAGE, "C1") == wrap(MESSAGE)
    return exchange


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("AA", Verdict.ACCEPTED),
        ("CA", Verdict.ACCEPTED),
        ("AE", Verdict.REFUSED),
        ("CE", Verdict.REFUSED),
        ("AR", Verdict.REFUSED),
        ("CR", Verdict.REFUSED),
    ],
)
def test_the_answer_that_names_the_message_decides(code: str, verdict: Verdict) -> None:
    exchange = asked()
    assert exchange.feed(wrap(answer(code))) == Outcome(verdict, code)
    assert exchange.phase is Phase.IDLE
    exchange.ask(MESSAGE, "C2")
    assert exchange.feed(wrap(answer("AA", "C2"))) == Outcome(Verdict.ACCEPTED, "AA")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (answer(control_id="C2"), ANSWER_UNMATCHED),
        (answer(control_id=""), ANSWER_UNMATCHED),
        (answer(control_id="C1 9"), ANSWER_UNMATCHED),
        (answer("ZZ"), ANSWER_GARBAGE),
        (b"MSH|^~\\&|EHR\r", ANSWER_GARBAGE),
        (b"hello", ANSWER_GARBAGE),
    ],
)
def test_any_other_answer_ends_the_connection(raw: bytes, code: str) -> None:
    exchange = asked()
    assert exchange.feed(wrap(raw)) == Outcome(Verdict.FAILED, code)
    assert exchange.phase is Phase.OVER
    assert exchange.lost() is None


def test_what_is_too_long_is_no_answer() -> None:
    exchange = asked()
    outcome = exchange.feed(b"\x0b" + bytes(2 * 1024 * 1024) + b"\x1c\r")
    assert outcome == Outcome(Verdict.FAILED, ANSWER_GARBAGE)


@pytest.mark.parametrize("cut", range(len(wrap(answer()))))
def test_an_answer_in_two_pieces(cut: int) -> None:
    exchange, whole = asked(), wrap(answer())
    first = exchange.feed(whole[:cut]) if cut else None
    assert (first or exchange.feed(whole[cut:])) == Outcome(Verdict.ACCEPTED, "AA")


def test_an_answer_without_its_line_end_counts_after_a_moment_or_at_the_end() -> None:
    for end in (Exchange.pause, Exchange.lost):
        exchange = asked()
        assert exchange.feed(wrap(answer())[:-1]) is None
        assert exchange.ending
        assert end(exchange) == Outcome(Verdict.ACCEPTED, "AA")


def test_no_answer() -> None:
    exchange = asked()
    assert exchange.time_up() == Outcome(Verdict.FAILED, ANSWER_TIMEOUT)
    assert asked().lost() == Outcome(Verdict.FAILED, PEER_CLOSED)
    assert asked().feed(b"") == Outcome(Verdict.FAILED, PEER_CLOSED)


def test_noise_alone_is_told_apart_from_silence() -> None:
    for end in (Exchange.time_up, Exchange.lost):
        exchange = asked()
        assert exchange.feed(b"noise\r\n") is None
        exchange.feed(b"\x0b")  # what noise there was is known once a frame begins
        assert end(exchange) == Outcome(Verdict.FAILED, ANSWER_GARBAGE)


def test_what_comes_unasked_is_passed_over() -> None:
    exchange = Exchange()
    assert exchange.feed(wrap(answer(control_id="C0"))) is None
    assert exchange.phase is Phase.IDLE
    exchange.ask(MESSAGE, "C1")
    assert exchange.feed(b"\x00\x00" + wrap(answer())) == Outcome(Verdict.ACCEPTED, "AA")
    assert exchange.lost() is None


def test_what_stands_behind_an_answer_is_no_answer_to_the_next_message() -> None:
    exchange = asked()
    assert exchange.feed(wrap(answer()) + wrap(answer("AE", "C1"))) == Outcome(Verdict.ACCEPTED, "AA")
    exchange.ask(MESSAGE, "C2")
    assert exchange.feed(wrap(answer("AA", "C2"))) == Outcome(Verdict.ACCEPTED, "AA")


def test_what_the_receiver_says_is_kept_in_its_words() -> None:
    raw = answer("AE", more=r"|Unknown \T\ new patient") + (
        b"ERR||PID^1^3|204^Unknown key^HL70357|E||||No such MRN\rERR|OBX^1\rERR||||E\r"
    )
    outcome = asked().feed(wrap(raw))
    assert outcome is not None
    assert outcome.words == "Unknown & new patient · 204 Unknown key HL70357 · No such MRN · OBX 1"
    long = asked().feed(wrap(answer("AR", more="|" + "x" * 5000)))
    assert long is not None
    assert len(long.words) == 1000


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("given_", list(Given))
def test_every_pair_that_is_not_in_the_table_is_our_bug(phase: Phase, given_: Given) -> None:
    exchange = Exchange()
    exchange.phase = phase
    if (phase, given_) in PHASES:
        exchange._step(given_)
        assert exchange.phase is PHASES[phase, given_]
    else:
        with pytest.raises(ProgramFault, match="EXCHANGE-STATE"):
            exchange._step(given_)


@given(st.lists(st.binary(max_size=40), max_size=8), st.booleans())
def test_no_bytes_break_it_and_none_but_the_right_ones_are_taken_for_yes(
    pieces: list[bytes], closes: bool
) -> None:
    exchange = asked()
    outcome = None
    for piece in pieces:
        if outcome is None and piece:
            outcome = exchange.feed(piece)
    if outcome is None:
        outcome = exchange.lost() if closes else exchange.time_up()
    assert outcome is not None
    assert outcome.verdict is Verdict.FAILED
    assert exchange.phase is Phase.OVER
