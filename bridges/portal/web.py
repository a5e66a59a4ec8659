"""The patient's pages: sign in, three short steps, look over, send. No script; every step is saved."""

import hmac
from collections.abc import Callable, Mapping
from datetime import date
from urllib.parse import parse_qsl, urlsplit

from bridges.portal import forms
from bridges.portal.exchange import Clock, Reply, Request
from bridges.portal.limits import SignInLimit
from bridges.portal.mine import Mine
from bridges.portal.my_pages import MINE, MyPages
from bridges.portal.person import birth_date_text, read_person
from bridges.portal.questionnaire import Questionnaire, spoken
from bridges.portal.render import LANGUAGES, Pages, day_in_words
from bridges.portal.store.doors import normal_code
from bridges.portal.store.portal_store import PortalStore
from bridges.portal.visit import SECURITY_HEADERS, Visit, go
from clinic_app.model.moment import Moment

COOKIE = "portal_session"
MOST_FIELDS = 100


class WebPages:
    """Answers every request that is not for the FHIR interface."""

    def __init__(
        self,
        store: PortalStore,
        clock: Clock,
        pages: Pages,
        questionnaire: Questionnaire,
        limit: SignInLimit,
        secure: bool = False,
    ) -> None:
        """``secure`` says that patients come by https: then the cookie is for https only."""
        self._store = store
        self._clock = clock
        self._pages = pages
        self._questionnaire = questionnaire
        self._limit = limit
        self._secure = secure
        self._steps = len(questionnaire.groups)
        self._mine = MyPages(store, clock, questionnaire, pages, self._signed, self.message)

    def handle(self, request: Request) -> Reply:
        """The page for one request."""
        if request.method not in ("GET", "HEAD", "POST"):
            return self.message(request, 405)
        fields = _fields(request)
        if request.method == "POST" and not _same_site(request):
            return self.message(request, 403)
        if request.path == "/":
            return self._sign_in(request, fields) if request.method == "POST" else self._front(request)
        visit = self._visit(request, fields)
        if visit is None:
            return (
                self._front(request, status=401, ended=True)
                if _known(request.path)
                else self.message(request, 404)
            )
        if request.method == "POST":
            if not hmac.compare_digest(fields.get("csrf", "").encode(), visit.csrf.encode()):
                return self.message(request, 403)
            return self._act(request, visit)
        return self._look(request, visit)

    def message(self, request: Request, status: int) -> Reply:
        """A plain page that says what is wrong: 403, 404, 405, 413, 500 or 503."""
        return self._page(request, "message.html", _language(request), {"status": status}, status)

    # Signing in and out

    def _front(
        self,
        request: Request,
        status: int = 200,
        ended: bool = False,
        problem: str = "",
        typed: Mapping[str, str] | None = None,
    ) -> Reply:
        values = {
            "problem": problem,
            "ended": ended,
            "typed": typed or {},
            "chosen": "lang" in dict(request.query),
        }
        return self._page(request, "sign_in.html", _language(request, typed), values, status)

    def _sign_in(self, request: Request, fields: Mapping[str, str]) -> Reply:
        now = self._clock.now()
        words = self._pages.words(_language(request, fields))
        code = normal_code(fields.get("code", ""))
        if self._limit.closed(request.client, code, now):
            problem = words("There were too many tries. Please wait 15 minutes, then try again.")
            return self._front(request, 429, problem=problem, typed=fields)
        token = self._store.doors.enter(code, birth_date_text(fields), self._birth_date, now)
        if token is None:
            self._limit.failed(request.client, code, now)
            problem = words(
                "This code and birth date do not open anything. Please check both. "
                "A code works once, and for 14 days. Your clinic can give you a new one."
            )
            return self._front(request, 403, problem=problem, typed=fields)
        chosen = fields.get("lang", "")
        session = self._store.doors.session(token, now)
        if session is not None and chosen in LANGUAGES and fields.get("lang_chosen"):
            self._store.doors.speak(session, chosen)
        return go("/visit/1", {"set-cookie": self._cookie(token)})

    def _birth_date(self, patient: str) -> str:
        born = read_person(self._store.resources, patient).born
        # A person without birth date can never sign in: this text is no date that can be typed.
        return "-" if born is None else born.isoformat()

    def _cookie(self, token: str, age: str = "") -> str:
        secure = "; Secure" if self._secure else ""
        return f"{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict{secure}{age}"

    def _visit(self, request: Request, fields: Mapping[str, str]) -> Visit | None:
        token = _cookie_value(request)
        session = self._store.doors.session(token, self._clock.now()) if token else None
        if session is None:
            return None
        return Visit(session, read_person(self._store.resources, session.patient), token, fields)

    # What somebody signed in sees

    def _look(self, request: Request, visit: Visit) -> Reply:
        if request.path.startswith(MINE):
            return self._mine.look(request, visit)
        if visit.session.sent:
            return self._signed(request, visit, "thanks.html", {})
        if request.path == "/saved":
            return self._signed(request, visit, "saved.html", {})
        if request.path == "/visit/check":
            return self._check_page(request, visit)
        step = _step(request.path, self._steps)
        if step:
            return self._step_page(request, visit, step)
        return self.message(request, 404) if not _known(request.path) else go("/visit/1")

    def _step_page(
        self, request: Request, visit: Visit, step: int, checks: Mapping[str, str] | None = None
    ) -> Reply:
        words = self._pages.words(visit.session.language)
        before = Mine(self._store.resources, self._questionnaire, visit.person.id).last()
        values = {
            "group": self._questionnaire.groups[step - 1],
            "step": step,
            "steps": self._steps,
            "fields": self._store.drafts.read(visit.person.id),
            "checks": checks or {},
            "last": forms.last_answers(before, words),
            "last_day": day_in_words(_authored(before), words),
            "audience": forms.preset_audience(visit.person.born, self._clock.now().date()),
            "scale": forms.SCALE,
        }
        return self._signed(request, visit, "step.html", values, 422 if checks else 200)

    def _check_page(self, request: Request, visit: Visit, status: int = 200) -> Reply:
        language = visit.session.language
        words = self._pages.words(language)
        fields = self._store.drafts.read(visit.person.id)
        groups = []
        for number, group in enumerate(self._questionnaire.groups, 1):
            checks = forms.check([group], fields, words)
            groups.append((number, group, forms.show(group.items, fields, language, words, checks)))
        return self._signed(request, visit, "check.html", {"groups": groups, "steps": self._steps}, status)

    def _act(self, request: Request, visit: Visit) -> Reply:
        if request.path == "/sign-out":
            self._store.doors.leave(visit.session)
            return go("/", {"set-cookie": self._cookie("", "; Max-Age=0")})
        action = visit.fields.get("action", "")
        if action.startswith("lang-") and action[5:] in LANGUAGES:
            self._store.doors.speak(visit.session, action[5:])
        if request.path.startswith(MINE):
            return self._mine.act(request, visit, action)
        if visit.session.sent:
            return go("/thanks")
        step = _step(request.path, self._steps)
        if step:
            return self._save(request, visit, step, action)
        if request.path == "/visit/send":
            return self._send(request, visit, action)
        return go(request.path) if _known(request.path) else self.message(request, 404)

    def _save(self, request: Request, visit: Visit, step: int, action: str) -> Reply:
        """Keep all that was typed, right or wrong; then go where the button says."""
        group = self._questionnaire.groups[step - 1]
        names = forms.field_names([group])
        typed = {name: visit.fields[name] for name in names if name in visit.fields}
        kept = self._store.drafts.merge(visit.person.id, typed, self._clock.now())
        if action.startswith("lang-"):
            return go(f"/visit/{step}")
        if action == "back":
            return go(f"/visit/{max(1, step - 1)}")
        if action == "stop":
            return go("/saved")
        checks = forms.check([group], kept, self._pages.words(visit.session.language))
        if checks:
            return self._step_page(request, visit, step, checks)
        return go(f"/visit/{step + 1}" if step < self._steps else "/visit/check")

    def _send(self, request: Request, visit: Visit, action: str) -> Reply:
        if action.startswith("lang-"):
            return go("/visit/check")
        fields = self._store.drafts.read(visit.person.id)
        language = visit.session.language
        words = self._pages.words(language)
        if forms.check(self._questionnaire.groups, fields, words):
            return self._check_page(request, visit, 422)
        now = self._clock.now()
        filled = forms.response(self._questionnaire, fields, visit.person.id, language, words, now)
        self._store.submit(visit.session, filled, now)
        return go("/thanks")

    def _signed(
        self, request: Request, visit: Visit, template: str, values: Mapping[str, object], status: int = 200
    ) -> Reply:
        language = visit.session.language
        words = self._pages.words(language)
        shown = {
            "person": visit.person,
            "born": day_in_words(visit.person.born, words),
            "csrf": visit.csrf,
            **values,
        }
        return self._page(request, template, language, shown, status)

    def _page(
        self, request: Request, template: str, language: str, values: Mapping[str, object], status: int
    ) -> Reply:
        spoken_in: Callable[[Mapping[str, str]], str] = lambda texts: spoken(texts, language)  # noqa: E731
        shown = {"person": None, "languages": LANGUAGES, "path": request.path, "spoken": spoken_in, **values}
        body = self._pages.page(template, language, shown)
        headers = {
            **SECURITY_HEADERS,
            "content-type": "text/html; charset=utf-8",
            "content-language": language,
        }
        if self._secure:
            headers["strict-transport-security"] = "max-age=31536000"
        return Reply(status, body, headers)


