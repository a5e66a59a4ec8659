"""What else the EHR's chart holds: orders, documents, immunisations, problems, allergies; newest first.

All of it is for staff unless the allow-list names the kind.
"""

from collections.abc import Iterable, Sequence

from clinic_app.model.bodies import Allergy, Document, Immunisation, Order, Problem
from clinic_app.model.facts import FactKind
from clinic_app.picture.current import Thing
from clinic_app.picture.tables import SharedList
from clinic_app.picture.types import AllergyLine, DocumentLine, ImmunisationLine, OrderLine, ProblemLine


def order_lines(things: Sequence[Thing], shared: SharedList) -> tuple[OrderLine, ...]:
    """Orders, those called off included, with their state; what is ordered may stand in an earlier message,
    and an order of which nobody said it yet is not listed.
    """
    audience = _audience(shared, FactKind.ORDER)
    lines = []
    for thing, body in _newest_first(things):
        told = _last_named(thing)
        if isinstance(body, Order) and told is not None:
            name, series = told
            at, due = thing.fact.statement.at, body.due or name.due
            lines.append(
                OrderLine(name.name, name.code, body.state, at, due, thing.evidence, audience, series)
            )
    return tuple(lines)


def _last_named(thing: Thing) -> tuple[Order, str] | None:
    """The newest version that says what is ordered, and the series of its results."""
    for fact in (thing.fact, *reversed(thing.earlier)):
        body = fact.statement.body
        if isinstance(body, Order) and body.name:
            return body, fact.statement.code
    return None


def document_lines(things: Sequence[Thing], shared: SharedList) -> tuple[DocumentLine, ...]:
    """Documents, replaced ones included; a cancelled one is withdrawn and not among the things."""
    audience = _audience(shared, FactKind.DOCUMENT)
    return tuple(
        DocumentLine(
            title=told.title,
            type=told.type,
            number=told.number,
            state=body.state,
            status=thing.fact.statement.status,
            at=thing.fact.statement.at,
            author=thing.fact.statement.author,
            parts=told.parts,
            of=told.of,
            evidence=thing.evidence,
            audience=audience,
        )
        for thing, body in _newest_first(things)
        if isinstance(body, Document)
        for told in (_last_titled(thing, body),)
    )


def _last_titled(thing: Thing, body: Document) -> Document:
    """The newest version that brings the document itself: what replaces one names only its number."""
    bodies = (fact.statement.body for fact in reversed(thing.earlier))
    found = (one for one in bodies if isinstance(one, Document) and one.title)
    return body if body.title else next(found, body)


def immunisation_lines(things: Sequence[Thing], shared: SharedList) -> tuple[ImmunisationLine, ...]:
    """Vaccines given, refused and not given."""
    audience = _audience(shared, FactKind.IMMUNISATION)
    return tuple(
        ImmunisationLine(
            body.name, body.code, body.state, thing.fact.statement.at, body.dose, thing.evidence, audience
        )
        for thing, body in _newest_first(things)
        if isinstance(body, Immunisation)
    )


def problem_lines(things: Sequence[Thing], shared: SharedList) -> tuple[ProblemLine, ...]:
    """Diagnoses and problems."""
    audience = _audience(shared, FactKind.PROBLEM)
    return tuple(
        ProblemLine(body.name, body.code, body.state, body.start, body.end, thing.evidence, audience)
        for thing, body in _newest_first(things)
        if isinstance(body, Problem)
    )


def allergy_lines(things: Sequence[Thing], shared: SharedList) -> tuple[AllergyLine, ...]:
    """Allergies by name; that none is known stands only where no allergy does."""
    audience = _audience(shared, FactKind.ALLERGY)
    lines = [
        AllergyLine(
            body.substance,
            body.code,
            body.type,
            body.severity,
            body.reaction,
            body.none_known,
            thing.evidence,
            audience,
        )
        for thing, body in _newest_first(things)
        if isinstance(body, Allergy)
    ]
    real = [line for line in lines if not line.none_known]
    return tuple(sorted(real or lines, key=lambda line: (line.substance.casefold(), line.substance)))


def _newest_first(things: Sequence[Thing]) -> Iterable[tuple[Thing, object]]:
    return ((thing, thing.fact.statement.body) for thing in reversed(things))


def _audience(shared: SharedList, kind: FactKind) -> str:
    return shared.audience(kind in shared.kinds)
