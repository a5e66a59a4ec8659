"""History from before the first day, as CSV: each row becomes the message that an EHR would have sent.

So a row passes the same units, limits, codes, dates and rules of identity as every other message. An entry is
the header line and one row, as they stand in the file. The columns are documented in docs/load.md.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bridges.hl7 import escapes
from bridges.hl7.profile import Code, SiteProfile
from bridges.hl7.reading import Texts
from bridges.hl7.tokenizer import Separators, tokenize
from bridges.hl7.translate import of_type
from clinic_app.model.entries import Finding, Hold, Translation
from clinic_app.model.errors import SenderFault

MARKS = Separators()
PREFIX = "CSV^"
"""Beginning of the type of an entry that is a row."""

_COMMON = ("mrn", "authority", "birth_date", "status", "id", "author", "note", "recorded")
_SERIES: dict[str, dict[str, str]] = {
    "spirometry": {
        "fev1": "L",
        "fvc": "L",
        "fev1_fvc": "",
        "fef25_75": "L/s",
        "fev1_post": "L",
        "fvc_post": "L",
    },
    "growth": {"weight": "kg", "height": "cm"},
}
"""Series of each measuring table, with the unit that a value has unless its own column names another."""
COLUMNS: dict[str, tuple[str, ...]] = {
    **{
        kind: (*_COMMON, "date", *series, *(f"{name}_unit" for name in series))
        for kind, series in _SERIES.items()
    },
    "cultures": (*_COMMON, "date", "specimen", "organism"),
    "medicines": (*_COMMON, "name", "code", "code_system", "dose", "route", "start", "end"),
    "diagnoses": (*_COMMON, "name", "code", "code_system", "start", "end"),
}
"""Columns of each table; every other one must begin with ``x_``, and counts for nothing."""
NEEDED: dict[str, tuple[str, ...]] = {
    "spirometry": ("mrn", "date"),
    "growth": ("mrn", "date"),
    "cultures": ("mrn", "date", "specimen", "organism"),
    "medicines": ("mrn", "name"),
    "diagnoses": ("mrn", "name"),
}
_STATUSES = {"": "F", "final": "F", "f": "F", "corrected": "C", "c": "C", "deleted": "D", "d": "D"}
_MEND = "Correct the row in the file, and load the file again."
_DELIMITERS = ",;\t"
_PLACE = re.compile(r"\b(OBX|OBR|ORC|RXE|TQ1|PID|PRB)(?:\[(\d+)\])?-(\d+)(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Row:
    """A row as an entry: its number in the file (from 1, of its first line) and its bytes with the header."""

    line: int
    raw: bytes


def kind_of(name: str) -> str:
    """The table that a file of this name holds, by how the name begins; empty where it is none of them."""
    plain = name.casefold()
    return next((kind for kind in COLUMNS if plain.startswith(kind)), "") if plain.endswith(".csv") else ""


def rows_of(raw: bytes, kind: str) -> tuple[Row, ...]:
    """The rows of a table. Raises SenderFault LOAD-COLUMNS where the header is not the documented one."""
    # Latin-1 keeps every byte; commas, quotation marks and line ends are the same in all character sets here.
    lines = raw.removeprefix(b"\xef\xbb\xbf").decode("latin-1").splitlines(keepends=True)
    if not lines:
        raise _columns("it is empty")
    header = lines[0]
    _check_header(_cells(header, _delimiter(header)), kind)
    found = []
    for first, text in _records(lines[1:]):
        if text.strip("\r\n\t ,;"):
            found.append(Row(first + 1, (header.rstrip("\r\n") + "\n" + text).encode("latin-1")))
    return tuple(found)


def translate_row(raw: bytes, kind: str, profile: SiteProfile) -> tuple[Translation, bytes]:
    """What a row means, and the message that was made of it (empty where none could be made); never fails."""
    try:
        cells, delimiter, findings = _read(raw, kind)
        message = _MAKERS[kind](cells, kind, profile)
    except SenderFault as fault:
        return Translation(None, holds=(Hold(fault.code, fault.what, fault.mend),)), b""
    # Such files come from where a comma is the decimal mark.
    own = profile if delimiter == "," else replace(profile, decimal_comma=True)
    texts = Texts(tokenize(message), own, "utf-8")
    said = of_type(_TYPES[kind], texts, findings)
    columns = _value_columns(cells, kind)
    return _in_words_of_the_table(said, columns), message.encode()


def _records(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Rows with the number of their first line (the header is line 1); a quoted cell may hold line ends."""
    text, first = "", 0
    for number, line in enumerate(lines, 1):
        text, first = text + line, first or number
        if text.count('"') % 2 == 0:
            yield first, text
            text, first = "", 0
    if text:
        yield first, text


def _delimiter(header: str) -> str:
    return max(_DELIMITERS, key=header.count)


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for row in csv.reader([text], delimiter=delimiter, strict=True) for cell in row]
    except csv.Error as error:
        raise SenderFault("UNREADABLE-ROW", "the row is not CSV", _MEND) from error