def _known(path: str) -> bool:
    return path in ("/thanks", "/saved", "/sign-out") or path.startswith(("/visit", MINE))


def _step(path: str, steps: int) -> int:
    """The number of a step's page; 0 for any other path."""
    name = path.removeprefix("/visit/")
    return int(name) if name in map(str, range(1, steps + 1)) else 0


def _fields(request: Request) -> dict[str, str]:
    """The fields of a form; line ends as the person sees them, nothing else changed. Too many fields:
    none."""
    if request.method != "POST":
        return {}
    try:
        pairs = parse_qsl(
            request.body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:
        return {}
    return {name: value.replace("\r\n", "\n").replace("\0", "") for name, value in pairs}


def _same_site(request: Request) -> bool:
    """Whether a form comes from our own pages, as far as the browser says."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin", "")
    return not origin or urlsplit(origin).netloc == urlsplit(request.base).netloc


def _cookie_value(request: Request) -> str:
    pairs = (part.partition("=") for part in request.headers.get("cookie", "").split(";"))
    return next((value.strip() for name, _, value in pairs if name.strip() == COOKIE), "")


def _language(request: Request, fields: Mapping[str, str] | None = None) -> str:
    """The language chosen on the page, else the browser's first that is spoken here, else English."""
    asked = (fields or {}).get("lang") or dict(request.query).get("lang", "")
    if asked in LANGUAGES:
        return asked
    for part in request.headers.get("accept-language", "").split(","):
        code = part.strip()[:2].lower()
        if code in LANGUAGES:
            return code
    return "en"


def _authored(resource: Mapping[str, object] | None) -> date | None:
    text = resource.get("authored") if resource else None
    try:
        return Moment(text).day if isinstance(text, str) else None
    except ValueError:
        return None
