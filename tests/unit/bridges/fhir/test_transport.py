import asyncio
from collections.abc import Callable

import httpx
import pytest

from bridges.fhir.sync import Answer
from bridges.fhir.transport import HttpTransport
from clinic_app.model.errors import EnvironmentFault


def ask(
    reply: Callable[[httpx.Request], httpx.Response], address: str = "https://p.example/x", most: int = 1000
) -> Answer:
    async def run() -> Answer:
        async with HttpTransport("secret", httpx.MockTransport(reply), most) as transport:
            return await transport.fetch(address)

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
