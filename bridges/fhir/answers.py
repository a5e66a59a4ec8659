"""QuestionnaireResponse → topics, symptoms, home measurements and worded answers.

Keys are ``QuestionnaireResponse/id/linkId``. Link ids of our own questionnaire have a fixed meaning; of any
other questionnaire, every answer is kept as words. An item that was asked and not answered is stated as an
empty answer under the same key, so that an amended response which takes an answer back replaces it.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from bridges.fhir.codes import AUDIENCE, QUESTIONNAIRE
from bridges.fhir.making import (
    Context,
    author_of,
    coding,
    digits,
    hold_of,
    patient_of,
    quantity,
    resource_name,
    version_time,
)
from bridges.fhir.reading import Spot, Unreadable
from clinic_app.model.bodies import Answer, Body, Measurement, Topic
from clinic_app.model.entries import Hold, RawEntry, Translation
from clinic_app.model.facts import FactKind, FactStatus, Source, Statement

_STATUS = {
    "completed": FactStatus.FINAL,
    "amended": FactStatus.CORRECTED,
    "entered-in-error": FactStatus.WITHDRAWN,
}
_RUNNING = frozenset({"in-progress", "stopped"})
_TOPICS = {"topic-1": 1, "topic-2": 2, "topic-3": 3}
_SYMPTOMS = {
    "symptom-overall": "symptom_overall",
    "symptom-energy": "symptom_energy",
    "symptom-cough": "symptom_cough",
    "symptom-breath": "symptom_breath",
}
_MEASURES = {"weight": "home_weight", "home-fev1": "home_fev1"}
_NOTES = {"home-fev1": "home-fev1-note"}
_WORDS = ("own-words", "home-fev1-note")
_GROUPED = tuple(f"{topic}-{part}" for topic in _TOPICS for part in ("text", "audience"))
OUR_ITEMS = (*_TOPICS, *_SYMPTOMS, *_MEASURES, *_WORDS)
"""Link ids that state something; those of a topic's text and audience stand inside its group."""
MOST_SYMPTOM = Decimal(10)


def translate_answers(root: Spot, entry: RawEntry) -> Translation:
    """What a response says; raises Unreadable where nothing of it can be used."""
    status_spot = root.at("status")
    status = status_spot.text()
    if status in _RUNNING:
        return Translation(None, ignored="IN-PROGRESS")
    if status not in _STATUS:
        raise Unreadable(status_spot.path, "is not a status of a response")
    context = _context(root, entry, _STATUS[status])
    items = dict(_items(root))
    if not _ours(root, items):
        return _collect(context, items, dict.fromkeys(items, _worded))
    readers: dict[str, Reader] = {}
    listed_all = context.status is not FactStatus.FINAL
    for name in OUR_ITEMS:
        if listed_all or name in items:
            readers[name] = _reader(name)
    return _collect(context, items, readers)


Reader = Callable[[str, Mapping[str, Spot]], tuple[FactKind, str, Body]]


def _context(root: Spot, entry: RawEntry, status: FactStatus) -> Context:
    authored = root.at("authored").moment()
    author = root.at("author")
    staff = author.at("reference").text().split("/")[-2:-1] in (["Practitioner"], ["PractitionerRole"])
    return Context(
        subject=patient_of(root.at("subject"), entry.sender),
        resource=resource_name(root),
        sent_at=version_time(root, authored),
        at=authored,
        source=Source.STAFF if staff else Source.PATIENT,
        author=author_of(author),
        status=status,
    )


def _items(parent: Spot) -> Iterator[tuple[str, Spot]]:
    """All items with their link ids, groups before their members; a repeated one gets its number."""
    seen: dict[str, int] = {}
    for name, spot in _walk(parent):
        seen[name] = seen.get(name, 0) + 1
        yield (name if seen[name] == 1 else f"{name}#{seen[name]}"), spot


def _walk(parent: Spot) -> Iterator[tuple[str, Spot]]:
    for item in parent.each("item"):
        name = item.at("linkId").text()
        if not name:
            raise Unreadable(f"{item.path}.linkId", "is missing")
        yield name, item
        yield from _walk(item)
        for answer in item.each("answer"):
            yield from _walk(answer)


