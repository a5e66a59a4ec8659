"""The sockets of the portal client: httpx, one connection pool, no redirects, a cap on what is read."""

import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

import httpx

from bridges.fhir.bundle import not_fhir
from bridges.fhir.sync import Answer
from clinic_app.model.errors import EnvironmentFault

Fetch = Callable[[str], Awaitable[Answer]]
"""Asks one address; raises EnvironmentFault PORTAL-UNREACHABLE or PORTAL-ANSWER."""
MOST_BYTES = 64 * 1024 * 1024
SECONDS = 30.0
_MEDIA = "application/fhir+json"


class Credentials(Protocol):
    """Gives the bearer token."""

    async def current(self) -> str:
        """The one in force."""
        ...

    async def renewed(self) -> str:
        """Another one, where the portal refused that; the same where there is no other."""
        ...


@dataclass(frozen=True, slots=True)
class FixedToken:
    """A token that the clinic was given once and for all."""

    token: str

    async def current(self) -> str:
        """The token."""
        return self.token

    async def renewed(self) -> str:
        """The token: there is no other."""
        return self.token


class HttpTransport:
    """Fetches addresses. Use as an async context manager."""

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport | None = None,
        most_bytes: int = MOST_BYTES,
        verify: ssl.SSLContext | bool = True,
    ) -> None:
        """``inner`` replaces the network (tests); ``verify`` is the trust in the server's certificate."""
        self._most_bytes = most_bytes
        self._client = httpx.AsyncClient(
            headers={"Accept": _MEDIA},
            timeout=SECONDS,
            transport=inner,
            follow_redirects=False,
            trust_env=False,
            verify=verify,
        )

    async def __aenter__(self) -> Self:
        """Open the pool."""
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        await self._client.__aexit__(kind, error, trace)

    async def fetch(self, address: str, token: str) -> Answer:
        """GET one address with a bearer token."""
        return await self._ask("GET", address, {"Authorization": f"Bearer {token}"})

    async def look(self, address: str) -> Answer:
        """GET one address that needs no token."""
        return await self._ask("GET", address, {"Accept": "application/json"})

    async def post(self, address: str, form: Mapping[str, str]) -> Answer:
        """POST a form; no token goes with it."""
        return await self._ask("POST", address, {"Accept": "application/json"}, form)

    async def _ask(
        self, method: str, address: str, headers: Mapping[str, str], form: Mapping[str, str] | None = None
    ) -> Answer:
        try:
            async with self._client.stream(method, address, headers=headers, data=form) as response:
                body = bytearray()
                async for part in response.aiter_bytes():
                    body += part
                    if len(body) > self._most_bytes:
                        raise not_fhir(f"is larger than {self._most_bytes} bytes")
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise EnvironmentFault(
                "PORTAL-UNREACHABLE",
                f"the portal cannot be reached ({type(error).__name__})",
                "Check that it runs and that its address in commonground.toml is right; "
                "it is asked again by itself.",
            ) from error
        found = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, found, bytes(body))


def authorised(transport: HttpTransport, credentials: Credentials) -> Fetch:
    """Fetches with the token in force; where the portal refuses it, once more with a new one."""

    async def fetch(address: str) -> Answer:
        token = await credentials.current()
        answer = await transport.fetch(address, token)
        if answer.status == 401:
            again = await credentials.renewed()
            if again != token:
                answer = await transport.fetch(address, again)
        return answer

    return fetch
