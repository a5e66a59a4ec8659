"""One new result for somebody who sits in the room: what the spirometer sends once the test is accepted."""

from datetime import datetime
from random import Random

from clinic_app.app.demo import measures
from clinic_app.app.demo.bodies import Lungs
from clinic_app.app.demo.course import Course
from clinic_app.app.demo.scenario import DemoClinic
from clinic_app.app.demo.scribe import Order, Outgoing, Scribe
from clinic_app.model.errors import UseFault

_NUMBERS_EACH = 10


class LiveTests:
    """Makes new spirometry messages for people of the clinic, each with numbers that were never used."""

    def __init__(self, clinic: DemoClinic, lungs: Lungs, first: int) -> None:
        """``first`` is where control ids begin: the present time keeps them apart from earlier runs."""
        self._clinic = clinic
        self._lungs = lungs
        self._next = first
        self._random = Random(f"{clinic.seed} live {first}")

    def spirometry(self, mrn: str, at: datetime) -> Outgoing:
        """A test of this person at this time; UseFault for an unknown number or too small a child."""
        course = self._course(mrn.rpartition("|")[2])
        if course.person.age(at.date()) < measures.SPIROMETRY_AGE:
            raise _unfit(f"{mrn} is too small for a breathing test")
        measured = measures.measure(course, self._lungs, self._random, at.date())
        scribe = Scribe(course.person, self._clinic.authority, at.tzinfo or self._clinic.zone, self._next)
        self._next += _NUMBERS_EACH
        order = Order(f"P{scribe.next_number()}", "81458-2", "Pulmonary function test", at)
        lines = measures.spirometry_results(measured, old=False)
        return scribe.results(measures.lung_dialects(old=False), at, order, lines)

    def _course(self, number: str) -> Course:
        for course in self._clinic.courses:
            if course.person.mrn == number:
                return course
        raise _unfit(f"Nobody of the demonstration has the number {number}")


def _unfit(what: str) -> UseFault:
    return UseFault("DEMO-PERSON", what, "Name a person of the demonstration, such as DEMO|1001.")
