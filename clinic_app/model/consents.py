"""What consent facts say: pure, so that every store and the gate give the same answer."""

from collections.abc import Iterable

from clinic_app.model.bodies import ConsentDecision
from clinic_app.model.facts import Fact, FactKind, FactStatus, Statement
from clinic_app.model.identity import Identifier


def current(facts: Iterable[Fact]) -> tuple[Statement, ...]:
    """The current version of each thing, withdrawn things left out, in order of subject and key."""
    newest: dict[tuple[Identifier, str], Statement] = {}
    for fact in facts:
        stated = fact.statement
        name = (stated.subject, stated.key)
        if name not in newest or newest[name].order < stated.order:
            newest[name] = stated
    return tuple(newest[name] for name in sorted(newest) if newest[name].status is not FactStatus.WITHDRAWN)


def consent_of(facts: Iterable[Fact], purpose: str, kind: str = "") -> bool | None:
    """The decision that holds for a purpose: the one said last (by the sender's time); None where none was
    made.

    Without ``kind`` only decisions about everything count; with it also those that name the kind.
    """
    decisions = [
        (stated.sent_at, stated.content_hash, body.allowed)
        for stated in current(fact for fact in facts if fact.statement.kind is FactKind.CONSENT)
        if isinstance(body := stated.body, ConsentDecision)
        and body.purpose == purpose
        and (not body.kinds or kind in body.kinds)
    ]
    return max(decisions)[2] if decisions else None
