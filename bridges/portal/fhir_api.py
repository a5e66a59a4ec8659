"""The FHIR R4 interface: metadata, read, vread, history, search, create, update. Every refusal is an
OperationOutcome."""

import re
from collections.abc import Sequence
from urllib.parse import urlencode

from bridges import strict_json
from bridges.portal.capability import TYPES, capability
from bridges.portal.exchange import FHIR_JSON, Clock, Refusal, Reply, Request, outcome
from bridges.portal.search import PAGE, page_token, read_search
from bridges.portal.store.portal_store import PortalStore
from bridges.portal.store.resources import Found, Stored, VersionConflict, stamp_of
from bridges.strict_json import Json

PREFIX = "/fhir"
_AT_ROOT = frozenset({*TYPES, "metadata"})
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_IF_MATCH = re.compile(r'(?:W/)?"(\d{1,9})"')
_STATES: dict[str, tuple[str, frozenset[str]]] = {
    "QuestionnaireResponse": (
        "status",
        frozenset({"in-progress", "completed", "amended", "entered-in-error", "stopped"}),
    ),
    "Observation": (
        "status",
        frozenset(
            [
                "registered",
                "preliminary",
                "final",
                "amended",
                "corrected",
                "cancelled",
                "entered-in-error",
                "unknown",
            ]
        ),
    ),
    "Goal": (
        "lifecycleStatus",
        frozenset(
            [
                "proposed",
                "planned",
                "accepted",
                "active",
                "on-hold",
                "completed",
                "cancelled",
                "entered-in-error",
                "rejected",
            ]
        ),
    ),
    "Consent": (
        "status",
        frozenset(["draft", "proposed", "active", "rejected", "inactive", "entered-in-error"]),
    ),
    "Questionnaire": ("status", frozenset(["draft", "active", "retired", "unknown"])),
}


def is_api(path: str) -> bool:
    """Whether a path belongs to the FHIR interface: below ``/fhir``, or named like a resource type at the
    root.

    The ready file names the portal's address alone, so a client that takes it for the FHIR base is served
    too.
    """
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return first == PREFIX[1:] or first in _AT_ROOT


class FhirApi:
    """Answers requests whose path begins with ``/fhir``."""

    def __init__(self, store: PortalStore, clock: Clock) -> None:
        """Serve what this store holds."""
        self._store = store
        self._clock = clock

    def handle(self, request: Request) -> Reply:
        """The answer to one request; refusals are answers too."""
        try:
            return self._route(request)
        except Refusal as refusal:
            return outcome(refusal)

    def _route(self, request: Request) -> Reply:
        parts = [part for part in request.path.removeprefix(PREFIX).split("/") if part]
        if parts == ["metadata"] and request.method == "GET":
            return _json(200, capability(request.base + PREFIX, stamp_of(self._clock.now())))
        self._check_token(request)
        _check_media(request)
        if not parts or parts[0] not in TYPES:
            raise Refusal(404, "not-found", "There is no such resource type here.")
        kind, rest = parts[0], parts[1:]
        if rest == ["_search"] and request.method == "POST":
            raise Refusal(405, "not-supported", "Search with GET.", {"allow": "GET"})
        if rest and not _ID.fullmatch(rest[0]):
            raise Refusal(404, "not-found", "This is not a FHIR id.")
        match (request.method, rest):
            case ("GET", []):
                return self._search(kind, request)
            case ("POST", []):
                return self._create(kind, request)
            case ("GET", [name]):
                return self._read(kind, name)
            case ("PUT", [name]):
                return self._update(kind, name, request)
            case ("GET", [name, "_history"]):
                return self._history(kind, name, request)
            case ("GET", [name, "_history", version]):
                return self._version(kind, name, version)
            case (_, [] | [_]):
                raise Refusal(405, "not-supported", "This cannot be done here.", {"allow": "GET, POST, PUT"})
            case _:
                raise Refusal(404, "not-found", "There is nothing at this address.")

    def _check_token(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not self._store.doors.token_works(token.strip()):
            raise Refusal(401, "login", "A valid bearer token is needed.", {"www-authenticate": "Bearer"})

    def _read(self, kind: str, name: str) -> Reply:
        stored = self._store.resources.read(kind, name)
        if stored is None:
            raise Refusal(404, "not-found", f"There is no {kind} with this id.")
        return _one(200, stored)

    def _version(self, kind: str, name: str, version: str) -> Reply:
        number = int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0
        stored = self._store.resources.version(kind, name, number)
        if stored is None:
            raise Refusal(404, "not-found", f"There is no such version of this {kind}.")
        return _one(200, stored)

    def _history(self, kind: str, name: str, request: Request) -> Reply:
        versions = self._store.resources.history(kind, name)
        if not versions:
            raise Refusal(404, "not-found", f"There is no {kind} with this id.")
        base = request.base + PREFIX
        links = [("self", f"{base}/{kind}/{name}/_history")]
        return _bundle("history", versions, len(versions), links, base)

    def _search(self, kind: str, request: Request) -> Reply:
        query, number_only = read_search(kind, request.query)
        found = self._store.resources.search(query)
        base = request.base + PREFIX
        if number_only:
            return _bundle(
                "searchset", (), found.total, [("self", _address(base, kind, request.query))], base
            )
        return _bundle(
            "searchset", found.records, found.total, _links(base, kind, request.query, found), base
        )

    def _create(self, kind: str, request: Request) -> Reply:
        if "if-none-exist" in request.headers:
            raise Refusal(400, "not-supported", "Conditional create is not supported; search first.")
        resource = _resource(kind, request)
        stored = self._store.resources.create(kind, resource, self._clock.now())
        return _one(201, stored, request, created=True)

    def _update(self, kind: str, name: str, request: Request) -> Reply:
        resource = _resource(kind, request)
        if resource.get("id") != name:
            raise Refusal(400, "invalid", "The resource's id is not the id of the address.")
        try:
            stored, created = self._store.resources.update(
                kind, name, resource, self._clock.now(), _expected(request)
            )
        except VersionConflict as error:
            raise Refusal(
                412, "conflict", "The resource has another version by now; read it again."
            ) from error
        return _one(201 if created else 200, stored, request, created)


def _expected(request: Request) -> int | None:
    given = request.headers.get("if-match")
    if given is None:
        return None
    found = _IF_MATCH.fullmatch(given.strip())
    if found is None:
        raise Refusal(400, "invalid", 'If-Match is not a version such as W/"3".')
    return int(found[1])


def _check_media(request: Request) -> None:
    accept = request.headers.get("accept", "")
    if accept and not any(word in accept for word in ("json", "*/*", "application/*")):
        raise Refusal(406, "not-supported", "Answers are JSON only.")
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.body and sent not in ("application/fhir+json", "application/json", "text/json", ""):
        raise Refusal(415, "not-supported", "Send application/fhir+json.")


def _resource(kind: str, request: Request) -> Json:
    try:
        resource = strict_json.read_object(request.body)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "structure", f"The body cannot be read: {error}.") from error
    if resource.get("resourceType") != kind:
        raise Refusal(400, "invalid", f"The body is not a {kind}.")
    if kind in _STATES:
        name, allowed = _STATES[kind]
        state = resource.get(name)
        if not isinstance(state, str) or state not in allowed:
            raise Refusal(422, "code-invalid", f"{kind}.{name} is missing or not one of FHIR's codes.")
    return {**resource, **_relative(resource, request.base + PREFIX + "/")}


