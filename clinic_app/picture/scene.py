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
from clinic_app.picture.times import months_before, time_key
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
    comparable: Mapping[str, Sequence[Point]]

    def record_held(self, day: date) -> bool:
        """Whether 12 months were held on a day; before, no baseline, nothing new or due is claimed."""
        return self.begins is not None and self.begins.day <= months_before(day, 12)

    def numbers(self, name: str) -> Sequence[Point]:
        """The points that can be compared: numbers without comparator, on a known day up to today."""
        return self.comparable.get(name, ())

    def happened(self, at: Moment | None) -> bool:
        """Whether something is dated to a day that is not in the future."""
        return at is not None and at.has_day and upto(at, self.today.isoformat())


def comparable(series: Mapping[str, Sequence[Point]], today: date) -> dict[str, Sequence[Point]]:
    """The points of each series that `Scene.numbers` gives; worked out once, as every rule asks for them."""
    day = today.isoformat()
    return {
        name: [
            point
            for point in points
            if isinstance(point.value, Decimal)
            and not point.comparator
            and point.at is not None
            and len(point.at.text) >= 10
            and point.at.text[:10] <= day
        ]
        for name, points in series.items()
    }


def upto(at: Moment, day: str) -> bool:
    """Whether a moment's day is not after an ISO day; comparing texts is a tenth of the work of reading dates."""
    return at.text[:10] <= day


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
    firsts = []
    for kind in _RECORD:
        # The things are in order of time: the first one with a time is the earliest.
        stated = (one.fact.statement for one in things[kind])
        firsts.append(next((one.at for one in stated if one.at is not None and one.source in _CLINIC), None))
    past = [at for at in firsts if at is not None and at.day <= today]
    return min(past, default=None, key=time_key)


def last_visit(things: Mapping[FactKind, Sequence[Thing]], today: date) -> Moment | None:
    """The start of the last visit before today; where no visits are sent, of the last kept appointment.

    Where neither is sent it is the last day before the newest one on which the clinic measured something.
    """
    visits = [_visit_start(thing) for thing in things[FactKind.VISIT]]
    booked = [_appointment_start(thing) for thing in things[FactKind.APPOINTMENT]]
    for starts in (visits, booked):
        past = [start for start in starts if start is not None and start.has_day and start.day < today]
        if past:
            return max(past, key=time_key)
    return _measured_before(things[FactKind.MEASUREMENT], today)


def _visit_start(thing: Thing) -> Moment | None:
    body = thing.fact.statement.body
    return body.start if isinstance(body, Visit) and body.state != "planned" else None


def _appointment_start(thing: Thing) -> Moment | None:
    body = thing.fact.statement.body
    return body.start if isinstance(body, Appointment) and body.state == "booked" else None


def _measured_before(things: Sequence[Thing], today: date) -> Moment | None:
    day = today.isoformat()
    statements = [thing.fact.statement for thing in things if thing.fact.statement.source in _CLINIC]
    times = [one.at for one in statements if one.at is not None and one.at.has_day and upto(one.at, day)]
    newest = max((at.text[:10] for at in times), default="")
    return max((at for at in times if at.text[:10] != newest), default=None, key=time_key)
