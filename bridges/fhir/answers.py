"""QuestionnaireResponse → topics, symptoms, home measurements and worded answers.

Keys are ``QuestionnaireResponse/id/linkId``. Link ids of our own questionnaire have a fixed meaning wherever
they stand in the tree of items; what is answered beside them is held, never passed over. An item that was
asked and not answered is stated as an empty answer under the same key, so that an amended response which
takes an answer back replaces it.
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
from clinic_app.model.entries import Finding, Hold, RawEntry, Translation
from clinic_app.model.facts import FactKind, FactStatus, Source, Statement

_STATUS = {
    "completed": FactStatus.FINAL,
    "amended": FactStatus.CORRECTED,
    "entered-in-error": FactStatus.WITHDRAWN,
}
_RUNNING = frozenset({"in-progress", "stopped"})
_AUDIENCES = frozenset({(AUDIENCE, "shared"), (AUDIENCE, "clinician")})
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
_TOPIC_PARTS = tuple(f"{topic}-{part}" for topic in _TOPICS for part in ("text", "audience"))
OUR_ITEMS = (*_TOPICS, *_SYMPTOMS, *_MEASURES, *_WORDS)
"""Link ids that state something; a topic is answered by its text and audience."""
QUESTIONS = frozenset({*_TOPIC_PARTS, *_SYMPTOMS, *_MEASURES, *_WORDS})
"""Link ids whose answers are understood."""
MOST_SYMPTOM = Decimal(10)
_MOST_SHOWN = 64


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
    withdrawn = context.status is FactStatus.WITHDRAWN
    holds = [] if withdrawn else _strange(root, items)
    findings = () if withdrawn else tuple(_remarks(root, items))
    listed_all = context.status is not FactStatus.FINAL
    asked = [name for name in OUR_ITEMS if listed_all or name in items or f"{name}-text" in items]
    statements: list[Statement] = []
    for name in asked:
        try:
            kind, code, body = _reader(name)(name, items)
        except Unreadable as problem:
            if not withdrawn:
                holds.append(hold_of(problem))
                continue
            kind, code, body = _unanswered(name, items)  # a wrong answer is often why it is taken back
        statements.append(context.state(kind, code, name, body))
    return Translation(context.subject, statements=tuple(statements), holds=tuple(holds), findings=findings)


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


def _ours(root: Spot) -> bool:
    """Whether our questionnaire is named, or none."""
    named = root.at("questionnaire").text().partition("|")[0]
    return not named or named == QUESTIONNAIRE or named.endswith("Questionnaire/pre-visit")


def _strange(root: Spot, items: Mapping[str, Spot]) -> list[Hold]:
    """What was answered and is not understood: the whole of another questionnaire, or single answers."""
    answered = {name: spots for name, spot in items.items() if (spots := _answered(spot))}
    if not _ours(root) and not answered.keys() & QUESTIONS:
        where = root.at("questionnaire").path
        return [hold_of(Unreadable(where, "is another one; nothing of it is known", "UNKNOWN-QUESTIONNAIRE"))]
    problems = []
    for name, spots in answered.items():
        if name not in QUESTIONS:
            what = f"has an answer, and no question {_shown(name)} is known here"
            problems.append(Unreadable(items[name].path, what, "UNKNOWN-QUESTION"))
        elif name not in _WORDS:
            problems += [Unreadable(spot.path, "is a second answer; the first is read") for spot in spots[1:]]
    return [hold_of(problem) for problem in problems]


def _answered(item: Spot) -> list[Spot]:
    """Answers of an item that hold a value."""
    return [answer for answer in item.each("answer") if _value_of(answer).present]


def _value_of(answer: Spot) -> Spot:
    """The value of an answer, whatever its type; empty where it has none."""
    keys = answer.value if isinstance(answer.value, dict) else {}
    return answer.at(next((key for key in keys if key.startswith("value")), "value"))


def _shown(name: str) -> str:
    """A link id as it may stand in a line: short, and without what does not print."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in name)
    return plain if len(plain) <= _MOST_SHOWN else f"{plain[:_MOST_SHOWN]}…"


def _remarks(root: Spot, items: Mapping[str, Spot]) -> Iterator[Finding]:
    """What stops nothing, but was not said by the patient."""
    if not _ours(root):
        yield Finding(
            "OTHER-QUESTIONNAIRE", f"{root.at('questionnaire').path} is another one; read by link ids"
        )
    for name in _TOPICS:
        text = items.get(f"{name}-text")
        if text is not None and _answered(text) and _audience(name, items) not in _AUDIENCES:
            yield Finding("AUDIENCE-NOT-SAID", f"{text.path} does not say who may see it; kept as private")


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


def _audience(name: str, items: Mapping[str, Spot]) -> tuple[str, str]:
    try:
        return coding(_answer(items, f"{name}-audience").at("valueCoding"))
    except Unreadable:
        return "", ""  # not understood is not chosen: the topic stays private, its words are not lost


def _said(answer: Spot) -> str:
    """The words of an answer; raises Unreadable for an answer that is given in another type."""
    value = _value_of(answer)
    if value.present and not answer.at("valueString").present:
        raise Unreadable(value.path, "is not a text")
    return answer.at("valueString").text()


def _topic(name: str, items: Mapping[str, Spot]) -> tuple[FactKind, str, Body]:
    text = _said(_answer(items, f"{name}-text"))
    if not text.strip():
        return _unanswered(name, items)
    # Shared only where the patient chose so: anything else stays between the patient and the clinician.
    private = _audience(name, items) != (AUDIENCE, "shared")
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
    texts = [_said(answer) for answer in items[name].each("answer")] if name in items else []
    return FactKind.ANSWER, name, Answer(_question(items, name), "; ".join(text for text in texts if text))
