"""Visits and appointments in order of time."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from clinic_app.model.bodies import Appointment, Visit
from clinic_app.model.facts import Fact, FactStatus
from clinic_app.picture.current import Thing
from clinic_app.picture.times import time_key
from clinic_app.picture.types import VisitLine


def visit_lines(visits: Iterable[Thing], appointments: Iterable[Thing]) -> tuple[VisitLine, ...]:
    """Both kinds together; cancelled and missed appointments stay listed with their state."""
    lines = [
        VisitLine(
            "visit",
            body.start or thing.fact.statement.at,
            body.end,
            body.location,
            body.state,
            thing.evidence,
        )
        for thing in visits
        if isinstance(body := thing.fact.statement.body, Visit)
    ]
    lines += [
        VisitLine(
            "appointment",
            body.start or thing.fact.statement.at,
            None,
            body.location,
            body.state,
            thing.evidence,
        )
        for thing in appointments
        if isinstance(body := thing.fact.statement.body, Appointment)
    ]
    return tuple(sorted(lines, key=lambda line: (time_key(line.start), line.kind)))


def told_visits(things: Iterable[Thing]) -> list[Thing]:
    """Visits as all their events together tell them: one that changes a bed or a name (an empty state) says
    nothing of arrival and discharge, so it neither opens nor ends a visit.
    """
    return sorted(map(_told, things), key=lambda thing: time_key(thing.fact.statement.at))


def _told(thing: Thing) -> Thing:
    body = thing.fact.statement.body
    if not isinstance(body, Visit) or (body.state and not thing.earlier):
        return thing
    whole = _together(_since_withdrawn((*thing.earlier, thing.fact)))
    statement = replace(thing.fact.statement, body=whole, at=whole.start or thing.fact.statement.at)
    return replace(thing, fact=replace(thing.fact, statement=statement))


def _since_withdrawn(versions: Sequence[Fact]) -> Sequence[Visit]:
    """What was said of the visit since it was last called off, oldest first."""
    told: list[Visit] = []
    for fact in versions:
        body = fact.statement.body
        if fact.statement.status is FactStatus.WITHDRAWN:
            told.clear()
        elif isinstance(body, Visit):
            told.append(body)
    return told


def _together(told: Sequence[Visit]) -> Visit:
    """The events folded into one, in order of the sender's time; what one leaves out stays as it was."""
    first, *later = told
    whole = first
    for event in later:
        whole = Visit(
            number=event.number or whole.number,
            patient_class=event.patient_class or whole.patient_class,
            location=event.location or whole.location,
            start=event.start or whole.start,
            end=event.end if event.state else event.end or whole.end,
            state=event.state or ("discharged" if event.end else whole.state),
        )
    return replace(whole, state=whole.state or ("discharged" if whole.end else "arrived"))
