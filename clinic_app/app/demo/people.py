"""Who belongs to the synthetic clinic: drawn from the seed, never from anybody real."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib import resources as packaged
from random import Random
from typing import Any

from clinic_app.app.demo.bodies import Build
from clinic_app.calc.tables import SEXES, Sex

STORIES = frozenset({"falling", "modulator", "missed_year", "twin", "growing", "steady", "quiet", "toddler"})
FIRST_MRN = 1001
ALL, LEAST = 1000, 8
"""How many people may be asked for: more than there are, and those of today."""
_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of the clinic, as resources/demo/clinic.toml describes it."""

    age: int
    sex: Sex
    language: str
    today: str
    story: str
    portal: bool


@dataclass(frozen=True, slots=True)
class ClinicData:
    """What is not drawn: names to draw from, topics by language (and of the falling story), and the slots."""

    authority: str
    families: tuple[str, ...]
    given: Mapping[str, tuple[str, ...]]
    topics: Mapping[str, tuple[str, ...]]
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """A synthetic person; ``slot`` says what they are like, ``number`` (0…) seeds what is theirs alone."""

    number: int
    mrn: str
    family: str
    given: str
    birth: date
    build: Build
    slot: Slot

    def age(self, day: date) -> float:
        """Age in years on a day."""
        return (day - self.birth).days / _YEAR


def read_clinic() -> ClinicData:
    """The clinic's data as they come with the program; ValueError where a slot is not understood."""
    text = (packaged.files("resources") / "demo" / "clinic.toml").read_text("utf-8")
    return clinic_from(tomllib.loads(text))


def smaller(clinic: ClinicData, people: int) -> ClinicData:
    """The same clinic with its first people only: those of today come first."""
    return replace(clinic, slots=clinic.slots[:people])


def clinic_from(read: Mapping[str, Any]) -> ClinicData:
    """Check and freeze what the file says."""
    slots = tuple(Slot(**row) for row in read["slot"])
    for slot in slots:
        if slot.sex not in SEXES or slot.story not in STORIES:
            raise ValueError(f"a slot of the demonstration clinic is not understood: {slot}")
    names = read["names"]
    return ClinicData(
        authority=read["authority"],
        families=tuple(names["families"]),
        given={sex: tuple(names[sex]) for sex in SEXES},
        topics={language: tuple(texts) for language, texts in read["topics"].items()},
        slots=slots,
    )


def make_people(clinic: ClinicData, seed: int, today: date) -> tuple[Person, ...]:
    """The clinic's people: the same for the same seed and day. Both twin slots get one name."""
    names = _Names(clinic, Random(f"{seed} names"))
    people = []
    for number, slot in enumerate(clinic.slots):
        random = Random(f"{seed} person {number}")
        family, given = names.draw(slot)
        # At least a day past the birthday, so that the age is the slot's whatever the day is.
        birth = today - timedelta(days=round(slot.age * _YEAR) + 1 + random.randrange(300))
        build = Build(slot.sex, random.gauss(0.985, 0.025), random.uniform(0.9, 1.04))
        people.append(Person(number, str(FIRST_MRN + number), family, given, birth, build, slot))
    return tuple(people)


class _Names:
    """Draws full names that nobody else has, but for the twins, who share one."""

    def __init__(self, clinic: ClinicData, random: Random) -> None:
        self._clinic = clinic
        self._random = random
        self._used: set[tuple[str, str]] = set()
        self._twin: tuple[str, str] | None = None
        self._families: list[str] = []

    def draw(self, slot: Slot) -> tuple[str, str]:
        if slot.story == "twin" and self._twin is not None:
            return self._twin
        drawn = self._unused(slot)
        if slot.story == "twin":
            self._twin = drawn
        return drawn

    def _unused(self, slot: Slot) -> tuple[str, str]:
        while True:
            drawn = (self._family(), self._random.choice(self._clinic.given[slot.sex]))
            if drawn not in self._used:
                self._used.add(drawn)
                return drawn

    def _family(self) -> str:
        if not self._families:
            self._families = self._random.sample(self._clinic.families, len(self._clinic.families))
        return self._families.pop()


def those_of_today(people: Sequence[Person]) -> tuple[Person, ...]:
    """The people with an appointment today, in the order of their time."""
    today = [person for person in people if person.slot.today]
    return tuple(sorted(today, key=lambda person: person.slot.today))
