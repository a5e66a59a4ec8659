"""Fields as typed → what to check, what to show, and the QuestionnaireResponse that is sent.

A submission is one QuestionnaireResponse and nothing beside it: weight and home blow are its items
``weight`` and ``home-fev1`` (value, unit), never Observations too, so that nothing is said twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bridges.portal.numbers import Typed, read_litres, read_weight
from bridges.portal.questionnaire import Choice, Item, Questionnaire, spoken, walk
from bridges.portal.store.resources import stamp_of
from bridges.strict_json import Json
from clinic_app.model.words import Words

Fields = Mapping[str, str]
UNIT = "-unit"
"""Ending of the field that holds a quantity's unit."""
SCALE = tuple(str(number) for number in range(11))
_PRIVATE_AGES = range(12, 18)
UCUM = "http://unitsofmeasure.org"


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer as it is read back: the question, the answer's words, who may see it, what to check."""

    link: str
    question: str
    answer: str
    note: str = ""
    check: str = ""


def field_names(items: Sequence[Item]) -> list[str]:
    """Names of all fields that these items have on a page."""
    names = []
    for item in walk(items):
        if item.kind != "group":
            names.append(item.link)
        if len(item.choices) > 1 and item.kind == "quantity":
            names.append(item.link + UNIT)
    return names


def preset_audience(born: date | None, today: date) -> str:
    """Who may see a topic unless the person says otherwise: from 12 to 17 only the clinician."""
    if born is None:
        return "clinician"
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return "clinician" if age in _PRIVATE_AGES else "shared"


def check(items: Sequence[Item], fields: Fields, words: Words) -> dict[str, str]:
    """What to check, in kind words, by field name; empty when all is well."""
    found = {}
    for item in walk(items):
        text = fields.get(item.link, "")
        if item.kind == "quantity":
            message = typed_quantity(item, fields, words).check
        elif item.most and len(text) > item.most:
            message = words(
                "Please shorten this a little: {most} letters fit, and it has {count}.",
                most=item.most,
                count=len(text),
            )
        else:
            continue
        if message:
            found[item.link] = message
    return found


def typed_quantity(item: Item, fields: Fields, words: Words) -> Typed:
    """The number in a quantity's field."""
    text = fields.get(item.link, "")
    if len(item.choices) > 1:
        return read_weight(text, fields.get(item.link + UNIT, ""), words)
    return read_litres(text, words)


def unit_of(item: Item, fields: Fields) -> Choice | None:
    """The unit chosen for a quantity; the only one where there is no choice."""
    if len(item.choices) == 1:
        return item.choices[0]
    chosen = fields.get(item.link + UNIT, "")
    return next((choice for choice in item.choices if choice.code == chosen), None)


def show(items: Sequence[Item], fields: Fields, language: str, words: Words, checks: Fields) -> list[Shown]:
    """All questions with what was typed, for reading back; a topic and its audience are one line."""
    shown = []
    for item in items:
        if item.kind == "group":
            text, audience = item.items
            chosen = next((one for one in audience.choices if one.code == fields.get(audience.link)), None)
            note = spoken(chosen.words, language) if chosen and fields.get(text.link, "").strip() else ""
            words_of = (text.link, spoken(item.words, language), fields.get(text.link, "").strip())
            shown.append(Shown(*words_of, note, checks.get(text.link, "")))
            continue
        answer = fields.get(item.link, "").strip()
        unit = unit_of(item, fields) if item.kind == "quantity" and answer else None
        if unit is not None:
            answer = f"{answer} {spoken(unit.words, language)}"
        if item.kind == "integer" and answer:
            answer = words("{value} out of 10", value=answer)
        shown.append(Shown(item.link, spoken(item.words, language), answer, check=checks.get(item.link, "")))
    return shown


def response(
    questionnaire: Questionnaire, fields: Fields, patient: str, language: str, words: Words, now: datetime
) -> Json:
    """The completed QuestionnaireResponse; every question asked is listed, those skipped without an
    answer."""
    reference = {"reference": f"Patient/{patient}"}
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": questionnaire.canonical,
        "status": "completed",
        "language": language,
        "subject": reference,
        "author": reference,
        "source": reference,
        "authored": stamp_of(now),
        "item": [_written(group, fields, language, words) for group in questionnaire.groups],
    }


def _written(item: Item, fields: Fields, language: str, words: Words) -> Json:
    node: dict[str, Any] = {"linkId": item.link, "text": spoken(item.words, language)}
    if item.kind == "group":
        node["item"] = [_written(part, fields, language, words) for part in item.items]
        return node
    value = _value(item, fields, words)
    if value is not None:
        node["answer"] = [value]
    return node


def _value(item: Item, fields: Fields, words: Words) -> Json | None:
    text = fields.get(item.link, "")
    if item.kind == "quantity":
        number, unit = typed_quantity(item, fields, words).value, unit_of(item, fields)
        if number is None or unit is None:
            return None
        quantity = {"value": number, "unit": unit.words["en"], "system": unit.system, "code": unit.code}
        return {"valueQuantity": quantity}
    if item.kind == "integer":
        return {"valueInteger": int(text)} if text in SCALE else None
    if item.kind == "choice":
        # Who may see a topic is said only where there is one.
        about = fields.get(item.link.replace("-audience", "-text"), "").strip()
        chosen = next((choice for choice in item.choices if choice.code == text and about), None)
        return None if chosen is None else {"valueCoding": {"system": chosen.system, "code": chosen.code}}
    return {"valueString": text} if text.strip() else None


def last_answers(resource: Json | None, words: Words) -> dict[str, str]:
    """What was answered the last time, as words, by link id; strangers' responses are read with care."""
    found: dict[str, str] = {}
    for item in _listed(resource.get("item")) if resource else ():
        answers = _listed_here(item.get("answer"))
        link = item.get("linkId")
        if isinstance(link, str) and answers:
            text = said(answers[0], words)
            if text:
                found[link] = text
    return found


def _listed_here(value: object) -> list[dict[str, object]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _listed(value: object) -> list[dict[str, object]]:
    found = []
    for part in _listed_here(value):
        found.append(part)
        found.extend(_listed(part.get("item")))
    return found


def said(answer: Mapping[str, object], words: Words) -> str:
    """An answer of a response in words; empty for a kind that the pages never ask for."""
    number = answer.get("valueInteger")
    if isinstance(number, int):
        return words("{value} out of 10", value=number)
    quantity = answer.get("valueQuantity")
    if isinstance(quantity, dict) and isinstance(quantity.get("value"), int | Decimal):
        return f"{quantity['value']} {quantity.get('unit', '')}".strip()
    text = answer.get("valueString")
    return text if isinstance(text, str) else ""
