"""Cultures: the findings of one specimen together, and which germs were never seen before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from clinic_app.model.bodies import Culture, Susceptibility
from clinic_app.model.facts import Fact, FactKind
from clinic_app.model.moment import Moment
from clinic_app.picture.current import Thing
from clinic_app.picture.scene import Scene, joined
from clinic_app.picture.tables import SharedList
from clinic_app.picture.times import months_before, time_key
from clinic_app.picture.types import CultureLine, Evidence, SusceptibilityLine

DRUGS_WITHIN_DAYS = 30
"""So long after the specimen was taken drugs are still tested on what grew from it."""


@dataclass(frozen=True, slots=True)
class NewOrganism:
    """A germ that grew for the first time on our record: the words that were sent, and the finding."""

    name: str
    evidence: Evidence


def culture_lines(
    things: Sequence[Thing], shared: SharedList, drugs: Sequence[Thing] = ()
) -> tuple[CultureLine, ...]:
    """One line per specimen and time, in order of time; findings that have neither stay alone.

    ``drugs`` are susceptibilities: they stand at the culture that grew the organism, or at one of their own.
    """
    groups: dict[tuple[str, str, str], list[tuple[Thing, Culture]]] = {}
    for thing in things:
        statement = thing.fact.statement
        body = statement.body
        if isinstance(body, Culture):
            when = statement.at.text if statement.at else statement.key
            groups.setdefault((statement.subject.authority, when, body.specimen), []).append((thing, body))
    lines = [_line(findings, shared) for findings in groups.values()]
    return _with_drugs(lines, drugs, shared) if drugs else tuple(lines)


def _with_drugs(
    lines: list[CultureLine], things: Sequence[Thing], shared: SharedList
) -> tuple[CultureLine, ...]:
    found: dict[int, list[SusceptibilityLine]] = {}
    alone: dict[tuple[str, str, str], list[Thing]] = {}
    for thing in things:
        body = _drug(thing)
        place = _place_of(body, thing.fact.statement.at, lines)
        if place is None:
            when = thing.fact.statement.at.text if thing.fact.statement.at else ""
            alone.setdefault((when, body.organism or body.organism_text, body.specimen), []).append(thing)
        else:
            found.setdefault(place, []).append(_drug_line(thing))
    told = [replace(line, susceptibilities=_in_order(found.get(n, ()))) for n, line in enumerate(lines)]
    told += [_drugs_alone(group, shared) for group in alone.values()]
    return tuple(sorted(told, key=lambda line: time_key(line.at)))


def _place_of(body: Susceptibility, at: Moment | None, lines: Sequence[CultureLine]) -> int | None:
    """The newest culture that grew the organism, not after the drugs were tested, of the same specimen."""
    wanted = (body.organism, body.organism_text.casefold())
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number]
        grew = any(
            key == wanted[0] if wanted[0] else text.casefold() == wanted[1] for key, text in line.organisms
        )
        same = not body.specimen or not line.specimen or body.specimen == line.specimen
        near = (
            at is not None and line.at is not None and 0 <= (at.day - line.at.day).days <= DRUGS_WITHIN_DAYS
        )
        if grew and same and near:
            return number
    return None


def _drugs_alone(group: Sequence[Thing], shared: SharedList) -> CultureLine:
    body = _drug(group[0])
    named = ((body.organism, body.organism_text),) if body.organism or body.organism_text else ()
    return CultureLine(
        at=group[0].fact.statement.at,
        specimen=body.specimen,
        organisms=named,
        growth=True,
        status=min((thing.fact for thing in group), key=_standing).statement.status,
        evidence=joined(thing.evidence for thing in group),
        audience=shared.audience(FactKind.CULTURE in shared.kinds),
        susceptibilities=_in_order(map(_drug_line, group)),
    )


def _drug(thing: Thing) -> Susceptibility:
    body = thing.fact.statement.body
    assert isinstance(body, Susceptibility)
    return body


def _drug_line(thing: Thing) -> SusceptibilityLine:
    body = _drug(thing)
    return SusceptibilityLine(
        organism=body.organism,
        organism_text=body.organism_text,
        drug=body.drug,
        interpretation=body.interpretation,
        text=body.text,
        status=thing.fact.statement.status,
        evidence=thing.evidence,
    )


def _in_order(lines: Iterable[SusceptibilityLine]) -> tuple[SusceptibilityLine, ...]:
    return tuple(
        sorted(lines, key=lambda line: (line.organism, line.organism_text, line.drug.casefold(), line.drug))
    )


def _line(findings: list[tuple[Thing, Culture]], shared: SharedList) -> CultureLine:
    grown = [body for _, body in findings if body.growth]
    first = min((thing.fact for thing, _ in findings), key=_standing)
    return CultureLine(
        at=first.statement.at,
        specimen=findings[0][1].specimen,
        organisms=tuple(dict.fromkeys((body.organism, body.organism_text) for body in grown)),
        growth=bool(grown),
        status=first.statement.status,
        evidence=joined(thing.evidence for thing, _ in findings),
        audience=shared.audience(FactKind.CULTURE in shared.kinds),
    )


def _standing(fact: Fact) -> int:
    """A culture is as final as its least final finding."""
    return fact.statement.status.rank


def new_organisms(lines: Sequence[CultureLine], scene: Scene) -> list[NewOrganism]:
    """Germs that first grew after the last visit (or in 12 months), with a year of record before."""
    after = scene.since.day if scene.since else months_before(scene.today, 12)
    seen: set[str] = set()
    new: list[NewOrganism] = []
    for line in lines:
        for key, text in line.organisms:
            name = key or text.casefold()
            fresh = name not in seen and "flora" not in name
            seen.add(name)
            if (
                fresh
                and line.at
                and scene.happened(line.at)
                and line.at.day > after
                and scene.record_held(line.at.day)
            ):
                new.append(NewOrganism(text or key, line.evidence))
    return new
