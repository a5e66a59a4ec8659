"""What is done with a hostile input, and what must hold of it; whatever is raised is an uncaught error."""

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from zlib import crc32

from bridges.hl7 import escapes
from bridges.hl7.acknowledge import answer, application_answer, examine, judge, receipt
from bridges.hl7.batches import batch_answer, batch_sender, is_batch, split
from bridges.hl7.charsets import decode, readings, view, visible
from bridges.hl7.conformance_names import names_for
from bridges.hl7.lay_out import lay_out
from bridges.hl7.profile import SiteProfile
from bridges.hl7.profile_reading import parse_profile
from bridges.hl7.tokenizer import join_tree, tokenize
from bridges.hl7.translate import translate
from bridges.mllp.framing import Framer, Limits, NeedMore, wrap
from bridges.mllp.session import Close, Land, Phase, Session, Terms, Write
from clinic_app.calc.units import read_kept_units
from clinic_app.model.bodies import from_plain, to_plain
from clinic_app.model.entries import Landed, Translation
from clinic_app.model.errors import ProgramFault, SenderFault
from clinic_app.system.resources import Resources

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
_TERMS = Terms(
    limits=Limits(frame=600, kept=80), waiting=5, waiting_bytes=2000, idle_seconds=30, light_bytes=200
)
_OWN = """name = "fuzz"
edition = "1"
extends = "generic"
[site]
time_zone = "America/Chicago"
[accept]
processing_ids = ["P", "T", "D"]
senders = ["LAB|*", "KIS|*", "|*"]
[ignore]
panels = ["L USTX*", "LN 18725*", "LOINC 18725*"]
"""


@cache
def profiles() -> tuple[SiteProfile, ...]:
    """Those that ship, and one that takes in whatever comes."""
    resources = Resources()
    shipped = {"generic": resources.text("profiles/generic.toml")}
    kept = read_kept_units(resources.text("reference/units/laboratory.toml"))
    local = resources.text("profiles/local_codes.toml").replace('senders = ["', 'senders = ["*", "')
    texts = (shipped["generic"], local, _OWN)
    return tuple(parse_profile(text, shipped, kept) for text in texts)


SLOWEST: dict[str, float] = {}
"""Seconds of this process that each thing which the product does with a message took at most."""


@contextmanager
def _timed(name: str) -> Iterator[None]:
    began = time.thread_time()
    try:
        yield
    finally:
        SLOWEST[name] = max(SLOWEST.get(name, 0.0), time.thread_time() - began)


def read_message(raw: bytes) -> None:
    """Read the bytes in every way that the product reads them."""
    _text(raw)
    _answers(raw)
    _batch(raw)
    chosen = crc32(raw)
    for number, profile in enumerate(profiles()):
        if (chosen + number) % 3 != 2:
            with _timed("translate"):
                said = translate(raw, profile)
            _storable(said)
    if chosen % 5 == 0:
        profile = profiles()[chosen % 3]
        said = translate(raw, profile)
        assert said == translate(raw, profile), "two readings differ"
        if len(raw) < 20_000:
            with _timed("lay out"):
                lay_out(raw, names_for, said.findings)


def _text(raw: bytes) -> None:
    with _timed("decode"):
        decoded = decode(raw)
    readings(decoded.encoding)
    visible(decoded.text[:1000])
    text, codec, mark = view(raw)
    assert mark + text.encode(codec) == raw, "a byte is lost"
    if decoded.encoding in ("ascii", "utf-8", "cp1252"):
        assert decoded.text.encode(decoded.encoding, "surrogateescape") == raw, "a byte is lost"
    try:
        with _timed("tokenize"):
            message = tokenize(decoded.text)
    except SenderFault:
        return
    assert message.join() == decoded.text, "a character is lost"
    for segment in message.segments[:200]:
        if len(segment.line) > 20_000:
            continue
        assert join_tree(segment.tree(), message.separators) == segment.line, "a value is lost"
        escapes.components(segment, readings(decoded.encoding))
        for number in range(1, 6):
            text = segment.field(number)[:2000]
            plain = escapes.decode(text, message.separators)
            written = escapes.encode(plain, message.separators)
            assert not {message.separators.field, message.separators.component} & set(written)
    chance = random.Random(raw)
    for _ in range(5):
        path = f"{chance.choice(('MSH', 'PID', 'OBX', 'OBX(2)', 'ZZZ'))}-{chance.randrange(7)}"
        path += chance.choice(("", "(1)", "(2)")) + chance.choice(("", ".1", ".2", ".1.2", ".0", "x"))
        with suppress(ValueError):
            message.get(path)


