"""What the store keeps of the roster: members, what was set aside, counts."""

from datetime import timedelta

from clinic_app.model.entries import EntryState, Hold
from clinic_app.model.roster import NOT_ROSTERED, RULE, Name, OutsideCount, OutsideState
from clinic_app.ports.store import Store
from tests.spec.samples import NOW, entry

ANNA, BELA, BARE = Name("hosp", "1001"), Name("hosp", "1002"), Name("", "1001")
HOUR = timedelta(hours=1)
OTHER = Hold(NOT_ROSTERED, "for somebody else", "None.")


def set_aside(store: Store, id_: int, *names: Name, hours: int = 0, counted: bool = True) -> None:
    with store.unit() as unit:
        unit.put_entry(entry(id_, minutes=60 * hours), EntryState.IGNORED, (OTHER,), (), None, None, "p1")
        unit.roster.set_aside(id_, NOW + hours * HOUR, "LAB|HOSP", names, counted)


def test_members_are_known_by_any_spelling_that_meets(store: Store) -> None:
    with store.unit() as unit:
        assert unit.roster.add_members([ANNA], [RULE, "hosp|9"], NOW)
        assert not unit.roster.add_members([ANNA], [RULE], NOW)
        assert not unit.roster.add_members([], [RULE], NOW)
    with store.snapshot() as view:
        assert view.roster.roots([ANNA]) == view.roster.roots([BARE, BELA]) == {RULE, "hosp|9"}
        assert view.roster.roots([BELA, Name("lab", "1001")]) == frozenset()
        assert view.roster.roots([]) == frozenset()


def test_what_was_set_aside_is_found_by_whom_it_names(store: Store) -> None:
    set_aside(store, 1, ANNA)
    set_aside(store, 2, BELA, BARE)
    set_aside(store, 3)
    with store.unit() as unit:
        unit.roster.add_members([BELA], [RULE], NOW)
    with store.snapshot() as view:
        assert view.roster.set_aside_for([ANNA]) == [1, 2]
        assert view.roster.set_aside_for([BARE]) == [1, 2]
        assert view.roster.set_aside_for([BELA]) == [2]
        assert view.roster.set_aside_for([]) == []
        assert view.roster.set_aside_for_members() == [2]


def test_the_oldest_are_due_first(store: Store) -> None:
    for id_, hours in ((1, 3), (2, 1), (3, 2)):
        set_aside(store, id_, ANNA, hours=hours)
    with store.snapshot() as view:
        assert view.roster.set_aside_before(NOW + 3 * HOUR, 10) == [2, 3]
        assert view.roster.set_aside_before(NOW + 9 * HOUR, 1) == [2]
        assert view.outside(NOW).oldest == NOW + HOUR


def test_messages_of_other_people_are_counted_by_day_and_sender(store: Store) -> None:
    set_aside(store, 1, ANNA)
    set_aside(store, 2, ANNA, hours=24)
    set_aside(store, 3, ANNA, hours=24)
    set_aside(store, 4, hours=24, counted=False)
    later, first = OutsideCount("2026-03-11", "LAB|HOSP", 2), OutsideCount("2026-03-10", "LAB|HOSP", 1)
    with store.snapshot() as view:
        assert view.outside(NOW) == OutsideState((later, first), 4, NOW)
        assert view.outside(NOW + 24 * HOUR).counts == (later,)
        assert view.roster.outside(NOW) == view.outside(NOW)


def test_one_that_is_taken_back_is_uncounted_and_leaves_the_inbox(store: Store) -> None:
    set_aside(store, 1, ANNA)
    set_aside(store, 2, ANNA, counted=False)
    with store.unit() as unit:
        unit.roster.take_back(1)
        unit.roster.take_back(2)
    with store.snapshot() as view:
        assert view.outside(NOW) == OutsideState()
        assert view.inbox() == []
        assert view.roster.set_aside_for([ANNA]) == []


def test_what_is_forgotten_stays_counted(store: Store) -> None:
    for id_ in (1, 2, 3):
        set_aside(store, id_, ANNA)
    with store.unit() as unit:
        unit.put_entry(entry(2), EntryState.HELD, (Hold("FRAME-TIMEOUT", "x", "y"),), (), None, None, "p1")
        unit.roster.forget([1, 2, 3, 4])
    with store.snapshot() as view:
        assert view.outside(NOW) == OutsideState((OutsideCount("2026-03-10", "LAB|HOSP", 3),))
        assert view.roster.set_aside_for([ANNA]) == []
        assert [one.id for one in view.inbox()] == [3, 2], "the newest line, and what is held, stay"


def test_a_unit_that_fails_leaves_nothing(store: Store) -> None:
    class Stopped(Exception):
        pass

    try:
        with store.unit() as unit:
            unit.roster.set_aside(1, NOW, "LAB|HOSP", [ANNA], True)
            unit.roster.add_members([ANNA], [RULE], NOW)
            raise Stopped
    except Stopped:
        pass
    with store.snapshot() as view:
        assert view.outside(NOW) == OutsideState()
        assert view.roster.roots([ANNA]) == frozenset()
