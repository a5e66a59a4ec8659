"""Medicines as far as they are known: one line per medicine, whichever orders speak of it.

Absence of news never means stopped: outpatient prescriptions often never reach the feed. Only an order that
was stopped in so many words is.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from clinic_app.model.bodies import Medicine
from clinic_app.model.facts import Fact, FactStatus
from clinic_app.model.moment import Moment
from clinic_app.picture.current import Thing
from clinic_app.picture.scene import joined
from clinic_app.picture.tables import Modulators, PictureTables
from clinic_app.picture.times import time_key
from clinic_app.picture.types import MedicineLine

_WORD = re.compile(r"[a-z]+")
PRESCRIBED = "prescribed"
ORIGINS = (PRESCRIBED, "dispensed", "given")
GAP_DAYS = 31
"""An order that begins later than this after the end of those before it begins a course of its own."""


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when orders say that a medicine is given; None where that is not known."""

    start: Moment | None
    end: Moment | None


def medicine_lines(things: Iterable[Thing], tables: PictureTables) -> tuple[MedicineLine, ...]:
    """One line per medicine, those on record first, each part by name."""
    orders: dict[str, list[Thing]] = {}
    for thing in map(_named, things):
        body = thing.fact.statement.body
        if isinstance(body, Medicine) and body.name:
            orders.setdefault(body.code or " ".join(body.name.casefold().split()), []).append(thing)
    lines = [_line(group, tables) for group in orders.values()]
    return tuple(sorted(lines, key=lambda line: (line.state, line.name.casefold(), line.name)))


def _named(thing: Thing) -> Thing:
    """A stop that gives only the order's number is of what the versions before it name."""
    body = thing.fact.statement.body
    if not isinstance(body, Medicine) or body.name:
        return thing
    bodies = (fact.statement.body for fact in reversed(thing.earlier))
    told = next((one for one in bodies if isinstance(one, Medicine) and one.name), body)
    whole = replace(
        body,
        name=told.name,
        code=told.code,
        ingredients=told.ingredients,
        dose=body.dose or told.dose,
        route=body.route or told.route,
    )
    return replace(thing, fact=replace(thing.fact, statement=replace(thing.fact.statement, body=whole)))


def ingredients_of(body: Medicine, modulators: Modulators) -> tuple[str, ...]:
    """The ingredients that the translator matched, and modulators recognised by name in the text."""
    found = _WORD.findall(body.name.casefold())
    named = [word for word in found if word in modulators.ingredients]
    for word in found:
        named.extend(modulators.brands.get(word, ()))
    return tuple(dict.fromkeys((*body.ingredients, *named)))


def modulator_starts(things: Iterable[Thing], modulators: Modulators) -> Mapping[str, date]:
    """The first known day of each modulator ingredient; a renewed order does not begin it anew."""
    starts: dict[str, date] = {}
    for thing in things:
        body = thing.fact.statement.body
        if isinstance(body, Medicine):
            for name in set(ingredients_of(body, modulators)).intersection(modulators.ingredients):
                for start in _starts(thing):
                    starts[name] = min(starts.get(name, date.max), start.day)
    return starts


def _line(group: list[Thing], tables: PictureTables) -> MedicineLine:
    """Orders of one medicine as one line: on record while any order stands."""
    # What was handed out or given shows that it is taken; only prescriptions begin, change and stop it.
    prescribed = [thing for thing in group if _body(thing.fact).origin == PRESCRIBED]
    standing = [thing for thing in prescribed or group if _body(thing.fact).action != "stopped"]
    told = standing or prescribed
    newest = max(told, key=_newness)
    body = _body(newest.fact)
    ingredients = tuple(dict.fromkeys(name for thing in group for name in _ingredients(thing, tables)))
    run = _newest_run([_span(thing) for thing in told])
    ends = [span.end for span in run if span.end is not None]
    # While one order of the run stands without an end, no end is known.
    ended = not standing or len(ends) == len(run)
    shared = bool(ingredients) and tables.shared.ingredients.issuperset(ingredients)
    return MedicineLine(
        name=body.name,
        ingredients=ingredients,
        state="on_record" if standing else "stopped",
        started=run[0].start,
        stopped=max(ends, default=None, key=time_key) if ended else None,
        dose=body.dose,
        origin=newest.fact.statement.source,
        status=newest.fact.statement.status,
        evidence=joined(thing.evidence for thing in group),
        audience=tables.shared.audience(shared),
        code=body.code,
        dispensed=_last(group, "dispensed"),
        given=_last(group, "given"),
        origins=tuple(one for one in ORIGINS if any(_body(thing.fact).origin == one for thing in group)),
    )


def _last(group: Sequence[Thing], origin: str) -> Moment | None:
    """When it was last handed out or given."""
    times = [thing.fact.statement.at for thing in group if _body(thing.fact).origin == origin]
    return max((at for at in times if at is not None), default=None, key=time_key)


def _body(fact: Fact) -> Medicine:
    body = fact.statement.body
    assert isinstance(body, Medicine)
    return body


def _ingredients(thing: Thing, tables: PictureTables) -> tuple[str, ...]:
    return ingredients_of(_body(thing.fact), tables.modulators)


def _starts(thing: Thing) -> list[Moment]:
    """Every start that the order names; a correction takes back what the versions before it said.

    That something was handed out or given says that it is taken, not since when: it may be the tenth packet.
    """
    if _body(thing.fact).origin != PRESCRIBED:
        return []
    corrected = thing.fact.statement.status is FactStatus.CORRECTED
    versions = (thing.fact,) if corrected else (*thing.earlier, thing.fact)
    starts = [_body(fact).start for fact in versions]
    return [start for start in starts if start is not None]


def _span(thing: Thing) -> Span:
    """What one order says; a stop without an end ended when it was told."""
    body = _body(thing.fact)
    told = thing.fact.statement.at if body.action == "stopped" else None
    return Span(min(_starts(thing), default=None, key=time_key), body.end or told)


def _newest_run(spans: Sequence[Span]) -> Sequence[Span]:
    """The newest unbroken run of orders, in order of their starts.

    An order joins those before it if one of them has no end, or an end not more than 31 days before its
    start. Orders without a start cannot be placed and count only where no order has one.
    """
    placed = [(span.start.day, span) for span in spans if span.start is not None]
    if not placed:
        return spans
    run: list[Span] = []
    until = date.max
    for start, span in sorted(placed, key=lambda pair: time_key(pair[1].start)):
        end = date.max if span.end is None else span.end.day
        if (start - until).days > GAP_DAYS:
            run, until = [], end
        else:
            until = max(until, end) if run else end
        run.append(span)
    return run


def _newness(thing: Thing) -> tuple[tuple[float, str], tuple[int, str, str]]:
    statement = thing.fact.statement
    return (time_key(_body(thing.fact).start or statement.at), statement.order)
