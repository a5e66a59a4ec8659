"""The sockets of the portal client: httpx, one connection pool, no redirects, a cap on what is read."""

import ssl
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

import httpx

from bridges.fhir.bundle import not_fhir
from bridges.fhir.sync import Answer
from clinic_app.model.errors import EnvironmentFault

Fetch = Callable[[str], Awaitable[Answer]]
"""Asks one address; raises EnvironmentFault PORTAL-UNREACHABLE or PORTAL-ANSWER."""
MOST_BYTES = 64 * 1024 * 1024
SECONDS = 30.0
_MEDIA = "application/fhir+json"


class HttpTransport:
    """Fetches addresses with the bearer token. Use as an async context manager."""

    def __init__(
        self,
        token: str,
        inner: httpx.AsyncBaseTransport | None = None,
        most_bytes: int = MOST_BYTES,
        verify: ssl.SSLContext | bool = True,
    ) -> None:
        """``inner`` replaces the network (tests); ``verify`` is the trust in the server's certificate."""
        self._most_bytes = most_bytes
        self._client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {token}", "Accept": _MEDIA},
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

    async def fetch(self, address: str) -> Answer:
        """GET one address."""
        try:
            async with self._client.stream("GET", address) as response:
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
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, bytes(body))
