"""Tokens for a portal: the assertion is what servers check, refusals and odd answers are told apart."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from joserfc import jwt
from joserfc.jwk import KeySet

from bridges.fhir.sync import Answer, Wait
from bridges.fhir.tokens import (
    Access,
    Registration,
    SigningKey,
    Tokens,
    assertion,
    checked_url,
    public_keys,
)
from clinic_app.model.errors import EnvironmentFault

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
URL = "https://auth.example/token"
BASE = "https://portal.example/fhir"
PASSWORD = b"a passphrase"


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, password: bytes | None = None) -> bytes:
    kept = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, kept)


@cache
def curve() -> SigningKey:
    return SigningKey(pem(ec.generate_private_key(ec.SECP384R1()), PASSWORD), PASSWORD)


@cache
def other() -> SigningKey:
    return SigningKey(pem(rsa.generate_private_key(65537, 2048)))


@dataclass
class Clock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


def given(token: str = "t1", **more: object) -> Answer:
    return said({"access_token": token, "token_type": "bearer", "expires_in": 300, **more})


def said(body: object, status: int = 200, **headers: str) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


@dataclass
class House:
    """A token server that says what it was told to say, and a store that keeps what it is given."""

    answers: list[Answer]
    configuration: Answer = field(default_factory=lambda: said({"token_endpoint": URL}))
    keys: tuple[SigningKey, ...] = field(default_factory=lambda: (curve(),))
    token_url: str = URL
    clock: Clock = field(default_factory=Clock)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    looked: list[str] = field(default_factory=list)
    kept: str = ""

    async def get(self, address: str) -> Answer:
        self.looked.append(address)
        return self.configuration

    async def post(self, address: str, form: Mapping[str, str]) -> Answer:
        self.asked.append((address, form))
        return self.answers.pop(0)

    async def keep(self, text: str) -> None:
        self.kept = text

    def tokens(self) -> Tokens:
        registration = Registration("clinic-1", self.keys, token_url=self.token_url)
        return Tokens(BASE, registration, self.get, self.post, self.clock, lambda: self.kept, self.keep)

    def claims(self, number: int = -1) -> dict[str, object]:
        keys = KeySet.import_key_set(public_keys(self.keys))  # type: ignore[arg-type]
        text = self.asked[number][1]["client_assertion"]
        return dict(jwt.decode(text, keys, algorithms=["ES384", "RS384"]).claims)


def token_of(tokens: Tokens) -> str:
    return asyncio.run(tokens.current())


@pytest.mark.parametrize(("key", "algorithm"), [(curve, "ES384"), (other, "RS384")])
def test_the_assertion_says_who_for_whom_and_until_when(key: object, algorithm: str) -> None:
    found: SigningKey = key()  # type: ignore[operator]
    keys = KeySet.import_key_set(public_keys([found]))  # type: ignore[arg-type]
    read = [jwt.decode(assertion("c", URL, found, NOW), keys, algorithms=[algorithm]) for _ in range(2)]
    claims = read[0].claims
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("c", "c", URL)
    assert claims["exp"] - claims["iat"] == 240
    assert claims["iat"] == int(NOW.timestamp())
    assert read[0].claims["jti"] != read[1].claims["jti"]
    assert read[0].header == {"alg": algorithm, "typ": "JWT", "kid": keys.keys[0].kid}


def test_what_is_registered_holds_no_private_part() -> None:
    told = json.dumps(public_keys([curve(), other()]))
    assert '"d"' not in told
    assert [key["alg"] for key in json.loads(told)["keys"]] == ["ES384", "RS384"]
    assert "PRIVATE" not in repr(curve())


def public() -> bytes:
    return ec.generate_private_key(ec.SECP384R1()).public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip


@pytest.mark.parametrize(
    "broken",
    [
        lambda: SigningKey(b"rubbish"),
        lambda: SigningKey(curve().pem, b"another passphrase"),
        lambda: SigningKey(curve().pem),
        lambda: SigningKey(pem(ec.generate_private_key(ec.SECP256R1()))),
        lambda: SigningKey(pem(rsa.generate_private_key(65537, 1024))),
        lambda: SigningKey(public()),
    ],
)
def test_a_key_that_cannot_sign_is_said_to_be_one(broken: object) -> None:
    with pytest.raises(EnvironmentFault) as fault:
        broken().loaded()  # type: ignore[operator]
    assert fault.value.code == "PORTAL-KEY"


def test_a_token_is_asked_for_once_kept_and_renewed_before_it_ends() -> None:
    house = House([given("t1"), given("t2")])
    tokens = house.tokens()
    assert [token_of(tokens), token_of(tokens)] == ["t1", "t1"]
    address, form = house.asked[0]
    assert (address, form["grant_type"], form["scope"]) == (URL, "client_credentials", "system/*.rs")
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert token_of(house.tokens()) == "t1", "after a start anew the kept one is used"
    house.clock.at += timedelta(seconds=241)
    assert token_of(tokens) == "t2"
    assert house.claims(0)["jti"] != house.claims(1)["jti"]
    assert house.looked == []


def test_where_tokens_are_given_is_asked_of_the_portal() -> None:
    house = House([given(), given()], token_url="")
    tokens = house.tokens()
    assert token_of(tokens) == "t1"
    asyncio.run(tokens.renewed())
    assert house.looked == [f"{BASE}/.well-known/smart-configuration"]
    assert house.claims()["aud"] == URL


@pytest.mark.parametrize(
    "configuration",
    [
        said(b"<html>"),
        said({}),
        said([]),
        said({"token_endpoint": URL}, 404),
        said({"token_endpoint": "http://auth.example/token"}),
        said({"token_endpoint": 7}),
        said(b"[" * 100_000),
    ],
)
def test_a_portal_that_does_not_say_where_is_a_fault(configuration: Answer) -> None:
    with pytest.raises(EnvironmentFault) as fault:
        token_of(House([], configuration, token_url="").tokens())
    assert fault.value.code == "PORTAL-ANSWER"


def test_a_key_that_is_not_known_yet_is_followed_by_the_one_before_it() -> None:
    unknown = said({"error": "invalid_client"}, 401)
    house = House([unknown, given("old key's")], keys=(curve(), other()))
    assert token_of(house.tokens()) == "old key's"
    with pytest.raises(EnvironmentFault) as fault:
        token_of(House([unknown, unknown], keys=(curve(), other())).tokens())
    assert fault.value.code == "PORTAL-TOKEN"
    assert "portal-key jwks" in fault.value.mend


def test_a_clock_that_differs_is_made_good_by_the_servers_own_once() -> None:
    late = said({"error": "invalid_client"}, 400, date="Fri, 27 Nov 2026 11:30:00 GMT")
    house = House([late, given()])
    assert token_of(house.tokens()) == "t1"
    assert house.claims(0)["iat"] == int(NOW.timestamp())
    assert house.claims(1)["iat"] == int((NOW + timedelta(hours=2.5)).timestamp())
    house = House([late, late, given()])
    with pytest.raises(EnvironmentFault, match="invalid_client"):
        token_of(house.tokens())
    assert len(house.asked) == 2


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (said({"error": "invalid_scope"}, 400), "invalid_scope"),
        (said({"error": "unauthorized_client"}, 400), "unauthorized_client"),
        (said({"error": "<script>"}, 400), "no reason given"),
        (said(b"gateway", 502), "no reason given"),
        (said(b"", 302), "no reason given"),
        (said({"error": ["x"]}, 400, date="rubbish"), "no reason given"),
        (said(b"", 401), "invalid_client"),
    ],
)
def test_a_refusal_names_its_reason_and_never_the_servers_words(answer: Answer, reason: str) -> None:
    with pytest.raises(EnvironmentFault) as fault:
        token_of(House([answer]).tokens())
    assert (fault.value.code, f"({reason})" in str(fault.value)) == ("PORTAL-TOKEN", True)


def test_a_busy_token_server_is_waited_for() -> None:
    with pytest.raises(Wait) as wait:
        token_of(House([said(b"", 429, retry_after="7")]).tokens())
    assert wait.value.seconds == 7


@pytest.mark.parametrize(
    "answer",
    [
        said(b"<html>"),
        said({"token_type": "bearer"}),
        said({"access_token": "x", "token_type": "mac"}),
        said({"access_token": 7, "token_type": "bearer"}),
        said({"access_token": "line\nbreak", "token_type": "bearer"}),
        said({"access_token": "ä", "token_type": "bearer"}),
        said({"access_token": "x", "token_type": "bearer", "expires_in": "soon"}),
    ],
)
def test_what_is_no_token_is_a_fault(answer: Answer) -> None:
    with pytest.raises(EnvironmentFault) as fault:
        token_of(House([answer]).tokens())
    assert fault.value.code == "PORTAL-ANSWER"


@pytest.mark.parametrize(("told", "seconds"), [(-5, 5), (1e300, 86400), (float("nan"), 5), ("600", 600)])
def test_how_long_it_counts_has_bounds(told: object, seconds: float) -> None:
    house = House([given(expires_in=told)])
    token_of(house.tokens())
    kept = Access.of(house.kept)
    assert kept is not None
    assert kept.until == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "rubbish", "[]", '{"token": "x"}', '{"token": "x", "until": "soon"}'])
def test_what_was_kept_and_cannot_be_read_is_asked_for_anew(text: str) -> None:
    house = House([given()], kept=text)
    assert token_of(house.tokens()) == "t1"


def test_a_kept_token_whose_end_no_clock_can_mean_is_not_used() -> None:
    house = House([given("new")], kept=Access("old", NOW + timedelta(days=900)).text)
    assert token_of(house.tokens()) == "new"
    assert Access.of('{"token": "x", "until": "2026-11-27T09:00:00"}') == Access("x", NOW)
    assert "secret" not in repr(Access("secret", NOW))


@pytest.mark.parametrize("url", ["ftp://a/", "http://portal.example/token", "https://", "token", ""])
def test_tokens_are_asked_for_by_https_only(url: str) -> None:
    with pytest.raises(EnvironmentFault):
        checked_url(url)
    assert checked_url("http://127.0.0.1:1/token")


def test_without_any_key_no_token_is_asked_for() -> None:
    house = House([], keys=())
    with pytest.raises(EnvironmentFault) as fault:
        token_of(house.tokens())
    assert (fault.value.code, house.asked) == ("PORTAL-TOKEN", [])


@pytest.mark.parametrize("date", ["Fri, 27 Nov 2026 11:30:00 GMT", "Fri, 27 Nov 2026 11:30:00 -0000"])
def test_a_servers_time_without_a_zone_is_universal(date: str) -> None:
    house = House([said({"error": "invalid_grant"}, 400, date=date), given()])
    token_of(house.tokens())
    assert house.claims()["iat"] == int((NOW + timedelta(hours=2.5)).timestamp())


def test_without_a_store_the_token_lives_as_long_as_the_program() -> None:
    house = House([given()])
    tokens = Tokens(BASE, Registration("c", house.keys, token_url=URL), house.get, house.post, house.clock)
    assert [token_of(tokens), token_of(tokens)] == ["t1", "t1"]
    assert house.kept == ""


def test_a_clock_that_agrees_is_no_reason_to_ask_again() -> None:
    house = House([said({"error": "invalid_client"}, 400, date="Fri, 27 Nov 2026 09:00:20 GMT")])
    with pytest.raises(EnvironmentFault, match="invalid_client"):
        token_of(house.tokens())
    assert len(house.asked) == 1
