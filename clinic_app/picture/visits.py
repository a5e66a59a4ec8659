"""Visits and appointments in order of time."""

from collections.abc import Iterable

from clinic_app.model.bodies import Appointment, Visit
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
