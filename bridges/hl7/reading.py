"""What every translator needs while it reads one message: texts, times and codes as meant, and a place for
what it finds.

Reasons of holds name places, codes and units, never what is said about a person.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta, timezone, tzinfo

from bridges.hl7 import datetimes, escapes
from bridges.hl7.charsets import readings, visible
from bridges.hl7.profile import Code, SiteProfile
from bridges.hl7.tokenizer import NULL, Message, Segment
from clinic_app.model.bodies import Body, content_hash
from clinic_app.model.entries import Finding, Hold
from clinic_app.model.facts import FactKind, FactStatus, Source, Statement
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment

_LATER = "~"
"""Sorts behind everything that a time can end with."""
_SEEN = 4096
"""So many different codes of a profile are remembered."""
_SHOWN = 40
"""Codes and units are shown in reasons up to this many characters."""


class Texts:
    """Reads the texts of one message as they were meant.

    Attributes:
        message: the tokenized message.
        profile: the sender's dialect.
        encoding: the codec that the message was decoded with.
    """

    def __init__(self, message: Message, profile: SiteProfile, encoding: str) -> None:
        """``encoding`` is the codec that the message was decoded with."""
        self.message = message
        self.profile = profile
        self.encoding = encoding
        self._readings = readings(encoding, profile.charset)
        self._marked = message.separators.escape

    def meant(self, written: str) -> str:
        """Text as meant: escapes decoded, undecodable bytes visible, blanks at the ends gone, explicit null
        empty."""
        if not written or (written.isalnum() and written.isascii()):
            return written
        if written == NULL:
            return ""
        if written.isascii() and not (self._marked and self._marked in written) and "\0" not in written:
            return written.strip()
        text = escapes.decode(written, self.message.separators, self._readings)
        return visible(text).replace("\0", "").strip()

    def text(
        self, segment: Segment, field: int, component: int = 1, part: int = 0, repetition: int = 1
    ) -> str:
        """A component as meant."""
        written = segment.part(field, component, part, repetition)
        return self.meant(written) if written else ""

    def whole(self, segment: Segment, field: int) -> str:
        """A whole field as meant: for plain text, in which senders leave delimiters unescaped."""
        return self.meant(segment.field(field))

    def codes(self, segment: Segment, written: str) -> list[Code]:
        """The coded forms of a CE or CWE repetition, first the main one, systems by the profile's names.

        Not to be changed: the same few codes come again and again, and are read once.
        """
        mark = segment.separators.component
        seen, key = self.profile.codes_seen, (mark, written)
        if key in seen:
            return seen[key]
        found = self._codes(mark, written)
        if len(seen) < _SEEN and written.isascii() and self._marked not in written:
            seen[key] = found
        return found

    def _codes(self, mark: str, written: str) -> list[Code]:
        parts = [*(written.split(mark, 6) if mark else (written,)), "", "", "", "", ""]
        found = []
        for first in (0, 3):
            code = self.meant(parts[first])
            if code:
                found.append((self.profile.system(self.meant(parts[first + 2])), code))
        return found

    def wording(self, segment: Segment, written: str) -> str:
        """The words of a CE or CWE repetition: its text, else its original text, the other text, or the code
        itself."""
        for component in (2, 9, 5, 1, 4):
            words = self.meant(segment.within(written, component))
            if words:
                return words
        return ""


class Reading(Texts):
    """One message being translated.

    Attributes:
        subject: whom the message speaks of.
        sent_at: MSH-7 in UTC, sortable; empty where it is missing or unreadable.
        statements: what could be read so far.
        holds: what could not be applied.
        findings: remarks.
        merges: numbers that the message says are the subject's too.
        passed_over: how many results were left out because the profile says so.
    """

    def __init__(self, texts: Texts, subject: Identifier) -> None:
        """Begin with nothing found."""
        super().__init__(texts.message, texts.profile, texts.encoding)
        self.subject = subject
        self.statements: list[Statement] = []
        self.holds: list[Hold] = []
        self.findings: list[Finding] = []
        self.merges: list[Identifier] = []
        self.passed_over = 0
        sent = self.message.first("MSH").part(7)
        self._zone = _zone_of(sent, self.profile.zone)
        self.sent_at = datetimes.sortable(sent, self._zone)

    def moment(self, segment: Segment, field: int, component: int = 1, *, at: str = "") -> Moment | None:
        """A date or time; one that cannot be read is held and counts as not sent. ``at`` names the segment's
        place."""
        written = segment.part(field, component, 1)
        if not written:
            return None
        precision = segment.part(field, component, 2) if component > 1 else segment.part(field, 2)
        try:
            return datetimes.read(self.meant(written), self._zone, precision if len(precision) == 1 else "")
        except ValueError:
            place = f"{at or segment.name}-{field}" + (f".{component}" if component > 1 else "")
            self.hold(
                "UNREADABLE-VALUE",
                f"{place} is not a date or time",
                "Ask the sender to correct it and send again.",
            )
            return None

    def hold(self, code: str, reason: str, mend: str) -> None:
        """Note what cannot be applied."""
        self.holds.append(Hold(code, reason, mend))

    def remark(self, code: str, text: str) -> None:
        """Note something that stops nothing."""
        self.findings.append(Finding(code, text))

    def state(
        self,
        kind: FactKind,
        code: str,
        key: str,
        status: FactStatus,
        at: Moment | None,
        body: Body,
        author: str = "",
        position: str = "",
        *,
        ends: int = 0,
    ) -> None:
        """Note a statement; the EHR is its source.

        One that ends something (a cancellation) counts as later than what was sent in the same second: it is
        about that. Of two such that with the greater ``ends`` is the later.
        """
        digest = content_hash(kind, code, status, at, body, author)
        self.statements.append(
            Statement(
                self.subject,
                kind,
                code,
                key,
                status,
                self.sent_at + _LATER * ends,
                digest,
                at,
                body,
                Source.EHR,
                author,
                position,
            )
        )

    def distinct(self) -> tuple[Statement, ...]:
        """The statements, each once, and with a key of its own unless they are versions of one thing.

        A deletion beside a replacement under the same key means the earlier version, so it gives way. Two
        results under one key with equal status (repeated measurements of one order) are told apart by their
        time, then by order.
        """
        lasting = {s.key for s in self.statements if s.status is not FactStatus.WITHDRAWN}
        once: dict[tuple[str, str], Statement] = {}
        for statement in self.statements:
            if statement.status is not FactStatus.WITHDRAWN or statement.key not in lasting:
                once.setdefault((statement.key, statement.content_hash), statement)
        statements = list(once.values())
        if len({s.key for s in statements}) == len(statements):
            return tuple(statements)
        by_time = _told_apart(statements, lambda s, number: f"{s.key}@{s.at.text if s.at else ''}")
        return tuple(_told_apart(by_time, lambda s, number: f"{s.key}#{number}"))


def shown(text: str) -> str:
    """A code or unit as it may stand in a reason: short, in quotation marks only where it has blanks."""
    plain = re.sub(r"[\x00-\x1f\x7f]", " ", text)
    plain = plain if len(plain) <= _SHOWN else plain[:_SHOWN] + "…"
    return f"'{plain}'" if " " in plain or not plain else plain


def named(codes: list[Code]) -> str:
    """Codes as they may stand in a reason."""
    return " or ".join(
        f"{shown(code)} of {shown(system)}" if system else f"{shown(code)} (no system)"
        for system, code in codes
    )


def _told_apart(statements: list[Statement], key: Callable[[Statement, int], str]) -> list[Statement]:
    """Statements whose key and status another one shares get the key that is made of them and their
    number."""
    shared = Counter((s.key, s.status) for s in statements)
    numbers: Counter[tuple[str, FactStatus]] = Counter()
    apart = []
    for statement in statements:
        group = (statement.key, statement.status)
        numbers[group] += 1
        apart.append(
            replace(statement, key=key(statement, numbers[group])) if shared[group] > 1 else statement
        )
    return apart


def _zone_of(sent: str, site: tzinfo | None) -> tzinfo | None:
    """The zone of times sent without one: the site's, unless MSH-7 says that the sender keeps another; None
    where neither says any.

    Where the two agree the site's is used, since it also knows the summer times of other dates.
    """
    found = re.search(r"[+-][0-9]{4}$", sent)
    if not found:
        return site
    try:
        moment = datetimes.read(sent)
        here = datetimes.read(sent[: found.start()], site or UTC)
    except ValueError:
        return site
    if moment is None or here is None or not moment.has_time:
        return site
    if site is not None and moment.start == here.start:
        return site
    hours, minutes = int(found[0][1:3]), int(found[0][3:])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(offset if found[0][0] == "+" else -offset)
