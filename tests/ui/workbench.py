"""An invented quarantine, for tests and pictures."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from clinic_app.model.access import LookReason
from clinic_app.model.entries import EntryState, Finding, InboxEntry
from clinic_app.model.errors import CommonGroundError
from clinic_app.model.laid_out import FieldLines, LaidOut, SegmentLines, Value
from clinic_app.model.mending import NOTHING, Concern, ConcernKind, Mend, MendKind
from clinic_app.services.replay import ReplayReport
from clinic_app.services.workbench import Cause, CauseKey, Trial
from clinic_app.viewmodels.workbench import HeldWork, Undoable
from tests.ui.factory import NOW

CODE = Concern(ConcernKind.CODE, system="L", code="LUFU1", name="Einsekundenkapazität")
UNIT = Concern(ConcernKind.UNIT, system="LOINC", code="20150-9", name="FEV1", unit="Liter")
FEV1 = Mend(MendKind.MEASUREMENT, "fev1", "L", "FEV1", fits=True)
FVC = Mend(MendKind.MEASUREMENT, "fvc", "L", "Forced vital capacity", fits=True)
IGNORE = Mend(MendKind.IGNORE)
LITRE = Mend(MendKind.UNIT, "L", fits=True)


def cause(concern: Concern, code: str, ids: Sequence[int], reason: str = "", mend: str = "") -> Cause:
    key = CauseKey("site", code, reason or code)
    return Cause(key, mend, concern, tuple(ids), ("LUFU|NORTH", "LAB|NORTH"), NOW - timedelta(days=3))


CAUSES = (
    cause(CODE, "UNKNOWN-CODE", range(1, 39)),
    cause(UNIT, "UNKNOWN-UNIT", (40, 41)),
    cause(NOTHING, "UNKNOWN-PATIENT", (50,)),
)


class MemoryWorkbench:
    """Fulfils WorkbenchServices.

    Attributes:
        work: what is held. asked: what was asked for. fault: raised by what writes, while it is set.
    """

    def __init__(self) -> None:
        self.work = HeldWork((), None)
        self.asked: list[str] = []
        self.fault: CommonGroundError | None = None

    def now(self) -> datetime:
        return NOW

    def held_work(self) -> HeldWork:
        return self.work

    def choices(self, cause: Cause) -> tuple[Mend, ...]:
        return {CODE: (FEV1, FVC, IGNORE), UNIT: (LITRE,)}.get(cause.concern, ())

    def read_held(self, entry_id: int, reason: LookReason | None) -> tuple[InboxEntry, LaidOut]:
        self.asked.append(f"entry {entry_id} {reason or 'masked'}")
        return entry(entry_id), laid("2.45" if reason else "•••")

    def try_mend(self, cause: Cause, mend: Mend) -> Trial:
        count = len(cause.entry_ids)
        return Trial(count, applied=count - 1, ignored=0, still=(("UNKNOWN-UNIT", 1),))

    def apply_mend(self, cause: Cause, mend: Mend) -> ReplayReport:
        if self.fault is not None:
            raise self.fault
        self.asked.append(f"apply {mend.target}")
        left = tuple(one for one in self.work.causes if one is not cause)
        self.work = HeldWork(left, Undoable(cause.concern, mend, "chris", NOW))
        return ReplayReport(looked=len(cause.entry_ids), applied=len(cause.entry_ids))

    def replay(self, cause: Cause) -> ReplayReport:
        self.asked.append("replay")
        return ReplayReport(looked=len(cause.entry_ids), held=len(cause.entry_ids))

    def undo_mend(self) -> ReplayReport:
        self.asked.append("undo")
        self.work = HeldWork(CAUSES, None)
        return ReplayReport(looked=38, held=38)


def entry(entry_id: int) -> InboxEntry:
    return InboxEntry(
        id=entry_id,
        state=EntryState.HELD,
        channel="mllp",
        sender="LUFU|NORTH",
        control_id="M1",
        type="ORU^R01",
        received_at=NOW - timedelta(hours=2),
        reason="OBX[1]-3: the code LUFU1 of L is not in the profile",
        code="UNKNOWN-CODE",
        mend="Add the code to the profile.",
    )


def laid(value: str) -> LaidOut:
    """A small message, its one value masked or not."""
    remark = Finding("UNKNOWN-CODE", "OBX[1]-3: the code LUFU1 of L is not in the profile", held=True)
    pid = FieldLines("PID-5", "Patient Name", (Value("PID-5.1", "Family Name", "•••"),), ())
    named = (Value("OBX-3.1", "Identifier", "LUFU1"),)
    code = FieldLines("OBX-3", "Observation Identifier", named, (remark,))
    observed = FieldLines("OBX-5", "Observation Value", (Value("OBX-5", "", value),), ())
    unit = FieldLines("OBX-6", "Units", (Value("OBX-6", "", "L"),), ())
    segments = (
        SegmentLines("PID", 1, "Patient Identification", (pid,), ()),
        SegmentLines("OBX", 1, "Observation/Result", (code, observed, unit), ()),
    )
    return LaidOut("2.5.1", "utf-8", segments)
