import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx
import pytest

from bridges.portal.app import MOST_FORM, MOST_RESOURCE, PortalApp
from bridges.portal.fhir_api import is_api
from bridges.portal.limits import FAILURES_PER_CODE
from bridges.portal.store.portal_store import PortalStore
from clinic_app.store import sqlcipher
from tests.unit.bridges.portal.house import KEY, House, make_store, read_resource, words_for


@contextmanager
def client(house: House, secure: bool = False) -> Iterator[httpx.AsyncClient]:
    app = PortalApp(house.store, house.clock, read_resource, words_for, secure)
    yield httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app, client=("10.0.0.9", 1)),
        base_url="http://portal.test:81",
        headers={"authorization": f"Bearer {house.token}"},
    )


def ask(house: House, method: str, path: str, **more: object) -> httpx.Response:
    async def run() -> httpx.Response:
        with client(house, bool(more.pop("secure", False))) as open_client:
            return await open_client.request(method, path, **more)  # type: ignore[arg-type]

    return asyncio.run(run())


def test_both_sides_answer(house: House) -> None:
    page = ask(house, "GET", "/")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert ask(house, "HEAD", "/").content == b""
    bundle = ask(house, "GET", "/fhir/Questionnaire?_count=1").json()
    assert bundle["entry"][0]["fullUrl"] == "http://portal.test:81/fhir/Questionnaire/pre-visit"
    assert ask(house, "GET", "/fhir").status_code == 404
    assert ask(house, "GET", "/fhirx").headers["content-type"].startswith("text/html")


def test_behind_https_links_say_https(house: House) -> None:
    bundle = ask(house, "GET", "/fhir/Questionnaire", secure=True).json()
    assert bundle["link"][0]["url"] == "https://portal.test:81/fhir/Questionnaire"


def test_a_strange_host_is_not_repeated(house: House) -> None:
    bundle = ask(house, "GET", "/fhir/Questionnaire", headers={"host": 'x"><b>'}).json()
    assert bundle["link"][0]["url"].startswith("http://portal.test:")


def test_the_questionnaire_is_published_once_and_again_when_it_changes(house: House) -> None:
    for _ in range(2):
        assert ask(house, "GET", "/fhir/Questionnaire/pre-visit").json()["meta"]["versionId"] == "1"
    house.store.resources.update("Questionnaire", "pre-visit", {"id": "pre-visit"}, house.clock.now())
    assert ask(house, "GET", "/fhir/Questionnaire/pre-visit").json()["meta"]["versionId"] == "3"


@pytest.mark.parametrize("name", ["portal.css", "icon.svg", "inter-regular.otf", "inter-semibold.otf"])
def test_looks_come_from_here(house: House, name: str) -> None:
    reply = ask(house, "GET", f"/static/{name}")
    assert (reply.status_code, reply.headers["x-content-type-options"]) == (200, "nosniff")
    assert len(reply.content) > 100


def test_bodies_have_a_cap(house: House) -> None:
    reply = ask(house, "POST", "/fhir/Goal", content=b"x" * (MOST_RESOURCE + 1))
    assert (reply.status_code, reply.json()["resourceType"]) == (413, "OperationOutcome")
    page = ask(house, "POST", "/visit/1", content=b"x" * (MOST_FORM + 1))
    assert page.status_code == 413
    assert "This text is too long" in page.text


def test_a_store_that_is_locked_is_said_kindly(tmp_path: Path) -> None:
    make_store(tmp_path).close()
    path = tmp_path / "portal.db"
    with PortalStore(
        sqlcipher.connect(path, KEY, busy_seconds=0.05), partial(sqlcipher.faults, path)
    ) as store:
        house = House(store)
        ask(house, "GET", "/")
        other = sqlcipher.connect(path, KEY)
        other.execute("BEGIN IMMEDIATE")
        goal = {"resourceType": "Goal", "lifecycleStatus": "active"}
        api, page = ask_both(house, goal)
        other.execute("ROLLBACK")
        other.close()
    assert (api.status_code, api.json()["issue"][0]["code"]) == (503, "transient")
    assert "STORE-LOCKED" in api.json()["issue"][0]["diagnostics"]
    assert (page.status_code, "Please try again in a moment" in page.text) == (503, True)


