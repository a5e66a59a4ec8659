"""Links of the reference store: who is one person, worked out from the list of all decisions."""

from collections.abc import Sequence

from clinic_app.model.identity import Identifier
from clinic_app.model.people import Link


def person(links: Sequence[Link], identifier: Identifier) -> tuple[Identifier, ...]:
    """All identifiers that active links join to this one, itself included, sorted."""
    joined = [pair for pair, link in _newest(links).items() if link.active]
    together = {identifier}
    grown = True
    while grown:
        near = {end for pair in joined if not pair.isdisjoint(together) for end in pair}
        grown = not near <= together
        together |= near
    return tuple(sorted(together))


def merged(links: Sequence[Link]) -> Sequence[Link]:
    """Active links between two EHR identifiers, newest first."""
    newest = _newest(links)
    return [
        link
        for link in reversed(links)
        if link is newest[frozenset((link.first, link.second))]
        and link.active
        and not (link.first.from_portal or link.second.from_portal)
    ]


def _newest(links: Sequence[Link]) -> dict[frozenset[Identifier], Link]:
    """Of each pair the decision that was made last."""
    return {frozenset((link.first, link.second)): link for link in links}
