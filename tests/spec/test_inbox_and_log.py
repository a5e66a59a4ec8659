"""Inbox entries, feeds, access rows, change rows, and units of work that are all or nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clinic_app.model.access import AccessRow, Change
from clinic_app.model.entries import EntryState, Finding, Hold
from clinic_app.model.people import FeedState
from clinic_app.ports.store import Store, WriteUnit
from tests.spec.samples import ANNA, ANNA_PORTAL, BELA, BORN, NOW, entry, weight

HOLD = Hold("UNKNOWN-CODE", "a code is not in the profile", "Add it to the profile.")
SECOND = Hold("UNKNOWN-UNIT", "a unit", "Add it.")


def held(unit: WriteUnit, id_: int, *holds: Hold) -> None:
    unit.put_entry(entry(id_), EntryState.HELD, holds or (HOLD,), (Finding("X", "y"),), ANNA, BORN, "p1")


def test_an_entry_keeps_its_bytes_and_changes_its_state(store: Store) -> None:
    raw = replace(entry(4, raw=bytes(range(256))), flag="CONTROL-ID-REUSED")
    with store.unit() as unit:
        unit.put_entry(raw, EntryState.HELD, (HOLD, SECOND), (Finding("X", "ü"),), ANNA, BORN, "p1")
        first = unit.inbox_entry(4)
        unit.put_entry(replace(raw, raw=b"else"), EntryState.IGNORED, (), (), None, None, "p2", "not used")
    assert first is not None
    assert (first.state, first.code, first.reason, first.mend) == (
        EntryState.HELD,
        HOLD.code,
        HOLD.reason,
        HOLD.mend,
    )
    assert first.findings == (Finding("X", "ü"),)
    with store.snapshot() as view:
        second = view.inbox_entry(4)
        assert view.inbox_entry(5) is None
        assert view.entry_subject(4) is None
        assert view.entry_subject(5) is None
    assert second is not None
    assert (second.state, second.code, second.reason, second.profile_version) == (
        EntryState.IGNORED,
        "",
        "not used",
        "p2",
    )
    assert (second.raw, second.flag, second.received_at) == (raw.raw, "CONTROL-ID-REUSED", NOW)


def test_a_message_of_a_batch_keeps_the_batch_it_came_in(store: Store) -> None:
    part = replace(entry(5), part_of=4)
    for state in (EntryState.HELD, EntryState.APPLIED):
        with store.unit() as unit:
            unit.put_entry(entry(4), EntryState.IGNORED, (), (), None, None, "p1", "a batch")
            unit.put_entry(part, state, (), (), ANNA, None, "p1")
    with store.snapshot() as view:
        assert [(one.id, one.part_of) for one in view.inbox()] == [(5, 4), (4, 0)]
        shown = view.inbox_entry(5)
        assert shown is not None
        assert shown.part_of == 4
        assert [one.part_of for one in view.entries_of(ANNA, ())] == [4]


def test_the_inbox_is_listed_newest_first_in_pages_without_bytes(store: Store) -> None:
    with store.unit() as unit:
        for id_ in (1, 3, 2):
            held(unit, id_)
        unit.put_entry(entry(4), EntryState.APPLIED, (), (), BELA, None, "p1")
    with store.snapshot() as view:
        assert [one.id for one in view.inbox()] == [4, 3, 2, 1]
        assert [one.id for one in view.inbox((EntryState.HELD,), limit=2)] == [3, 2]
        assert [one.id for one in view.inbox((EntryState.HELD,), before=2)] == [1]
        assert {one.raw for one in view.inbox()} == {b""}
        assert view.last_entry_id() == 4
        assert view.entry_subject(1) == ANNA


def test_entries_are_found_by_subject_and_by_code(store: Store) -> None:
    with store.unit() as unit:
        assert unit.last_entry_id() == 0
        held(unit, 2)
        held(unit, 1, SECOND)
        unit.put_entry(entry(3), EntryState.APPLIED, (), (), ANNA, None, "p1")
        assert [one.id for one in unit.entries_of(ANNA, ())] == [1, 2, 3]
        assert [one.raw for one in unit.entries_of(ANNA, (EntryState.APPLIED,))] == [b"bytes of 3"]
        assert unit.entries_of(BELA, ()) == []
        assert [one.id for one in unit.held_with((HOLD.code, SECOND.code))] == [1, 2]
        assert [one.id for one in unit.held_with((HOLD.code,), limit=1)] == [2]


def test_feeds_are_counted_per_channel(store: Store) -> None:
    with store.unit() as unit:
        assert unit.feeds() == []
        held(unit, 1)
        unit.put_entry(entry(2, minutes=3), EntryState.APPLIED, (), (), ANNA, None, "p1")
        unit.put_entry(entry(3, channel="fhir"), EntryState.RECEIVED, (), (), None, None, "p1")
        assert unit.feeds() == [
            FeedState("fhir", NOW, 1, 0, 1),
            FeedState("mllp", NOW + timedelta(minutes=3), 2, 1, 0),
        ]


def row(writer: str, account: str, *people: object) -> AccessRow:
    named = tuple(one for one in (ANNA, BELA, ANNA_PORTAL) if one in people)
    return AccessRow(writer, 0, NOW, account, "read_patient", "care", ("topic",), named, "allowed", 7)


def test_access_rows_are_numbered_per_writer_and_read_newest_first(store: Store) -> None:
    with store.unit() as unit:
        unit.append_access(row("a", "chris", ANNA, BELA))
        unit.append_access(row("b", "chris", BELA))
        unit.append_access(row("a", "dana", ANNA, BELA))
        unit.append_access(row("a", "system", ANNA))
        unit.append_access(row("a", "chris"))
    with store.snapshot() as view:
        assert [(one.writer, one.sequence, one.account) for one in view.accesses((ANNA,))] == [
            ("a", 2, "dana"),
            ("a", 1, "chris"),
        ]
        assert view.accesses((BELA,), limit=1) == [replace(row("a", "dana", ANNA, BELA), sequence=2)]
        assert [one.sequence for one in view.accesses((BELA, ANNA))] == [2, 1, 1]
        assert view.accesses((ANNA_PORTAL,)) == []


def test_change_rows_only_grow(store: Store) -> None:
    with store.unit() as unit:
        assert unit.last_change() == 0
        first = unit.append_change((ANNA, BELA), ("topic",), (), NOW)
        second = unit.append_change((), ("inbox",), ("fev1",), NOW)
        assert second > first
    with store.snapshot() as view:
        assert view.last_change() == second
        assert view.changes_after(0) == [
            Change(first, (ANNA, BELA), ("topic",), (), NOW),
            Change(second, (), ("inbox",), ("fev1",), NOW),
        ]
        assert view.changes_after(second) == []


def test_a_unit_that_fails_leaves_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.unit() as unit:
        held(unit, 1)
        unit.add_statements(1, (weight("58"),), "p1", NOW)
        unit.append_change((ANNA,), (), (), NOW)
        unit.append_access(row("a", "chris", ANNA))
        raise RuntimeError
    with store.unit() as unit:
        assert unit.inbox() == []
        assert unit.facts((ANNA,)) == []
        assert unit.last_change() == 0
        assert unit.accesses((ANNA,)) == []
        held(unit, 1)
        assert unit.add_statements(1, (weight("58"),), "p1", NOW) == 1
        unit.append_access(row("a", "chris", ANNA))
    with store.snapshot() as view:
        assert [one.sequence for one in view.accesses((ANNA,))] == [1]


def test_a_snapshot_does_not_see_later_commits(store: Store) -> None:
    with store.snapshot() as view:
        assert view.last_change() == 0
        with store.unit() as unit:
            unit.append_change((), (), (), NOW)
        assert view.last_change() == 0
    with store.snapshot() as view:
        assert view.last_change() == 1


def test_the_version_differs_after_a_commit(store: Store) -> None:
    before = store.version()
    assert store.version() == before
    with store.unit() as unit:
        unit.append_change((), (), (), NOW)
    assert store.version() != before


def test_a_look_keeps_the_reason_that_was_given(store: Store) -> None:
    with store.unit() as unit:
        unit.append_access(replace(row("a", "chris", ANNA), reason="to mend a code or unit"))
        unit.append_access(row("a", "chris", ANNA))
    with store.snapshot() as view:
        assert [one.reason for one in view.accesses((ANNA,))] == ["", "to mend a code or unit"]


def test_further_holds_of_an_entry_are_told_from_its_remarks(store: Store) -> None:
    findings = (Finding("REMARK", "x"), Finding("UNKNOWN-UNIT", "y", held=True))
    with store.unit() as unit:
        unit.put_entry(entry(1), EntryState.HELD, (HOLD,), findings, ANNA, None, "p1")
    with store.snapshot() as view:
        assert view.inbox()[0].findings == findings
