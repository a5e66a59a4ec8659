"""Putting an entry in again: bytes stay, nothing is written where nothing differs, the new profile is
noted.
"""

import pytest

from clinic_app.model.access import Action
from clinic_app.model.entries import Finding, InboxEntry, Translation
from clinic_app.services.applying import Applied, apply_again, raw_entry
from clinic_app.store.memory import MemoryStore
from tests.spec.clinic import UNKNOWN_CODE, Clinic, adt, oru
from tests.spec.samples import ANNA, BORN, NOW, demographics, topic, weight

SECOND = UNKNOWN_CODE.__class__("UNKNOWN-UNIT", "a unit is not in the profile", "Add it.")


@pytest.fixture
def clinic() -> Clinic:
    meaning = {
        "A": adt(demographics(), born=BORN, subject=ANNA),
        "R": oru(weight("58"), topic("x"), born=BORN, subject=ANNA, holds=[UNKNOWN_CODE, SECOND]),
    }
    clinic = Clinic(MemoryStore(), meaning)
    clinic.receive("A", "R")
    return clinic


def shown(clinic: Clinic) -> InboxEntry:
    with clinic.store.snapshot() as view:
        entry = view.inbox_entry(2)
    assert entry is not None
    return entry


def again(clinic: Clinic, profile: str = "p1") -> Applied:
    with clinic.worker.recording(Action.REPLAY) as recording:
        entry = recording.unit.inbox_entry(2)
        assert entry is not None
        return apply_again(recording, entry, clinic.translate(raw_entry(entry)), profile, NOW)


def test_the_first_hold_is_the_reason_and_the_others_are_findings(clinic: Clinic) -> None:
    entry = shown(clinic)
    assert (entry.code, entry.reason, entry.mend) == (
        UNKNOWN_CODE.code,
        UNKNOWN_CODE.reason,
        UNKNOWN_CODE.mend,
    )
    assert entry.findings == (Finding("REMARK", "x"), Finding(SECOND.code, SECOND.reason, held=True))


def test_nothing_new_writes_nothing(clinic: Clinic) -> None:
    before, rows = shown(clinic), clinic.row_count()
    done = again(clinic)
    assert (done.changed, done.recorded, done.withdrawn, done.moved) == (False, 0, 0, None)
    assert (shown(clinic), clinic.row_count()) == (before, rows)


def test_a_new_profile_that_reads_the_same_is_only_noted(clinic: Clinic) -> None:
    rows = clinic.row_count()
    assert not again(clinic, "p2").changed
    assert shown(clinic).profile_version == "p2"
    assert clinic.row_count() == rows


def test_what_is_read_otherwise_is_withdrawn_and_recorded(clinic: Clinic) -> None:
    clinic.meaning["R"] = oru(weight("0.058"), born=BORN, subject=ANNA)
    done = again(clinic, "p2")
    assert (done.state.value, done.recorded, done.withdrawn) == ("applied", 1, 2)
    assert shown(clinic).code == ""
    assert {one.code for one in clinic.statements([ANNA])} == {"", "weight"}
    with clinic.store.snapshot() as view:
        (fact,) = view.facts((ANNA,), ("measurement",))
    assert fact.profile_version == "p2"


def test_only_a_finding_more_is_a_change(clinic: Clinic) -> None:
    clinic.meaning["R"] = oru(weight("58"), topic("x"), born=BORN, subject=ANNA, holds=[UNKNOWN_CODE])
    done = again(clinic)
    assert (done.changed, done.recorded, done.withdrawn) == (True, 0, 0)


def test_what_does_not_concern_us_any_more_leaves_no_facts(clinic: Clinic) -> None:
    clinic.meaning["R"] = Translation(ANNA, ignored="type not used")
    done = again(clinic)
    assert (done.state.value, done.withdrawn) == ("ignored", 2)
    assert shown(clinic).reason == "type not used"
    assert len(clinic.statements([ANNA])) == 1


def test_an_entry_is_read_again_from_what_came(clinic: Clinic) -> None:
    raw = raw_entry(shown(clinic))
    assert (raw.id, raw.control_id, raw.raw, raw.flag) == (2, "R", b"bytes of 2", "")
