"""Writes a mend into the text of a site profile; whatever else stands there stays letter for letter.

The text is edited line by line, which keeps comments and order. What came out is then read, and is taken only
if it says exactly what the old text said and the mend; else the person is told which lines to write.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from bridges.hl7.mend_choices import Row, row_for, rows_of
from clinic_app.model.errors import EnvironmentFault
from clinic_app.model.mending import Concern, Mend, MendKind

_UNSAFE = re.compile("[\x7f]")


def mended(text: str, shipped: Mapping[str, str], concern: Concern, mend: Mend, signature: str) -> str:
    """The profile's text with the mend in it.

    Args:
        text: the site's profile, a valid one, with any line ends.
        shipped: texts of the profiles that it may extend.
        concern: what was held.
        mend: what was chosen.
        signature: who and when, written beside it.

    Raises EnvironmentFault PROFILE-NOT-EDITABLE with the lines to be written by hand.
    """
    own = tomllib.loads(text.removeprefix("\ufeff"))
    base = tomllib.loads(shipped.get(own.get("extends", ""), ""))
    edit = _Edit(text, own, base, signature)
    if mend.kind is MendKind.UNIT:
        edit.set_pair("units", concern.unit, mend.target)
    elif mend.kind is MendKind.SENDER:
        edit.add_to_list("accept", "senders", concern.sender)
    elif mend.kind is MendKind.IGNORE:
        edit.add_to_list("ignore", "codes", f"{concern.system} {concern.code}")
    elif mend.kind in (MendKind.MEASUREMENT, MendKind.CULTURE, MendKind.PANEL):
        edit.add_row(mend.kind.value, _row(concern, mend, rows_of(edit.text, shipped, "measurement")))
    else:
        edit.change_row(concern, mend)
    return edit.checked()


def _row(concern: Concern, mend: Mend, rows: Iterable[Row]) -> dict[str, Any]:
    """A row for a code that the profile did not have."""
    key = re.sub(r"[^a-z0-9]+", "_", f"{mend.target or mend.kind.value}_{concern.code}".casefold()).strip("_")
    row: dict[str, Any] = {
        "key": key,
        "system": concern.system,
        "code": concern.code,
        "name": concern.name or concern.code,
        "status": "site",
    }
    if mend.kind is MendKind.MEASUREMENT:
        same = (one for one in rows if (one["series"], one["unit"]) == (mend.target, mend.unit))
        like = next(same, {})
        # The unit of a bare number is left out: another laboratory may mean another one.
        row |= {"series": mend.target, "unit": mend.unit}
        row |= {part: like[part] for part in ("also", "ratio") if part in like}
    return row


class _Edit:
    """The text, and what it is to say."""

    def __init__(self, text: str, own: dict[str, Any], base: Mapping[str, Any], signature: str) -> None:
        self.text = text.removeprefix("\ufeff")
        self._mark = text[: len(text) - len(self.text)]
        self._end = "\r\n" if "\r\n" in text else "\n"
        self._base = base
        self._before = own
        self._wanted = deepcopy(own)
        self._signature = signature
        self._by_hand: list[str] = []

    def set_pair(self, table: str, key: str, value: str) -> None:
        """A pair of texts in a table."""
        self._wanted.setdefault(table, {})[key] = value
        self._put(f"[{table}]", f"{_written(key)} = {_written(value)} # {self._signature}")

    def add_to_list(self, table: str, key: str, value: str) -> None:
        """One more text in a list; one that the profile did not have begins as the list that it replaces."""
        inherited = self._base.get(table, {}).get(key, [])
        had = self._before.get(table, {}).get(key)
        self._wanted.setdefault(table, {})[key] = [value, *(inherited if had is None else had)]
        if had is None:
            self._put(f"[{table}]", f"{key} = {_written([value, *inherited])} # {self._signature}")
        else:
            self._by_hand = [f"[{table}]", f"{key} = {_written([value, *had])}"]
            self._into_list(f"[{table}]", 0, key, value)

    def add_row(self, table: str, row: Mapping[str, Any]) -> None:
        """One more row, at the end of the text."""
        whole = {**row, "source": f"workbench, {self._signature}"}
        self._wanted.setdefault(table, []).append(whole)
        self._append(f"[[{table}]]", *(f"{key} = {_written(value)}" for key, value in whole.items()))

    def change_row(self, concern: Concern, mend: Mend) -> None:
        """Confirm a row or let it take a unit: the profile's own row, else a copy of the one it replaces."""
        for table in ("measurement", "culture"):
            own = self._before.get(table, [])
            row = row_for(own, concern)
            if row is not None:
                self._change_own(table, own.index(row), mend)
                return
            row = row_for(self._base.get(table, []), concern)
            if row is not None:
                self._copy(table, {**row, **self._changes(row, mend)})
                return

    def checked(self) -> str:
        """The text, once it is certain that it says what was wanted and nothing else."""
        try:
            said = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError:
            said = {}
        if said != self._wanted:
            lines = "; ".join(self._by_hand)
            raise EnvironmentFault(
                "PROFILE-NOT-EDITABLE",
                "the profile is written in a way that is not edited from here",
                f"Write this into it by hand, then replay: {lines}",
            )
        return self._mark + self.text

    def _changes(self, row: Row, mend: Mend) -> dict[str, Any]:
        if mend.kind is MendKind.CONFIRM:
            return {"enabled": True, "confirmed": self._signature}
        if mend.kind is MendKind.ALSO:
            return {"also": [mend.target, *row.get("also", ())]}
        return {"blank_unit": mend.target}

    def _change_own(self, table: str, number: int, mend: Mend) -> None:
        row = self._wanted[table][number]
        changes = self._changes(row, mend)
        header = f"[[{table}]]"
        self._by_hand = [header, *(f"{key} = {_written(value)}" for key, value in changes.items())]
        for key, value in changes.items():
            if key == "also" and key in row:
                self._into_list(header, number, key, mend.target)
            else:
                self._set_line(header, number, key, f"{key} = {_written(value)}")
        row.update(changes)

    def _copy(self, table: str, row: dict[str, Any]) -> None:
        self._wanted.setdefault(table, []).append(row)
        lines = (f"{key} = {_written(value)}" for key, value in row.items())
        self._append(f"[[{table}]]", *lines, note=f"# As shipped, changed: {self._signature}")

    def _put(self, header: str, line: str) -> None:
        """A line into a table, below what is said of the table; into a new one where there is none."""
        self._by_hand = [header, line]
        lines = self._lines()
        start = self._header(lines, header, 0)
        if start is None:
            self._append(header, line)
            return
        at = start + 1
        while at < len(lines) and lines[at].lstrip().startswith("#"):
            at += 1
        self._insert(lines, at, line)

    def _append(self, *block: str, note: str = "") -> None:
        self._by_hand = list(block)
        said = [note, *block] if note else block
        gap = self._end if self.text and not self.text.endswith("\n") else ""
        self.text += gap + self._end + self._end.join(said) + self._end

    def _into_list(self, header: str, number: int, key: str, value: str) -> None:
        """One more text as the first of a list that stands there."""
        lines = self._lines()
        at = self._key(lines, header, number, key)
        if at is not None:
            added = lines[at].replace("[", f"[{_written(value)}, ", 1)
            lines[at] = re.sub(r", (?=\r?\n)", ",", added)
            self.text = "".join(lines)

    def _set_line(self, header: str, number: int, key: str, line: str) -> None:
        lines = self._lines()
        at = self._key(lines, header, number, key)
        if at is not None:
            lines[at] = line + self._end
            self.text = "".join(lines)
            return
        start = self._header(lines, header, number)
        if start is not None:
            self._insert(lines, start + 1, line)

    def _insert(self, lines: list[str], at: int, line: str) -> None:
        if not lines[at - 1].endswith("\n"):
            lines[at - 1] += self._end
        lines.insert(at, line + self._end)
        self.text = "".join(lines)

    def _lines(self) -> list[str]:
        return re.findall(r"[^\n]*\n|[^\n]+", self.text)

    @staticmethod
    def _header(lines: list[str], header: str, number: int) -> int | None:
        """Where the table, or the row of this number (from 0), begins."""
        marks = header.strip("[]")
        opening, closing = header[: header.index(marks)], header[header.index(marks) + len(marks) :]
        form = rf'\s*{re.escape(opening)}\s*"?{marks}"?\s*{re.escape(closing)}\s*(?:#.*)?'
        found = [at for at, line in enumerate(lines) if re.fullmatch(form, line.rstrip("\r\n"))]
        return found[number] if number < len(found) else None

    def _key(self, lines: list[str], header: str, number: int, key: str) -> int | None:
        """Where a key of that table or row stands."""
        start = self._header(lines, header, number)
        for at in range(len(lines) if start is None else start + 1, len(lines)):
            if lines[at].lstrip().startswith("["):
                return None
            if re.match(rf'\s*"?{re.escape(key)}"?\s*=', lines[at]):
                return at
        return None


def _written(value: object) -> str:
    """A value as TOML writes it; its basic strings are JSON's, but for one control character."""
    return _UNSAFE.sub(r"\\u007f", json.dumps(value, ensure_ascii=False, default=str))
