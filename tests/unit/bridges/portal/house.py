"""A portal in a temporary folder, on a real encrypted file, without a socket; and a patient's browser."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bridges import strict_json
from bridges.portal.exchange import Reply, Request
from bridges.portal.fhir_api import FhirApi
from bridges.portal.limits import SignInLimit
from bridges.portal.questionnaire import NAME, Questionnaire, read_questionnaire
from bridges.portal.render import Pages
from bridges.portal.store.portal_store import Invitation, PortalStore
from bridges.portal.web import COOKIE, WebPages
from clinic_app.model.identity import Identifier
from clinic_app.model.words import English, Words
from clinic_app.store import sqlcipher

RESOURCES = Path(__file__).parents[4] / "resources"
KEY = bytes(range(32))
MAYA = Identifier("DEMO", "1001")
BORN = date(2002, 3, 14)


class Spanish(English):
    """English sentences that say they are Spanish: shows which language a page is in."""

    language = "es"

    def __call__(self, message: str, /, **values: object) -> str:
        return "es:" + super().__call__(message, **values)


def words_for(language: str) -> Words:
    return Spanish() if language == "es" else English()


def read_resource(name: str) -> bytes:
    return (RESOURCES / name).read_bytes()


def questionnaire() -> Questionnaire:
    return read_questionnaire(read_resource(NAME))


@dataclass
class Clock:
    at: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def pass_by(self, **time: float) -> None:
        self.at += timedelta(**time)


def open_store(path: Path, key: bytes = KEY) -> PortalStore:
    return PortalStore(sqlcipher.connect(path, key), partial(sqlcipher.faults, path))


def make_store(folder: Path) -> PortalStore:
    path = folder / "portal.db"
    sqlcipher.create(path, KEY).close()
    return open_store(path)


@dataclass
class House:
    """The parts of one portal."""

    store: PortalStore
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.token = self.store.create_token("test", self.clock.now())
        self.api = FhirApi(self.store, self.clock)
        self.web = self.pages()

    def pages(self, secure: bool = False) -> WebPages:
        return WebPages(
            self.store, self.clock, Pages(read_resource, words_for), questionnaire(), SignInLimit(), secure
        )

    def invite(self, born: date = BORN, language: str = "en", who: Identifier = MAYA) -> Invitation:
        return self.store.invite(who, "Okafor, Maya", born, language, self.clock.now())

    def fhir(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        place, _, query = path.partition("?")
        raw = body if isinstance(body, bytes) else b"" if body is None else strict_json.write(body)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = [(pair.partition("=")[0], pair.partition("=")[2]) for pair in query.split("&") if pair]
        sent = {"authorization": f"Bearer {self.token}", "content-type": "application/fhir+json", **given}
        return self.api.handle(
            Request(method, f"/fhir/{place}", asked, sent, raw, "http://portal.test", "127.0.0.1")
        )


def body(reply: Reply) -> dict[str, Any]:
    return strict_json.read_object(reply.body)


@dataclass
class Patient:
    """A browser without JavaScript: keeps the cookie and the form's token, and follows where it is sent."""

    house: House
    client: str = "10.0.0.1"
    cookie: str = ""
    csrf: str = ""
    language: str = "en"
    path: str = ""

    def get(self, path: str, **headers: str) -> Reply:
        return self._follow(self._ask("GET", path, {}, headers))

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Reply:
        """Fill in the form of the page seen last and press a button."""
        return self._follow(self._ask("POST", path, {"csrf": self.csrf, **fields}, headers))

    def enter(self, code: str, born: date = BORN, **more: str) -> Reply:
        day, month, year = str(born.day), str(born.month), str(born.year)
        return self.post("/", {"code": code, "day": day, "month": month, "year": year, **more})

    def _ask(self, method: str, path: str, fields: dict[str, str], headers: dict[str, str]) -> Reply:
        place, _, query = path.partition("?")
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {
            "accept-language": self.language,
            "cookie": f"{COOKIE}={self.cookie}" if self.cookie else "",
            **given,
        }
        asked = [(pair.partition("=")[0], pair.partition("=")[2]) for pair in query.split("&") if pair]
        raw = urlencode(fields).encode() if method == "POST" else b""
        self.path = place
        return self.house.web.handle(
            Request(method, place, asked, sent, raw, "http://portal.test", self.client)
        )

    def _follow(self, reply: Reply) -> Reply:
        given = reply.headers.get("set-cookie", "")
        if given:
            self.cookie = given.partition(";")[0].partition("=")[2]
        if reply.status == 303:
            return self.get(reply.headers["location"])
        text = reply.body.decode()
        if 'name="csrf" value="' in text:
            self.csrf = text.partition('name="csrf" value="')[2].partition('"')[0]
        return reply
