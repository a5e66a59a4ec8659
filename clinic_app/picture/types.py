"""The picture: all that one patient's screen shows, as frozen values. docs/picture.md describes its JSON
form.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a sentence rests on: fact ids, and the inbox entries they can be traced to."""

    fact_ids: tuple[int, ...] = ()
    inbox_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a series.

    ``value`` is a Decimal in ``unit``, a word where no number was sent, or None. ``derived_from`` and
    ``method`` belong to computed values (fact_id and inbox_id are then those of the newest input).
    ``replaces`` lists fact ids that a correction replaced. ``recorded_at`` is ISO text.
    """

    at: Moment | None
    value: Decimal | str | None
    comparator: str
    unit: str
    source: str
    author: str
    status: str
    recorded_at: str
    fact_id: int
    inbox_id: int
    replaces: tuple[int, ...] = ()
    method: str = ""
    derived_from: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class PatientLine:
    """Who it is."""

    family: str
    given: str
    birth_date: Moment | None
    sex: str
    identifiers: tuple[Identifier, ...]
    language: str = ""

    @property
    def name(self) -> str:
        """Given name, family name."""
        return f"{self.given} {self.family}".strip()


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One line of "since last time"; ``sign`` is down, up, new or open; ``code`` names the series or kind it
    speaks of.
    """

    text: str
    sign: str
    kind: str
    code: str
    evidence: Evidence
    audience: str = "shared"


@dataclass(frozen=True, slots=True)
class Attention:
    """Something that deserves a look today; audience is shared or staff."""

    kind: str
    text: str
    reason: str
    evidence: Evidence
    audience: str


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """A topic; ``by`` is patient or clinician, text verbatim, ``private`` = only my clinician (staff
    audience).
    """

    by: str
    text: str
    state: str
    private: bool
    at: Moment | None
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class MedicineLine:
    """A medicine as far as it is known; ``state`` is on_record or stopped; absence of news never means
    stopped. ``origins`` tells how we know of it (prescribed, dispensed, given); ``dispensed`` and ``given``
    are the last times that this was told.
    """

    name: str
    ingredients: tuple[str, ...]
    state: str
    started: Moment | None
    stopped: Moment | None
    dose: str
    origin: str
    status: str
    evidence: Evidence
    audience: str = "staff"
    code: str = ""
    dispensed: Moment | None = None
    given: Moment | None = None
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SusceptibilityLine:
    """One drug against one organism of a culture, as the laboratory wrote it."""

    organism: str
    organism_text: str
    drug: str
    interpretation: str
    text: str
    status: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class CultureLine:
    """One culture: its organisms (key, words sent), or no growth, and what they are sensitive to."""

    at: Moment | None
    specimen: str
    organisms: tuple[tuple[str, str], ...]
    growth: bool
    status: str
    evidence: Evidence
    audience: str = "staff"
    susceptibilities: tuple[SusceptibilityLine, ...] = ()


@dataclass(frozen=True, slots=True)
class DueLine:
    """A care check: state is due, done, not_applicable or unknown."""

    key: str
    text: str
    state: str
    evidence: Evidence
    audience: str = "staff"


@dataclass(frozen=True, slots=True)
class OrderLine:
    """Something ordered: state is ordered, under_way, on_hold, done or cancelled; ``series`` is what its
    results will be (a series name, or culture), empty where that is not known.
    """

    name: str
    code: str
    state: str
    at: Moment | None
    due: Moment | None
    evidence: Evidence
    audience: str = "staff"
    series: str = ""


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document; its content is in the inbox entry, at the places in ``parts``."""

    title: str
    type: str
    number: str
    state: str
    status: str
    at: Moment | None
    author: str
    parts: tuple[str, ...]
    of: str
    evidence: Evidence
    audience: str = "staff"


@dataclass(frozen=True, slots=True)
class ImmunisationLine:
    """A vaccine: state is given, refused or not_given."""

    name: str
    code: str
    state: str
    at: Moment | None
    dose: str
    evidence: Evidence
    audience: str = "staff"


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """A diagnosis or problem: state is active or resolved."""

    name: str
    code: str
    state: str
    start: Moment | None
    end: Moment | None
    evidence: Evidence
    audience: str = "staff"


@dataclass(frozen=True, slots=True)
class AllergyLine:
    """An allergy, or that none is known: ``none_known`` is then all, drugs or food, else empty."""

    substance: str
    code: str
    type: str
    severity: str
    reaction: str
    none_known: str
    evidence: Evidence
    audience: str = "staff"


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit or an appointment: kind is visit or appointment."""

    kind: str
    start: Moment | None
    end: Moment | None
    place: str
    state: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision, verbatim."""

    text: str
    state: str
    at: Moment | None
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class GoalBand:
    """Range of a series that counts as the goal; ``origin`` says who set it (patient's goal, or the care
    check's name).
    """

    code: str
    low: Decimal | None
    high: Decimal | None
    unit: str
    origin: str


@dataclass(frozen=True, slots=True)
class FeedLine:
    """Health of one feed, for the bottom line: ISO text of the last arrival or empty, how many are held, how
    many wait.
    """

    last_received: str
    held: int
    waiting: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything about one person now; recomputed from facts, never patched.

    ``sentences`` has one plain sentence per drawn series (its number equals the data). ``since`` is the day
    of the last visit that changes are told against. ``record_begins`` is the first day our record holds.
    """

    patient: PatientLine
    summary: dict[str, str]
    series: dict[str, tuple[Point, ...]]
    changes: tuple[ChangeLine, ...]
    attention: tuple[Attention, ...]
    agenda: tuple[AgendaItem, ...]
    medicines: tuple[MedicineLine, ...]
    cultures: tuple[CultureLine, ...]
    due: tuple[DueLine, ...]
    visits: tuple[VisitLine, ...]
    decisions: tuple[DecisionLine, ...]
    goals: tuple[GoalBand, ...]
    feeds: dict[str, FeedLine]
    sentences: dict[str, str] = field(default_factory=dict)
    last_words: dict[str, str] = field(default_factory=dict)
    since: Moment | None = None
    record_begins: Moment | None = None
    orders: tuple[OrderLine, ...] = ()
    documents: tuple[DocumentLine, ...] = ()
    immunisations: tuple[ImmunisationLine, ...] = ()
    problems: tuple[ProblemLine, ...] = ()
    allergies: tuple[AllergyLine, ...] = ()
