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
_CLINIC = frozenset({Source.EHR, Source.STAFF, Source.LOADED})


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
    """Whether a moment's day is not after an ISO day; texts compare ten times as fast as dates."""
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
    """The visit that changes are told against: the last one before today (else the last appointment).

    On a day without a visit, when nothing was measured since the last one, it is the visit before: what the
    last one brought is then still the news. Where no visits are known, it is the last day measured before the
    newest.
    """
    measured = _measured(things[FactKind.MEASUREMENT], today)
    starts = _starts(things)
    past = sorted((start for start in starts if start.day < today), key=time_key)
    if past:
        here_today = any(start.day == today for start in starts)
        newer = any(at.day > past[-1].day for at in measured[-1:])
        earlier = [start for start in past if start.day < past[-1].day]
        if here_today or newer:
            return past[-1]
        if earlier:
            return earlier[-1]
    before = [at for at in measured if at.day != measured[-1].day]
    return before[-1] if before else (past[-1] if past else None)


def _starts(things: Mapping[FactKind, Sequence[Thing]]) -> list[Moment]:
    """Starts of the visits that took place; where none is known, of appointments not called off."""
    visits = [_visit_start(thing) for thing in things[FactKind.VISIT]]
    booked = [_appointment_start(thing) for thing in things[FactKind.APPOINTMENT]]
    known = [
        [start for start in starts if start is not None and start.has_day] for starts in (visits, booked)
    ]
    return known[0] or known[1]


def _visit_start(thing: Thing) -> Moment | None:
    body = thing.fact.statement.body
    return body.start if isinstance(body, Visit) and body.state != "planned" else None


def _appointment_start(thing: Thing) -> Moment | None:
    body = thing.fact.statement.body
    return body.start if isinstance(body, Appointment) and body.state == "booked" else None


def _measured(things: Sequence[Thing], today: date) -> list[Moment]:
    """When the clinic measured something, in order of days, none in the future."""
    day = today.isoformat()
    statements = [thing.fact.statement for thing in things if thing.fact.statement.source in _CLINIC]
    times = [one.at for one in statements if one.at is not None and one.at.has_day and upto(one.at, day)]
    return sorted(times, key=lambda at: at.text[:10])
