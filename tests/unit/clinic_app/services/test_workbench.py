"""The quarantine by cause, what a mend would free, and that trying writes nothing."""

from dataclasses import replace

import pytest

from clinic_app.model.entries import EntryState, Finding, Hold, InboxEntry, RawEntry, Translation
from clinic_app.model.errors import AccessDenied
from clinic_app.model.mending import NOTHING, Concern, ConcernKind
from clinic_app.services.workbench import Cause, causes, read_under, trial
from clinic_app.store.memory import MemoryStore
from tests.spec.clinic import Clinic, adt, gate_for, oru
from tests.spec.samples import ANNA, BELA, BORN, demographics, weight

MEND = "Add the code to the profile."


def missing(code: str, number: int) -> Hold:
    return Hold("UNKNOWN-CODE", f"OBX[{number}]-3: the code {code} is not in the profile", MEND)


def held(*holds: Hold) -> Translation:
    return oru(weight("70", ANNA), born=BORN, subject=ANNA, holds=holds)


@pytest.fixture
def clinic() -> Clinic:
    meaning = {
        "A": adt(demographics(), born=BORN, subject=ANNA),
        "X1": held(missing("X", 1)),
        "X2": held(missing("X", 7), missing("Y", 8), missing("X", 9)),
        "S1": Translation(None, holds=(Hold("UNKNOWN-SENDER", "the profile takes none", "Add it."),)),
        "B": oru(weight("70", BELA), born=BORN, subject=BELA),
    }
    clinic = Clinic(MemoryStore(), meaning)
    clinic.receive(*meaning)
    return clinic


def told(entry: InboxEntry, hold: Finding) -> Concern:
    """As the bridge would: it needs the bytes and the numbered reason."""
    assert entry.raw
    if hold.code == "UNKNOWN-CODE":
        assert "[" in hold.text
        return Concern(ConcernKind.CODE, "L", hold.text.split()[3])
    return NOTHING


def found(clinic: Clinic) -> list[Cause]:
    return list(causes(clinic.staff, lambda entry: "site", told))


def test_entries_with_one_cause_stand_together_what_can_be_mended_first(clinic: Clinic) -> None:
    listed = [(one.key.code, one.concern.code, one.entry_ids) for one in found(clinic)]
    assert listed == [
        ("UNKNOWN-CODE", "X", (2, 3)),
        ("UNKNOWN-CODE", "Y", (3,)),
        ("UNKNOWN-PATIENT", "", (5,)),
        ("UNKNOWN-SENDER", "", (4,)),
    ]


def test_a_cause_says_who_sent_since_when_and_what_to_do(clinic: Clinic) -> None:
    first, second, _, sender = found(clinic)
    with clinic.store.snapshot() as view:
        oldest = view.inbox_entry(2)
    assert oldest is not None
    assert (first.since, first.senders, first.mend) == (oldest.received_at, (oldest.sender,), MEND)
    assert first.key.reason == "OBX-3: the code X is not in the profile"
    assert second.mend == "", "it only ever stands beside another reason"
    assert (first.key.profile, sender.key.sender) == ("site", oldest.sender)


def test_profiles_keep_causes_apart(clinic: Clinic) -> None:
    apart = causes(clinic.staff, lambda entry: f"p{entry.id}", told)
    assert sorted(one.key.profile for one in apart if one.concern.code == "X") == ["p2", "p3"]


def test_looking_is_on_record_and_not_for_everybody(clinic: Clinic) -> None:
    with pytest.raises(AccessDenied):
        causes(gate_for(clinic.store, "improvement_lead"), lambda entry: "", told)


def test_trying_says_what_would_become_of_them_and_writes_nothing(clinic: Clinic) -> None:
    before = (clinic.states(), clinic.row_count())
    learnt = {**clinic.meaning, "X1": held(), "X2": held(missing("Y", 8))}

    def translate(raw: RawEntry) -> Translation:
        return learnt[raw.control_id]

    result = trial(clinic.staff, (2, 3, 99), translate)
    assert (result.looked, result.applied, result.ignored, result.freed) == (2, 1, 0, 1)
    assert result.still == (("UNKNOWN-CODE", 1),)
    learnt["X2"] = replace(held(), statements=(), ignored="passed over")
    result = trial(clinic.staff, (2, 3), translate)
    assert (result.applied, result.ignored, result.freed, result.still) == (1, 1, 2, ())
    assert (clinic.states(), clinic.row_count()) == before


def test_what_was_read_by_a_version_is_found_whatever_its_state(clinic: Clinic) -> None:
    clinic.profile = "site site@abc"
    clinic.meaning["X1"] = held()
    clinic.replay([1, 2])
    assert read_under(clinic.staff, "site@abc") == [1, 2]
    with clinic.store.snapshot() as view:
        assert {one.state for one in view.inbox() if one.id in (1, 2)} == {EntryState.APPLIED}