def _check_header(names: Sequence[str], kind: str) -> None:
    plain = [name.casefold() for name in names]
    unknown = [name for name in plain if name not in COLUMNS[kind] and not name.startswith("x_")]
    if unknown:
        shown = ", ".join(repr(name[:40]) for name in unknown[:3])
        raise _columns(f"it has columns that a table of {kind} does not have ({shown})")
    if missing := [name for name in NEEDED[kind] if name not in plain]:
        raise _columns(f"it lacks the column {missing[0]!r}")
    if len(set(plain)) < len(plain):
        raise _columns("a column stands in it twice")


def _columns(what: str) -> SenderFault:
    mend = "See docs/load.md for the columns; put x_ before the name of one that is not to be loaded."
    return SenderFault("LOAD-COLUMNS", f"line 1: {what}", mend)


def _read(raw: bytes, kind: str) -> tuple[Mapping[str, str], str, tuple[Finding, ...]]:
    """Cells by column, and the delimiter."""
    findings: tuple[Finding, ...] = ()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
        findings = (Finding("CHARSET-GUESSED", "the row is not UTF-8; it was read as Windows-1252"),)
    header, _, row = text.partition("\n")
    delimiter = _delimiter(header)
    names = [name.casefold() for name in _cells(header, delimiter)]
    values = _row_cells(row, delimiter)
    if len(values) > len(names):
        raise SenderFault("UNREADABLE-ROW", "the row has more cells than the header has columns", _MEND)
    values += [""] * (len(names) - len(values))
    cells = dict(zip(names, values, strict=True))
    for name in NEEDED[kind]:
        if not cells[name]:
            raise SenderFault("UNREADABLE-ROW", f"the column {name} is empty", _MEND)
    if cells.get("status", "").casefold() not in _STATUSES:
        raise SenderFault("UNKNOWN-STATUS", "the column status is none of final, corrected, deleted", _MEND)
    if _STATUSES[cells.get("status", "").casefold()] != "F" and not cells.get("id"):
        raise SenderFault("UNREADABLE-ROW", "a row that corrects another needs the column id in both", _MEND)
    return cells, delimiter, findings


def _row_cells(row: str, delimiter: str) -> list[str]:
    try:
        (values,) = csv.reader(row.splitlines(keepends=True), delimiter=delimiter, strict=True)
    except (csv.Error, ValueError) as error:
        raise SenderFault("UNREADABLE-ROW", "the row is not CSV", _MEND) from error
    return [value.strip() for value in values]


def _head(cells: Mapping[str, str], kind: str, when: str) -> list[str]:
    """MSH and PID. MSH-4 stays empty, so that only the row or the profile says who vouches for the number."""
    person = "^".join((_text(cells["mrn"]), "", "", _text(cells.get("authority", ""))))
    sent = _text(cells.get("recorded", "") or when)
    msh = f"MSH|^~\\&|CSV|||CLINIC|{sent}||{_TYPES[kind]}|{kind}|P|2.5.1"
    return [msh, f"PID|1||{person}||||{_text(cells.get('birth_date', ''))}"]


def _observations(cells: Mapping[str, str], kind: str, profile: SiteProfile) -> str:
    when, status = _text(cells["date"]), _STATUSES[cells.get("status", "").casefold()]
    lines = [*_head(cells, kind, cells["date"]), f"OBR|1||{_order(cells, kind)}|{kind}|||{when}"]
    for number, series in enumerate(_value_columns(cells, kind), 1):
        system, code = _code_of(profile, series)
        unit = cells.get(f"{series}_unit", "") or _SERIES[kind][series]
        coded = "^".join(map(_text, (code, series, system)))
        value = _text(cells[series])
        start = f"OBX|{number}|NM|{coded}|{_apart(cells, f'{cells[series]} {unit}')}"
        lines.append(f"{start}|{value}|{_text(unit)}|||||{status}|||{when}||{_author(cells)}")
        lines += _note(cells)
    return _joined(lines)


def _culture(cells: Mapping[str, str], kind: str, profile: SiteProfile) -> str:
    when, status = _text(cells["date"]), _STATUSES[cells.get("status", "").casefold()]
    system, code = _culture_code(profile)
    words, coded = cells["organism"], "^".join(map(_text, (code, "culture", system)))
    apart = _text(f"{cells['specimen']} {words}".casefold())
    obx = f"OBX|1|ST|{coded}|{apart}|{_text(words)}||||||{status}|||{when}"
    lines = [*_head(cells, kind, cells["date"]), f"OBR|1||{_order(cells, kind)}|{coded}|||{when}"]
    return _joined([*lines, f"SPM|1|||{_text(cells['specimen'])}", f"{obx}||{_author(cells)}", *_note(cells)])


