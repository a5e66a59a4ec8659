"""Five years of a synthetic person: lung strength, illness, a modulator, visits kept and missed."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from clinic_app.app.demo.people import Person

YEARS = 5
_BEFORE = 35
_AFTER = 45
"""Days in which a dip comes and goes around its worst day."""
_MODULATOR_RISE = 35


@dataclass(frozen=True, slots=True)
class Dip:
    """An exacerbation: ``depth`` and ``kept`` loss in points of % predicted, ``thin`` part of the weight."""

    worst: date
    depth: float
    thin: float
    kept: float


@dataclass(frozen=True, slots=True)
class Modulator:
    """A CFTR modulator: product, first day, points gained."""

    product: str
    start: date
    gain: float


@dataclass(frozen=True, slots=True)
class Course:
    """How one person fares; `strength` and `fullness` give any day, without the noise of a test."""

    person: Person
    begin: date
    end: date
    start_percent: float
    slope: float
    dips: tuple[Dip, ...]
    modulator: Modulator | None
    away: tuple[date, date] | None
    visits: tuple[date, ...]

    def strength(self, day: date) -> float:
        """% predicted FEV1 on a day."""
        years = (day - self.begin).days / 365.25
        percent = self.start_percent + self.slope * years + self._gained(day)
        for dip in self.dips:
            share = dip_share(dip, day)
            percent -= max(dip.depth * share, dip.kept if day > dip.worst else 0.0)
        return min(max(percent, 24.0), 122.0)

    def fullness(self, day: date) -> float:
        """What illness and the modulator make of the weight (1 = unchanged)."""
        factor = 1.0 + (0.003 * self._gained(day) if self.modulator else 0.0)
        for dip in self.dips:
            factor -= dip.thin * dip_share(dip, day)
        return factor

    def ill(self, day: date) -> float:
        """How ill the person is on a day, 0 (well) to 1 (the worst day of an exacerbation)."""
        return max((dip_share(dip, day) for dip in self.dips), default=0.0)

    def _gained(self, day: date) -> float:
        if self.modulator is None or day <= self.modulator.start:
            return 0.0
        return self.modulator.gain * min(1.0, (day - self.modulator.start).days / _MODULATOR_RISE)


def dip_share(dip: Dip, day: date) -> float:
    """Share of a dip that is felt on a day: rises over five weeks to 1, falls over six and a half to 0."""
    days = (day - dip.worst).days
    if days <= 0:
        return max(0.0, 1 + days / _BEFORE)
    return max(0.0, 1 - days / _AFTER)


def make_course(person: Person, seed: int, today: date) -> Course:
    """Draw the person's five years up to today; the same for the same seed and day."""
    random = Random(f"{seed} course {person.number}")
    begin = max(today - timedelta(days=round(YEARS * 365.25)), person.birth + timedelta(days=60))
    away = _away(person, random, today)
    modulator = _modulator(person, random, today)
    dips = _dips(person, random, begin, today)
    return Course(
        person=person,
        begin=begin,
        end=today,
        start_percent=_start_percent(person, random),
        slope=-random.uniform(0.2, 1.4) if person.slot.age > 11 else random.uniform(-0.5, 0.3),
        dips=dips,
        modulator=modulator,
        away=away,
        visits=_visits(random, begin, today, away),
    )


def _start_percent(person: Person, random: Random) -> float:
    if person.slot.story == "falling":
        return 75.0
    return random.uniform(88, 104) if person.slot.age < 18 else random.uniform(48, 92)


def _modulator(person: Person, random: Random, today: date) -> Modulator | None:
    """Half of the older people start one during the five years; the told stories always do."""
    told = person.slot.story in ("falling", "modulator")
    if not told and (person.slot.age < 8 or random.random() < 0.5):
        return None
    days = 500 if person.slot.story == "falling" else random.randrange(380, 1300)
    product = "Trikafta" if random.random() < 0.8 or told else "Kalydeco"
    gain = 13.0 if person.slot.story == "falling" else random.uniform(6, 14)
    return Modulator(product, today - timedelta(days=days), gain)


def _dips(person: Person, random: Random, begin: date, today: date) -> tuple[Dip, ...]:
    """Exacerbations: about two in three years for grown people, fewer for children; one now if falling."""
    dips = []
    day = begin + timedelta(days=random.randrange(90, 700))
    gap = (350, 900) if person.slot.age >= 12 else (500, 1300)
    last = today - timedelta(days=140)
    while day < last and person.slot.story != "toddler":
        dips.append(Dip(day, random.uniform(8, 17), random.uniform(0.02, 0.05), random.uniform(0, 1.5)))
        day += timedelta(days=random.randrange(*gap))
    if person.slot.story == "falling":
        dips.append(Dip(today - timedelta(days=6), 9.0, 0.022, 0.5))
    return tuple(dips)


def _away(person: Person, random: Random, today: date) -> tuple[date, date] | None:
    if person.slot.story != "missed_year":
        return None
    first = today - timedelta(days=random.randrange(700, 1300))
    return first, first + timedelta(days=random.randrange(370, 430))


def _visits(random: Random, begin: date, today: date, away: tuple[date, date] | None) -> tuple[date, ...]:
    """Working days about every three months, none while away, the last at least five weeks ago."""
    days = []
    day = today - timedelta(days=random.randrange(60, 95))
    while day > begin:
        if away is None or not away[0] <= day <= away[1]:
            days.append(_working_day(day))
        day -= timedelta(days=random.randrange(80, 102))
    return tuple(reversed(days))


def _working_day(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))
