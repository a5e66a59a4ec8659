"""One request of somebody who is signed in, and what every answer to one carries."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from bridges.portal.exchange import Reply
from bridges.portal.person import Person
from bridges.portal.store.doors import Session

SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody signed in."""

    session: Session
    person: Person
    token: str
    fields: Mapping[str, str]

    @property
    def csrf(self) -> str:
        """What every form of this session carries: it cannot be known without the cookie."""
        return hmac.digest(self.token.encode(), b"form", sha256).hex()


def go(path: str, headers: Mapping[str, str] | None = None) -> Reply:
    """On to another page."""
    return Reply(303, b"", {**SECURITY_HEADERS, "location": path, **(headers or {})})
