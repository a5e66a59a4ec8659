"""How values are written in rows, and read back without checking again what was checked at the fence."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, func, select

from clinic_app.model.bodies import (
    Appointment,
    Body,
    ConsentDecision,
    Demographics,
    Measurement,
    from_plain,
    to_plain,
)
from clinic_app.model.entries import EntryState, Finding, InboxEntry
from clinic_app.model.facts import Fact, FactKind, FactStatus, Source, Statement
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.store import tables
from clinic_app.store.order import list_name

STATUSES = {status.rank: status for status in FactStatus}
_KINDS = {kind.value: kind for kind in FactKind}
_SOURCES = {source.value: source for source in Source}
_EMPTY = {
    "value": None,
    "day": None,
    "text": "",
    "comparator": "",
    "unit": "",
    "sent_unit": "",
    "name": "",
    "note": "",
}
_F = tables.fact.c
FACT_COLUMNS = (
    _F.id,
    _F.entry_id,
    _F.identifier_id,
    _F.kind,
    _F.code,
    _F.key,
    _F.status,
    _F.sent_at,
    _F.content_hash,
    _F.at,
    _F.source,
    _F.author,
    _F.position,
    _F.recorded_at,
    _F.profile_version,
    _F.value,
    _F.text,
    _F.comparator,
    _F.unit,
    _F.sent_unit,
    _F.name,
    _F.note,
    _F.body,
)


def time_text(when: datetime) -> str:
    """UTC ISO text of fixed width (microseconds), which sorts as the times do."""
    return when.astimezone(UTC).isoformat(timespec="microseconds")


def time_of(text: str) -> datetime:
    """The inverse of `time_text`."""
    return datetime.fromisoformat(text)


def fact_row(
    statement: Statement, identifier_id: int, entry_id: int, profile_version: str, at: str, hidden: bool
) -> dict[str, Any]:
    """The row of one statement."""
    return {
        "identifier_id": identifier_id,
        "entry_id": entry_id or None,
        "kind": statement.kind.value,
        "code": statement.code,
        "key": statement.key,
        "status": statement.status.rank,
        "sent_at": statement.sent_at,
        "content_hash": statement.content_hash,
        "at": None if statement.at is None else statement.at.text,
        "source": statement.source.value,
        "author": statement.author,
        "position": statement.position,
        "recorded_at": at,
        "profile_version": profile_version,
        "hidden": int(hidden),
        **_EMPTY,
        **_columns(statement.body),
    }


FACT_NAMES = (
    *(
        "identifier_id",
        "entry_id",
        "kind",
        "code",
        "key",
        "status",
        "sent_at",
        "content_hash",
        "at",
        "source",
    ),
    *("author", "position", "recorded_at", "profile_version", "hidden", "value", "day", "text", "comparator"),
    *("unit", "sent_unit", "name", "note", "body"),
)
"""Columns of a recorded fact, in the order of `fact_values`."""


def fact_values(
    statement: Statement, identifier_id: int, entry_id: int, profile_version: str, at: str, hidden: bool
) -> tuple[Any, ...]:
    """The values of `fact_row` in the order of `FACT_NAMES`; those of a measurement, which most are, without
    the way over names."""
    body = statement.body
    if not isinstance(body, Measurement):
        row = fact_row(statement, identifier_id, entry_id, profile_version, at, hidden)
        return tuple([row[name] for name in FACT_NAMES])
    return (
        identifier_id,
        entry_id or None,
        statement.kind.value,
        statement.code,
        statement.key,
        statement.status.rank,
        statement.sent_at,
        statement.content_hash,
        None if statement.at is None else statement.at.text,
        statement.source.value,
        statement.author,
        statement.position,
        at,
        profile_version,
        int(hidden),
        None if body.value is None else str(body.value),
        None,
        body.text,
        body.comparator,
        body.unit,
        body.sent_unit,
        body.name,
        body.note,
        None,
    )


def _columns(body: Body) -> dict[str, Any]:
    match body:
        case Measurement():
            return {
                "value": None if body.value is None else str(body.value),
                "text": body.text,
                "comparator": body.comparator,
                "unit": body.unit,
                "sent_unit": body.sent_unit,
                "name": body.name,
                "note": body.note,
                "body": None,
            }
        case Demographics():
            lifted = {"day": _moment_text(body.birth_date), "name": list_name(body), "text": body.sex}
        case Appointment():
            lifted = {"day": _moment_text(body.start), "text": body.location, "note": body.state}
        case ConsentDecision():
            lifted = {"value": "yes" if body.allowed else "no"}
        case _:
            lifted = {}
    return {**lifted, "body": json.dumps(to_plain(body), ensure_ascii=False, separators=(",", ":"))}


def _moment_text(moment: Moment | None) -> str | None:
    return None if moment is None else moment.text


def _kept_moment(text: str) -> Moment:
    """A moment that was checked when it was written; checking a thousand again is a tenth of an opening."""
    moment = object.__new__(Moment)
    object.__setattr__(moment, "text", text)
    return moment


class FactReader:
    """Makes frozen facts from rows; equal moments, times and identifiers are made once."""

    def __init__(self, names: dict[int, Identifier]) -> None:
        """``names`` says which identifier each id is."""
        self._names = names
        self._moments: dict[str | None, Moment | None] = {None: None}
        self._times: dict[str, datetime] = {}

    def read(self, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Fact]:
        """The facts of rows of `FACT_COLUMNS`."""
        return [self._fact(*row) for row in rows]

    def _moment(self, text: str | None) -> Moment | None:
        if text not in self._moments:
            self._moments[text] = _kept_moment(text or "")
        return self._moments[text]

    def _time(self, text: str) -> datetime:
        if text not in self._times:
            self._times[text] = time_of(text)
        return self._times[text]

    def _fact(
        self,
        id_: int,
        entry_id: int | None,
        identifier_id: int,
        kind: str,
        code: str,
        key: str,
        status: int,
        sent_at: str,
        content_hash: str,
        at: str | None,
        source: str,
        author: str,
        position: str,
        recorded_at: str,
        profile_version: str,
        value: str | None,
        text: str,
        comparator: str,
        unit: str,
        sent_unit: str,
        name: str,
        note: str,
        body: str | None,
    ) -> Fact:
        content: Body
        if body is None:
            number = None if value is None else Decimal(value)
            content = Measurement(number, text, comparator, unit, sent_unit, name, note)
        else:
            content = from_plain(kind, json.loads(body))
        statement = Statement(
            self._names[identifier_id],
            _KINDS[kind],
            code,
            key,
            STATUSES[status],
            sent_at,
            content_hash,
            self._moment(at),
            content,
            _SOURCES[source],
            author,
            position,
        )
        return Fact(id_, entry_id or 0, self._time(recorded_at), profile_version, statement)


def findings_text(findings: Sequence[Finding]) -> str:
    """Findings as JSON text; empty where there are none."""
    if not findings:
        return ""
    return json.dumps([[found.code, found.text] + [True] * found.held for found in findings])


_I = tables.inbox.c
ENTRY_COLUMNS = (
    _I.id,
    _I.state,
    _I.channel,
    _I.sender,
    _I.control_id,
    _I.type,
    _I.received_at,
    _I.reason,
    _I.code,
    _I.mend,
    _I.profile_version,
    _I.findings,
    _I.flag,
    func.coalesce(
        select(tables.part.c.part_of).where(tables.part.c.entry_id == _I.id).scalar_subquery(), 0
    ).label("part_of"),
)
ENTRIES = select(*ENTRY_COLUMNS)
ENTRIES_WITH_BYTES = select(*ENTRY_COLUMNS, _I.raw)


def entry_of(values: dict[str, Any]) -> InboxEntry:
    """The inbox entry of a row of `ENTRIES` or `ENTRIES_WITH_BYTES`, by the names of its columns."""
    values["state"] = EntryState(values["state"])
    values["received_at"] = time_of(values["received_at"])
    values["findings"] = tuple(Finding(*found) for found in json.loads(values["findings"] or "[]"))
    return InboxEntry(**values)
