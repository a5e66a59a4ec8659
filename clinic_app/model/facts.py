"""Facts: immutable clinical statements, as sent, with provenance (DESIGN decision 3)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from clinic_app.model.bodies import Body
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment


class FactKind(StrEnum):
    """What a fact speaks of; the shared-screen allow-list and the policy table name these."""

    PATIENT = "patient"
    VISIT = "visit"
    APPOINTMENT = "appointment"
    MEASUREMENT = "measurement"
    CULTURE = "culture"
    MEDICINE = "medicine"
    ANSWER = "answer"
    TOPIC = "topic"
    GOAL = "goal"
    CONSENT = "consent"
    DECISION = "decision"
    SUSCEPTIBILITY = "susceptibility"
    ORDER = "order"
    DOCUMENT = "document"
    IMMUNISATION = "immunisation"
    PROBLEM = "problem"
    ALLERGY = "allergy"


class FactStatus(StrEnum):
    """Standing of a version; the order of ranks decides which one is current, never the order of arrival."""

    REGISTERED = "registered"
    PRELIMINARY = "preliminary"
    FINAL = "final"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"

    @property
    def rank(self) -> int:
        """Rank by which versions of one key are ordered first."""
        return _RANKS[self]


_RANKS = {
    FactStatus.REGISTERED: 0,
    FactStatus.PRELIMINARY: 1,
    FactStatus.FINAL: 2,
    FactStatus.CORRECTED: 3,
    FactStatus.WITHDRAWN: 4,
}


class Source(StrEnum):
    """Where a value comes from, as the screen says it."""

    EHR = "ehr"
    PATIENT = "patient"
    DEVICE = "device"
    STAFF = "staff"
    COMPUTED = "computed"
    LOADED = "loaded"


@dataclass(frozen=True, slots=True)
class Statement:
    """What a sender stated: the part of a fact that a translator makes.

    Attributes:
        subject: the identifier as it was sent.
        kind: what it speaks of.
        code: series name (``fev1``, ``lab_hba1c``), question, consent purpose; empty where the kind says all.
        key: source identity: versions with the same subject and key are versions of one thing.
        status: standing of this version.
        sent_at: the sender's time, in UTC, as sortable ISO text; orders versions of equal rank.
        content_hash: hex digest of everything stated; breaks ties, and makes a repeated statement one.
        at: effective time with the precision that was sent; None where nothing was sent.
        body: the typed content.
        source: ehr, patient, device or staff.
        author: who said or measured it, as sent (may be empty).
        position: where in the raw entry it stands (``OBX[3]``, ``item[weight]``).
    """

    subject: Identifier
    kind: FactKind
    code: str
    key: str
    status: FactStatus
    sent_at: str
    content_hash: str
    at: Moment | None
    body: Body
    source: Source
    author: str = ""
    position: str = ""

    @property
    def order(self) -> tuple[int, str, str]:
        """Sorting key of versions: the greatest is current."""
        return (self.status.rank, self.sent_at, self.content_hash)


@dataclass(frozen=True, slots=True)
class Fact:
    """A recorded statement: what was said, and the inbox entry that it can be traced to."""

    id: int
    inbox_id: int
    recorded_at: datetime
    profile_version: str
    statement: Statement
