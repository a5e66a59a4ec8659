"""A FHIR server in memory with the faults that real ones have, and an intake that remembers what it was
given."""

import json
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from bridges.fhir.sync import Answer
from clinic_app.model.entries import Landed, Received
from clinic_app.model.errors import EnvironmentFault

BASE = "https://portal.example/fhir"
START = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass
class Server:
    """Rows of one type, last update by id. ``sorts``, ``filters``: whether it obeys; ``drops``: whether its
    links forget both."""

    rows: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    sorts: bool = True
    filters: bool = True
    drops: bool = False
    asked: list[str] = field(default_factory=list)

    def put(self, name: str, seconds: float) -> None:
        version = self.rows.get(name, (0, START))[0] + 1
        self.rows[name] = (version, START + timedelta(seconds=seconds))

    async def fetch(self, address: str) -> Answer:
        self.asked.append(address)
        parts = urlsplit(address)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        found = [(name, *row) for name, row in self.rows.items()]
        found.sort(key=lambda row: row[0])
        if self.sorts and "_sort" in asked:
            found.sort(key=lambda row: (row[2], row[0]))
        since = asked.get("_lastUpdated", "")
        if since and self.filters:
            found = [row for row in found if row[2] >= datetime.fromisoformat(since[2:])]
        begin, count = int(asked.get("offset", 0)), int(asked["_count"])
        page = found[begin : begin + count]
        links = [{"relation": "self", "url": address if self.sorts else address.replace("_sort", "_x")}]
        if begin + count < len(found):
            kept = {"_count": asked["_count"]} if self.drops else asked
            links.append({"relation": "next", "url": "?" + urlencode({**kept, "offset": begin + count})})
        entries = [{"resource": resource(parts.path.rpartition("/")[2], *row)} for row in page]
        return answer({"resourceType": "Bundle", "link": links, "entry": entries})


def resource(kind: str, name: str, version: int, updated: datetime) -> dict[str, object]:
    meta = {"versionId": str(version), "lastUpdated": updated.isoformat().replace("+00:00", "Z")}
    return {"resourceType": kind, "id": name, "meta": meta}


def answer(body: object, status: int = 200, **headers: str) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


@dataclass
class Intake:
    """Lands in memory; ``broken`` makes the next submissions fail."""

    landed: list[Received] = field(default_factory=list)
    cursors: dict[str, str] = field(default_factory=dict)
    broken: int = 0
    submissions: int = 0

    def submit(
        self, received: Sequence[Received], cursor: tuple[str, str] | None = None
    ) -> "Future[Sequence[Landed]]":
        future: Future[Sequence[Landed]] = Future()
        self.submissions += 1
        if self.broken:
            self.broken -= 1
            future.set_exception(EnvironmentFault("INTAKE-FULL", "no room", "Free some."))
            return future
        receipts = []
        for one in received:
            known = any((old.control_id, old.raw) == (one.control_id, one.raw) for old in self.landed)
            if not known:
                self.landed.append(one)
            receipts.append(Landed(len(self.landed), b"", known))
        if cursor is not None:
            self.cursors[cursor[0]] = cursor[1]
        future.set_result(receipts)
        return future

    def cursor(self, name: str) -> str:
        return self.cursors.get(name, "")

    def close(self) -> None:
        """Nothing to close."""

    @property
    def names(self) -> list[str]:
        return [one.control_id for one in self.landed]


class Clock:
    def now(self) -> datetime:
        return START
