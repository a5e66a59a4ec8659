"""Bytes → components as meant (character set, segments, escapes), against a bare Python split."""

import time
from collections.abc import Callable, Sequence
from statistics import median

from bridges.hl7 import escapes
from bridges.hl7.charsets import decode, readings
from bridges.hl7.tokenizer import tokenize
from tests.benchmarks.bench_ack import Row
from tests.benchmarks.bench_apply import message, observations

ROUNDS, MESSAGES = 15, 60


def rows() -> Sequence[Row]:
    """Messages of 30 results each, some with escapes and letters beyond ASCII; takes a few seconds."""
    told = [
        text.replace("^LN", " \\T\\ Größe^LN") if n % 5 == 0 else text
        for n, text in enumerate(observations())
    ]
    raws = [message(number, told) for number in range(MESSAGES)]
    assert len(read(raws[0])) == len(bare(raws[0]))
    rates = [(rate(read, raws), rate(bare, raws)) for _ in range(ROUNDS)]
    ratio = median(ours / base for ours, base in rates)
    ours, base = (median(column) for column in zip(*rates, strict=True))
    name = "bytes → components, with character set and escapes (messages a second)"
    return [Row(name, ours, base, ratio, "≥ 0.4", ratio >= 0.4)]


def read(raw: bytes) -> Sequence[Sequence[object]]:
    """Ours: every component of every segment, decoded."""
    decoded = decode(raw)
    tried = readings(decoded.encoding)
    return [escapes.components(segment, tried) for segment in tokenize(decoded.text).segments]


def bare(raw: bytes) -> Sequence[Sequence[object]]:
    """Nothing but `str.split`: no repetitions, no escapes, and a character set that is taken on trust."""
    lines = raw.decode("utf-8").removesuffix("\r").split("\r")
    return [[field.split("^") for field in line.split("|")] for line in lines]


def rate(work: Callable[[bytes], object], raws: Sequence[bytes]) -> float:
    """Messages a second."""
    begun = time.perf_counter()
    for raw in raws:
        work(raw)
    return len(raws) / (time.perf_counter() - begun)
