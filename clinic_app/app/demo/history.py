"""Five years of one synthetic person as the messages that the hospital's systems sent."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

from clinic_app.app.demo import measures, wire_text
from clinic_app.app.demo.bodies import Lungs
from clinic_app.app.demo.chart import Chart, Drug
from clinic_app.app.demo.course import Course, Dip
from clinic_app.app.demo.measures import Measured
from clinic_app.app.demo.scribe import Order, Outgoing, Result, Scribe

_CULTURE_DAYS = 4
_MOOD_AGE = 12
_BOOKINGS_KEPT = timedelta(days=500)
"""Older bookings have left the scheduling system."""
ARRIVED = ("falling", "growing")
"""Stories of those who have been weighed (and blown) this morning."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What all histories share."""

    chart: Chart
    lungs: Lungs
    seed: int
    now: datetime


class Historian:
    """Writes the messages of one course; `write` gives them in the order in which they were sent."""

    def __init__(self, setting: Setting, course: Course, scribe: Scribe) -> None:
        """``scribe`` belongs to the course's person."""
        self._setting = setting
        self._course = course
        self._scribe = scribe
        self._random = Random(f"{setting.seed} history {course.person.number}")
        self._sent: list[Outgoing] = []
        age = course.person.age(course.end)
        carrier = self._random.random() < 0.7
        self._usual = measures.pick_organism(setting.chart, age, self._random) if carrier else None

    def write(self) -> list[Outgoing]:
        """All messages, oldest first."""
        self._register()
        self._medicines()
        for index, day in enumerate(self._course.visits):
            self._visit(index, day)
        for dip in self._course.dips:
            self._illness(dip)
        self._missed_bookings()
        self._coming()
        if self._course.person.slot.today:
            self._today()
        return sorted(self._sent, key=lambda outgoing: outgoing.at)

    def _register(self) -> None:
        begin = self._scribe.moment(self._course.begin, 7, 30)
        self._sent.append(self._scribe.registration("A28", begin))
        moved = self._course.begin + timedelta(
            days=min(400, (self._course.end - self._course.begin).days // 2)
        )
        self._sent.append(self._scribe.registration("A08", self._scribe.moment(moved, 11, 0)))

    def _medicines(self) -> None:
        course = self._course
        for drug in self._setting.chart.usual(course.person.age(course.end)):
            from_age = course.person.birth + timedelta(days=round(drug.from_age * 365.25) + 40)
            self._prescribe(drug, max(course.begin + timedelta(days=1), from_age))
        if course.modulator is not None:
            self._prescribe(self._setting.chart.by_key[course.modulator.product], course.modulator.start)

    def _prescribe(self, drug: Drug, day: date) -> None:
        at = self._scribe.moment(day, 14, 5)
        end = at + timedelta(days=drug.days) if drug.days else None
        self._sent.append(self._scribe.prescription(at, drug, f"RX{self._scribe.next_number()}", end))

    def _visit(self, index: int, day: date) -> None:
        start = self._scribe.moment(day, 8 + index % 4, 20 * (self._course.person.number % 3))
        if self._course.end - day < _BOOKINGS_KEPT:
            self._book(start - timedelta(days=min(75, 20 + index)), start, "room 2")
        measured = self._clinic(start, corrected=self._wants_correction(index))
        self._culture(start)
        if index % 4 == self._course.person.number % 4:
            self._yearly(start)
        if measured.fev1 is not None and index == len(self._course.visits) - 2:
            self._repeats()

    def _clinic(self, start: datetime, corrected: bool = False) -> Measured:
        """Registration at the desk, scales and spirometer."""
        scribe, random = self._scribe, self._random
        self._sent.append(scribe.registration("A04", start - timedelta(minutes=12), start))
        measured = measures.measure(self._course, self._setting.lungs, random, start.date())
        vitals = Order(f"V{scribe.next_number()}", "85353-1", "Vital signs", start - timedelta(minutes=5))
        pair = (wire_text.VITALS, wire_text.VITALS)
        lines = measures.vitals_results(measured, imperial=self._course.person.number % 7 == 5)
        self._sent.append(scribe.results(pair, start - timedelta(minutes=4), vitals, lines))
        if measured.fev1 is not None:
            self._spirometry(measured, start + timedelta(minutes=5), corrected)
        return measured

    def _spirometry(self, measured: Measured, at: datetime, corrected: bool) -> None:
        old = measures.writes_old(self._course)
        order = Order(f"P{self._scribe.next_number()}", "81458-2", "Pulmonary function test", at)
        pair = measures.lung_dialects(old)
        sent = at + timedelta(minutes=6)
        if corrected and measured.fev1 is not None:
            # Lower, not higher: a first result above the FVC would be held as impossible.
            first = replace(measured, fev1=measured.fev1 * 0.81)
            self._sent.append(
                self._scribe.results(pair, sent, order, measures.spirometry_results(first, old))
            )
            sent += timedelta(days=1)
            order = replace(order, status="C")
        lines = measures.spirometry_results(measured, old, status="C" if corrected else "F")
        self._sent.append(self._scribe.results(pair, sent, order, lines))

    def _book(self, at: datetime, start: datetime, room: str) -> None:
        number = f"A{self._scribe.next_number()}"
        self._sent.append(self._scribe.booking("S12", at, start, number, room))

    def _wants_correction(self, index: int) -> bool:
        return self._course.person.number % 6 == 3 and index == len(self._course.visits) - 3

    def _repeats(self) -> None:
        """Some systems send the last result again: the same bytes, or the same result with another MSH-10."""
        last = self._sent[-1]
        if self._course.person.number % 4 == 0:
            self._sent.append(replace(last, at=last.at + timedelta(minutes=1)))
        elif self._course.person.number % 4 == 1:
            control = f"{last.control_id}R"
            raw = last.raw.replace(last.control_id.encode(), control.encode(), 1)
            self._sent.append(replace(last, at=last.at + timedelta(minutes=1), control_id=control, raw=raw))

    def _culture(self, start: datetime) -> None:
        taken = start + timedelta(minutes=15)
        order = Order(f"M{self._scribe.next_number()}", "623-9", "CF respiratory culture", taken, "P")
        pair = (wire_text.LABORATORY, wire_text.LABORATORY)
        if self._random.random() < 0.3:
            waiting = measures.culture_results((), "P")
            self._sent.append(self._scribe.results(pair, taken + timedelta(days=1), order, waiting))
        ill = self._course.ill(start.date())
        age = self._course.person.age(start.date())
        found = measures.grown(self._setting.chart, self._usual, age, ill, self._random)
        reported = taken + timedelta(days=_CULTURE_DAYS)
        if reported < self._setting.now:
            final = replace(order, status="F")
            lines = measures.culture_results(found, "F")
            self._sent.append(self._scribe.results(pair, reported, final, lines))

    def _yearly(self, start: datetime) -> None:
        age = self._course.person.age(start.date())
        labs = measures.lab_results(self._setting.chart, age, self._random)
        self._report(start, "L", "24323-8", "CF yearly blood tests", labs)
        if age >= _MOOD_AGE:
            self._report(start, "Q", "69725-0", "Yearly questionnaires", measures.mood_results(self._random))

    def _report(self, start: datetime, letter: str, code: str, name: str, lines: tuple[Result, ...]) -> None:
        order = Order(f"{letter}{self._scribe.next_number()}", code, name, start + timedelta(minutes=20))
        pair = (wire_text.LABORATORY_OLD, wire_text.LABORATORY)
        self._sent.append(self._scribe.results(pair, start + timedelta(hours=5), order, lines))

    def _illness(self, dip: Dip) -> None:
        """A visit for the illness (none where it is going on now) and its antibiotic."""
        course = self._course
        going_on = (course.end - dip.worst).days < 21
        if not going_on:
            start = self._scribe.moment(dip.worst, 13, 40)
            self._clinic(start)
            self._culture(start)
        drug = self._setting.chart.antibiotic(course.person.age(dip.worst))
        self._prescribe(drug, dip.worst - timedelta(days=9) if going_on else dip.worst)

    def _missed_bookings(self) -> None:
        if self._course.away is None:
            return
        start = self._scribe.moment(self._course.away[0] + timedelta(days=20), 10, 0)
        number = f"A{self._scribe.next_number()}"
        self._sent.append(self._scribe.booking("S12", start - timedelta(days=60), start, number, "room 1"))
        self._sent.append(self._scribe.booking("S15", start - timedelta(days=1), start, number, "room 1"))

    def _coming(self) -> None:
        """The next appointment, which four in five have."""
        if self._course.person.number % 5 == 4 or self._course.person.slot.today:
            return
        day = self._course.end + timedelta(days=self._random.randrange(3, 60))
        start = self._scribe.moment(day - timedelta(days=max(0, day.weekday() - 4)), 9, 20)
        booked = self._setting.now - timedelta(days=self._random.randrange(2, 30))
        if start.date() > self._course.end:
            self._book(booked, start, "room 4")

    def _today(self) -> None:
        slot = self._course.person.slot
        start = datetime.combine(self._course.end, time.fromisoformat(slot.today), self._setting.now.tzinfo)
        booked = self._setting.now - timedelta(days=21)
        room = f"room {1 + self._course.person.number % 4}"
        self._book(booked, start, room)
        if slot.story in ARRIVED:
            latest = self._setting.now - timedelta(minutes=30)
            self._clinic(max(min(start, latest), self._scribe.moment(self._course.end, 0, 15)))