def _answers(raw: bytes) -> None:
    header = examine(raw)
    with _timed("receipt"):
        found = receipt(raw)
    for profile in profiles()[1:]:
        outcome = judge(header, profile.accepts)
        for made in (answer(header, outcome), application_answer(header, outcome), found.first, found.later):
            assert not made or b"MSA" in made.replace(b"\0", b"")


def _batch(raw: bytes) -> None:
    if is_batch(raw):
        with _timed("split"):
            whole = split(raw)
            whole.translation()
        batch_sender(whole)
        assert all(message in raw or len(message) < len(raw) for message in whole.messages)
        with _timed("answer of a batch"):
            batch_answer(whole)
    elif len(raw) < 5000:
        assert len(split(raw).messages) <= 1 or raw.count(b"MSH") > 1


def _storable(said: Translation) -> None:
    for statement in said.statements:
        plain = to_plain(statement.body)
        assert from_plain(statement.kind, plain) == statement.body, "it cannot be stored as it is"
        repr(plain).encode("utf-8")
        (statement.key + statement.author + str(statement.subject)).encode("utf-8")
    for hold in said.holds:
        assert hold.code and hold.reason and hold.mend
    assert said.statements or said.holds or said.ignored, "nothing is said of it"


def converse(raw: bytes) -> None:
    """A connection that lives as the bytes decide: what is sent, how it is cut, and what happens between."""
    chance = random.Random(raw)
    _frames(raw, chance)
    session = Session("10.0.0.9", _TERMS)
    talk = _Talk(session, chance)
    at = 0
    with _timed("conversation"):
        while at < len(raw):
            size = chance.choice((1, 1, 2, 7, 60, 1000))
            talk.say(raw[at : at + size])
            at += size
        talk.end()


def _frames(raw: bytes, chance: random.Random) -> None:
    """The frame reader alone, whose events nobody takes before the end."""
    framer = Framer(_TERMS.limits)
    cut = chance.randrange(len(raw) + 1)
    for piece in (raw[:cut], raw[cut:]):
        framer.feed(piece)
    framer.close()
    while not isinstance(framer.next_event(), NeedMore):
        pass
    with suppress(ProgramFault):
        framer.feed(b"more")
        raise AssertionError("a closed reader goes on")


class _Talk:
    """The shell of a session: lands or fails what is ordered, in any order, and checks the answers."""

    def __init__(self, session: Session, chance: random.Random) -> None:
        self._session = session
        self._chance = chance
        self._open: list[Land] = []
        self._seconds = 0.0
        self._closed = False

    def say(self, data: bytes) -> None:
        """Bytes come; then perhaps time passes, something lands, or somebody stops."""
        session, chance = self._session, self._chance
        session.receive(data, self._now(), self._seconds)
        self._obey(session.orders())
        session.large  # noqa: B018 - it is asked at every read
        match chance.randrange(12):
            case 0:
                self._seconds += chance.choice((0.1, 0.3, 3, 31, 61))
                session.tick(self._now(), self._seconds)
            case 1 | 2 | 3:
                self._settle()
            case 4:
                session.resumed(self._seconds)
            case 5 if chance.random() < 0.05:
                session.stop()
            case 6 if chance.random() < 0.05:
                session.ended(self._now())
            case 7 if chance.random() < 0.05:
                session.lost(self._now())
        self._obey(session.orders())

    def end(self) -> None:
        """The peer ends; everything owed is answered, and the connection is over."""
        self._chance.choice((self._session.ended, self._session.lost))(self._now())
        self._obey(self._session.orders())
        while self._open:
            self._settle()
            self._obey(self._session.orders())
        assert self._session.phase is Phase.CLOSED, "the connection never ends"

    def _now(self) -> datetime:
        return NOW + timedelta(seconds=self._seconds)

    def _settle(self) -> None:
        if not self._open:
            return
        land = self._open.pop(self._chance.randrange(len(self._open)))
        if self._chance.random() < 0.2:
            self._session.failed(land.ticket, "INTAKE-FULL")
        else:
            self._session.landed(land.ticket, Landed(land.ticket, land.received.answer, False))

    def _obey(self, orders: Sequence[Land | Write | Close]) -> None:
        for order in orders:
            match order:
                case Land():
                    assert len(order.received.raw) <= _TERMS.limits.frame
                    self._open.append(order)
                case Write():
                    assert not self._closed and order.data == wrap(order.data[1:-2])
                case Close():
                    assert not self._closed
                    self._closed = True
