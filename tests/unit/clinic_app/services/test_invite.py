"""Inviting: the portal's person is made and linked, with the birth date that the clinic knows."""

from dataclasses import dataclass, field
from datetime import date, datetime

import pytest

from clinic_app.model.errors import AccessDenied, CommonGroundError
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.services.invite import invite
from clinic_app.store.memory import MemoryStore
from tests.spec.clinic import gate_for
from tests.spec.samples import ANNA, ANNA_PORTAL, NOW, demographics


@dataclass(frozen=True)
class Invitation:
    portal_patient_id: str


@dataclass
class Portal:
    asked: list[tuple[Identifier, str, date, str]] = field(default_factory=list)

    def invite(
        self, identifier: Identifier, name: str, birth_date: date, language: str, now: datetime
    ) -> Invitation:
        self.asked.append((identifier, name, birth_date, language))
        return Invitation(ANNA_PORTAL.value)


def store_with(born: Moment | None, *more: Identifier) -> MemoryStore:
    store = MemoryStore()
    with store.unit() as unit:
        for who in (ANNA, *more):
            unit.add_statements(0, (demographics(who, born),), "p", NOW)
    return store


def test_an_invited_patient_is_linked() -> None:
    store, portal = store_with(Moment("2001-02-03")), Portal()
    gate = gate_for(store, "coordinator")
    for _ in range(2):
        assert invite(gate, portal, ANNA, "es", NOW).portal_patient_id == ANNA_PORTAL.value
    assert portal.asked[0] == (ANNA, "Example, Anna", date(2001, 2, 3), "es")
    with store.snapshot() as view:
        assert view.person(ANNA) == (ANNA, ANNA_PORTAL)
        assert len(view.links(ANNA)) == 1


@pytest.mark.parametrize("born", [None, Moment("2001"), Moment("2001-02")])
def test_without_a_whole_birth_date_nobody_is_invited(born: Moment | None) -> None:
    portal = Portal()
    with pytest.raises(CommonGroundError, match="BIRTH-DATE-UNKNOWN"):
        invite(gate_for(store_with(born), "coordinator"), portal, ANNA, "en", NOW)
    with pytest.raises(CommonGroundError, match="BIRTH-DATE-UNKNOWN"):
        invite(gate_for(MemoryStore(), "coordinator"), portal, ANNA, "en", NOW)
    assert portal.asked == []


def test_who_may_not_invite_asks_the_portal_nothing() -> None:
    portal = Portal()
    with pytest.raises(AccessDenied):
        invite(gate_for(store_with(Moment("2001-02-03")), "it"), portal, ANNA, "en", NOW)
    assert portal.asked == []
