"""Splits an HL7 v2 message exactly as it was written, level by level and only as far as it is read.

Everything is text in which no character was lost: `charsets.decode` makes it from the bytes. Numbers are
those of the standard: fields, components, subcomponents and repetitions count from 1; MSH-1 is the field
separator itself. Source: HL7 2.5.1 chapter 2.5-2.6 (message construction rules, delimiters).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from clinic_app.model.errors import SenderFault

NULL = '""'
"""The explicit null: "delete what you have", not the same as an empty field."""

_ENVELOPE = ("FHS", "BHS", "BTS", "FTS")
_HEADED = ("MSH", "FHS", "BHS")
_BLANK = " \t\x0b\x1c\0"
_BEFORE = _BLANK + "\ufeff\xef\xbb\xbf"
"""What may stand before the first segment: blanks, framing, and a byte order mark (also one read as
Latin-1)."""

_LINE_END = re.compile(r"(\r\n|\r|\n)")
_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")
_ALMOST_A_NAME = re.compile(r"[A-Z][A-Z0-9]{1,3}")
_PATH = re.compile(r"([A-Z][A-Z0-9]{2})(?:\((\d+)\))?-(\d+)(?:\((\d+)\))?(?:\.(\d+))?(?:\.(\d+))?")

Tree = list[list[list[list[str]]]]
"""Fields of repetitions of components of subcomponents."""

Components = list[Sequence[Sequence[str]]]
"""Fields of repetitions of components."""

_NOTHING = (("",),)


@dataclass(frozen=True, slots=True)
class Separators:
    """The delimiters of one message; an empty one is not used in it. ``sent`` is MSH-2 as it was written."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"
    truncation: str = ""
    sent: str = "^~\\&"

    @classmethod
    def read(cls, header: str) -> "Separators":
        """Take the delimiters from an MSH (or FHS, BHS) line.

        What MSH-2 leaves out gets its usual character unless that is already taken; a character written twice
        counts once (``^~\\\\&`` is sent by engines that escape the backslash). Raises SenderFault NO-MSH
        where the line ends before MSH-2, or letters, digits or blanks stand there.
        """
        if len(header) < 5:
            mend = "Ask the sender to complete MSH."
            raise SenderFault("NO-MSH", "the MSH segment ends before MSH-2", mend)
        field = header[3]
        sent = header[4:].partition(field)[0]
        return _usual(field, sent) if len(sent) <= _USUAL_LENGTH else cls._of(field, sent)

    @classmethod
    def _of(cls, field: str, sent: str) -> "Separators":
        own = list(dict.fromkeys(sent))[:5]
        if any(c.isalnum() or c.isspace() for c in (field, *own)):
            mend = "Ask the sender to correct MSH-1 and MSH-2."
            raise SenderFault("NO-MSH", "MSH-1 or MSH-2 does not name usable delimiters", mend)
        for usual in "^~\\&"[len(own) :]:
            own.append("" if usual in own or usual == field else usual)
        own.append("")
        return cls(field, own[0], own[1], own[2], own[3], own[4], sent)


_USUAL_LENGTH = 8


@lru_cache(maxsize=64)
def _usual(field: str, sent: str) -> Separators:
    """The same few delimiters come with every message, and each is read twice (charset, then segments)."""
    return Separators._of(field, sent)


