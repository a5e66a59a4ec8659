"""What synthetic people send from home: answers with topics, and measurements, as FHIR resources."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from clinic_app.app.demo import bodies
from clinic_app.app.demo.bodies import Lungs
from clinic_app.app.demo.course import Course
from clinic_app.app.demo.measures import SPIROMETRY_AGE
from clinic_app.app.demo.people import Person

QUESTIONNAIRE = "urn:commonground:questionnaire:pre-visit"
AUDIENCE = "urn:commonground:topic-audience"
_LOINC = "http://loinc.org"
_UCUM = "http://unitsofmeasure.org"
_HOME_WEEKS = 16
_ANSWERED_VISITS = 6
Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answers:
    """One set of answers: 0–10 each, a home weight, topics with whether they may be shared."""

    at: datetime
    scores: dict[str, int]
    weight: float | None
    topics: Sequence[tuple[str, bool]]


def submissions_of(
    course: Course, lungs: Lungs, topics: Sequence[str], seed: int, now: datetime
) -> list[Resource]:
    """Everything one person sent, without the subject; empty for those who do not use the portal."""
    if not course.person.slot.portal:
        return []
    random = Random(f"{seed} submissions {course.person.number}")
    resources = [response(answers) for answers in _answers(course, topics, random, now)]
    return resources + _home_measurements(course, lungs, random, now)


def with_subject(resource: Resource, portal_id: str) -> Resource:
    """The resource as said by and about this person of the portal."""
    person = {"reference": f"Patient/{portal_id}"}
    said = "author" if resource["resourceType"] == "QuestionnaireResponse" else "performer"
    return {**resource, "subject": person, said: person if said == "author" else [person]}


def portal_patient(person: Person) -> Resource:
    """A Patient that somebody made on the portal without an invitation: nothing says whose number it is."""
    return {
        "resourceType": "Patient",
        "name": [{"family": person.family, "given": [person.given]}],
        "birthDate": person.birth.isoformat(),
        "gender": person.build.sex,
    }


def response(answers: Answers) -> Resource:
    """The answers as a completed QuestionnaireResponse to the pre-visit questionnaire."""
    how = [_item(name, {"valueInteger": score}) for name, score in answers.scores.items()]
    items = [
        *(_topic(number, *topic) for number, topic in enumerate(answers.topics, start=1)),
        {"linkId": "how", "item": how},
    ]
    if answers.weight is not None:
        items.append({"linkId": "numbers", "item": [_item("weight", _quantity(answers.weight, "kg"))]})
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "questionnaire": QUESTIONNAIRE,
        "authored": answers.at.isoformat(timespec="seconds"),
        "item": items,
    }


def observation(code: str, value: float, unit: str, at: datetime) -> Resource:
    """A measurement at home."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": _LOINC, "code": code}]},
        "effectiveDateTime": at.isoformat(timespec="seconds"),
        **_quantity(value, unit),
    }


def _item(name: str, answer: Resource) -> Resource:
    return {"linkId": name, "answer": [answer]}


def _quantity(value: float, unit: str) -> Resource:
    return {"valueQuantity": {"value": round(value, 2), "unit": unit, "system": _UCUM, "code": unit}}


def _topic(number: int, text: str, shared: bool) -> Resource:
    name = f"topic-{number}"
    audience = {"valueCoding": {"system": AUDIENCE, "code": "shared" if shared else "clinician"}}
    items = [_item(f"{name}-text", {"valueString": text}), _item(f"{name}-audience", audience)]
    return {"linkId": name, "item": items}


def _answers(course: Course, topics: Sequence[str], random: Random, now: datetime) -> list[Answers]:
    """Answers a day or two before each of the last visits, and now; topics only with the newest."""
    before = [
        now.replace(year=day.year, month=day.month, day=day.day, hour=19, minute=10) - timedelta(days=2)
        for day in course.visits[-_ANSWERED_VISITS:]
    ]
    newest = now - timedelta(days=random.randrange(1, 5), hours=random.randrange(8))
    said = [(text, True) for text in topics]
    if course.person.slot.story == "quiet" and said:
        said[-1] = (said[-1][0], False)
    return [_answers_at(course, at, [], random) for at in before] + [
        _answers_at(course, newest, said, random)
    ]


def _answers_at(course: Course, at: datetime, topics: Sequence[tuple[str, bool]], random: Random) -> Answers:
    day = at.date()
    ill = course.ill(day)
    well = 8.2 - 4.5 * ill - max(0.0, 70 - course.strength(day)) / 12
    trouble = 1.2 + 5.5 * ill + max(0.0, 70 - course.strength(day)) / 12
    scores = {
        "symptom-overall": _score(well, random),
        "symptom-energy": _score(well - 0.3, random),
        "symptom-cough": _score(trouble, random),
        "symptom-breath": _score(trouble - 0.6, random),
    }
    weight = round(_weight(course, at, random), 1) if random.random() < 0.7 else None
    return Answers(at, scores, weight, topics)


def _score(mean: float, random: Random) -> int:
    return min(10, max(0, round(random.gauss(mean, 0.6))))


def _weight(course: Course, at: datetime, random: Random) -> float:
    """Home scales read a little more than the clinic's."""
    person, day = course.person, at.date()
    return bodies.weight(person.build, person.age(day)) * course.fullness(day) + 0.4 + random.gauss(0, 0.2)


def _home_measurements(course: Course, lungs: Lungs, random: Random, now: datetime) -> list[Resource]:
    """Weekly weight and FEV1; some people stop in between, which must be seen as a gap."""
    resources: list[Resource] = []
    falling = course.person.slot.story == "falling"
    blows = course.person.age(now.date()) >= SPIROMETRY_AGE and (falling or random.random() < 0.7)
    pause = range(5, 10) if not falling and random.random() < 0.3 else range(0)
    for week in range(_HOME_WEEKS, 0, -1):
        at = now - timedelta(days=7 * week - 3, minutes=random.randrange(300))
        if week in pause or at.date() < course.begin:
            continue
        resources.append(observation("29463-7", _weight(course, at, random), "kg", at))
        if blows:
            percent = course.strength(at.date()) - 2.5 + random.gauss(0, 1.2)
            litres = lungs.litres(course.person.build, course.person.age(at.date()), "fev1", percent)
            resources.append(observation("20150-9", litres, "L", at))
    return resources
