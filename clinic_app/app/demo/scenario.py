"""The whole synthetic clinic: everybody's messages, what goes wrong in them, and what should become of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from clinic_app.app.demo import wire_text
from clinic_app.app.demo.bodies import read_lungs
from clinic_app.app.demo.chart import read_chart
from clinic_app.app.demo.course import Course, make_course
from clinic_app.app.demo.history import Historian, Setting
from clinic_app.app.demo.people import ClinicData, Person, make_people, read_clinic
from clinic_app.app.demo.scribe import Order, Outgoing, Result, Scribe

SEED = 20
UNKNOWN_MRN = "9999"
_TROUBLE_NUMBERS = 90001


@dataclass(frozen=True, slots=True)
class Expected:
    """What the inbox should hold of the EHR feed: entries (repeated bytes are one), held ones by code."""

    messages: int
    held: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DemoClinic:
    """Everything that is sent over MLLP, oldest first, and the people it speaks of."""

    authority: str
    now: datetime
    seed: int
    data: ClinicData
    people: tuple[Person, ...]
    courses: tuple[Course, ...]
    messages: tuple[Outgoing, ...]
    expected: Expected


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
    return DemoClinic(data.authority, now, seed, data, people, courses, ordered, _expected(ordered))


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


def _expected(messages: Sequence[Outgoing]) -> Expected:
    distinct = {(outgoing.control_id, outgoing.raw) for outgoing in messages}
    return Expected(len(distinct), {"UNKNOWN-CODE": 1, "UNKNOWN-PATIENT": 1, "BIRTH-DATE-DIFFERS": 1})
