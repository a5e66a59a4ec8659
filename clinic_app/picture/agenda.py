"""What the two want to talk about, and what they decided: verbatim, the patient's topics first."""

from collections.abc import Iterable

from clinic_app.model.bodies import Decision, Topic
from clinic_app.picture.current import Thing
from clinic_app.picture.types import AgendaItem, DecisionLine

_PATIENT = "patient"


def agenda_items(things: Iterable[Thing]) -> tuple[AgendaItem, ...]:
    """All topics: the patient's, then the clinician's, each in the order that was set, then of time."""
    topics = [(thing, body) for thing in things if isinstance(body := thing.fact.statement.body, Topic)]
    # The things come in order of time and the sort is stable.
    topics.sort(key=lambda pair: (pair[1].by != _PATIENT, pair[1].order))
    return tuple(
        AgendaItem(
            by=body.by,
            text=body.text,
            state=body.state,
            private=body.private,
            at=thing.fact.statement.at,
            evidence=thing.evidence,
        )
        for thing, body in topics
    )


def decision_lines(things: Iterable[Thing]) -> tuple[DecisionLine, ...]:
    """All decisions in order of time."""
    return tuple(
        DecisionLine(body.text, body.state, thing.fact.statement.at, thing.evidence)
        for thing in things
        if isinstance(body := thing.fact.statement.body, Decision)
    )
