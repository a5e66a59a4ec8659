"""The whole synthetic clinic: everybody's messages, what goes wrong in them, and what should become of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from random import Random

from clinic_app.app.demo import wire_text
from clinic_app.app.demo.bodies import read_lungs
from clinic_app.app.demo.chart import read_chart
from clinic_app.app.demo.course import Course, make_course
from clinic_app.app.demo.history import Historian, Setting
from clinic_app.app.demo.people import ClinicData, Person, make_people, read_clinic
from clinic_app.app.demo.scribe import Order, Outgoing, Result, Scribe
from clinic_app.app.demo.submissions import Answers, Resource, portal_patient, response, submissions_of

SEED = 20
UNKNOWN_MRN = "9999"
_TROUBLE_NUMBERS = 90001


@dataclass(frozen=True, slots=True)
class Expected:
    """What the inbox should hold in the end: entries of each feed (repeated bytes are one), held by code."""

    messages: int
    submissions: int
    held: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DemoClinic:
    """Everything that is sent, and the people it speaks of.

    Attributes:
        messages: what goes over MLLP, oldest first.
        submissions: what each linked person sends from home, by number.
        stranger: a portal Patient that nobody linked, and what that person sends.
    """

    authority: str
    now: datetime
    seed: int
    data: ClinicData
    people: tuple[Person, ...]
    courses: tuple[Course, ...]
    messages: tuple[Outgoing, ...]
    submissions: Mapping[str, Sequence[Resource]]
    stranger: tuple[Resource, Resource]
    expected: Expected

    @property
    def zone(self) -> tzinfo:
        """The zone in which the clinic writes its times."""
        zone = self.now.tzinfo
        assert zone is not None, "make_clinic refuses a time without zone"
        return zone


def make_clinic(now: datetime, seed: int = SEED, data: ClinicData | None = None) -> DemoClinic:
    """The clinic of a seed and a time (with zone): the same whenever and wherever it is made."""
    if now.tzinfo is None:
        raise ValueError("the clinic's time needs its zone")
    data = data or read_clinic()
    setting = Setting(read_chart(), read_lungs(), seed, now)
    people = make_people(data, seed, now.date())
    courses = tuple(make_course(person, seed, now.date()) for person in people)
    messages: list[Outgoing] = []
    for course in courses:
        scribe = Scribe(course.person, data.authority, now.tzinfo)
        messages += Historian(setting, course, scribe).write()
    messages += _troubles(people, data.authority, now.tzinfo, now - timedelta(hours=3))
    ordered = tuple(sorted(messages, key=lambda outgoing: (outgoing.at, outgoing.mrn)))
    sent_home = {course.person.mrn: _from_home(setting, data, course) for course in courses}
    return DemoClinic(
        authority=data.authority,
        now=now,
        seed=seed,
        data=data,
        people=people,
        courses=courses,
        messages=ordered,
        submissions={mrn: resources for mrn, resources in sent_home.items() if resources},
        stranger=_stranger(people[3], now),
        expected=_expected(ordered, sent_home),
    )


def _from_home(setting: Setting, data: ClinicData, course: Course) -> Sequence[Resource]:
    slot = course.person.slot
    random = Random(f"{setting.seed} topics {course.person.number}")
    pool = data.topics.get(slot.story) or data.topics[slot.language]
    topics = pool if slot.story in data.topics else random.sample(pool, random.choice((0, 1, 1, 2)))
    return submissions_of(course, setting.lungs, topics, setting.seed, setting.now)


def _stranger(person: Person, now: datetime) -> tuple[Resource, Resource]:
    """Somebody with a name and birth date that are known here, but never invited: not linked by guessing."""
    answers = Answers(
        now - timedelta(hours=20), {"symptom-overall": 6}, None, [("Do you have my results?", True)]
    )
    return portal_patient(person), response(answers)


def _troubles(people: Sequence[Person], authority: str, zone: tzinfo, at: datetime) -> list[Outgoing]:
    """One message of each kind that a person has to look at."""
    known, other = people[3], people[4]
    stranger = replace(known, mrn=UNKNOWN_MRN, family="Unknown")
    mistaken = replace(other, birth=other.birth + timedelta(days=400))
    saturation = Result("59408-5", "Oxygen saturation", "97", "%")
    local = Result("BREATH7", "Breath index", "7", "{score}", system="99DEMO")
    pair = (wire_text.LABORATORY, wire_text.LABORATORY)
    cases = (
        (known, "TROUBLE-1", local),
        (stranger, "TROUBLE-2", saturation),
        (mistaken, "TROUBLE-3", saturation),
    )
    return [
        Scribe(person, authority, zone, _TROUBLE_NUMBERS).results(
            pair, at, Order(number, "85353-1", "Vital signs", at), [result]
        )
        for person, number, result in cases
    ]


def _expected(messages: Sequence[Outgoing], sent_home: Mapping[str, Sequence[Resource]]) -> Expected:
    distinct = {(outgoing.control_id, outgoing.raw) for outgoing in messages}
    held = ("UNKNOWN-CODE", "UNKNOWN-PATIENT", "BIRTH-DATE-DIFFERS", "UNMATCHED-SUBMISSION")
    submissions = sum(map(len, sent_home.values())) + 1
    return Expected(len(distinct), submissions, dict.fromkeys(held, 1))