class Segment:
    """One segment, split no further than asked. Whatever was not sent reads as an empty text.

    Attributes:
        line: the segment as written, without its line end.
        name: its three-letter name (the whole line where no field separator follows).
        separators: the delimiters of its message.
    """

    __slots__ = ("_fields", "line", "name", "separators")

    def __init__(self, line: str, separators: Separators) -> None:
        """Keep the line; it is split at the first access."""
        self.line = line
        self.separators = separators
        field = separators.field
        self.name = line[:3] if line[3:4] == field and field not in line[:3] else line.partition(field)[0]
        self._fields: list[str] | None = None

    def __bool__(self) -> bool:
        """Whether the segment was sent at all."""
        return bool(self.line)

    @property
    def is_header(self) -> bool:
        """Whether field 1 is the field separator itself (MSH, FHS, BHS)."""
        return self.name in _HEADED

    @property
    def fields(self) -> list[str]:
        """Fields as written, the name at index 0, so that the index is the number of the standard."""
        if self._fields is None:
            fields = self.line.split(self.separators.field)
            if self.name in _HEADED:
                fields.insert(1, self.separators.field)
            self._fields = fields
        return self._fields

    def field(self, number: int) -> str:
        """One field as written, repetitions and escapes included."""
        fields = self._fields or self.fields
        return fields[number] if number < len(fields) else ""

    def repetitions(self, number: int) -> list[str]:
        """The repetitions of a field as written; none for an empty field."""
        field = self.field(number)
        if not field:
            return []
        mark = self.separators.repetition
        if not mark or mark not in field or (number == 2 and self.name in _HEADED):
            return [field]
        return field.split(mark)

    def part(self, number: int, component: int = 1, subcomponent: int = 0, repetition: int = 1) -> str:
        """A component of a field as written; with ``subcomponent`` (from 1) only that part of it."""
        fields = self._fields or self.fields
        if number >= len(fields):
            return ""
        whole = fields[number]
        # The usual cases: nothing, or one text without any delimiter (which are never letters or digits).
        if not whole or whole.isalnum() or self._is_single(whole):
            return whole if component == repetition == 1 and subcomponent < 2 else ""
        repetitions = self.repetitions(number)
        if repetition > len(repetitions):
            return ""
        written = repetitions[repetition - 1]
        if number == 2 and self.name in _HEADED:
            return written if component == 1 else ""
        return self.within(written, component, subcomponent)

    def _is_single(self, whole: str) -> bool:
        """Whether a field holds no delimiter; one that is not used (empty) counts as held."""
        marks = self.separators
        return not (marks.component in whole or marks.repetition in whole or marks.subcomponent in whole)

    def within(self, written: str, component: int, subcomponent: int = 0) -> str:
        """A component of one repetition as written; with ``subcomponent`` (from 1) only that part of it."""
        found = _nth(written, self.separators.component, component)
        return _nth(found, self.separators.subcomponent, subcomponent) if subcomponent else found

    def components(self) -> Components:
        """The whole segment split to components as written; MSH-1 and MSH-2 stay whole."""
        marks, fields = self.separators, self.fields
        part, again = marks.component, marks.repetition
        if self.is_header:
            head: Components = [((field,),) for field in fields[:3]]
            return head + [_parts(field, again, part) for field in fields[3:]]
        if not part or (again and again in self.line):
            return [_parts(field, again, part) for field in fields]
        # Most fields are empty or hold one text: a tuple of one is made in half the time of a list.
        return [
            (((field,),) if part not in field else (field.split(part),)) if field else _NOTHING
            for field in fields
        ]

    def tree(self) -> Tree:
        """The whole segment split to the last level; `join_tree` undoes it."""
        marks = self.separators
        tree: Tree = []
        for number, field in enumerate(self.fields):
            if self.name in _HEADED and number in (1, 2):
                tree.append([[[field]]])
                continue
            repetitions = [_split(written, marks.component) for written in _split(field, marks.repetition)]
            tree.append([[_split(part, marks.subcomponent) for part in parts] for parts in repetitions])
        return tree


def join_tree(tree: Tree, separators: Separators) -> str:
    """The line that `Segment.tree` was made from."""
    marks = separators
    fields = []
    for repetitions in tree:
        written = (marks.component.join(map(marks.subcomponent.join, parts)) for parts in repetitions)
        fields.append(marks.repetition.join(written))
    if fields[0] in _HEADED:
        del fields[1]
    return marks.field.join(fields)


class Message:
    """A message: its delimiters and segments, and between them the line ends exactly as written.

    Attributes:
        separators: the delimiters of MSH.
        segments: every segment that is not blank, envelope segments of a batch included.
        ends: line ends and blank text between segments; ``ends[0]`` precedes the first.
    """

    __slots__ = ("_by_name", "ends", "segments", "separators")

    def __init__(self, separators: Separators, segments: list[Segment], ends: list[str]) -> None:
        """Index the segments by name."""
        self.separators = separators
        self.segments = segments
        self.ends = ends
        self._by_name: dict[str, list[Segment]] = {}
        for segment in segments:
            self._by_name.setdefault(segment.name, []).append(segment)

    def all(self, name: str) -> list[Segment]:
        """The segments of this name, in order."""
        return self._by_name.get(name, [])

    def first(self, name: str) -> Segment:
        """The first segment of this name; an empty one (false, all fields empty) where it was not sent."""
        found = self._by_name.get(name)
        return found[0] if found else Segment("", self.separators)

    def get(self, path: str) -> str:
        """What stands at a place such as ``MSH-3``, ``PID-3.4``, ``PID-3(2).4.1`` or ``OBX(2)-5``, as
        written.

        Without a component number the whole field. Raises ValueError for what is no such place.
        """
        found = _PATH.fullmatch(path)
        if found is None:
            raise ValueError(f"not a place in a message: {path!r}")
        name = found[1]
        nth, number, repetition, component, subcomponent = (int(n) if n else 0 for n in found.groups()[1:])
        segments = self.all(name)[max(nth, 1) - 1 :]
        if not segments:
            return ""
        if not component:
            repetitions = segments[0].repetitions(number)
            if not repetition:
                return segments[0].field(number)
            return repetitions[repetition - 1] if repetition <= len(repetitions) else ""
        return segments[0].part(number, component, subcomponent, max(repetition, 1))

    def join(self) -> str:
        """The text that the message was read from."""
        pieces = [self.ends[0]]
        for segment, end in zip(self.segments, self.ends[1:], strict=True):
            pieces += (segment.line, end)
        return "".join(pieces)


