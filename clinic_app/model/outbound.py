"""What is to be said to the EHR, before any message form: the builders of bridges/hl7 make bytes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from clinic_app.model.bodies import Answer, Measurement
from clinic_app.model.facts import Source
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.model.outbox import Standing


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a message names: the EHR's identifier, with name, birth date and sex as the EHR itself gave them
    (empty or None where it gave none).
    """

    identifier: Identifier
    family: str = ""
    given: str = ""
    birth_date: Moment | None = None
    sex: str = ""


@dataclass(frozen=True, slots=True)
class ReportedItem:
    """One result: its series, how it stands, and its content (None where it no longer stands).

    Attributes:
        at: when it was measured or answered. source: who measured: patient, device, or staff who wrote down
            what the patient said.
    """

    series: str
    standing: Standing
    body: Measurement | Answer | None = None
    at: Moment | None = None
    source: Source = Source.PATIENT


@dataclass(frozen=True, slots=True)
class ResultReport:
    """Patient-reported results of one submission.

    Attributes:
        control_id: MSH-10. created_at: time of the message.
        order_id: our number for the submission, the same in every later version of it.
        corrects: whether the receiver has an earlier version.
    """

    control_id: str
    created_at: datetime
    patient: Addressee
    order_id: str
    items: tuple[ReportedItem, ...]
    corrects: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A document for the EHR, such as the visit plan: the same content as PDF and as text.

    ``id`` names it for ever; what goes into it is the caller's choice: private content stays out of it.
    """

    id: str
    title: str
    pdf: bytes
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DocumentReport:
    """A document about a patient, under the control id of its message."""

    control_id: str
    created_at: datetime
    patient: Addressee
    document: Document


@dataclass(frozen=True, slots=True)
class Outlet:
    """How messages to the EHR are built here, and which series may leave.

    Attributes:
        results, document: build a checked message; raise EnvironmentFault OUTBOUND-CHARSET (a character that
            the receiver's set cannot write) and ProgramFault OUTBOUND-INVALID.
        series: those that the site profile enables.
    """

    results: Callable[[ResultReport], bytes]
    document: Callable[[DocumentReport], bytes]
    series: frozenset[str]
