"""A proxy before a real FHIR server that does what other servers were seen to do, and fails now and then."""

import json
import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PAGE = 7
"""A server may give less than it is asked for; so there are many pages."""
QUIRKS = (
    "plain",  # offset paging, of which rows slip while others change
    "seconds",  # last updates are shown to the second, and searched for more finely
    "unfiltered",  # _lastUpdated is passed over
    "dropped",  # the filter and the order are dropped from `next`
    "unsorted",  # _sort is passed over, and the self link says so
    "rounded",  # a search for a moment begins at the next whole second
)
Row = dict[str, Any]


@dataclass
class OddProxy:
    """Passes on what ``base`` holds, in its own way.

    Attributes:
        base: FHIR base of the real server. token: for it. quirk: one of QUIRKS.
        faults: the share of requests that fail in one of many ways.
        rounds: how often the first page of any type was asked for.
    """

    base: str
    token: str
    quirk: str
    faults: float
    chance: random.Random
    rounds: int = 0
    asked: list[str] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        """The answer to one search."""
        kind = request.path_params["kind"]
        self.asked.append(str(request.url))
        if self.chance.random() < self.faults:
            return self._fault()
        query = dict(request.query_params)
        rows = await self._rows(kind)
        return self._page(rows, query, str(request.url))

    def _page(self, rows: list[Row], query: dict[str, str], address: str) -> Response:
        offset = int(query.pop("offset", 0))
        self.rounds += not offset
        rows.sort(key=lambda row: row["id"])
        if self.quirk != "unsorted" and "_sort" in query:
            rows.sort(key=lambda row: _when(row))
        since = query.get("_lastUpdated", "")
        if since and self.quirk != "unfiltered":
            start = datetime.fromisoformat(since.removeprefix("ge"))
            if self.quirk == "rounded" and start.microsecond:
                start = start.replace(microsecond=0)
            rows = [row for row in rows if _when(row) >= start]
        page = rows[offset : offset + PAGE]
        told = {name: value for name, value in query.items() if self.quirk != "unsorted" or name != "_sort"}
        links = [{"relation": "self", "url": address.partition("?")[0] + "?" + str(httpx.QueryParams(told))}]
        if offset + PAGE < len(rows):
            kept = {"_count": query.get("_count", "20")} if self.quirk == "dropped" else query
            following = str(httpx.QueryParams({**kept, "offset": offset + PAGE}))
            links.append({"relation": "next", "url": f"{address.partition('?')[0]}?{following}"})
        entries = [{"resource": self._shown(row)} for row in page]
        return _json({"resourceType": "Bundle", "type": "searchset", "link": links, "entry": entries})

    def _shown(self, row: Row) -> Row:
        if self.quirk != "seconds":
            return row
        return {**row, "meta": {**row["meta"], "lastUpdated": row["meta"]["lastUpdated"][:19] + "Z"}}

    def _fault(self) -> Response:
        whole = json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": []})
        return self.chance.choice(
            (
                Response("gateway", 502),
                Response("", 500),
                Response("", 503, {"retry-after": "0"}),
                Response("", 429, {"retry-after": "0"}),
                Response("<html>Please sign in</html>", 200, media_type="text/html"),
                Response(whole[:-5], 200),
                Response("", 302, {"location": "https://elsewhere.example/"}),
            )
        )

    async def _rows(self, kind: str) -> list[Row]:
        headers = {"authorization": f"Bearer {self.token}"}
        async with httpx.AsyncClient(headers=headers, trust_env=False) as client:
            found = await client.get(f"{self.base}/{kind}?_count=1000&_sort=_lastUpdated")
            return [entry["resource"] for entry in found.json().get("entry", [])]


def _when(row: Row) -> datetime:
    return datetime.fromisoformat(row["meta"]["lastUpdated"])


def _json(body: Row) -> Response:
    return Response(json.dumps(body), 200, media_type="application/fhir+json")


@contextmanager
def serving(proxy: OddProxy) -> Iterator[str]:
    """The FHIR base of the proxy, on a socket of its own."""
    app = Starlette(routes=[Route("/fhir/{kind}", proxy.answer)])
    place = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", access_log=False))
    thread = threading.Thread(target=server.run, args=([place],), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{place.getsockname()[1]}/fhir"
    finally:
        server.should_exit = True
        thread.join(20)
        place.close()
