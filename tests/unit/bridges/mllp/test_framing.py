"""MLLP frames out of any split of the stream; every pair of state and input, legal or not."""

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.mllp.framing import (
    NEED_MORE,
    TABLE,
    USUAL_LIMITS,
    Event,
    Frame,
    Framer,
    Garbage,
    Input,
    Limits,
    NeedMore,
    State,
    TooLarge,
    Unfinished,
    step,
    wrap,
)
from clinic_app.model.errors import ProgramFault

MESSAGE = b"MSH|^~\\&|LAB|HOSP|||20260101||ORU^R01|1|P|2.5\rPID|1||7^^^HOSP\r"
SMALL = Limits(frame=10, kept=4)


def events_of(framer: Framer) -> list[Event]:
    found: list[Event] = []
    while not isinstance(event := framer.next_event(), NeedMore):
        found.append(event)
    return found


def read(chunks: Iterable[bytes], limits: Limits = USUAL_LIMITS) -> list[Event]:
    """All events of a stream that arrives in these chunks and then ends."""
    framer = Framer(limits)
    found: list[Event] = []
    for chunk in chunks:
        framer.feed(chunk)
        found += events_of(framer)
    framer.close()
    return found + events_of(framer)


STREAMS: Sequence[tuple[bytes, list[Event]]] = (
    (wrap(MESSAGE), [Frame(MESSAGE)]),
    (wrap(b""), [Frame(b"")]),
    (wrap(MESSAGE) * 3, [Frame(MESSAGE)] * 3),
    (b"\r\n" + wrap(MESSAGE) + b"\n\r\n" + wrap(MESSAGE), [Frame(MESSAGE)] * 2),
    # the carriage return after 0x1C: left out, or a line feed, or left out at the end of the stream
    (b"\x0bA\x1c\x0bB\x1c\n\x0bC\x1c", [Frame(b"A"), Frame(b"B"), Frame(b"C")]),
    # 0x1C and 0x0B as content
    (b"\x0bA\x1cB\x1c\r", [Frame(b"A\x1cB")]),
    (b"\x0bA\x1c\x1c\r", [Frame(b"A\x1c")]),
    (b"\x0bMSH|one\x0btwo\x0bM\x0bMS\x1c\r", [Frame(b"MSH|one\x0btwo\x0bM\x0bMS")]),
    # broken off and started anew
    (b"\x0bMSH|old\x0bMSH|new\x1c\r", [Unfinished(b"MSH|old", 7, False), Frame(b"MSH|new")]),
    (b"\x0b\x0bMSH|new\x1c\r", [Frame(b"MSH|new")]),
    # between frames
    (b"hello\r\n\x0bA\x1c\r", [Garbage(b"hello\r\n"), Frame(b"A")]),
    (b"\r\r\n", []),
    (b"\x1c\r", [Garbage(b"\x1c\r")]),
    (b"GET / HTTP/1.1", [Garbage(b"GET / HTTP/1.1")]),
    # without an end
    (b"\x0bMSH|half", [Unfinished(b"MSH|half", 8, False)]),
    (b"\x0bMSH|half\x0bMS", [Unfinished(b"MSH|half\x0bMS", 11, False)]),
    (b"\x0b", []),
)


@pytest.mark.parametrize(("stream", "expected"), STREAMS)
def test_a_stream_in_one_piece(stream: bytes, expected: list[Event]) -> None:
    assert read([stream]) == expected


@pytest.mark.parametrize(("stream", "expected"), STREAMS)
def test_a_stream_byte_by_byte(stream: bytes, expected: list[Event]) -> None:
    assert read(stream[at : at + 1] for at in range(len(stream))) == expected


@pytest.mark.parametrize(("stream", "expected"), STREAMS)
def test_a_stream_split_at_every_byte(stream: bytes, expected: list[Event]) -> None:
    for at in range(len(stream) + 1):
        assert read([stream[:at], stream[at:]]) == expected


LIMITED: Sequence[tuple[bytes, list[Event]]] = (
    (b"\x0b0123456789\x1c\r", [Frame(b"0123456789")]),
    (b"\x0b0123456789A\x1c\r\x0bB\x1c\r", [TooLarge(b"0123", 11), Frame(b"B")]),
    (b"\x0b0123456789A\x1cB\x1c\x0bC\x1c\r", [TooLarge(b"0123", 13), Frame(b"C")]),
    (b"\x0b0123456789A\x1c\x1c\r", [TooLarge(b"0123", 12)]),
    (b"\x0b0123456789A\x0bMSH\x1c\r", [TooLarge(b"0123", 11), Frame(b"MSH")]),
    (b"\x0b0123456789A", [TooLarge(b"0123", 11)]),
    (b"\x0b0123456789A\x1c", [TooLarge(b"0123", 11)]),
    (b"\x0b0123456\x1c89A", [TooLarge(b"0123", 11)]),
    (b"strays", [Garbage(b"stra"), Garbage(b"ys")]),
    (b"stra\x0bA\x1c\r", [Garbage(b"stra"), Frame(b"A")]),
    (b"\x0bMSH|half", [Unfinished(b"MSH|", 8, False)]),
)


