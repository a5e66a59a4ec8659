"""Who may do what, and the row that every access leaves."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from clinic_app.model.identity import Identifier


class Purpose(StrEnum):
    """Why data are used; consent is asked per purpose."""

    CARE = "care"
    IMPROVEMENT = "improvement"
    RESEARCH = "research"
    OPERATION = "operation"


class LookReason(StrEnum):
    """Why somebody looked into a received message: one of these, so that a reason tells of no person."""

    CODE_MAP = "to mend a code or unit"
    SENDER = "to report it to the sender"
    IDENTITY = "to find out whom it is about"
    OTHER = "another reason"


class Action(StrEnum):
    """What an actor does; the policy table names these."""

    LIST_PATIENTS = "list_patients"
    READ_PATIENT = "read_patient"
    WRITE_PATIENT = "write_patient"
    SET_CONSENT = "set_consent"
    READ_ACCESS_LOG = "read_access_log"
    LINK = "link"
    INVITE = "invite"
    LIST_INBOX = "list_inbox"
    READ_RAW = "read_raw"
    REPLAY = "replay"
    CONFIRM_IDENTITY = "confirm_identity"
    RECORD = "record"
    LOAD = "load"
    ADMINISTER = "administer"
    QUEUE = "queue"
    SEND = "send"
    LIST_OUTBOX = "list_outbox"
    READ_OUTBOX = "read_outbox"
    MEND_OUTBOX = "mend_outbox"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: operating-system account, its roles in this clinic, and the writer (process role) that logs
    for it.
    """

    account: str
    roles: tuple[str, ...]
    writer: str = "command"


SYSTEM = "system"
"""Role of the worker and the feeds."""


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One look or write: numbered per writer, never changed; ``outcome`` is allowed or denied.

    ``reason`` is what the person gave as theirs (LookReason) where one was asked for.
    """

    writer: str
    sequence: int
    at: datetime
    account: str
    action: str
    purpose: str
    kinds: tuple[str, ...]
    people: tuple[Identifier, ...]
    outcome: str
    entry_id: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What a commit changed: a row that every open screen polls; ``sequence`` only grows."""

    sequence: int
    people: tuple[Identifier, ...]
    kinds: tuple[str, ...]
    codes: tuple[str, ...]
    at: datetime