class BrokenClock:
    """Works until it is broken; then its failure quotes what nobody may read."""

    broken = False

    def now(self) -> datetime:
        if self.broken:
            raise ZeroDivisionError("Okafor, Maya")
        return datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_what_nobody_expected_is_an_outcome_or_a_page_without_content(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    clock = BrokenClock()
    app = PortalApp(house.store, clock, read_resource, words_for)
    clock.broken = True

    async def run() -> list[httpx.Response]:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://p.test"
        ) as ours:
            return [
                await ours.get("/fhir/metadata"),
                await ours.head("/fhir/metadata"),
                await ours.post("/", data={"code": "x"}),
            ]

    api, bare, page = asyncio.run(run())
    assert (api.status_code, bare.status_code, page.status_code) == (500, 500, 500)
    assert api.headers["content-type"].startswith("application/fhir+json")
    assert api.json()["issue"][0]["code"] == "exception"
    assert bare.content == b""
    assert page.headers["content-type"].startswith("text/html")
    assert "Okafor" not in api.text + page.text + caplog.text
    assert "ZeroDivisionError at test_app.py:" in caplog.text


def test_behind_a_proxy_the_limit_counts_the_people_not_the_proxy(house: House) -> None:
    def tried(behind_proxy: bool, who: str) -> int:
        app = PortalApp(house.store, house.clock, read_resource, words_for, behind_proxy=behind_proxy)

        async def run() -> int:
            near = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))
            async with httpx.AsyncClient(transport=near, base_url="http://p.test") as ours:
                for _ in range(FAILURES_PER_CODE):
                    await ours.post("/", data={"code": "AAAA2222"}, headers={"x-forwarded-for": "192.0.2.1"})
                last = await ours.post("/", data={"code": "AAAA2222"}, headers={"x-forwarded-for": who})
                return last.status_code

        return asyncio.run(run())

    assert tried(True, "192.0.2.2") == 403
    assert tried(True, "192.0.2.2, 192.0.2.1") == 429
    assert tried(False, "192.0.2.2") == 429


def test_a_bug_of_ours_is_an_outcome_too(tmp_path: Path) -> None:
    house = House(make_store(tmp_path))

    async def run() -> httpx.Response:
        with client(house) as open_client:
            house.store.close()
            return await open_client.get("/fhir/Goal")

    assert asyncio.run(run()).json()["issue"][0]["code"] == "exception"


def ask_both(house: House, goal: dict[str, str]) -> tuple[httpx.Response, httpx.Response]:
    async def run() -> tuple[httpx.Response, httpx.Response]:
        with client(house) as open_client:
            return await open_client.post("/fhir/Goal", json=goal), await open_client.post(
                "/", data={"code": "x"}
            )

    return asyncio.run(run())


def test_other_protocols_are_not_spoken(house: House) -> None:
    app = PortalApp(house.store, house.clock, read_resource, words_for)
    said: list[object] = []

    async def run() -> None:
        async def receive() -> dict[str, str]:
            return {"type": "http.disconnect"}

        async def send(message: object) -> None:
            said.append(message)

        await app({"type": "lifespan"}, receive, send)
        gone = {
            "type": "http",
            "method": "POST",
            "path": "/fhir/Goal",
            "query_string": b"",
            "headers": [],
            "scheme": "http",
        }
        await app(gone, receive, send)

    asyncio.run(run())
    assert said == []


def test_a_client_that_takes_the_portals_address_for_the_base_is_served(house: House) -> None:
    assert ask(house, "GET", "/Questionnaire/pre-visit").json()["resourceType"] == "Questionnaire"
    assert ask(house, "GET", "/metadata").json()["resourceType"] == "CapabilityStatement"
    assert ask(house, "GET", "/Practitioner").headers["content-type"].startswith("text/html")
    assert not is_api("")
