import asyncio
from collections.abc import Callable

import httpx
import pytest

from bridges.fhir.sync import Answer
from bridges.fhir.transport import FixedToken, HttpTransport, authorised
from clinic_app.model.errors import EnvironmentFault


def ask(
    reply: Callable[[httpx.Request], httpx.Response], address: str = "https://p.example/x", most: int = 1000
) -> Answer:
    async def run() -> Answer:
        async with HttpTransport(httpx.MockTransport(reply), most) as transport:
            return await authorised(transport, FixedToken("secret"))(address)

    return asyncio.run(run())


def test_the_token_goes_with_each_request_and_redirects_are_not_followed() -> None:
    asked: list[httpx.Request] = []

    def reply(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(
            302, headers={"Location": "https://evil.example/", "Retry-After": "3"}, content=b"go"
        )

    found = ask(reply)
    assert (found.status, found.body, found.headers["retry-after"]) == (302, b"go", "3")
    assert [(str(r.url), r.headers["authorization"]) for r in asked] == [
        ("https://p.example/x", "Bearer secret")
    ]


def test_an_answer_without_end_is_cut() -> None:
    with pytest.raises(EnvironmentFault, match="larger than 10 bytes") as fault:
        ask(lambda request: httpx.Response(200, content=b"x" * 11), most=10)
    assert fault.value.code == "PORTAL-ANSWER"


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("no"), httpx.ReadTimeout("late"), httpx.RemoteProtocolError("odd")]
)
def test_a_portal_that_is_down_is_unreachable(error: httpx.TransportError) -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(EnvironmentFault) as fault:
        ask(reply)
    assert fault.value.code == "PORTAL-UNREACHABLE"
    assert "secret" not in str(fault.value)


def test_an_address_that_is_none_is_unreachable() -> None:
    with pytest.raises(EnvironmentFault, match="cannot be reached"):
        ask(lambda request: httpx.Response(200), "https://p.example:port/")


class Changing:
    """Gives a new token whenever it is asked for one."""

    def __init__(self, *tokens: str) -> None:
        self._tokens = list(tokens)

    async def current(self) -> str:
        return self._tokens[0]

    async def renewed(self) -> str:
        self._tokens.pop(0)
        return self._tokens[0]


@pytest.mark.parametrize(("good", "used", "status"), [("b", ["a", "b"], 200), ("c", ["a", "b"], 401)])
def test_a_token_that_is_refused_is_renewed_once(good: str, used: list[str], status: int) -> None:
    seen: list[str] = []

    def reply(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"].removeprefix("Bearer "))
        return httpx.Response(200 if seen[-1] == good else 401)

    async def run() -> Answer:
        async with HttpTransport(httpx.MockTransport(reply)) as transport:
            return await authorised(transport, Changing("a", "b", "c"))("https://p.example/x")

    assert asyncio.run(run()).status == status
    assert seen == used


def test_a_fixed_token_that_is_refused_is_not_tried_again() -> None:
    asked: list[httpx.Request] = []

    def reply(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(401)

    assert ask(reply).status == 401
    assert len(asked) == 1


def test_forms_and_open_addresses_go_without_a_token() -> None:
    asked: list[httpx.Request] = []

    def reply(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, content=b"{}")

    async def run() -> None:
        async with HttpTransport(httpx.MockTransport(reply)) as transport:
            await transport.look("https://p.example/.well-known/smart-configuration")
            await transport.post("https://p.example/token", {"scope": "system/*.rs", "x": "a&b"})

    asyncio.run(run())
    assert [(one.method, "authorization" in one.headers) for one in asked] == [
        ("GET", False),
        ("POST", False),
    ]
    assert asked[1].content == b"scope=system%2F%2A.rs&x=a%26b"
    assert asked[1].headers["content-type"] == "application/x-www-form-urlencoded"