def tokenize(text: str) -> Message:
    """Read a message; raises SenderFault NO-MSH.

    Segments end with CR, LF or CRLF, also mixed. A bare LF within a message whose MSH ends with CR does not
    end a segment unless a segment name follows: senders leave line breaks in text. A line that begins with
    nothing like a segment name, whatever ended the line before, is the rest of a broken field and stays with
    its segment: what stands behind the break (unit, status) belongs to it. Blank lines and a byte order mark
    are passed over.
    """
    header, end = find_header(text)
    separators = Separators.read(header)
    field = separators.field
    lines = _plain_lines(text, field)
    if lines:
        whole = [Segment(line, separators) for line in lines if line]
        return Message(separators, whole, ["", *["\r"] * (len(lines) - 1), *([""] if lines[-1] else [])])
    segments: list[Segment] = []
    ends = [""]
    for line, line_end in _joined_lines(_LINE_END.split(text) + [""], field, end == "\r"):
        if not segments:
            written = line.lstrip(_BEFORE)
            ends[-1] += line[: len(line) - len(written)]
            line = written
        if line[3:4] == field or line.strip(_BLANK):
            segments.append(Segment(line, separators))
            ends.append(line_end)
        else:
            ends[-1] += line + line_end
    return Message(separators, segments, ends)


def find_header(text: str) -> tuple[str, str]:
    """The MSH line and its line end; only envelope segments, blanks and a byte order mark may precede it.

    Raises SenderFault NO-MSH.
    """
    begin = 0
    while begin < len(text):
        found = _LINE_END.search(text, begin)
        stop = found.start() if found else len(text)
        line = text[begin:stop].lstrip(_BEFORE)
        if line.startswith("MSH"):
            return line, found[0] if found else ""
        if line and line[:3] not in _ENVELOPE:
            break
        begin = found.end() if found else len(text)
    mend = "Ask the sender to send whole messages."
    raise SenderFault("NO-MSH", "the message does not begin with an MSH segment", mend)


def _plain_lines(text: str, field: str) -> Sequence[str]:
    """The lines of a message as most are: MSH first, each line a segment, all ended by CR; empty where it is
    any other."""
    if "\n" in text or not text.startswith("MSH"):
        return ()
    lines = text.split("\r")
    first = lines if lines[-1] else lines[:-1]
    return lines if all(line[3:4] == field and line[:3].isupper() for line in first) else ()


def _joined_lines(pieces: list[str], field: str, ended_by_return: bool) -> Iterator[tuple[str, str]]:
    """Lines and their ends, the rest of a broken field together with what it was broken from."""
    held, held_end, header = [pieces[0]], pieces[1], True
    for line, end in zip(pieces[2::2], pieces[3::2], strict=True):
        wrapped = ended_by_return and held_end == "\n" and not _begins_segment(line, field)
        if wrapped or (not header and line.strip(_BLANK) and _continues(line, field)):
            held += (held_end, line)
        else:
            yield "".join(held), held_end
            held = [line]
            # Nobody breaks a line within MSH; what follows it is no part of it.
            header = line.lstrip(_BEFORE)[:3] in (*_HEADED, "")
        held_end = end
    yield "".join(held), held_end


def _continues(line: str, field: str) -> bool:
    """Whether a line begins with nothing like a segment name (of two to four letters)."""
    found = _ALMOST_A_NAME.match(line)
    return found is None or line[found.end() : found.end() + 1] not in (field, "")


def _begins_segment(line: str, field: str) -> bool:
    return bool(_NAME.match(line)) and line[3:4] in (field, "")


def _parts(field: str, again: str, part: str) -> Sequence[Sequence[str]]:
    return [_split(written, part) for written in _split(field, again)]


def _split(text: str, mark: str) -> list[str]:
    return text.split(mark) if mark else [text]


def _nth(text: str, mark: str, number: int) -> str:
    if not mark or mark not in text:
        return text if number == 1 else ""
    pieces = text.split(mark, number)
    return pieces[number - 1] if number <= len(pieces) else ""
