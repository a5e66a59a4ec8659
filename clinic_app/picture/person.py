"""Who the person is, and what every rule needs to know of them: sex, birth date, age on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clinic_app.calc.age import completed_years
from clinic_app.calc.tables import Sex
from clinic_app.model.bodies import Demographics
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.picture.current import Thing
from clinic_app.picture.types import PatientLine


@dataclass(frozen=True, slots=True)
class Person:
    """Sex and birth date as the reference tables need them; None where not known (or not to the day)."""

    sex: Sex | None
    born: date | None

    def age_on(self, day: date) -> int | None:
        """Completed years on a day; None without a birth date."""
        return None if self.born is None else completed_years(self.born, day)


def patient_line(things: Sequence[Thing], people: Sequence[Identifier]) -> PatientLine:
    """Name, birth date and sex: the newest demographics of the EHR, blanks filled from older ones.

    What the portal states stands behind every EHR statement: the chart is the clinic's.
    """
    stated = sorted(things, key=_rank, reverse=True)
    bodies = [body for thing in stated for body in _bodies(thing)]
    named = next((body for body in bodies if body.family or body.given), None)
    return PatientLine(
        family=named.family if named else "",
        given=named.given if named else "",
        birth_date=next((body.birth_date for body in bodies if body.birth_date is not None), None),
        sex=next((body.sex for body in bodies if body.sex not in ("", "unknown")), "unknown"),
        identifiers=tuple(sorted(people)),
        language=next((body.language for body in bodies if body.language), ""),
    )


def person_of(line: PatientLine) -> Person:
    """What the rules need of the patient line."""
    sex: Sex | None = "male" if line.sex == "male" else "female" if line.sex == "female" else None
    born: Moment | None = line.birth_date
    return Person(sex, born.day if born is not None and born.has_day else None)


def _rank(thing: Thing) -> tuple[bool, tuple[int, str, str], str]:
    statement = thing.fact.statement
    return (not statement.subject.from_portal, statement.order, str(statement.subject))


def _bodies(thing: Thing) -> list[Demographics]:
    """Bodies of one identifier's versions, newest first."""
    bodies = [fact.statement.body for fact in (thing.fact, *reversed(thing.earlier))]
    return [body for body in bodies if isinstance(body, Demographics)]
