"""Tokens of SMART Backend Services: a signed assertion for a short-lived access token.

Source: SMART App Launch 2.2, "Backend Services" and "Client Authentication: Asymmetric"; RFC 7523
(assertion), RFC 6749 5.2 (error codes), RFC 7638 (the key's name).
"""

import json
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from bridges.fhir.sync import Answer, Wait, retry_after
from clinic_app.model.errors import EnvironmentFault
from clinic_app.ports.clock import Clock

LIFE = timedelta(minutes=4)
"""How long an assertion counts; servers refuse more than five minutes."""
EARLY = timedelta(seconds=60)
"""So long before its end a token is no longer used."""
SHORTEST = timedelta(seconds=5)
LONGEST = timedelta(hours=24)
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ALGORITHMS = ("ES384", "RS384")
_REFUSALS = frozenset(
    {
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    }
)
_CLOCKS = frozenset({"invalid_client", "invalid_grant", ""})
"""What a server says of an assertion that is too old or not valid yet."""
_LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})

Get = Callable[[str], Awaitable[Answer]]
Post = Callable[[str, Mapping[str, str]], Awaitable[Answer]]
"""Sends a form; raises EnvironmentFault PORTAL-UNREACHABLE or PORTAL-ANSWER."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key; the server knows its public half.

    Attributes:
        pem: PKCS #8 in PEM: RSA of at least 2,048 bits, or an elliptic curve P-384. password: of the PEM, if
        any.
    """

    pem: bytes = field(repr=False)
    password: bytes | None = field(default=None, repr=False)

    def loaded(self) -> ECKey | RSAKey:
        """The key for signing; raises EnvironmentFault PORTAL-KEY for one that cannot be used."""
        for kind, fits in ((ECKey, _is_p384), (RSAKey, _is_long)):
            try:
                key = kind.import_key(self.pem, password=self.password)
            except (ValueError, TypeError, JoseError):
                continue
            if key.is_private and fits(key):
                return key
        raise EnvironmentFault(
            "PORTAL-KEY",
            "a key for the portal cannot be used: it is no private key of RSA (2,048 bits or more) or P-384",
            "Make a new one with `commonground portal-key new`, and register it with the portal.",
        )


@dataclass(frozen=True, slots=True)
class Registration:
    """How this clinic is known to the portal's token server.

    Attributes:
        client_id: from the registration. scope: what is asked for. token_url: where; empty = as the portal's
        own ``.well-known/smart-configuration`` says. keys: the one in use first, then those before it.
    """

    client_id: str
    keys: Sequence[SigningKey]
    scope: str = "system/*.rs"
    token_url: str = ""


def public_keys(keys: Sequence[SigningKey]) -> dict[str, object]:
    """The public halves as a JSON Web Key Set, for registration."""
    return {"keys": [_public(key.loaded()) for key in keys]}


def assertion(client_id: str, token_url: str, key: SigningKey, now: datetime) -> str:
    """A signed assertion: who we are, for whom, until when, with a number that is never used again."""
    loaded = key.loaded()
    header = {"alg": _algorithm(loaded), "typ": "JWT", "kid": loaded.thumbprint()}
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": token_url,
        "iat": int(now.timestamp()),
        "exp": int((now + LIFE).timestamp()),
        "jti": secrets.token_urlsafe(24),
    }
    return jwt.encode(header, claims, loaded, algorithms=list(_ALGORITHMS))


@dataclass(frozen=True, slots=True)
class Access:
    """An access token and until when it is used; ``text`` is how it is kept."""

    token: str = field(repr=False)
    until: datetime

    @property
    def text(self) -> str:
        """As it is kept in the encrypted store."""
        return json.dumps({"token": self.token, "until": self.until.isoformat()})

    @classmethod
    def of(cls, text: str) -> "Access | None":
        """From what was kept; None where that is nothing, or unreadable."""
        try:
            kept = json.loads(text)
            until = datetime.fromisoformat(kept["until"])
            return cls(str(kept["token"]), until if until.tzinfo else until.replace(tzinfo=UTC))
        except (ValueError, KeyError, TypeError):
            return None