def _relative(resource: Json, base: str) -> Json:
    """References to a patient of our own, made relative: they stay right when the portal moves."""
    found: Json = {}
    for name in ("subject", "patient"):
        reference = resource.get(name)
        text = reference.get("reference") if isinstance(reference, dict) else None
        if isinstance(reference, dict) and isinstance(text, str) and text.startswith(base):
            found[name] = {**reference, "reference": text.removeprefix(base)}
    return found


def _one(status: int, stored: Stored, request: Request | None = None, created: bool = False) -> Reply:
    headers = _headers()
    headers["etag"] = f'W/"{stored.version}"'
    body = stored.body
    if request is not None:
        if created:
            place = f"{request.base}{PREFIX}/{stored.kind}/{stored.id}/_history/{stored.version}"
            headers["location"] = place
        if "return=minimal" in request.headers.get("prefer", ""):
            body = b""
    return Reply(status, body, headers)


def _headers() -> dict[str, str]:
    return {"content-type": FHIR_JSON, "cache-control": "no-store", "x-content-type-options": "nosniff"}


def _json(status: int, resource: Json) -> Reply:
    return Reply(status, strict_json.write(resource), _headers())


def _address(base: str, kind: str, asked: Sequence[tuple[str, str]]) -> str:
    return f"{base}/{kind}" + (f"?{urlencode(asked)}" if asked else "")


def _links(base: str, kind: str, asked: Sequence[tuple[str, str]], found: Found) -> list[tuple[str, str]]:
    links = [("self", _address(base, kind, asked))]
    if found.more:
        kept = [(name, value) for name, value in asked if name != PAGE]
        kept.append((PAGE, page_token(found.records[-1].updated)))
        links.append(("next", _address(base, kind, kept)))
    return links


def _bundle(
    form: str, records: Sequence[Stored], total: int, links: Sequence[tuple[str, str]], base: str
) -> Reply:
    """A bundle put together from the stored bytes, which are not read again."""
    head = {
        "resourceType": "Bundle",
        "type": form,
        "total": total,
        "link": [{"relation": relation, "url": url} for relation, url in links],
    }
    entries = b",".join(_entry(form, stored, base) for stored in records)
    listed = b',"entry":[' + entries + b"]" if entries else b""
    return Reply(200, strict_json.write(head)[:-1] + listed + b"}", _headers())


def _entry(form: str, stored: Stored, base: str) -> bytes:
    place = strict_json.write(f"{base}/{stored.kind}/{stored.id}")
    if form == "history":
        method = "POST" if stored.version == 1 else "PUT"
        more: Json = {
            "request": {"method": method, "url": f"{stored.kind}/{stored.id}"},
            "response": {"status": "200", "etag": f'W/"{stored.version}"', "lastModified": stored.updated},
        }
    else:
        more = {"search": {"mode": "match"}}
    tail = strict_json.write(more)[1:]
    return b'{"fullUrl":' + place + b',"resource":' + stored.body + b"," + tail
