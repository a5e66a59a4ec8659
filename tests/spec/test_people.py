"""People: links, birth dates, the patient list, consent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from clinic_app.model.entries import EntryState
from clinic_app.model.facts import FactStatus, Statement
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.model.people import Link, PatientRow
from clinic_app.ports.store import Store, WriteUnit
from tests.spec.samples import (
    ANNA,
    ANNA_PORTAL,
    BELA,
    BELA_PORTAL,
    BORN,
    NOW,
    OTHER_BORN,
    appointment,
    consent,
    demographics,
    entry,
)

OLD_ANNA = Identifier("CLINIC", "77")


def put(
    unit: WriteUnit, id_: int, *statements: Statement, subject: Identifier = ANNA, channel: str = "mllp"
) -> None:
    raw = entry(id_, channel=channel, minutes=id_)
    unit.put_entry(raw, EntryState.APPLIED, (), (), subject, None, "p1")
    unit.add_statements(id_, statements, "p1", NOW)


def link(unit: WriteUnit, first: Identifier, second: Identifier, active: bool = True) -> None:
    unit.link(Link(first, second, "clinician", NOW, active))


def listed(store: Store) -> Sequence[PatientRow]:
    with store.snapshot() as view:
        return view.patients(NOW)


def test_links_join_in_both_directions_and_over_several_steps(store: Store) -> None:
    with store.unit() as unit:
        link(unit, ANNA, ANNA_PORTAL)
        link(unit, OLD_ANNA, ANNA)
        link(unit, BELA, BELA_PORTAL)
    with store.snapshot() as view:
        whole = tuple(sorted((ANNA, ANNA_PORTAL, OLD_ANNA)))
        assert [view.person(one) for one in whole] == [whole] * 3
        assert view.person(Identifier("HOSP", "unheard")) == (Identifier("HOSP", "unheard"),)


def test_an_undone_link_stays_on_record_and_can_be_made_again(store: Store) -> None:
    with store.unit() as unit:
        link(unit, ANNA, ANNA_PORTAL)
        link(unit, ANNA, ANNA_PORTAL, active=False)
        assert unit.person(ANNA) == (ANNA,)
        link(unit, ANNA_PORTAL, ANNA)
        assert unit.person(ANNA) == (ANNA, ANNA_PORTAL)
        assert [one.active for one in unit.links(ANNA)] == [True, False, True]
        assert unit.links(BELA) == []
        assert unit.links(ANNA)[0] == Link(ANNA, ANNA_PORTAL, "clinician", NOW)


def test_the_anchor_birth_date_is_the_one_sent_first_however_it_came(store: Store) -> None:
    first = demographics(sent_at="2025-01-01", born=OTHER_BORN)
    with store.unit() as unit:
        put(unit, 1, demographics(sent_at="2025-06-01"))
        assert unit.birth_dates(ANNA) == (BORN,)
        put(unit, 2, demographics(sent_at="2024-01-01", born=None), first)
        assert unit.birth_dates(ANNA) == (OTHER_BORN,)
        unit.withhold(2, True)
        assert unit.birth_dates(ANNA) == (OTHER_BORN,)
        unit.retract_entry_facts(2, (), NOW)
        assert unit.birth_dates(ANNA) == (BORN,)


def test_confirmed_birth_dates_follow_the_anchor_for_the_whole_person(store: Store) -> None:
    with store.unit() as unit:
        put(unit, 1, demographics())
        put(unit, 2, demographics(ANNA_PORTAL, Moment("1999")), subject=ANNA_PORTAL)
        link(unit, ANNA, ANNA_PORTAL)
        for _ in range(2):
            unit.confirm_birth_date(ANNA, OTHER_BORN, "clinician", NOW)
        unit.confirm_birth_date(ANNA, BORN, "clinician", NOW)
        assert unit.birth_dates(ANNA_PORTAL) == (BORN, OTHER_BORN)
        assert unit.birth_dates(BELA) == ()


def test_a_bare_number_finds_known_ehr_identifiers_only(store: Store) -> None:
    twin = Identifier("OTHER", ANNA.value)
    with store.unit() as unit:
        put(unit, 1, demographics())
        put(unit, 2, demographics(twin), subject=twin)
        put(unit, 3, subject=Identifier("THIRD", ANNA.value))
        put(unit, 4, demographics(Identifier("portal", ANNA.value)))
        assert unit.identifiers_with_value(ANNA.value) == (ANNA, twin)
        assert unit.identifiers_with_value("0") == ()


def test_the_list_has_one_row_per_person_those_of_today_first(store: Store) -> None:
    carl = Identifier("HOSP", "1003")
    with store.unit() as unit:
        put(unit, 1, demographics(), demographics(OLD_ANNA, given="Annie", sent_at="2020"))
        put(unit, 2, demographics(BELA, given="Bela"), subject=BELA)
        put(unit, 3, demographics(carl, None, "Carl", "Aaron"), subject=carl)
        put(unit, 4, appointment("2026-03-10T15:30", BELA), appointment("2026-03-09T08:00", carl))
        put(unit, 5, appointment("2026-03-10T09:15"), appointment("2026-03-20T09:15", carl, key="a-2"))
        put(unit, 6, subject=ANNA_PORTAL, channel="fhir")
        put(unit, 7, subject=ANNA_PORTAL, channel="fhir")
        put(unit, 8, subject=ANNA_PORTAL, channel="fhir")
        unit.withhold(8, True)
        link(unit, ANNA, ANNA_PORTAL)
        link(unit, OLD_ANNA, ANNA)
    last = NOW + timedelta(minutes=7)
    assert listed(store) == [
        PatientRow(OLD_ANNA, "Example, Anna", BORN, "female", Moment("2026-03-10T09:15"), "Room 4", last),
        PatientRow(BELA, "Example, Bela", BORN, "female", Moment("2026-03-10T15:30"), "Room 4"),
        PatientRow(carl, "Aaron, Carl", None, "female", Moment("2026-03-20T09:15"), "Room 4"),
    ]


def test_the_list_shows_current_demographics_and_bookings(store: Store) -> None:
    booked = appointment("2026-03-11T09:00")
    with store.unit() as unit:
        put(
            unit,
            1,
            demographics(given="New", sent_at="2026-03-01"),
            demographics(given="Old", sent_at="2026-02-01"),
        )
        put(unit, 2, booked, appointment("2026-03-11T09:00", state="cancelled", sent_at="2026-02-02"))
        put(
            unit,
            3,
            appointment("2026-03-12T09:00", key="b"),
            appointment("2026-03-12T10:00", key="b", sent_at="2027"),
        )
        put(unit, 4, replace(appointment("2026-03-10T10:00", key="c"), status=FactStatus.WITHDRAWN))
        put(unit, 5, appointment("2026-03-10T11:00", key="d"))
        unit.withhold(5, True)
    (row,) = listed(store)
    assert row.name == "Example, New"
    assert row.next_appointment == Moment("2026-03-12T10:00")


def test_people_without_a_visible_name_are_not_listed(store: Store) -> None:
    with store.unit() as unit:
        put(unit, 1, demographics())
        unit.withhold(1, True)
        put(unit, 2, replace(demographics(BELA), status=FactStatus.WITHDRAWN), subject=BELA)
    assert listed(store) == []


def test_consent_is_what_was_said_last(store: Store) -> None:
    with store.unit() as unit:
        assert unit.consent((ANNA,), "care") is None
        put(unit, 1, consent(True, sent_at="2026-02-03", key="in the room"))
        put(unit, 2, consent(False, ANNA_PORTAL, sent_at="2026-02-02"), subject=ANNA_PORTAL)
        put(unit, 3, consent(False, BELA, "research"), consent(False, BELA, kinds=("topic",), key="k"))
        people = (ANNA, ANNA_PORTAL)
        assert unit.consent(people, "care") is True
        assert unit.consent((ANNA_PORTAL,), "care") is False
        assert unit.consent((BELA,), "research") is False
        assert unit.consent((BELA,), "care") is None
        assert set(unit.refused("care")) == {BELA, ANNA_PORTAL}
        assert set(unit.refused("research")) == {BELA}


def test_accounts_have_roles(store: Store) -> None:
    with store.unit() as unit:
        assert unit.account_roles("chris") == ()
        unit.add_account("chris", ("clinician", "administrator"))
        unit.add_account("chris", ("it",))
    with store.snapshot() as view:
        assert view.account_roles("chris") == ("it",)
