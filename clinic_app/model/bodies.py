"""Typed contents of facts, one frozen class per kind, and their plain form for storage and hashing."""

import json
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache
from hashlib import blake2b
from typing import Any

from clinic_app.model.moment import Moment


@dataclass(frozen=True, slots=True)
class Demographics:
    """Who the person is; ``sex`` is male, female, other or unknown; ``other_ids`` are AUTHORITY|VALUE texts
    as sent.
    """

    family: str
    given: str
    birth_date: Moment | None
    sex: str
    language: str = ""
    other_ids: tuple[str, ...] = ()
    deceased: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """A stay or a clinic visit; ``patient_class`` as sent (O, I, E …); ``state`` is arrived, discharged or
    planned.
    """

    number: str
    patient_class: str
    location: str
    start: Moment | None
    end: Moment | None
    state: str


@dataclass(frozen=True, slots=True)
class Appointment:
    """A booking; ``state`` is booked, cancelled or missed; ``minutes`` is 0 where no duration was sent."""

    start: Moment | None
    minutes: int
    reason: str
    location: str
    state: str


@dataclass(frozen=True, slots=True)
class Measurement:
    """A numeric or worded result. ``value`` is None for words; ``comparator`` is <, <=, >=, > or empty;
    ``unit`` is UCUM.

    ``text`` and ``sent_unit`` keep both as they were sent; ``note`` keeps device, effort or grade.
    """

    value: Decimal | None
    text: str
    comparator: str
    unit: str
    sent_unit: str = ""
    name: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Culture:
    """One finding of a culture; ``organism`` is our key (or empty), ``organism_text`` the words sent;
    ``growth`` False = none.
    """

    specimen: str
    organism: str
    organism_text: str
    growth: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Susceptibility:
    """What one drug does to one organism of a culture.

    ``interpretation`` as the laboratory wrote it (S, I, R, SDD …), ``text`` the measured value as sent;
    ``organism`` and ``organism_text`` as in `Culture`.
    """

    drug: str
    code: str
    interpretation: str
    text: str
    organism: str
    organism_text: str
    specimen: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """Something that was ordered; ``state`` is ordered, under_way, on_hold, done or cancelled; ``name`` is
    empty where a message about the order gives only its number.
    """

    name: str
    code: str
    state: str
    due: Moment | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the EHR, kept in its inbox entry; ``state`` is available, unavailable (not for
    the care of patients, such as a draft), replaced or cancelled.

    ``parts`` names where its content stands in the message (``OBX[2] PDF``); ``of`` is the number of the
    document that it belongs to.
    """

    title: str
    type: str
    number: str
    state: str
    parts: tuple[str, ...] = ()
    of: str = ""


@dataclass(frozen=True, slots=True)
class Immunisation:
    """A vaccine (``code`` is CVX where that was sent); ``state`` is given, refused or not_given."""

    name: str
    code: str
    state: str
    dose: str = ""
    lot: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A diagnosis or problem; ``state`` is active or resolved; ``code`` is SYSTEM|CODE."""

    name: str
    code: str
    state: str
    start: Moment | None = None
    end: Moment | None = None


@dataclass(frozen=True, slots=True)
class Allergy:
    """An allergy or intolerance; ``none_known`` (all, drugs, food) says that somebody asked and of these none
    is known; empty where it is an allergy.
    """

    substance: str
    code: str
    type: str
    severity: str
    reaction: str
    none_known: str = ""


@dataclass(frozen=True, slots=True)
class Medicine:
    """A prescription event; ``action`` is started, changed or stopped; ``ingredients`` are our keys matched
    by name; ``origin`` is prescribed, dispensed or given.
    """

    name: str
    code: str
    action: str
    dose: str
    route: str
    start: Moment | None
    end: Moment | None
    ingredients: tuple[str, ...] = ()
    origin: str = "prescribed"


@dataclass(frozen=True, slots=True)
class Answer:
    """A worded answer to one question of a submission, verbatim; empty = "not answered"."""

    question: str
    text: str


@dataclass(frozen=True, slots=True)
class Topic:
    """Something a person wants to talk about, verbatim; ``private`` = only my clinician; ``by`` is patient or
    clinician.
    """

    text: str
    by: str
    private: bool = False
    state: str = "open"
    order: int = 0


