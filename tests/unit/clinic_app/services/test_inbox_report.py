"""The summary by sender and type: counts add up, places lose their numbers, nobody's value is in it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from clinic_app.model.entries import EntryState, Finding, InboxEntry
from clinic_app.services.inbox_report import Tally, reasons_of, summarise

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
APPLIED = InboxEntry(1, EntryState.APPLIED, "mllp", "LAB|DEMO", "C1", "ORU^R01", NOW)
MISSING = "OBX[{}]-3: the code {} of L is not in the profile"


def held(entry_id: int, *texts: tuple[str, str], sender: str = "LAB|DEMO") -> InboxEntry:
    (code, reason), *further = texts
    findings = tuple(Finding(*one, held=True) for one in further)
    return replace(
        APPLIED,
        id=entry_id,
        state=EntryState.HELD,
        sender=sender,
        code=code,
        reason=reason,
        findings=findings,
    )


def test_counts_by_sender_type_and_state() -> None:
    other = replace(APPLIED, id=2, sender="ADT|DEMO", type="ADT^A28", state=EntryState.IGNORED)
    waiting = replace(APPLIED, id=3, state=EntryState.RECEIVED)
    adt, lab = summarise([APPLIED, other, waiting], {})
    assert [one.sender for one in (adt, lab)] == ["ADT|DEMO", "LAB|DEMO"]
    (kind,) = lab.types
    assert (kind.type, kind.received) == ("ORU^R01", 2)
    assert kind.states == {EntryState.APPLIED: 1, EntryState.RECEIVED: 1}
    assert adt.types[0].states == {EntryState.IGNORED: 1}
    assert (kind.reasons, kind.findings, lab.codes, lab.units) == ((), (), (), ())


def test_reasons_are_told_by_code_with_their_places_and_one_inbox_id() -> None:
    one = held(4, ("UNKNOWN-CODE", MISSING.format(1, "A")), ("UNKNOWN-CODE", MISSING.format(2, "B")))
    two = held(5, ("UNKNOWN-CODE", MISSING.format(7, "A")), ("UNKNOWN-STATUS", "TXA-17: it is not known"))
    three = held(6, ("UNKNOWN-PATIENT", "no patient message (ADT) has made this number known"))
    (lab,) = summarise([one, two, three], {})
    assert lab.types[0].reasons == (
        Tally("UNKNOWN-CODE", 3, 2, ("OBX-3",), 5),
        Tally("UNKNOWN-PATIENT", 1, 1, (), 6),
        Tally("UNKNOWN-STATUS", 1, 1, ("TXA-17",), 5),
    )
    assert lab.codes == (("A of L", 2), ("B of L", 1))


def test_units_and_organisms_that_are_not_known_are_counted_too() -> None:
    unit = "OBX[1]-6: the unit 'Liter BTPS' is not in the profile"
    wrong = "OBX[2]-6: mmol/L is no unit for fev1"
    empty = "OBX[3]-6 is empty, the unit of fev1 is not known"
    entry = held(1, *(("UNKNOWN-UNIT", text) for text in (unit, wrong, empty, unit)))
    organism = Finding("UNKNOWN-ORGANISM", "OBX[1]-5: the organism code X1 of L is not in the profile")
    (lab,) = summarise([entry, replace(APPLIED, id=2, findings=(organism,))], {})
    assert lab.units == (("'Liter BTPS'", 2), ("mmol/L", 1))
    assert lab.codes == (("X1 of L", 1),)
    assert lab.types[0].findings == (Tally("UNKNOWN-ORGANISM", 1, 1, ("OBX-5",), 2),)


def test_remarks_of_the_structure_check_are_findings() -> None:
    remark = Finding("CONFORMANCE-SEGMENTS", "segment 3 is ZZZ as sent and no segment as hl7apy reads it")
    (lab,) = summarise([APPLIED, replace(APPLIED, id=2)], {1: [remark], 2: [remark], 9: [remark]})
    assert lab.types[0].findings == (Tally("CONFORMANCE-SEGMENTS", 2, 2, ("ZZZ",), 2),)


def test_at_most_three_places_are_named_the_most_frequent_first() -> None:
    texts = [("UNREADABLE-VALUE", f"OBX[1]-{field} is not one number") for field in (5, 6, 14, 11, 14)]
    (lab,) = summarise([held(1, *texts)], {})
    assert lab.types[0].reasons[0].places == ("OBX-14", "OBX-11", "OBX-5")


def test_only_what_is_held_now_has_reasons() -> None:
    assert reasons_of(replace(held(1, ("UNKNOWN-CODE", "x")), state=EntryState.APPLIED)) == ()
    assert reasons_of(held(1, ("A", "x"), ("B", "y"))) == (Finding("A", "x", True), Finding("B", "y", True))


ENTRIES = st.lists(
    st.builds(
        lambda number, state, sender, kind, code: replace(
            APPLIED, id=number, state=state, sender=sender, type=kind, code=code, reason="because"
        ),
        st.integers(1, 50),
        st.sampled_from(EntryState),
        st.sampled_from(["A|1", "B|2", ""]),
        st.sampled_from(["ORU^R01", "ADT^A01"]),
        st.sampled_from(["X", "Y"]),
    ),
    unique_by=lambda entry: entry.id,
)


@given(ENTRIES, st.randoms())
def test_every_entry_is_counted_once_in_whatever_order(entries: Sequence[InboxEntry], luck: object) -> None:
    summed = summarise(entries, {})
    assert sum(kind.received for one in summed for kind in one.types) == len(entries)
    assert sum(sum(kind.states.values()) for one in summed for kind in one.types) == len(entries)
    shuffled = list(entries)
    luck.shuffle(shuffled)  # type: ignore[attr-defined]
    assert summarise(shuffled, {}) == summed
    told = sum(tally.count for one in summed for kind in one.types for tally in kind.reasons)
    assert told == sum(entry.state is EntryState.HELD for entry in entries)
