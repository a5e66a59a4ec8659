"""Recording entries: one unit, each entry once, with its change row and its system row."""

from dataclasses import replace

import pytest

from clinic_app.model.access import AccessRow
from clinic_app.model.entries import Translation
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.services.record import record_entries
from clinic_app.store.memory import MemoryStore, MemoryUnit
from tests.spec.clinic import UNKNOWN_CODE, Clinic, adt, oru
from tests.spec.samples import ANNA, BORN, NOW, OTHER_BORN, demographics, entry, topic, weight

ADT = adt(demographics(), born=BORN, subject=ANNA)
FUTURE = Moment("2026-03-12")
ORU = oru(weight("58"), topic("cough"), born=BORN, subject=ANNA)


@pytest.fixture
def clinic() -> Clinic:
    return Clinic(MemoryStore())


def rows(clinic: Clinic) -> list[AccessRow]:
    """Every access row, the system's too."""
    with clinic.store.unit() as unit:
        assert isinstance(unit, MemoryUnit)
        return list(unit._state.accesses)


def test_an_entry_is_recorded_once_however_often_it_comes(clinic: Clinic) -> None:
    batch = [(entry(1, "A"), ADT), (entry(2, "R"), ORU)]
    assert record_entries(clinic.worker, batch, "p1", NOW) == (ANNA,)
    assert record_entries(clinic.worker, batch, "p1", NOW) == ()
    assert len(clinic.statements([ANNA])) == 3
    assert clinic.row_count()[0] == 2
    assert [(row.account, row.action, row.entry_id) for row in rows(clinic)] == [
        ("system", "record", 1),
        ("system", "record", 2),
    ]


def test_the_change_row_says_whom_and_what_it_concerns(clinic: Clinic) -> None:
    clinic.meaning = {"A": ADT, "R": ORU, "I": Translation(None, ignored="type not used")}
    clinic.receive("R", "I", "A")
    clinic.meaning["R2"] = oru(weight("59"), born=BORN, subject=ANNA)
    clinic.receive("R2")
    with clinic.store.snapshot() as view:
        told = [(change.people, change.kinds, change.codes) for change in view.changes_after(0)]
    assert told == [
        ((), ("inbox",), ()),
        ((), ("inbox",), ()),
        ((ANNA,), ("patient",), ()),
        ((ANNA,), ("measurement", "topic"), ("weight",)),
        ((ANNA,), ("measurement",), ("weight",)),
    ]


def test_a_repeated_statement_is_no_news(clinic: Clinic) -> None:
    clinic.meaning = {"A": ADT, "R": ORU, "R2": ORU}
    clinic.receive("A", "R", "R2")
    with clinic.store.snapshot() as view:
        last = view.changes_after(2)[0]
    assert (last.people, last.kinds) == ((), ("inbox",))


def test_what_can_be_read_is_recorded_though_the_entry_is_held(clinic: Clinic) -> None:
    clinic.meaning = {"A": ADT, "R": oru(weight("58"), born=BORN, subject=ANNA, holds=[UNKNOWN_CODE])}
    clinic.receive("A", "R")
    assert ("R", "held", "UNKNOWN-CODE") in clinic.states()
    assert len(clinic.statements([ANNA])) == 2
    with clinic.store.snapshot() as view:
        assert [row.code for row in view.inbox_entry(2).findings] == ["REMARK"]  # type: ignore[union-attr]


def test_an_earlier_adt_is_its_own_anchor_at_once(clinic: Clinic) -> None:
    old = adt(demographics(born=OTHER_BORN, sent_at="2020"), born=OTHER_BORN, subject=ANNA)
    batch = [(entry(1, "A"), ADT), (entry(2, "old"), old)]
    assert record_entries(clinic.worker, batch, "p1", NOW) == (ANNA,)
    assert clinic.states() == {("A", "applied", ""), ("old", "applied", "")}, (
        "A is looked at again by the caller"
    )
    assert {one.sent_at for one in clinic.statements([ANNA])} == {"2020", demographics().sent_at}


def test_a_later_adt_with_another_birth_date_waits(clinic: Clinic) -> None:
    later = adt(demographics(born=OTHER_BORN, sent_at="2027"), born=OTHER_BORN, subject=ANNA)
    assert record_entries(clinic.worker, [(entry(1), ADT), (entry(2), later)], "p", NOW) == (ANNA,)
    assert {code for _, _, code in clinic.states()} == {"", "BIRTH-DATE-DIFFERS"}
    assert len(clinic.statements([ANNA])) == 1


def test_an_entry_of_any_type_may_turn_the_majority(clinic: Clinic) -> None:
    later = adt(demographics(born=OTHER_BORN, sent_at="2027"), born=OTHER_BORN, subject=ANNA)
    result = oru(weight("58"), born=OTHER_BORN, subject=ANNA)
    record_entries(clinic.worker, [(entry(1), ADT), (entry(2), later)], "p", NOW)
    assert record_entries(clinic.worker, [(entry(3), result)], "p", NOW) == (ANNA,)
    assert record_entries(clinic.worker, [(entry(4), result)], "p", NOW) == (), "it agrees: nobody moves"


def test_an_ignored_or_impossible_entry_turns_nothing(clinic: Clinic) -> None:
    later = adt(demographics(born=OTHER_BORN, sent_at="2027"), born=OTHER_BORN, subject=ANNA)
    unheard = replace(oru(born=OTHER_BORN, subject=ANNA), ignored="not used")
    future = adt(demographics(born=FUTURE), born=FUTURE, subject=ANNA)
    batch = [ADT, later, unheard, unheard, future, future, future]
    record_entries(clinic.worker, [(entry(n), one) for n, one in enumerate(batch, 1)], "p", NOW)
    with clinic.store.snapshot() as view:
        assert view.birth_dates(ANNA) == (BORN,)
    assert clinic.states() >= {(f"C{n}", "held", "BIRTH-DATE-IMPOSSIBLE") for n in (5, 6, 7)}


def test_an_impossible_birth_date_makes_nobody_known(clinic: Clinic) -> None:
    future = adt(demographics(born=FUTURE), born=FUTURE, subject=ANNA)
    assert record_entries(clinic.worker, [(entry(1), future)], "p", NOW) == ()
    with clinic.store.snapshot() as view:
        assert not view.known(ANNA)
        assert view.inbox_entry(1).mend.startswith("Have the birth date corrected")  # type: ignore[union-attr]


def test_a_failure_in_one_entry_records_none_of_the_group(clinic: Clinic) -> None:
    wrong = Translation(Identifier("HOSP", "9"), None, True, (None,))  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        record_entries(clinic.worker, [(entry(1), ADT), (entry(2), wrong)], "p", NOW)
    assert clinic.states() == set()
    assert rows(clinic) == []
