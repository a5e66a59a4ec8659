"""What a person has sent: read back, taken back answer by answer or whole, and downloaded.

Nothing is deleted: an answer that is taken back makes an ``amended`` version without it, a whole submission
``entered-in-error``; the clinic's screen follows, and the versions before stay readable for those who must.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bridges import strict_json
from bridges.portal.forms import said
from bridges.portal.questionnaire import Item, Questionnaire, spoken, walk
from bridges.portal.store.resources import Query, ResourceStore, Stored, VersionConflict, stamp_of
from bridges.strict_json import Json
from clinic_app.model.moment import Moment
from clinic_app.model.words import Words

KIND = "QuestionnaireResponse"
TAKEN_BACK = "entered-in-error"
_MOST = 500


@dataclass(frozen=True, slots=True)
class Given:
    """One answer as it is read back: its link id, the question, the answer's words, who may see it."""

    link: str
    question: str
    answer: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """One submission.

    Attributes:
        id: of the response. day: when it was sent. taken_back: whether it no longer counts. answers: what it
        says.
    """

    id: str
    day: date | None
    taken_back: bool
    answers: Sequence[Given]


class Mine:
    """The submissions of one person."""

    def __init__(self, resources: ResourceStore, questionnaire: Questionnaire, patient: str) -> None:
        """``patient`` is the id of the person who is signed in; nobody else's records are ever touched."""
        self._resources = resources
        self._questionnaire = questionnaire
        self._patient = patient

    def all(self, language: str, words: Words) -> Sequence[Sent]:
        """All of them, the newest first."""
        sent = [self._read(stored, language, words) for stored in self._stored()]
        return sorted(sent, key=lambda one: one.day or date.min, reverse=True)

    def one(self, name: str, language: str, words: Words) -> Sent | None:
        """One of them; None where this person has sent none of this id."""
        stored = self._own(name)
        return None if stored is None else self._read(stored, language, words)

    def last(self) -> Json | None:
        """The response that was sent last and still counts; None where there is none. An older one that was
        changed since does not become the last.
        """
        resources = (strict_json.read_object(stored.body) for stored in self._stored())
        standing = [one for one in resources if one.get("status") != TAKEN_BACK]
        return max(standing, key=lambda one: (_day(one) or date.min, str(one.get("authored"))), default=None)

    def take_back(self, name: str, link: str, now: datetime) -> bool:
        """Take back one answer, or all where ``link`` is empty; False where this person has sent none of this
        id. What is taken back already stays so.
        """
        while (stored := self._own(name)) is not None:
            resource = strict_json.read_object(stored.body)
            if not _take_back(resource, link):
                return True
            with suppress(VersionConflict):  # somebody else was quicker: look again
                self._resources.update(KIND, name, resource, now, stored.version)
                return True
        return False

    def bundle(self, kinds: Sequence[str], now: datetime) -> bytes:
        """Everything that is kept of this person, as a FHIR Bundle of type ``collection``."""
        person = self._resources.read("Patient", self._patient)
        stored = [person] if person is not None else []
        for kind in kinds:
            stored += self._resources.search(Query(kind, patients=(self._patient,), count=100_000)).records
        entries = [{"resource": strict_json.read_object(one.body)} for one in stored]
        return strict_json.write(
            {"resourceType": "Bundle", "type": "collection", "timestamp": stamp_of(now), "entry": entries}
        )

    def _stored(self) -> Sequence[Stored]:
        query = Query(KIND, patients=(self._patient,), descending=True, count=_MOST)
        return self._resources.search(query).records

    def _own(self, name: str) -> Stored | None:
        found = self._resources.search(Query(KIND, ids=(name,), patients=(self._patient,), count=1))
        return found.records[0] if found.records else None

    def _read(self, stored: Stored, language: str, words: Words) -> Sent:
        resource = strict_json.read_object(stored.body)
        items = {item.link: item for item in walk(self._questionnaire.groups)}
        answers = [_given(node, items, language, words) for node in _answered(resource)]
        audiences = {one.link: one.answer for one in answers if one.link.endswith("-audience")}
        shown = [
            Given(
                one.link, one.question, one.answer, audiences.get(one.link.replace("-text", "-audience"), "")
            )
            for one in answers
            if one.link not in audiences
        ]
        return Sent(stored.id, _day(resource), resource.get("status") == TAKEN_BACK, shown)


def _given(node: Json, items: Mapping[str, Item], language: str, words: Words) -> Given:
    link = str(node.get("linkId") or "")
    item = items.get(link)
    group = next((one for one in items.values() if item in one.items and one.link.startswith("topic-")), None)
    asked = group or item
    question = spoken(asked.words, language) if asked else str(node.get("text") or link)
    answer = _listed(node.get("answer"))[0]
    coding = answer.get("valueCoding")
    if item and isinstance(coding, dict):
        chosen = next((one for one in item.choices if one.code == coding.get("code")), None)
        return Given(link, question, spoken(chosen.words, language) if chosen else str(coding.get("code")))
    return Given(link, question, said(answer, words))


def _answered(resource: Json) -> Iterator[dict[str, Any]]:
    """Every item that has an answer, wherever it stands."""
    waiting = _listed(resource.get("item"))
    while waiting:
        node = waiting.pop(0)
        if _listed(node.get("answer")):
            yield node
        waiting = _listed(node.get("item")) + waiting


def _take_back(resource: Json, link: str) -> bool:
    """Change a response so that an answer (of a topic also who may see it), or everything, is taken back;
    whether there was anything to change.
    """
    if resource.get("status") == TAKEN_BACK:
        return False
    if not link:
        resource["status"] = TAKEN_BACK
        return True
    gone = {link, link.replace("-text", "-audience")}
    found = [node for node in _answered(resource) if node.get("linkId") in gone]
    for node in found:
        del node["answer"]
    resource["status"] = "amended" if any(True for _ in _answered(resource)) else TAKEN_BACK
    return bool(found)


def _listed(value: object) -> list[dict[str, Any]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _day(resource: Json) -> date | None:
    text = resource.get("authored")
    try:
        return Moment(text).day if isinstance(text, str) else None
    except ValueError:
        return None
