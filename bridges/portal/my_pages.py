"""The pages of a person's own data: what was sent, taking it back, what it may be used for, all as a file."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Protocol

from bridges.portal.consents import PURPOSES, Consents
from bridges.portal.exchange import Clock, Reply, Request
from bridges.portal.mine import Mine
from bridges.portal.questionnaire import Questionnaire
from bridges.portal.render import Pages, day_in_words
from bridges.portal.store.portal_store import PortalStore
from bridges.portal.visit import SECURITY_HEADERS, Visit, go

MINE = "/mine"
"""Path under which these pages are."""
CONSENT = "consent"
OWN_KINDS = ("QuestionnaireResponse", "Observation", "Goal", "Consent")
"""Types that a person gets with everything else that is kept of them."""


class Render(Protocol):
    """Makes a page for somebody who is signed in."""

    def __call__(
        self, request: Request, visit: Visit, template: str, values: Mapping[str, object], status: int = 200
    ) -> Reply:
        """The page."""
        ...


class MyPages:
    """Answers what is asked below `MINE`."""

    def __init__(
        self,
        store: PortalStore,
        clock: Clock,
        questionnaire: Questionnaire,
        pages: Pages,
        render: Render,
        refuse: Callable[[Request, int], Reply],
    ) -> None:
        """``refuse`` makes the plain page of a status."""
        self._store = store
        self._clock = clock
        self._questionnaire = questionnaire
        self._pages = pages
        self._render = render
        self._refuse = refuse

    def look(self, request: Request, visit: Visit) -> Reply:
        """What this person has sent: all of it, one submission, or everything as a file."""
        language = visit.session.language
        words, mine = self._pages.words(language), self._own(visit)
        name = request.path.removeprefix(MINE).removeprefix("/")
        if name == "download":
            headers = {
                **SECURITY_HEADERS,
                "content-type": "application/fhir+json; charset=utf-8",
                "content-disposition": 'attachment; filename="my-data.json"',
            }
            return Reply(200, mine.bundle(OWN_KINDS, self._clock.now()), headers)
        days: Callable[[date | None], str] = lambda day: day_in_words(day, words)  # noqa: E731
        if name == CONSENT:
            return self._consent_page(request, visit)
        if not name:
            values = {"sent": mine.all(language, words), "day_of": days}
            return self._render(request, visit, "mine.html", values)
        one = mine.one(name, language, words)
        if one is None:
            return self._refuse(request, 404)
        return self._render(request, visit, "mine_one.html", {"one": one, "day_of": days})

    def act(self, request: Request, visit: Visit, action: str) -> Reply:
        """Ask first, then do it: a button is soon touched by mistake."""
        name = request.path.removeprefix(MINE).removeprefix("/")
        what, _, link = action.partition(":")
        if name == CONSENT:
            return self._decide(request, visit, action)
        if what == "ask":
            return self._ask_first(request, visit, name, link)
        if what == "take-back" and ":" in action:
            done = self._own(visit).take_back(name, link, self._clock.now())
            return go(f"{MINE}/{name}") if done else self._refuse(request, 404)
        return go(request.path)

    def _consent_page(self, request: Request, visit: Visit, kept: bool = False) -> Reply:
        decided = Consents(self._store.resources, visit.person.id).read()
        return self._render(request, visit, "consent.html", {"decided": decided, "kept": kept})

    def _decide(self, request: Request, visit: Visit, action: str) -> Reply:
        if action != "decide":
            return go(request.path)
        said = {
            purpose: visit.fields[purpose] == "yes"
            for purpose in PURPOSES
            if visit.fields.get(purpose) in ("yes", "no")
        }
        Consents(self._store.resources, visit.person.id).decide(said, self._clock.now())
        return self._consent_page(request, visit, kept=True)

    def _ask_first(self, request: Request, visit: Visit, name: str, link: str) -> Reply:
        language = visit.session.language
        words = self._pages.words(language)
        one = self._own(visit).one(name, language, words)
        answer = next((given for given in one.answers if given.link == link), None) if one else None
        if one is None or one.taken_back or (link and answer is None):
            return go(request.path)
        days: Callable[[date | None], str] = lambda day: day_in_words(day, words)  # noqa: E731
        values = {"one": one, "answer": answer, "link": link, "day_of": days}
        return self._render(request, visit, "mine_ask.html", values)

    def _own(self, visit: Visit) -> Mine:
        return Mine(self._store.resources, self._questionnaire, visit.person.id)
