"""Invented people, entries and statements for the tests of stores and services."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from clinic_app.model.bodies import (
    Appointment,
    Body,
    ConsentDecision,
    Demographics,
    Measurement,
    Topic,
    content_hash,
)
from clinic_app.model.entries import RawEntry
from clinic_app.model.facts import FactKind, FactStatus, Source, Statement
from clinic_app.model.identity import PORTAL, Identifier
from clinic_app.model.moment import Moment

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
ANNA = Identifier("HOSP", "1001")
BELA = Identifier("HOSP", "1002")
ANNA_PORTAL = Identifier(PORTAL, "p-1")
BELA_PORTAL = Identifier(PORTAL, "p-2")
BORN = Moment("2001-02-03")
OTHER_BORN = Moment("2002-02-03")


def entry(
    id_: int, control_id: str = "", channel: str = "mllp", minutes: int = 0, raw: bytes = b""
) -> RawEntry:
    """A raw entry received some minutes after `NOW`."""
    return RawEntry(
        id_,
        channel,
        "LAB|HOSP",
        control_id or f"C{id_}",
        "ORU^R01",
        NOW + timedelta(minutes=minutes),
        raw or f"bytes of {id_}".encode(),
    )


def statement(
    subject: Identifier,
    kind: FactKind,
    body: Body,
    key: str,
    code: str = "",
    status: FactStatus = FactStatus.FINAL,
    sent_at: str = "2026-03-01T00:00:00.000000Z",
    at: str | None = "2026-03-01",
    position: str = "OBX[1]",
) -> Statement:
    """A statement with its content hash."""
    moment = None if at is None else Moment(at)
    return Statement(
        subject,
        kind,
        code,
        key,
        status,
        sent_at,
        content_hash(kind, code, status, moment, body),
        moment,
        body,
        Source.PATIENT if subject.from_portal else Source.EHR,
        "Dr. Sample",
        position,
    )


def weight(
    value: str,
    subject: Identifier = ANNA,
    key: str = "order-1/weight",
    status: FactStatus = FactStatus.FINAL,
    sent_at: str = "2026-03-01T00:00:00.000000Z",
) -> Statement:
    """A weight in kilograms."""
    body = Measurement(Decimal(value), value, "", "kg", "kg", "Body weight")
    return statement(subject, FactKind.MEASUREMENT, body, key, "weight", status, sent_at)


def demographics(
    subject: Identifier = ANNA,
    born: Moment | None = BORN,
    given: str = "Anna",
    family: str = "Example",
    sent_at: str = "2026-01-01T00:00:00.000000Z",
) -> Statement:
    """Who the person is, as an ADT says it."""
    body = Demographics(family, given, born, "female", other_ids=("NAT|9",))
    return statement(subject, FactKind.PATIENT, body, "patient", sent_at=sent_at, at=None, position="PID")


def appointment(
    start: str,
    subject: Identifier = ANNA,
    state: str = "booked",
    key: str = "a-1",
    sent_at: str = "2026-02-01",
) -> Statement:
    """A booking in room 4."""
    body = Appointment(Moment(start), 20, "Review", "Room 4", state)
    return statement(subject, FactKind.APPOINTMENT, body, key, sent_at=sent_at, at=start)


def consent(
    allowed: bool,
    subject: Identifier = ANNA,
    purpose: str = "care",
    kinds: tuple[str, ...] = (),
    sent_at: str = "2026-02-01",
    key: str = "consent",
) -> Statement:
    """A consent decision."""
    body = ConsentDecision(purpose, allowed, kinds)
    return statement(subject, FactKind.CONSENT, body, key, purpose, sent_at=sent_at)


def topic(text: str, subject: Identifier = ANNA, key: str = "t-1") -> Statement:
    """A topic in the patient's words."""
    return statement(subject, FactKind.TOPIC, Topic(text, "patient"), key)


class FixedClock:
    """A clock that stands still."""

    def now(self) -> datetime:
        """`NOW`."""
        return NOW