def _medicine(cells: Mapping[str, str], kind: str, profile: SiteProfile) -> str:
    """A run of a medicine; one with an end was stopped then, and takes the place of the same run without."""
    start, end = cells.get("start", ""), cells.get("end", "")
    control = "DC" if end else "NW"
    named = cells.get("id", "") or f"{cells['name'].casefold()} {start} {cells.get('dose', '')}"
    order = "^".join(map(_text, (f"load {named}", "")))
    coded = "^".join(map(_text, (cells.get("code", ""), cells["name"], cells.get("code_system", ""))))
    orc = f"ORC|{control}|{order}|||||||||||{'^' + _author(cells) if _author(cells) else ''}|||{_text(end)}"
    return _joined(
        [
            *_head(cells, kind, end or start),
            orc,
            f"RXE||{coded}|||||{_text(cells.get('dose', ''))}",
            f"RXR|{_text(cells.get('route', ''))}",
            f"TQ1|1||||||{_text(start)}|{_text(end)}",
        ]
    )


def _diagnosis(cells: Mapping[str, str], kind: str, profile: SiteProfile) -> str:
    """PRB-4 is the number of the problem, PRB-7 when it was established, PRB-9 when it ended."""
    start, end = cells.get("start", ""), cells.get("end", "")
    coded = "^".join(map(_text, (cells.get("code", ""), cells["name"], cells.get("code_system", ""))))
    action = "DE" if _STATUSES[cells.get("status", "").casefold()] == "D" else "AD"
    number = _text(cells.get("id", ""))
    prb = f"PRB|{action}||{coded}|{number}|||{_text(start)}||{_text(end)}"
    return _joined([*_head(cells, kind, end or start), prb])


_MAKERS = {
    "spirometry": _observations,
    "growth": _observations,
    "cultures": _culture,
    "medicines": _medicine,
    "diagnoses": _diagnosis,
}
_TYPES = {
    "spirometry": "ORU^R01",
    "growth": "ORU^R01",
    "cultures": "ORU^R01",
    "medicines": "RDE^O11",
    "diagnoses": "PPR^PC1",
}


def _value_columns(cells: Mapping[str, str], kind: str) -> tuple[str, ...]:
    """The columns with a value, in the order of the observations made of them."""
    return tuple(series for series in _SERIES.get(kind, {}) if cells.get(series))


def _order(cells: Mapping[str, str], kind: str) -> str:
    """What names the test: its own number, by which a corrected row meets the former, else its day."""
    return _text(f"load {kind} {cells.get('id', '') or cells['date']}")


def _apart(cells: Mapping[str, str], said: str) -> str:
    """Without a number of their own, rows that differ are different tests: none hides another."""
    return "" if cells.get("id") else _text(said)


def _author(cells: Mapping[str, str]) -> str:
    author = _text(cells.get("author", ""))
    return f"^{author}" if author else ""


def _note(cells: Mapping[str, str]) -> list[str]:
    return [f"NTE|1||{_text(cells['note'])}"] if cells.get("note") else []


def _code_of(profile: SiteProfile, series: str) -> Code:
    """The code by which the profile knows a series, one in use where there is one."""
    codes = [(not row.enabled, code) for code, row in profile.measurements.items() if row.series == series]
    return min(codes)[1] if codes else ("", series)


def _culture_code(profile: SiteProfile) -> Code:
    codes = [(not row.enabled, bool(row.specimen), code) for code, row in profile.cultures.items()]
    return min(codes)[2] if codes else ("", "culture")


def _text(text: str) -> str:
    return escapes.encode(" ".join(text.split()), MARKS)


def _joined(lines: Sequence[str]) -> str:
    return "".join(f"{line}\r" for line in lines)


def _in_words_of_the_table(said: Translation, columns: Sequence[str]) -> Translation:
    """Places and mends as somebody with the file in hand reads them."""

    def named(text: str) -> str:
        return _PLACE.sub(lambda found: f"column {_column(found, columns)}", text).replace("OBX[", "row [")

    holds = tuple(
        replace(hold, reason=named(hold.reason), mend=_MEND if hold.code in _OF_THE_ROW else hold.mend)
        for hold in said.holds
    )
    findings = tuple(replace(finding, text=named(finding.text)) for finding in said.findings)
    statements = tuple(
        replace(stated, position=_position(stated.position, columns)) for stated in said.statements
    )
    return replace(said, holds=holds, findings=findings, statements=statements)


_OF_THE_ROW = frozenset({"UNREADABLE-VALUE", "IMPLAUSIBLE-VALUE", "NO-PATIENT-ID", "UNKNOWN-STATUS"})


def _column(found: re.Match[str], columns: Sequence[str]) -> str:
    segment, number, field = found[1], int(found[2] or 1), found[3]
    if segment == "OBX" and field in ("5", "6", "3") and number <= len(columns):
        return columns[number - 1] + ("_unit" if field == "6" else "")
    names = {
        ("OBX", "5"): "organism",
        ("OBX", "14"): "date",
        ("OBR", "7"): "date",
        ("PID", "3"): "mrn",
        ("PID", "7"): "birth_date",
        ("TQ1", "7"): "start",
        ("TQ1", "8"): "end",
        ("ORC", "15"): "end",
        ("PRB", "7"): "start",
        ("PRB", "9"): "end",
    }
    return names.get((segment, field), "of the row")


def _position(position: str, columns: Sequence[str]) -> str:
    found = re.fullmatch(r"OBX\[(\d+)\]", position)
    if found and int(found[1]) <= len(columns):
        return f"column {columns[int(found[1]) - 1]}"
    return "row"
