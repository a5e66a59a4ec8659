"""Inbox entries: what was received, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from clinic_app.model.facts import Statement
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.model.roster import Mention

BATCH = "BATCH"
"""Type of an entry that is a frame or file of several messages, each of which is an entry of its own."""

BYTES_ERASED = "BYTES-ERASED"
"""Flag of an entry whose bytes are not kept (it is for somebody who is not on the roster): it is never
translated again."""

DROP, LOAD = "drop", "load"
"""Channels of what came as a file: left for the bridge, or history that a person loaded."""


class EntryState(StrEnum):
    """State of an inbox entry: received (durable, not yet translated), applied, held (quarantine),
    ignored.
    """

    RECEIVED = "received"
    APPLIED = "applied"
    HELD = "held"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Received:
    """One raw thing on its way into the intake.

    Attributes:
        channel: ``mllp``, ``fhir``, ``drop`` or ``load``.
        sender: MSH-3|MSH-4 of a message, or the base address of a portal.
        control_id: MSH-10, or ``Type/id/_history/version`` of a resource.
        type: MSH-9 as ``ORU^R01``, or the resource type.
        received_at: when the last byte came.
        raw: the bytes as they came, without framing.
        answer: the acknowledgement that is sent once this is durable (empty for a resource).
        flag: a code such as FRAME-TOO-LARGE where the bytes are no whole message; empty otherwise.
        digest: SHA-256 of the bytes where it is known already; empty otherwise.
        part_of: id of the entry (a frame or file of several messages) that this one was cut out of; else 0.
    """

    channel: str
    sender: str
    control_id: str
    type: str
    received_at: datetime
    raw: bytes
    answer: bytes = b""
    flag: str = ""
    digest: bytes = b""
    part_of: int = 0


@dataclass(frozen=True, slots=True)
class Landed:
    """Receipt of the intake: the entry's id, the answer to send, and whether the same bytes had landed
    before.
    """

    id: int
    answer: bytes
    repeated: bool


@dataclass(frozen=True, slots=True)
class RawEntry:
    """An intake entry as the worker reads it; ``flag`` is a code such as CONTROL-ID-REUSED, or empty;
    ``part_of`` the entry that it was cut out of, or 0.
    """

    id: int
    channel: str
    sender: str
    control_id: str
    type: str
    received_at: datetime
    raw: bytes
    flag: str = ""
    part_of: int = 0


@dataclass(frozen=True, slots=True)
class Hold:
    """Why something in an entry could not be applied: stable code, reason without patient data, and the
    mend.
    """

    code: str
    reason: str
    mend: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A remark on an entry that stops nothing (conformance difference, undecodable bytes).

    Where ``held`` is true, a further hold of the entry beside the one that it shows as its reason.
    """

    code: str
    text: str
    held: bool = False


@dataclass(frozen=True, slots=True)
class Translation:
    """What an entry means.

    Attributes:
        subject: the identifier that the entry speaks of; None where there is none (then it is held or
        ignored). birth_date: as sent in this entry, for the identity check; None where not sent.
        introduces: whether this entry may make a patient known (ADT).
        statements: what could be read.
        holds: what could not be applied; any hold makes the entry held, its readable statements are recorded
        all the same. findings: remarks.
        ignored: why nothing of it concerns us; empty otherwise.
        mention: whom it names, where a roster is kept; None where it names nobody.
        merges: numbers that the entry says are the subject's too; a person decides whether they are.
    """

    subject: Identifier | None
    birth_date: Moment | None = None
    introduces: bool = False
    statements: tuple[Statement, ...] = ()
    holds: tuple[Hold, ...] = ()
    findings: tuple[Finding, ...] = ()
    ignored: str = ""
    mention: Mention | None = None
    merges: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """One line of ``inbox list``; ``raw`` is empty unless it was asked for, ``part_of`` 0 unless it came in a
    batch.
    """

    id: int
    state: EntryState
    channel: str
    sender: str
    control_id: str
    type: str
    received_at: datetime
    reason: str = ""
    code: str = ""
    mend: str = ""
    profile_version: str = ""
    findings: tuple[Finding, ...] = ()
    raw: bytes = b""
    flag: str = ""
    part_of: int = 0
