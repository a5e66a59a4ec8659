"""Whatever is asked: no request makes a fault of ours, and every refusal of the FHIR interface says why."""

import asyncio
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import httpx
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bridges import strict_json
from bridges.portal.app import PortalApp
from bridges.portal.web import COOKIE
from tests.unit.bridges.portal.house import House, Patient, read_resource, words_for

TYPES = ("Patient", "Questionnaire", "QuestionnaireResponse", "Observation", "Goal", "Consent", "Device", "")
IDS = st.sampled_from(
    ["a", "b", "pre-visit", "A.-9", "x" * 64, "x" * 65, "%", "..", "é", "", "_history", "_search"]
)
DATES = ["ge2026", "lt2026-01-01T00:00:00Z", "eq", "2026-13", "ge2026-02-30"]
TEXTS = st.one_of(
    st.sampled_from(["", "0", "1", "-1", "9" * 30, *DATES, "Patient/a", "a,b", "|", "x|y", "json"]),
    st.text(max_size=12),
)
SEARCHED = "_id _lastUpdated _sort _count _summary patient subject identifier _page x"
KNOWN = (
    "resourceType id meta status subject patient reference item linkId answer valueString identifier value "
    "system name given birthDate lifecycleStatus provision"
)
KEYS = st.sampled_from(KNOWN.split())
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=6)),
    max_leaves=20,
)
BODIES = st.sampled_from(
    [None, None, b"", b"{", b'{"a":1,"a":2}', b"[" * 5000, b"\xff", b'{"a": NaN}', b"1" * 5000]
)
HEADERS = st.sampled_from(
    [
        ("if-match", 'W/"1"'),
        ("if-match", "x"),
        ("prefer", "return=minimal"),
        ("accept", "text/html"),
        ("content-type", "text/plain"),
        ("if-none-exist", "x=1"),
        ("host", "evil.example:1"),
        ("host", "<x>"),
        ("x-forwarded-for", "1.2.3.4, x"),
    ]
)
PAGES = (
    "/ /visit/1 /visit/3 /visit/check /visit/send /mine /mine/a /mine/consent /mine/download /saved /thanks "
    "/sign-out /static/portal.css /favicon.ico"
)
FIELDS = "code day month year lang weight weight-unit home-fev1 topic-1-text topic-1-audience care"
BUTTONS = "send next back stop decide ask:weight take-back: lang-es lang- :"
ACTIONS = st.one_of(st.sampled_from(BUTTONS.split()), TEXTS)


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@st.composite
def of_the_api(draw: st.DrawFn) -> Asked:
    kind = draw(st.sampled_from(TYPES))
    parts = [kind, *draw(st.lists(IDS, max_size=3))]
    query = urlencode(draw(st.lists(st.tuples(st.sampled_from(SEARCHED.split()), TEXTS), max_size=3)))
    resource = draw(st.dictionaries(KEYS, VALUES))
    resource |= {"resourceType": kind, "status": "completed", "lifecycleStatus": "active", "id": parts[-1]}
    text = draw(BODIES)
    body = written(draw(st.one_of(st.just(resource), VALUES))) if text is None else text
    method = draw(st.sampled_from(["GET", "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]))
    path = "/fhir/" + "/".join(quote(part) for part in parts) + ("?" + query if query else "")
    sent = body if method in ("POST", "PUT", "PATCH") else b""
    return Asked(method, path, tuple(draw(st.lists(HEADERS, max_size=2))), sent)


@st.composite
def of_the_pages(draw: st.DrawFn) -> Asked:
    fields = draw(st.dictionaries(st.sampled_from(FIELDS.split()), st.one_of(TEXTS, ACTIONS), max_size=5))
    fields["action"] = draw(ACTIONS)
    if draw(st.booleans()):
        fields["csrf"] = "CSRF"
    path = draw(st.sampled_from(PAGES.split())) + draw(
        st.sampled_from(["", "/", "?lang=es", "?lang=xx", "/x"])
    )
    body = urlencode(fields, errors="surrogatepass").encode()
    return Asked(draw(st.sampled_from(["GET", "POST", "PUT"])), path, (), body)


def written(value: object) -> bytes:
    try:
        return strict_json.write(value)
    except (ValueError, TypeError):
        return b'{"resourceType": "Goal"}'


def answered(house: House, requests: list[Asked], headers: dict[str, str], csrf: str = "") -> None:
    app = PortalApp(house.store, house.clock, read_resource, words_for)

    async def run() -> None:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://portal.test") as client:
            for one in requests:
                raw = one.body.replace(b"CSRF", csrf.encode())
                sent = {**headers, **dict(one.headers)}
                reply = await client.request(one.method, one.path, content=raw, headers=sent)
                assert reply.status_code < 500, (one, reply.text)
                # The client takes ".." out of a path before it asks.
                api = reply.request.url.path.startswith("/fhir/")
                if api and reply.status_code >= 400 and one.method != "HEAD":
                    told = strict_json.read_object(reply.content)
                    assert told["resourceType"] == "OperationOutcome", one

    asyncio.run(run())


MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@MANY
@given(requests=st.lists(of_the_api(), max_size=12))
@example(requests=[Asked("GET", "/fhir/Patient?_lastUpdated=ge2026-02-30")])
def test_no_request_to_the_fhir_interface_is_a_fault_of_ours(house: House, requests: list[Asked]) -> None:
    sent = {"authorization": f"Bearer {house.token}", "content-type": "application/fhir+json"}
    answered(house, requests, sent)


@MANY
@given(requests=st.lists(of_the_pages(), max_size=10))
def test_no_request_to_the_pages_is_a_fault_of_ours(house: House, requests: list[Asked]) -> None:
    patient = Patient(house)
    patient.enter(house.invite().code)
    sent = {"cookie": f"{COOKIE}={patient.cookie}", "content-type": "application/x-www-form-urlencoded"}
    answered(house, requests, sent, patient.csrf)