def _ours(root: Spot, items: Mapping[str, Spot]) -> bool:
    """Whether the link ids have our meaning: ours is named, or none is and every link id is ours."""
    named = root.at("questionnaire").text().partition("|")[0]
    if named:
        return named == QUESTIONNAIRE or named.endswith("Questionnaire/pre-visit")
    return bool(items) and items.keys() <= {*OUR_ITEMS, *_GROUPED, "matters", "how", "numbers"}


def _collect(context: Context, items: Mapping[str, Spot], readers: Mapping[str, Reader]) -> Translation:
    statements: list[Statement] = []
    holds: list[Hold] = []
    for name, reader in readers.items():
        try:
            kind, code, body = reader(name, items)
        except Unreadable as problem:
            holds.append(hold_of(problem))
        else:
            statements.append(context.state(kind, code, name, body))
    return Translation(context.subject, statements=tuple(statements), holds=tuple(holds))


def _reader(name: str) -> Reader:
    if name in _TOPICS:
        return _topic
    if name in _SYMPTOMS:
        return _symptom
    return _measure if name in _MEASURES else _worded


def _answer(items: Mapping[str, Spot], name: str) -> Spot:
    """The first answer to an item, empty where there is none."""
    item = items.get(name)
    return Spot(None, name) if item is None else item.first("answer")


def _unanswered(name: str, items: Mapping[str, Spot]) -> tuple[FactKind, str, Body]:
    return FactKind.ANSWER, name, Answer(_question(items, name), "")


def _question(items: Mapping[str, Spot], name: str) -> str:
    item = items.get(name)
    return "" if item is None else item.at("text").text()


def _topic(name: str, items: Mapping[str, Spot]) -> tuple[FactKind, str, Body]:
    text = _answer(items, f"{name}-text").at("valueString").text()
    if not text.strip():
        return _unanswered(name, items)
    audience = coding(_answer(items, f"{name}-audience").at("valueCoding"))
    # Shared only where the patient chose so: anything else stays between the patient and the clinician.
    private = audience != (AUDIENCE, "shared")
    return FactKind.TOPIC, "", Topic(text, "patient", private, "open", _TOPICS[name])


def _symptom(name: str, items: Mapping[str, Spot]) -> tuple[FactKind, str, Body]:
    answer = _answer(items, name)
    if not answer.present:
        return _unanswered(name, items)
    spot = answer.at("valueInteger")
    value = (spot if spot.present else answer.at("valueDecimal")).number()
    if not 0 <= value <= MOST_SYMPTOM:
        raise Unreadable(spot.path, "is not between 0 and 10")
    question = _question(items, name)
    return (
        FactKind.MEASUREMENT,
        _SYMPTOMS[name],
        Measurement(value, digits(value), "", "{score}", name=question),
    )


def _measure(name: str, items: Mapping[str, Spot]) -> tuple[FactKind, str, Body]:
    answer = _answer(items, name)
    if not answer.present:
        return _unanswered(name, items)
    series = _MEASURES[name]
    note = _answer(items, _NOTES[name]).at("valueString").text() if name in _NOTES else ""
    body = quantity(answer.at("valueQuantity"), series, note, _question(items, name))
    return FactKind.MEASUREMENT, series, body


def _worded(name: str, items: Mapping[str, Spot]) -> tuple[FactKind, str, Body]:
    texts = [_value_text(answer) for answer in items[name].each("answer")] if name in items else []
    return FactKind.ANSWER, name, Answer(_question(items, name), "; ".join(text for text in texts if text))


def _value_text(answer: Spot) -> str:
    """Any kind of answer as words."""
    keys = answer.value if isinstance(answer.value, dict) else {}
    name = next((key for key in keys if key.startswith("value")), "")
    spot = answer.at(name)
    if name == "valueCoding":
        return spot.at("display").text() or spot.at("code").text()
    if name == "valueQuantity":
        words = (spot.at("comparator").text(), digits(spot.at("value").number()), spot.at("unit").text())
        return " ".join(word for word in words if word)
    if name in ("valueReference", "valueAttachment"):
        return spot.at("display").text() or spot.at("title").text()
    if isinstance(spot.value, bool):
        return "yes" if spot.value else "no"
    return digits(spot.number()) if isinstance(spot.value, int | Decimal) else spot.text()
