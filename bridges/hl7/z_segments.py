"""Segments of a sender's own, read as the profile says: each becomes one of the standard behind it.

What follows (codes, units, limits, statuses, holds) is then what is done with any other result. Reasons and
positions name the place in the message as it was sent.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bridges.hl7 import escapes
from bridges.hl7.profile import Place, ZRow
from bridges.hl7.profile_z import BECOMES
from bridges.hl7.reading import Texts
from bridges.hl7.tokenizer import Message, Segment
from clinic_app.model.entries import Translation

_NAMED = re.compile(r"([A-Z][A-Z0-9]{2})\[(\d+)\](?:-(\d+))?")


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a segment of the expanded message stands in the one that was sent: its place (``ZPF[1]``), and
    for one that was made the numbers of its fields there."""

    place: str
    fields: Mapping[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Expanded:
    """A message with what its sender's own segments mean, and where its segments were sent, by place."""

    message: Message
    sent: Mapping[str, Sent]

    def __call__(self, text: str) -> str:
        """A text that names places of the message as it was sent."""
        return _NAMED.sub(self._as_sent, text)

    def is_made(self, place: str) -> bool:
        """Whether the segment at this place was made."""
        found = self.sent.get(place)
        return found is not None and found.fields is not None

    def _as_sent(self, found: re.Match[str]) -> str:
        sent = self.sent.get(f"{found[1]}[{found[2]}]")
        if sent is None:
            return found[0]
        number = int(found[3] or 0)
        field = number if sent.fields is None else sent.fields.get(number, 0)
        return f"{sent.place}-{field}" if field else sent.place


def expand(texts: Texts) -> Expanded | None:
    """The message with what the profile makes of the sender's own segments; None where that is nothing."""
    message, rows = texts.message, texts.profile.z_rows
    if not any(message.all(row.segment) for row in rows):
        return None
    segments: list[Segment] = []
    sent: dict[str, Sent] = {}
    numbers: Counter[str] = Counter()
    now: Counter[str] = Counter()
    for segment in message.segments:
        numbers[segment.name] += 1
        now[segment.name] += 1
        segments.append(segment)
        place = f"{segment.name}[{numbers[segment.name]}]"
        if now[segment.name] != numbers[segment.name]:
            sent[f"{segment.name}[{now[segment.name]}]"] = Sent(place)
        for row in rows:
            if row.segment == segment.name and _applies(texts, row, segment):
                segments.append(_made(row, segment))
                now[row.becomes] += 1
                fields = {to[0]: taken[0] for to, taken in row.fields.items() if not isinstance(taken, str)}
                sent[f"{row.becomes}[{now[row.becomes]}]"] = Sent(place, fields)
    return Expanded(Message(message.separators, segments, ["", *["\r"] * len(segments)]), sent)


def as_sent(said: Translation, expanded: Expanded) -> Translation:
    """What was found, with the places of the message as it was sent."""
    return replace(
        said,
        statements=tuple(replace(one, position=expanded(one.position)) for one in said.statements),
        holds=tuple(replace(one, reason=expanded(one.reason)) for one in said.holds),
        findings=tuple(replace(one, text=expanded(one.text)) for one in said.findings),
    )


def _applies(texts: Texts, row: ZRow, segment: Segment) -> bool:
    """Whether the row speaks of this segment, and the segment says something."""
    if any(texts.meant(_taken(segment, place)) != text for place, text in row.when):
        return False
    needed = [taken for to, taken in row.fields.items() if to[0] == BECOMES[row.becomes]]
    return any(isinstance(taken, str) or _taken(segment, taken) for taken in needed)


def _taken(segment: Segment, place: Place) -> str:
    """What stands at a place, as written."""
    field, component, part = place
    return segment.part(field, component, part) if component else segment.field(field)


def _made(row: ZRow, segment: Segment) -> Segment:
    marks = segment.separators
    fields: dict[int, dict[int, str]] = {}
    for (field, component, _), taken in row.fields.items():
        written = escapes.encode(taken, marks) if isinstance(taken, str) else _taken(segment, taken)
        fields.setdefault(field, {})[component or 1] = written
    line = [row.becomes]
    for number in range(1, max(fields) + 1):
        parts = fields.get(number, {})
        line.append(marks.component.join(parts.get(one, "") for one in range(1, max(parts, default=0) + 1)))
    return Segment(marks.field.join(line), marks)