@pytest.mark.parametrize(("stream", "expected"), LIMITED)
def test_limits_in_every_split(stream: bytes, expected: list[Event]) -> None:
    for at in range(len(stream) + 1):
        assert read([stream[:at], stream[at:]], SMALL) == expected
    assert read((stream[at : at + 1] for at in range(len(stream))), SMALL) == expected


def test_memory_is_bounded_whatever_comes() -> None:
    framer = Framer(Limits(frame=1000, kept=100))
    framer.feed(b"\x0b")
    for _ in range(1000):
        framer.feed(b"x" * 1000)
        assert events_of(framer) == []
        assert len(framer._held) + len(framer._in) <= 1100
    framer.expire()
    assert events_of(framer) == [TooLarge(b"x" * 100, 1_000_000)]


def test_nothing_to_tell_is_a_value() -> None:
    framer = Framer()
    assert framer.next_event() is NEED_MORE
    framer.feed(b"\x0bMSH")
    assert framer.next_event() is NEED_MORE


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"\x0bMSH|half", [Unfinished(b"MSH|half", 8, True)]),
        (b"\x0bMSH|half\x0bM", [Unfinished(b"MSH|half\x0bM", 10, True)]),
        (b"\x0bwhole\x1c", [Frame(b"whole")]),
        (b"stray", [Garbage(b"stray")]),
        (b"", []),
    ],
)
def test_time_is_up(stream: bytes, expected: list[Event]) -> None:
    framer = Framer()
    framer.feed(stream)
    framer.expire()
    assert events_of(framer) == expected
    assert framer.state is State.BETWEEN
    framer.feed(b"\x0bnext\x1c\r")
    assert events_of(framer) == [Frame(b"next")]


def test_time_is_up_for_a_frame_that_is_too_large_and_ends() -> None:
    framer = Framer(SMALL)
    framer.feed(b"\x0b0123456789A\x1c")
    framer.expire()
    assert events_of(framer) == [TooLarge(b"0123", 11)]


def test_stray_bytes_and_started_frames_are_told_to_the_session() -> None:
    framer = Framer()
    assert (framer.has_stray, framer.started) == (False, 0)
    framer.feed(b"\r\nx")
    events_of(framer)
    assert framer.has_stray
    framer.feed(b"\x0bA\x1c\r\x0bB")
    events_of(framer)
    assert (framer.has_stray, framer.started) == (False, 2)


LEGAL = sorted(TABLE, key=lambda pair: (pair[0].value, pair[1].value))
ILLEGAL = [(state, given) for state in State for given in Input if (state, given) not in TABLE]


@pytest.mark.parametrize(("state", "given"), LEGAL)
def test_legal_pair(state: State, given: Input) -> None:
    after = step(state, given).state
    assert (after is State.CLOSED) == (given is Input.CLOSE)


@pytest.mark.parametrize(("state", "given"), ILLEGAL)
def test_illegal_pair(state: State, given: Input) -> None:
    with pytest.raises(ProgramFault, match="FRAMING-STATE"):
        step(state, given)


def test_the_illegal_pairs_are_these() -> None:
    never_closed = {(State.CLOSED, given) for given in Input if given is not Input.CLOSE}
    marks_without_meaning = {
        (State.BETWEEN, Input.END),
        (State.BETWEEN, Input.LINE_END),
        (State.INSIDE, Input.LINE_END),
        (State.CUT, Input.LINE_END),
        (State.ENDING, Input.END),
        (State.CUT_ENDING, Input.END),
        (State.ENDING, Input.OVERFLOW),
        (State.CUT, Input.OVERFLOW),
        (State.CUT_ENDING, Input.OVERFLOW),
    }
    assert set(ILLEGAL) == never_closed | marks_without_meaning


def test_nothing_comes_after_the_end() -> None:
    framer = Framer()
    framer.close()
    framer.close()
    with pytest.raises(ProgramFault):
        framer.feed(b"x")
    with pytest.raises(ProgramFault):
        framer.expire()


BYTES = st.lists(st.sampled_from([b"\x0b", b"\x1c", b"\r", b"\n", b"MSH", b"M", b"a"]), max_size=40).map(
    b"".join
)


@given(stream=BYTES, cuts=st.lists(st.integers(0, 60), max_size=8))
def test_no_split_changes_what_is_read(stream: bytes, cuts: list[int]) -> None:
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    pieces = [stream[a:b] for a, b in zip(edges, edges[1:], strict=False)]
    assert read(pieces, SMALL) == read([stream], SMALL)


@given(
    contents=st.lists(st.binary(max_size=30).filter(lambda raw: not set(raw) & set(b"\x0b\x1c")), max_size=5)
)
def test_what_is_wrapped_is_read_back(contents: list[bytes]) -> None:
    assert read([b"".join(map(wrap, contents))]) == [Frame(content) for content in contents]


@given(stream=BYTES)
def test_no_byte_disappears(stream: bytes) -> None:
    """Every byte that is neither mark nor line end is in exactly one event."""
    told = b"".join(
        event.raw if isinstance(event, Frame) else event.data if isinstance(event, Garbage) else event.kept
        for event in read([stream])
    )
    assert told.count(b"a") == stream.count(b"a")
    assert told.count(b"S") == stream.count(b"S")
