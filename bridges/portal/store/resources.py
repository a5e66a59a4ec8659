"""FHIR resources with their versions, found by last update, patient and identifier."""

import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bridges import strict_json
from bridges.portal.store.database import Cursor, Database
from bridges.strict_json import Json

_PATIENT = re.compile(r"(?:.*/)?Patient/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?")
_COLUMNS = "kind, id, version, updated, body"
Run = Callable[..., Cursor]


class VersionConflict(Exception):
    """The resource is at another version than the writer believes."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One version of a resource; ``updated`` is an instant in UTC to the millisecond, unique and rising."""

    kind: str
    id: str
    version: int
    updated: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Query:
    """What to search for.

    Attributes:
        kind: resource type. ids, patients: any of these; empty asks for all.
        identifiers: any of these (system or None for any, value).
        since, until: bounds of the last update as (ISO text): since included, until excluded.
        outside: ranges (from, to) to leave out.
        after: the last update that the former page ended with; empty for the first page.
        descending: newest first. count: most records of the page.
    """

    kind: str
    ids: tuple[str, ...] = ()
    patients: tuple[str, ...] = ()
    identifiers: tuple[tuple[str | None, str], ...] = ()
    since: str = ""
    until: str = ""
    outside: tuple[tuple[str, str], ...] = ()
    after: str = ""
    descending: bool = False
    count: int = 50


@dataclass(frozen=True, slots=True)
class Found:
    """One page: records in order, whether there are more behind them, and how many there are in all."""

    records: Sequence[Stored]
    more: bool
    total: int


class ResourceStore:
    """Creates, updates, reads and finds resources. Nothing is ever deleted."""

    def __init__(self, database: Database) -> None:
        """Keep them in this database."""
        self._database = database

    def create(self, kind: str, resource: Json, now: datetime) -> Stored:
        """Store a new resource under an id of ours."""
        with self._database.unit() as run:
            return write_resource(run, kind, str(uuid.uuid4()), 1, resource, now)

    def update(
        self, kind: str, name: str, resource: Json, now: datetime, expected: int | None = None
    ) -> tuple[Stored, bool]:
        """Store the next version, or the first under this id; returns it, and whether it is new.

        Raises VersionConflict where ``expected`` is given and is not the present version.
        """
        with self._database.unit() as run:
            row = run("SELECT version FROM resource WHERE kind=? AND id=?", (kind, name)).fetchone()
            version = 0 if row is None else int(row[0])
            if expected is not None and expected != version:
                raise VersionConflict
            return write_resource(run, kind, name, version + 1, resource, now), row is None

    def read(self, kind: str, name: str) -> Stored | None:
        """The present version."""
        with self._database.view() as run:
            row = run(f"SELECT {_COLUMNS} FROM resource WHERE kind=? AND id=?", (kind, name)).fetchone()
        return None if row is None else Stored(*row)

    def history(self, kind: str, name: str) -> Sequence[Stored]:
        """All versions, newest first."""
        with self._database.view() as run:
            rows = run(
                f"SELECT {_COLUMNS} FROM history WHERE kind=? AND id=? ORDER BY version DESC", (kind, name)
            ).fetchall()
        return [Stored(*row) for row in rows]

    def version(self, kind: str, name: str, version: int) -> Stored | None:
        """One version."""
        with self._database.view() as run:
            row = run(
                f"SELECT {_COLUMNS} FROM history WHERE kind=? AND id=? AND version=?", (kind, name, version)
            ).fetchone()
        return None if row is None else Stored(*row)

    def search(self, query: Query) -> Found:
        """One page of what fits, by last update: stable while rows change, because each stamp is unique."""
        where, values = _conditions(query)
        order = "DESC" if query.descending else "ASC"
        beyond = f" AND updated {'<' if query.descending else '>'} ?" if query.after else ""
        with self._database.view() as run:
            counted = run(f"SELECT count(*) FROM resource WHERE {where}", values).fetchone()
            rows = run(
                f"SELECT {_COLUMNS} FROM resource WHERE {where}{beyond} ORDER BY updated {order} LIMIT ?",
                (*values, *([query.after] if query.after else []), query.count + 1),
            ).fetchall()
        records = [Stored(*row) for row in rows[: query.count]]
        return Found(records, len(rows) > query.count, 0 if counted is None else int(counted[0]))

    def latest_of(self, kind: str, patient: str) -> Stored | None:
        """The one of this patient that changed last."""
        found = self.search(Query(kind, patients=(patient,), descending=True, count=1)).records
        return found[0] if found else None


def patient_id(resource: Json) -> str:
    """Id of the patient that a resource speaks of; empty where it names none."""
    if resource.get("resourceType") == "Patient":
        return ""
    for name in ("subject", "patient"):
        reference = resource.get(name)
        text = reference.get("reference") if isinstance(reference, dict) else None
        found = _PATIENT.fullmatch(text) if isinstance(text, str) else None
        if found:
            return found[1]
    return ""


def stamp_of(when: datetime) -> str:
    """An instant in UTC to the millisecond, as FHIR writes it; such texts sort in order of time."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def write_resource(run: Run, kind: str, name: str, version: int, resource: Json, now: datetime) -> Stored:
    """Write one version inside a unit of work; its stamp is later than all before."""
    updated = _next_stamp(run, now)
    given = resource.get("meta")
    meta = {**(given if isinstance(given, dict) else {}), "versionId": str(version), "lastUpdated": updated}
    body = strict_json.write({"resourceType": kind, **resource, "id": name, "meta": meta})
    stored = Stored(kind, name, version, updated, body)
    run(
        "INSERT OR REPLACE INTO resource (kind, id, version, updated, patient, body) VALUES (?,?,?,?,?,?)",
        (kind, name, version, updated, patient_id(resource), body),
    )
    run("INSERT INTO history VALUES (?,?,?,?,?)", (kind, name, version, updated, body))
    if kind == "Patient":
        run("DELETE FROM identifier WHERE patient=?", (name,))
        for system, value in _identifiers(resource):
            run("INSERT OR IGNORE INTO identifier VALUES (?,?,?)", (name, system, value))
    return stored


def _next_stamp(run: Run, now: datetime) -> str:
    """Now, but always later than every stamp before: a reader who has come so far misses nothing."""
    row = run("SELECT max(updated) FROM resource").fetchone()
    stamp = stamp_of(now)
    if row is None or row[0] is None or stamp > row[0]:
        return stamp
    return stamp_of(datetime.fromisoformat(row[0]) + timedelta(milliseconds=1))


def _identifiers(resource: Json) -> list[tuple[str, str]]:
    found = resource.get("identifier")
    pairs = [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
    return [(str(item.get("system") or ""), str(item["value"])) for item in pairs if item.get("value")]


def _conditions(query: Query) -> tuple[str, list[str]]:
    clauses, values = ["kind=?"], [query.kind]
    for column, wanted in (("id", query.ids), ("patient", query.patients)):
        if wanted:
            clauses.append(f"{column} IN ({','.join('?' * len(wanted))})")
            values.extend(wanted)
    if query.identifiers:
        either = []
        for system, value in query.identifiers:
            either.append("value=?" if system is None else "(value=? AND system=?)")
            values.extend([value] if system is None else [value, system])
        clauses.append(f"id IN (SELECT patient FROM identifier WHERE {' OR '.join(either)})")
    if query.since:
        clauses.append("updated>=?")
        values.append(query.since)
    if query.until:
        clauses.append("updated<?")
        values.append(query.until)
    for begin, end in query.outside:
        clauses.append("NOT (updated>=? AND updated<?)")
        values.extend([begin, end])
    return " AND ".join(clauses), values
