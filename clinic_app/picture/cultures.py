"""Cultures: the findings of one specimen together, and which germs were never seen before."""

from collections.abc import Sequence
from dataclasses import dataclass

from clinic_app.model.bodies import Culture
from clinic_app.model.facts import Fact, FactKind
from clinic_app.picture.current import Thing
from clinic_app.picture.scene import Scene, joined
from clinic_app.picture.tables import SharedList
from clinic_app.picture.times import months_before
from clinic_app.picture.types import CultureLine, Evidence


@dataclass(frozen=True, slots=True)
class NewOrganism:
    """A germ that grew for the first time on our record: the words that were sent, and the finding."""

    name: str
    evidence: Evidence


def culture_lines(things: Sequence[Thing], shared: SharedList) -> tuple[CultureLine, ...]:
    """One line per specimen and time, in order of time; findings that have neither stay alone."""
    groups: dict[tuple[str, str, str], list[tuple[Thing, Culture]]] = {}
    for thing in things:
        statement = thing.fact.statement
        body = statement.body
        if isinstance(body, Culture):
            when = statement.at.text if statement.at else statement.key
            groups.setdefault((statement.subject.authority, when, body.specimen), []).append((thing, body))
    return tuple(_line(findings, shared) for findings in groups.values())


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
