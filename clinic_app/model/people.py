"""People as lists and screens need them."""

from dataclasses import dataclass
from datetime import datetime

from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment

OUTBOX = "outbox"
"""Channel of what goes back to the EHR, beside the feeds that bring something."""


@dataclass(frozen=True, slots=True)
class Link:
    """Says that two identifiers are one person; undone links stay on record with ``active`` False."""

    first: Identifier
    second: Identifier
    by: str
    at: datetime
    active: bool = True


@dataclass(frozen=True, slots=True)
class PatientRow:
    """One line of the patient list.

    Attributes:
        identifier: the EHR identifier by which the person is opened.
        name: family name, given name.
        birth_date: as known.
        sex: male, female, other or unknown.
        next_appointment: the next booked start from the day asked for; None where nothing is booked.
        appointment_place: its location or room, may be empty.
        last_submission: when the person last sent something; None if never.
    """

    identifier: Identifier
    name: str
    birth_date: Moment | None
    sex: str
    next_appointment: Moment | None = None
    appointment_place: str = ""
    last_submission: datetime | None = None


@dataclass(frozen=True, slots=True)
class FeedState:
    """Health of one feed: ``mllp`` or ``fhir``, and what waits; ``outside`` counts today's messages for
    people who are not on the roster (all of them under ``mllp``). Channel ``outbox`` is there where
    anything of it is open: when something was last acknowledged, what was refused (held), what waits.
    """

    channel: str
    last_received: datetime | None
    received: int
    held: int
    waiting: int
    note: str = ""
    outside: int = 0
