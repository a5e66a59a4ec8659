"""What the rules look at together: person, today, series, last visit, and how far the record reaches."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from clinic_app.model.bodies import Appointment, Visit
from clinic_app.model.facts import FactKind, Source
from clinic_app.model.moment import Moment
from clinic_app.model.words import Words
from clinic_app.picture.current import Thing
from clinic_app.picture.person import Person
from clinic_app.picture.tables import PictureTables
from clinic_app.picture.times import months_before
from clinic_app.picture.types import Evidence, Point

_RECORD = (FactKind.MEASUREMENT, FactKind.CULTURE, FactKind.VISIT)
_CLINIC = frozenset({Source.EHR, Source.STAFF})


@dataclass(frozen=True, slots=True)
class Scene:
    """One person today; changes are told against `since`, our record begins on `begins`."""

    person: Person
    today: date
    series: Mapping[str, tuple[Point, ...]]
    since: Moment | None
    begins: Moment | None
    tables: PictureTables
    words: Words

    def record_held(self, day: date) -> bool:
        """Whether 12 months were held on a day; before, no baseline, nothing new or due is claimed."""
        return self.begins is not None and self.begins.day <= months_before(day, 12)

    def numbers(self, name: str) -> list[Point]:
        """The points that can be compared: numbers without comparator, on a known day up to today."""
        return [
            point
            for point in self.series.get(name, ())
            if isinstance(point.value, Decimal) and not point.comparator and self.happened(point.at)
        ]

    def happened(self, at: Moment | None) -> bool:
        """Whether something is dated to a day that is not in the future."""
        return at is not None and at.has_day and at.day <= self.today


def evidence_of(points: Iterable[Point]) -> Evidence:
    """Points as evidence, each fact once."""
    pairs = dict.fromkeys((point.fact_id, point.inbox_id) for point in points)
    return Evidence(tuple(fact for fact, _ in pairs), tuple(inbox for _, inbox in pairs))


def joined(evidence: Iterable[Evidence]) -> Evidence:
    """Several pieces of evidence as one, each fact once."""
    pairs = dict.fromkeys(
        pair for each in evidence for pair in zip(each.fact_ids, each.inbox_ids, strict=True)
    )
    return Evidence(tuple(fact for fact, _ in pairs), tuple(inbox for _, inbox in pairs))


def record_begins(things: Mapping[FactKind, Sequence[Thing]], today: date) -> Moment | None:
    """The first day of our record: the earliest measurement, culture or visit of EHR or staff."""
    times = [
        thing.fact.statement.at
        for kind in _RECORD
        for thing in things[kind]
        if thing.fact.statement.source in _CLINIC
    ]
    return min((at for at in times if at is not None and at.day <= today), default=None)


def last_visit(things: Mapping[FactKind, Sequence[Thing]], today: date) -> Moment | None:
    """The start of the last visit before today; where no visits are sent, of the last kept appointment.

    Where neither is sent it is the last day before the newest one on which the clinic measured something.
    """
    visits = [_visit_start(thing) for thing in things[FactKind.VISIT]]
    booked = [_appointment_start(thing) for thing in things[FactKind.APPOINTMENT]]
    for starts in (visits, booked):
        past = [start for start in starts if start is not None and start.has_day and start.day < today]
        if past:
            return max(past)
    return _measured_before(things[FactKind.MEASUREMENT], today)


def _visit_start(thing: Thing) -> Moment | None:
    body = thing.fact.statement.body
    return body.start if isinstance(body, Visit) and body.state != "planned" else None


def _appointment_start(thing: Thing) -> Moment | None:
    body = thing.fact.statement.body
    return body.start if isinstance(body, Appointment) and body.state == "booked" else None


def _measured_before(things: Sequence[Thing], today: date) -> Moment | None:
    statements = [thing.fact.statement for thing in things if thing.fact.statement.source in _CLINIC]
    times = [one.at for one in statements if one.at is not None and one.at.has_day and one.at.day <= today]
    newest = max((at.day for at in times), default=None)
    return max((at for at in times if at.day != newest), default=None)
