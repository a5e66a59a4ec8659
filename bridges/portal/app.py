"""The ASGI application: puts the FHIR interface and the pages behind one door. No store call on the event
loop."""

import logging
import re
import traceback
from functools import partial
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bridges import strict_json
from bridges.portal.addresses import client_address
from bridges.portal.exchange import Clock, Refusal, Reply, Request, outcome
from bridges.portal.fhir_api import FhirApi, is_api
from bridges.portal.limits import SignInLimit
from bridges.portal.questionnaire import NAME, read_questionnaire
from bridges.portal.render import Pages, ReadResource, WordsFor
from bridges.portal.store.portal_store import PortalStore
from bridges.portal.web import WebPages
from clinic_app.model.errors import CommonGroundError, EnvironmentFault

MOST_RESOURCE = 1024 * 1024
MOST_FORM = 64 * 1024
STATIC = {
    "/static/portal.css": ("portal/portal.css", "text/css; charset=utf-8"),
    "/static/icon.svg": ("portal/icon.svg", "image/svg+xml"),
    "/static/inter-regular.otf": ("fonts/Inter-Regular.otf", "font/otf"),
    "/static/inter-semibold.otf": ("fonts/Inter-SemiBold.otf", "font/otf"),
}
_HOST = re.compile(r"[A-Za-z0-9.\-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
_LOG = logging.getLogger(__name__)


class _TooLarge(Exception):
    """The body is larger than the cap."""


class PortalApp:
    """The ASGI application of one portal."""

    def __init__(
        self,
        store: PortalStore,
        clock: Clock,
        read: ReadResource,
        words_for: WordsFor,
        secure: bool = False,
        behind_proxy: bool = False,
    ) -> None:
        """``read`` gives shipped resources; ``secure`` says that patients come by https (a proxy in front);
        ``behind_proxy`` that a proxy on this machine names the client in X-Forwarded-For."""
        questionnaire = read_questionnaire(read(NAME))
        _publish(store, questionnaire.resource, clock)
        self._api = FhirApi(store, clock)
        self._web = WebPages(store, clock, Pages(read, words_for), questionnaire, SignInLimit(), secure)
        self._static = {path: (read(name), media) for path, (name, media) in STATIC.items()}
        self._secure = secure
        self._behind_proxy = behind_proxy
        self._guarded = ExceptionMiddleware(self._exchange, {Exception: self._bug})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One HTTP exchange; a bug of ours is answered too, as an OperationOutcome or a page."""
        if scope["type"] == "http":
            await self._guarded(scope, receive, send)

    async def _bug(self, http: HttpRequest, error: Exception) -> Response:
        """What nobody expected: kind and place go to the log, never its words, which may quote a patient."""
        *_, last = traceback.walk_tb(error.__traceback__)
        where = f"{Path(last[0].f_code.co_filename).name}:{last[1]}"
        _LOG.error("%s at %s", type(error).__name__, where)
        why = "Something went wrong here; the log says where. Look whether it was kept, then send it again."
        reply = self._failure(self._bare(http), is_api(http.scope["path"]), 500, "exception", why)
        return _response(reply, http.method)

    async def _exchange(self, scope: Scope, receive: Receive, send: Send) -> None:
        http = HttpRequest(scope, receive)
        for_api = is_api(scope["path"])
        try:
            request = await self._request(http, MOST_RESOURCE if for_api else MOST_FORM)
            reply = await run_in_threadpool(partial(self._reply, request, for_api))
        except ClientDisconnect:
            return
        except _TooLarge:
            reply = self._failure(self._bare(http), for_api, 413, "too-long", "The body is too large.")
        await _response(reply, scope["method"])(scope, receive, send)

    def _reply(self, request: Request, for_api: bool) -> Reply:
        try:
            if for_api:
                return self._api.handle(request)
            if request.path in self._static:
                body, media = self._static[request.path]
                kept = {
                    "content-type": media,
                    "cache-control": "max-age=3600",
                    "x-content-type-options": "nosniff",
                }
                return Reply(200, body, kept)
            return self._web.handle(request)
        except CommonGroundError as fault:
            _LOG.error("%s", fault.code)
            status, code = (503, "transient") if isinstance(fault, EnvironmentFault) else (500, "exception")
            return self._failure(
                request, for_api, status, code, f"{fault.code}: nothing was stored; try again."
            )

    def _failure(self, request: Request, for_api: bool, status: int, code: str, why: str) -> Reply:
        return outcome(Refusal(status, code, why)) if for_api else self._web.message(request, status)

    async def _request(self, http: HttpRequest, most: int) -> Request:
        bare = self._bare(http)
        body = bytearray()
        async for part in http.stream():
            body += part
            if len(body) > most:
                raise _TooLarge
        return Request(bare.method, bare.path, bare.query, bare.headers, bytes(body), bare.base, bare.client)

    def _bare(self, http: HttpRequest) -> Request:
        """The request without its body; the base is the address that the client used."""
        host = http.headers.get("host", "")
        server = http.scope.get("server") or ("127.0.0.1", 80)
        place = host if _HOST.fullmatch(host) else f"{server[0]}:{server[1]}"
        return Request(
            method="GET" if http.method == "HEAD" else http.method,
            path=http.scope["path"],
            query=http.query_params.multi_items(),
            headers={name.lower(): value for name, value in http.headers.items()},
            base=f"{'https' if self._secure else http.scope['scheme']}://{place}",
            client=client_address(
                http.client.host if http.client else "",
                ",".join(http.headers.getlist("x-forwarded-for")),
                self._behind_proxy,
            ),
        )


def _publish(store: PortalStore, resource: dict[str, object], clock: Clock) -> None:
    """Keep the shipped questionnaire in the store, a new version only where it has changed."""
    name = str(resource["id"])
    held = store.resources.read("Questionnaire", name)
    present = None if held is None else strict_json.read_object(held.body)
    if present is None or {key: value for key, value in present.items() if key != "meta"} != resource:
        store.resources.update("Questionnaire", name, resource, clock.now())


def _response(reply: Reply, method: str) -> Response:
    return Response(b"" if method == "HEAD" else reply.body, reply.status, dict(reply.headers))
