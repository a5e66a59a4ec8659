"""What is measured at a synthetic visit, and how the sending system writes it (L or mL, kg or lb)."""

from dataclasses import dataclass
from datetime import date
from random import Random

from clinic_app.app.demo import bodies, wire_text
from clinic_app.app.demo.bodies import Lungs
from clinic_app.app.demo.chart import Chart, LabTest, Organism
from clinic_app.app.demo.course import Course
from clinic_app.app.demo.scribe import Result
from clinic_app.app.demo.wire_text import Dialect

SPIROMETRY_AGE = 5.5
_OWN = "99PFT"


@dataclass(frozen=True, slots=True)
class Measured:
    """Measurements of a visit: litres (None for small children), kg, cm, % saturation, true % predicted."""

    fev1: float | None
    fvc: float | None
    percent: float
    weight: float
    height: float
    spo2: int


def measure(course: Course, lungs: Lungs, random: Random, day: date) -> Measured:
    """Measure the person on a day, with the noise that tests and scales have."""
    person = course.person
    age = person.age(day)
    percent = course.strength(day) + random.gauss(0, 0.9)
    blow = age >= SPIROMETRY_AGE
    fvc_percent = 0.55 * percent + 45 + random.gauss(0, 1)
    weight = bodies.weight(person.build, age) * course.fullness(day) + random.gauss(0, 0.15)
    spo2 = round(97.6 - 2.5 * course.ill(day) - max(0.0, 60 - percent) / 14 + random.uniform(-0.6, 0.9))
    return Measured(
        fev1=lungs.litres(person.build, age, "fev1", percent) if blow else None,
        fvc=lungs.litres(person.build, age, "fvc", fvc_percent) if blow else None,
        percent=percent,
        weight=round(weight, 1),
        height=round(bodies.height(person.build, age), 1),
        spo2=min(spo2, 100),
    )


def writes_old(course: Course) -> bool:
    """Whether this person's lung laboratory is the old one: own codes, millilitres, HL7 2.3, latin-1."""
    return course.person.number % 3 == 1 and wire_text.LUNG_OLD.can_write(
        course.person.family + course.person.given
    )


def spirometry_results(measured: Measured, old: bool, status: str = "F") -> tuple[Result, ...]:
    """The lung laboratory's lines; the % predicted is by another yardstick than ours, as it often is."""
    fev1, fvc = measured.fev1 or 0.0, measured.fvc or 0.0
    reported = f"{measured.percent - 2.5:.0f}"
    if old:
        return (
            Result("FEV1", "FEV1 pre", f"{fev1 * 1000:.0f}", "mL", system=_OWN, status=status),
            Result("FVC", "FVC pre", f"{fvc * 1000:.0f}", "mL", system=_OWN, status=status),
            Result("FEV1PP", "FEV1 % predicted", reported, "%", system=_OWN, status=status),
        )
    return (
        Result("20150-9", "FEV1", f"{fev1:.2f}", "L", status=status),
        Result("19868-9", "FVC", f"{fvc:.2f}", "L", status=status),
        Result("19926-5", "FEV1/FVC", f"{100 * fev1 / fvc:.0f}", "%", status=status),
        Result("20152-5", "FEV1 measured/predicted", reported, "%", status=status),
    )


def vitals_results(measured: Measured, imperial: bool) -> tuple[Result, ...]:
    """Weight, height and oxygen saturation, for some people in pounds and inches."""
    if imperial:
        weight = Result("29463-7", "Body weight", f"{measured.weight / 0.45359237:.1f}", "lb")
        height = Result("8302-2", "Body height", f"{measured.height / 2.54:.1f}", "in")
    else:
        weight = Result("29463-7", "Body weight", f"{measured.weight:.1f}", "kg")
        height = Result("8302-2", "Body height", f"{measured.height:.1f}", "cm")
    return (weight, height, Result("59408-5", "Oxygen saturation", str(measured.spo2), "%"))


def lab_results(chart: Chart, age: float, random: Random) -> tuple[Result, ...]:
    """The yearly blood tests of somebody of this age."""
    return tuple(_lab_result(test, random) for test in chart.labs if age >= test.from_age)


def _lab_result(test: LabTest, random: Random) -> Result:
    value = random.gauss(test.value, test.spread)
    if value < test.below:
        return Result(test.code, test.name, ("<", f"{test.below:g}"), test.unit, kind="SN")
    return Result(test.code, test.name, f"{max(value, 0):.{test.decimals}f}", test.unit)


def mood_results(random: Random) -> tuple[Result, ...]:
    """Totals of the two yearly questionnaires (their items stay with whoever asked them)."""
    return (
        Result("44261-6", "PHQ-9 total score", str(random.choice((0, 1, 2, 2, 3, 4, 5, 7))), "{score}"),
        Result("70274-6", "GAD-7 total score", str(random.choice((0, 1, 1, 2, 3, 4, 6))), "{score}"),
    )


def culture_results(organisms: tuple[Organism, ...], status: str) -> tuple[Result, ...]:
    """The organisms found, one line each, or that nothing grew."""
    name = "CF respiratory culture"
    if status == "P":
        return (Result("623-9", name, "Culture in progress", kind="ST", part="1", status="P"),)
    if not organisms:
        return (Result("623-9", name, "No growth", kind="ST", part="1"),)
    return tuple(
        Result("623-9", name, (organism.code, organism.name, "SCT"), kind="CWE", part=str(part))
        for part, organism in enumerate(organisms, start=1)
    )


def grown(
    chart: Chart, usual: Organism | None, age: float, ill: float, random: Random
) -> tuple[Organism, ...]:
    """What a culture grows: the usual organism most of the time, another one now and then, more when ill."""
    found = [usual] if usual is not None and random.random() < 0.55 + 0.35 * ill else []
    if random.random() < 0.12 + 0.25 * ill:
        found.append(pick_organism(chart, age, random))
    return tuple(dict.fromkeys(found))


def pick_organism(chart: Chart, age: float, random: Random) -> Organism:
    """One organism that is usual at this age."""
    fitting = [organism for organism in chart.organisms if age >= organism.from_age]
    return random.choices(fitting, [organism.weight for organism in fitting])[0]


def lung_dialects(old: bool) -> tuple[Dialect, Dialect]:
    """The dialects of the lung laboratory."""
    return (wire_text.LUNG_OLD, wire_text.LUNG) if old else (wire_text.LUNG, wire_text.LUNG)
