"""Batches: every message keeps its own bytes, and what the envelope says is compared with what came."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.hl7.acknowledge import ANY_SITE, answer, examine, judge
from bridges.hl7.batches import batch_answer, batch_sender, is_batch, split
from tests.unit.bridges.hl7.messages import message, oru

OBX = "OBX|1|NM|20150-9^FEV1^LN||2.31|L|||||F"
ONE, TWO = oru(OBX, control="A1"), oru(OBX, "NTE|1||MSH is a word of this note", control="A2")
FHS = b"FHS|^~\\&|ARCH|NORTH|CG|CLINIC|20240310||file|note|F7\r"
BHS = b"BHS|^~\\&|LAB|NORTH|CG|CLINIC|20240310||nightly|note|B9\r"
BTS, FTS = b"BTS|2|done\r", b"FTS|1\r"


def codes(raw: bytes) -> tuple[list[str], list[str]]:
    batch = split(raw)
    return [hold.code for hold in batch.holds], [finding.text for finding in batch.findings]


@pytest.mark.parametrize(
    "raw",
    [
        ONE + TWO,
        BHS + ONE + TWO + BTS,
        FHS + BHS + ONE + TWO + BTS + FTS,
        b"\xef\xbb\xbf" + FHS + BHS + ONE + TWO + BTS + FTS,
        b"\r\n \x0b" + BHS + ONE + TWO + b"BTS|2",
        BHS + ONE + b"\r\n" + TWO + b"BTS|2\n\n",
    ],
)
def test_each_message_keeps_its_own_bytes(raw: bytes) -> None:
    assert is_batch(raw)
    batch = split(raw)
    assert [message.rstrip(b"\r\n") for message in batch.messages] == [ONE[:-1], TWO[:-1]]
    assert (batch.holds, batch.findings) == ((), ())
    assert batch.translation().ignored == "a batch of 2 messages, each an entry of its own"


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_line_ends_of_any_kind_part_messages(end: bytes) -> None:
    raw = (FHS + BHS + ONE + TWO + BTS + FTS).replace(b"\r", end)
    assert split(raw).messages == (ONE.replace(b"\r", end), TWO.replace(b"\r", end))


def test_framing_in_a_file_is_no_part_of_a_message() -> None:
    assert split(b"\x0b" + ONE + b"\x1c\r\x0b" + TWO + b"\x1c\r").messages == (ONE, TWO)
    assert split(b"\x0b" + ONE + b"\x1c\r\n").messages == (ONE,)


@pytest.mark.parametrize(
    "raw", [b"", ONE, TWO, b"\r\n" + ONE, b"hello", ONE.replace(b"A1", b"MSH"), ONE[:-1] + b"\rMSH alone\r"]
)
def test_what_is_no_batch(raw: bytes) -> None:
    assert not is_batch(raw)
    assert len(split(raw).messages) == (b"MSH|" in raw)


def test_a_message_that_a_note_quotes_is_not_taken_for_one() -> None:
    quoted = TWO.replace(b"\r", b"\n")
    raw = ONE + b"NTE|1||sent in error:\n" + quoted + b"NTE|2||end\r"
    assert not is_batch(raw)
    assert split(raw).messages == (raw,)
    assert split(ONE + b"\n\n" + TWO).messages == (ONE + b"\n\n", TWO), (
        "blank lines part messages all the same"
    )


def test_a_text_in_utf_16_is_not_cut() -> None:
    raw = (ONE + TWO).decode().encode("utf-16")
    assert not is_batch(raw)


@pytest.mark.parametrize(
    ("raw", "holds", "remarks"),
    [
        (BHS + ONE + b"BTS|2\r", ["BATCH-INCOMPLETE"], []),
        (BHS + ONE + TWO + b"BTS|1\r", [], ["BTS-1 says 1 messages, 2 came"]),
        (BHS + ONE + b"BTS\r", [], ["BTS-1 does not say how many messages there are"]),
        (BHS + ONE + b"BTS|one\r", [], ["BTS-1 is not a number"]),
        (BHS + ONE, ["BATCH-UNFINISHED"], []),
        (FHS + BHS + ONE + b"BTS|1\r", ["BATCH-UNFINISHED"], []),
        (FHS + BHS + ONE + b"FTS|1\r", ["BATCH-UNFINISHED"], []),
        (FHS + BHS + ONE + b"BTS|1\rFTS|2\r", ["BATCH-INCOMPLETE"], []),
        (FHS + BHS + ONE + b"BTS|1\r" + BHS + TWO + b"BTS|1\rFTS|2\r", [], []),
        (FHS + ONE + TWO + FTS, [], []),
        (BHS + BHS + ONE + b"BTS|1\r", ["BATCH-UNFINISHED"], []),
        (FHS + FHS + BHS + ONE + b"BTS|1\rFTS|1\r", ["BATCH-UNFINISHED"], []),
        (ONE + b"BTS|1\rFTS|1\r", [], ["BTS stands without BHS", "FTS stands without FHS"]),
        (ONE + b"BTS|3\r", ["BATCH-INCOMPLETE"], ["BTS stands without BHS"]),
        (b"NTE|1||before\r" + BHS + ONE + b"BTS|1\r", ["BATCH-STRAY"], []),
        (BHS + b"NTE|1||within\r" + ONE + b"BTS|1\r", ["BATCH-STRAY"], []),
        (BHS + ONE + b"BTS|1\rOBX|1\r", ["BATCH-STRAY"], []),
        (BHS + b"BTS|0\r", [], []),
        (BHS + b"BTS|4\r", ["BATCH-INCOMPLETE"], []),
        (b"BHS|\rBTS|0\r", [], []),
    ],
)
def test_an_envelope_that_does_not_agree(raw: bytes, holds: list[str], remarks: list[str]) -> None:
    assert is_batch(raw)
    assert codes(raw) == (holds, remarks)
    assert split(raw).messages == tuple(one for one in (ONE, TWO) if one in raw)
    translation = split(raw).translation()
    assert bool(translation.holds) == bool(holds)
    assert bool(translation.ignored) != bool(holds)


def test_an_empty_batch_is_said_to_be_empty() -> None:
    assert split(FHS + b"FTS|0\r").translation().ignored == "an empty batch"
    assert split(b"").messages == ()


def test_who_sent_the_batch_and_its_number() -> None:
    assert batch_sender(split(FHS + BHS + ONE + TWO + BTS + FTS)) == ("LAB|NORTH", "B9")
    assert batch_sender(split(FHS + ONE + FTS)) == ("ARCH|NORTH", "F7")
    assert batch_sender(split(ONE + TWO)) == ("", "")
    assert batch_sender(split(b"BHS|\r" + ONE)) == ("", "")


def test_a_batch_is_answered_by_a_batch() -> None:
    broken = message("ADT^A01", control="")
    raw = FHS + BHS + ONE + broken + TWO + b"BTS|3\rFTS|1\r"
    lines = batch_answer(split(raw)).split(b"\r")
    assert lines[0].startswith(b"FHS|^~\\&|CG|CLINIC|ARCH|NORTH|20240310||file||CG")
    assert lines[0].endswith(b"|F7")
    assert lines[1].startswith(b"BHS|^~\\&|CG|CLINIC|LAB|NORTH|20240310||nightly||CG")
    assert lines[1].endswith(b"|B9")
    said = [line.split(b"|")[1:3] for line in lines if line.startswith(b"MSA")]
    assert [part[0] for part in said] == [b"AA", b"AE", b"AA"]
    assert lines[-3:] == [b"BTS|3", b"FTS|1", b""]
    assert batch_answer(split(raw)) == batch_answer(split(raw))
    assert answer(examine(ONE), judge(examine(ONE), ANY_SITE)) in batch_answer(split(raw))


def test_the_envelope_of_the_answer_is_the_one_that_was_sent() -> None:
    assert batch_answer(split(ONE + TWO)) == b""
    only_file = batch_answer(split(FHS + ONE + FTS)).split(b"\r")
    assert (only_file[0][:3], only_file[-2]) == (b"FHS", b"FTS|1")
    assert b"BTS|1" not in only_file
    only_batch = batch_answer(split(BHS + ONE + b"BTS|1\r")).split(b"\r")
    assert (only_batch[0][:3], only_batch[-2]) == (b"BHS", b"BTS|1")
    assert batch_answer(split(b"BHS|\r" + ONE)).startswith(b"BHS|^~\\&\rMSH")
    silent = message("ACK", control="K1")
    assert batch_answer(split(BHS + silent + b"BTS|1\r")).split(b"\r")[1] == b"BTS|0"


@given(
    st.lists(
        st.sampled_from([ONE, TWO, FHS, BHS, BTS, FTS, b"\r\n", b"\x0b", b"\x1c\r", b"NTE|1||x\r", b"MSH"]),
        max_size=9,
    )
)
def test_no_message_is_ever_lost_or_made_up(pieces: list[bytes]) -> None:
    raw = b"".join(pieces)
    messages = split(raw).messages
    assert sum(one.startswith((ONE[:-1], TWO[:-1])) for one in messages) == sum(
        piece in (ONE, TWO) and not b"".join(pieces[:number]).endswith(b"MSH")
        for number, piece in enumerate(pieces)
    )
    assert all(one in raw for one in messages)


@given(st.binary(max_size=200))
def test_any_bytes_can_be_split_and_answered(raw: bytes) -> None:
    batch = split(raw)
    batch_answer(batch)
    batch_sender(batch)
    assert is_batch(raw) or len(batch.messages) <= 1


_FRAMING = re.compile(rb"\x1c[\r\n\x0b\x1c\0 \t]*\Z|[\x0b\0 \t]+\Z")
"""What is left out behind a message, as a pattern (too slow to be used)."""


@given(st.lists(st.sampled_from([b"\x1c", b"\r", b"\n", b"\x0b", b" ", b"\0", b"x"]), max_size=9))
def test_what_stands_behind_a_message_is_left_out(behind: list[bytes]) -> None:
    raw = ONE + b"NTE|1||x" + b"".join(behind)
    assert split(raw).messages == (_FRAMING.sub(b"", raw),)


@pytest.mark.parametrize(
    "piece", [b"\nMSH|^~\\&|quoted", b" ", b"\x1c\n", b"\0", b"\r ", b"\nBTS|", b"\tMSH"]
)
def test_no_text_takes_long(piece: bytes) -> None:
    """All senders wait for whether a frame is a batch; a log or a form in a note must not keep them."""
    raw = ONE + b"NTE|1||" + piece * (200_000 // len(piece)) + b"x\r"
    begun = time.thread_time()
    for one in (raw, ONE + raw, BHS + raw + BTS):
        is_batch(one)
        split(one)
    assert time.thread_time() - begun < 1.0