class Tokens:
    """Gives the access token that is in force, and gets a new one when it is needed.

    A key that the server does not know (yet, or any more) is followed by the one before it. A clock that
    differs from the server's is made good by the server's own time, once.
    """

    def __init__(
        self,
        base: str,
        registration: Registration,
        get: Get,
        post: Post,
        clock: Clock,
        kept: Callable[[], str] = str,
        keep: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        """``kept`` and ``keep``: the token as `Access.text`, in the encrypted store."""
        self._base = base.rstrip("/")
        self._registration = registration
        self._get, self._post = get, post
        self._clock = clock
        self._keep = keep
        self._access = None if keep is None else Access.of(kept())
        self._url = registration.token_url
        self._ahead = timedelta()

    async def current(self) -> str:
        """The token; asks for one where there is none in force. Raises EnvironmentFault PORTAL-KEY,
        PORTAL-TOKEN, PORTAL-BUSY, PORTAL-UNREACHABLE, PORTAL-ANSWER.
        """
        access = self._access
        if access is not None and self._clock.now() + EARLY < access.until <= self._clock.now() + LONGEST:
            return access.token
        return await self.renewed()

    async def renewed(self) -> str:
        """A new token, whatever is in force: the portal refused that one."""
        url = self._url or await self._discovered()
        refusal = ""
        for key in self._registration.keys:
            answer = await self._post(url, self._form(url, key))
            if answer.status != 200 and _refusal(answer) in _CLOCKS and self._corrected(answer):
                answer = await self._post(url, self._form(url, key))
            if answer.status == 200:
                return await self._taken(answer)
            refusal = _refusal(answer)
            if refusal != "invalid_client":
                break
        raise _refused(refusal)

    def _form(self, url: str, key: SigningKey) -> Mapping[str, str]:
        signed = assertion(self._registration.client_id, url, key, self._clock.now() + self._ahead)
        return {
            "grant_type": "client_credentials",
            "scope": self._registration.scope,
            "client_assertion_type": _ASSERTION,
            "client_assertion": signed,
        }

    def _corrected(self, answer: Answer) -> bool:
        """Whether the server's clock differs from what we took it for; then its own is used."""
        try:
            there = parsedate_to_datetime(answer.headers.get("date", ""))
        except (ValueError, TypeError):
            return False
        there = there if there.tzinfo else there.replace(tzinfo=UTC)
        ahead = there - self._clock.now()
        if abs(ahead - self._ahead) < timedelta(seconds=30):
            return False
        self._ahead = ahead
        return True

    async def _taken(self, answer: Answer) -> str:
        try:
            told = json.loads(answer.body)
            token, kind = told["access_token"], told["token_type"]
            seconds = float(told.get("expires_in", 300))
        except (ValueError, KeyError, TypeError, RecursionError):
            raise _no_token("is no token") from None
        if (
            not isinstance(token, str)
            or not token.isascii()
            or not token.isprintable()
            or str(kind).lower() != "bearer"
        ):
            raise _no_token("is no bearer token")
        # Not a number compares as neither: then it counts for the shortest time.
        bounded = min(seconds, LONGEST.total_seconds()) if seconds > 0 else 0.0
        life = max(timedelta(seconds=bounded), SHORTEST)
        self._access = Access(token, self._clock.now() + life)
        if self._keep is not None:
            await self._keep(self._access.text)
        return token

    async def _discovered(self) -> str:
        answer = await self._get(f"{self._base}/.well-known/smart-configuration")
        if answer.status != 200:
            raise _no_token("does not say where tokens are given (smart-configuration)")
        try:
            told = json.loads(answer.body)
            url = str(told["token_endpoint"])
        except (ValueError, KeyError, TypeError, RecursionError):
            raise _no_token("does not say where tokens are given (smart-configuration)") from None
        self._url = checked_url(url)
        return self._url


def checked_url(url: str) -> str:
    """The address of a token server; raises EnvironmentFault PORTAL-ANSWER for one that would show the
    assertion to others (plain http to another machine).
    """
    parts = urlsplit(url)
    if not parts.hostname or not (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
    ):
        raise _no_token("names no https address for tokens")
    return url


def _public(key: ECKey | RSAKey) -> dict[str, object]:
    return {
        **key.as_dict(private=False),
        "kid": key.thumbprint(),
        "alg": _algorithm(key),
        "use": "sig",
        "key_ops": ["verify"],
    }


def _algorithm(key: ECKey | RSAKey) -> str:
    return "ES384" if isinstance(key, ECKey) else "RS384"


def _is_p384(key: ECKey | RSAKey) -> bool:
    return isinstance(key, ECKey) and key.curve_name == "P-384"


def _is_long(key: ECKey | RSAKey) -> bool:
    return isinstance(key, RSAKey) and key.raw_value.key_size >= 2048


def _refusal(answer: Answer) -> str:
    """The error code of an answer that is no success, where it is one of the standard's; busy servers are
    told apart."""
    if answer.status in (429, 503):
        raise Wait(retry_after(answer), answer.status)
    try:
        code = json.loads(answer.body)["error"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return "invalid_client" if answer.status == 401 else ""
    return code if isinstance(code, str) and code in _REFUSALS else ""


def _refused(code: str) -> EnvironmentFault:
    mend = {
        "invalid_client": "Register the public keys of `commonground portal-key jwks` with the portal.",
        "invalid_scope": "Ask the portal's operator to allow the scope, or change [portal] scope.",
    }.get(code, "Compare [portal] client_id, token_url and scope with the portal's registration.")
    return EnvironmentFault("PORTAL-TOKEN", f"the portal gives no token ({code or 'no reason given'})", mend)


def _no_token(what: str) -> EnvironmentFault:
    return EnvironmentFault(
        "PORTAL-ANSWER",
        f"the portal's answer {what}",
        "Check [portal] url and token_url in commonground.toml; it is asked again by itself.",
    )
