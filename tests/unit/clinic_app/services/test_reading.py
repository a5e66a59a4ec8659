"""Reading a message leaves a row; reading it masked shows nobody's data."""

from collections.abc import Sequence

import pytest

from clinic_app.model.access import LookReason
from clinic_app.model.entries import Finding, InboxEntry
from clinic_app.model.errors import AccessDenied, CommonGroundError
from clinic_app.model.laid_out import FieldLines, LaidOut, SegmentLines, Value
from clinic_app.services.masking import MASK
from clinic_app.services.reading import read_entry, read_masked, said_of
from clinic_app.store.memory import MemoryStore
from tests.spec.clinic import UNKNOWN_CODE, Clinic, adt, gate_for, oru
from tests.spec.samples import ANNA, BORN, demographics

REMARK = Finding("CONFORMANCE-SEGMENTS", "segment 2 is PID as sent")


@pytest.fixture
def clinic() -> Clinic:
    meaning = {
        "A": adt(demographics(), born=BORN, subject=ANNA),
        "R": oru(born=BORN, subject=ANNA, holds=[UNKNOWN_CODE]),
    }
    clinic = Clinic(MemoryStore(), meaning)
    clinic.receive("A", "R")
    return clinic


def lay_out(entry: InboxEntry, remarks: Sequence[Finding]) -> LaidOut:
    """A message of one value: its bytes."""
    field = FieldLines("PID-5", "", (Value("PID-5", "", entry.raw.decode()),))
    return LaidOut("2.5.1", "ascii", (SegmentLines("PID", 1, "", (field,)),), tuple(remarks))


def test_reading_leaves_a_row_with_its_reason(clinic: Clinic) -> None:
    entry, laid = read_entry(gate_for(clinic.store, "it"), 1, lay_out, (REMARK,), LookReason.SENDER)
    assert [value.text for value in laid.values()] == ["bytes of 1"]
    assert (entry.raw, laid.remarks) == (b"bytes of 1", (REMARK,))
    with clinic.store.snapshot() as view:
        row = view.accesses((ANNA,))[0]
    assert (row.action, row.reason) == ("read_raw", "to report it to the sender")


def test_a_masked_message_has_no_bytes_and_no_values(clinic: Clinic) -> None:
    gate = gate_for(clinic.store, "coordinator")
    entry, laid = read_masked(gate, 2, lay_out)
    assert (entry.raw, [value.text for value in laid.values()]) == (b"", [MASK])
    assert laid.remarks[0] == Finding(UNKNOWN_CODE.code, UNKNOWN_CODE.reason, held=True)
    with clinic.store.snapshot() as view:
        assert view.accesses((ANNA,))[0].action == "list_inbox"
    with pytest.raises(AccessDenied):
        read_entry(gate, 2, lay_out)


def test_an_unknown_entry_is_said_to_be_so(clinic: Clinic) -> None:
    for read in (read_entry, read_masked):
        with pytest.raises(CommonGroundError, match="ENTRY-UNKNOWN"):
            read(clinic.staff, 99, lay_out)


def test_everything_that_is_said_of_an_entry(clinic: Clinic) -> None:
    with clinic.store.snapshot() as view:
        applied, held = (view.inbox_entry(number) for number in (1, 2))
    assert applied is not None
    assert held is not None
    assert said_of(applied) == ()
    assert [one.code for one in said_of(held, (REMARK,))] == ["UNKNOWN-CODE", "REMARK", REMARK.code]