@dataclass(frozen=True, slots=True)
class Goal:
    """What the patient wants to reach, verbatim; with a measure code and a range where one was agreed."""

    text: str
    code: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    state: str = "active"


@dataclass(frozen=True, slots=True)
class ConsentDecision:
    """Consent for one purpose (care, improvement, research); ``kinds`` empty = everything."""

    purpose: str
    allowed: bool
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What the two agreed, in the patient's words."""

    text: str
    state: str = "agreed"


Body = (
    Demographics
    | Visit
    | Appointment
    | Measurement
    | Culture
    | Medicine
    | Answer
    | Topic
    | Goal
    | ConsentDecision
    | Decision
    | Susceptibility
    | Order
    | Document
    | Immunisation
    | Problem
    | Allergy
)

BODY_TYPES: dict[str, type[Any]] = {
    "patient": Demographics,
    "visit": Visit,
    "appointment": Appointment,
    "measurement": Measurement,
    "culture": Culture,
    "medicine": Medicine,
    "answer": Answer,
    "topic": Topic,
    "goal": Goal,
    "consent": ConsentDecision,
    "decision": Decision,
    "susceptibility": Susceptibility,
    "order": Order,
    "document": Document,
    "immunisation": Immunisation,
    "problem": Problem,
    "allergy": Allergy,
}
"""Body class of each fact kind."""

_MOMENTS = frozenset({"birth_date", "start", "end", "due"})
_DECIMALS = frozenset({"value", "low", "high"})


_TEXT = json.encoder.encode_basestring_ascii
_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=True).encode


def to_plain(body: Body) -> dict[str, Any]:
    """JSON-ready form: moments and decimals as text, tuples as lists, nothing left out."""
    plain: dict[str, Any] = {}
    kind: Any = type(body)
    for name in _names(kind):
        value = getattr(body, name)
        if isinstance(value, str) or value is None:
            plain[name] = value
        elif isinstance(value, Moment):
            plain[name] = value.text
        elif isinstance(value, Decimal):
            plain[name] = str(value)
        else:
            plain[name] = list(value) if isinstance(value, tuple) else value
    return plain


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def from_plain(kind: str, plain: dict[str, Any]) -> Body:
    """The inverse of `to_plain` for a body of the given fact kind."""
    read: dict[str, Any] = {}
    for name, value in plain.items():
        if value is not None and name in _MOMENTS:
            value = Moment(value)
        elif value is not None and name in _DECIMALS:
            value = Decimal(value)
        elif isinstance(value, list):
            value = tuple(value)
        read[name] = value
    body: Body = BODY_TYPES[kind](**read)
    return body


def content_hash(kind: str, code: str, status: str, at: Moment | None, body: Body, author: str = "") -> str:
    """Digest of all that is stated (32 hex digits): equal statements have equal digests on every machine.

    The author counts: two people who say the same are two statements, whichever arrives first.
    """
    at_text = "" if at is None else at.text
    if isinstance(body, Measurement):
        canonical = _of_measurement(kind, code, status, at_text, body, author)
    else:
        stated = [kind, code, status, at_text, to_plain(body), *([author] if author else [])]
        canonical = _CANONICAL(stated)
    return blake2b(canonical.encode(), digest_size=16).hexdigest()


def _of_measurement(kind: str, code: str, status: str, at: str, body: Measurement, author: str) -> str:
    """The same text as `_CANONICAL` makes, in a third of the time: most of what comes are measurements."""
    value = "null" if body.value is None else _TEXT(str(body.value))
    return (
        f"[{_TEXT(kind)}, {_TEXT(code)}, {_TEXT(status)}, {_TEXT(at)}, "
        f'{{"comparator": {_TEXT(body.comparator)}, "name": {_TEXT(body.name)}, "note": {_TEXT(body.note)}, '
        f'"sent_unit": {_TEXT(body.sent_unit)}, "text": {_TEXT(body.text)}, "unit": {_TEXT(body.unit)}, '
        f'"value": {value}}}{f", {_TEXT(author)}" if author else ""}]'
    )
