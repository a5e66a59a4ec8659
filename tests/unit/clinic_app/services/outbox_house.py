"""A clinic that sends back to its EHR: the worker, the sender and a person, around one store in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from clinic_app.model.access import SYSTEM, AccessRow
from clinic_app.model.bodies import Answer, Measurement
from clinic_app.model.entries import Translation
from clinic_app.model.errors import CommonGroundError, EnvironmentFault
from clinic_app.model.facts import FactKind, FactStatus, Statement
from clinic_app.model.identity import Identifier
from clinic_app.model.outbound import DocumentReport, Outlet, ResultReport
from clinic_app.model.outbox import OutboxMessage, Outcome, Verdict
from clinic_app.services import outbox_queue, outbox_sending
from clinic_app.store.memory import MemoryStore
from tests.spec.clinic import Clinic, adt, gate_for, oru
from tests.spec.samples import ANNA, ANNA_PORTAL, BELA, BORN, NOW, demographics, statement

SERIES = frozenset({"home_weight", "home_fev1", "overall"})
TAKEN = Outcome(Verdict.ACCEPTED, "AA")


def home_weight(
    kilograms: str,
    source: str = "Observation/1",
    sent_at: str = "2026-03-01T00:00:00Z",
    status: FactStatus = FactStatus.FINAL,
    portal: Identifier = ANNA_PORTAL,
    code: str = "home_weight",
) -> Statement:
    """A weight that a portal's person measured."""
    body = Measurement(Decimal(kilograms), kilograms, "", "kg", "kg", "Body weight")
    return statement(portal, FactKind.MEASUREMENT, body, f"{source}/{code}", code, status, sent_at)


def answer(text: str, source: str = "QuestionnaireResponse/7", code: str = "overall") -> Statement:
    """An answer in words."""
    return statement(ANNA_PORTAL, FactKind.ANSWER, Answer(code, text), f"{source}/{code}", code)


@dataclass
class House:
    """Attributes:
    reports: what was built. series: what may leave. fault: raised by the builders instead.
    """

    clinic: Clinic = field(default_factory=lambda: Clinic(MemoryStore()))
    reports: list[ResultReport | DocumentReport] = field(default_factory=list)
    series: frozenset[str] = SERIES
    fault: CommonGroundError | None = None
    now: datetime = NOW
    entries: int = 0

    def __post_init__(self) -> None:
        self.system = gate_for(self.clinic.store, SYSTEM, writer="worker")
        self.say(adt(demographics(ANNA), born=BORN, subject=ANNA))
        self.say(adt(demographics(BELA, given="Bela"), born=BORN, subject=BELA))
        self.clinic.link(ANNA, ANNA_PORTAL)
        self.look()

    @property
    def outlet(self) -> Outlet:
        """Builders that write down what they are asked."""

        def build(report: ResultReport | DocumentReport) -> bytes:
            if self.fault is not None:
                raise self.fault
            self.reports.append(report)
            return f"message {report.control_id}".encode()

        return Outlet(build, build, self.series)

    def say(self, meaning: Translation) -> None:
        """Something is received and recorded."""
        self.entries += 1
        self.clinic.meaning[f"E{self.entries}"] = meaning
        self.clinic.receive(f"E{self.entries}")

    def submit(self, *statements: Statement) -> None:
        """A portal's person submits this."""
        subject = statements[0].subject
        self.say(oru(*statements, born=None, subject=subject))

    def look(self) -> Sequence[CommonGroundError]:
        """The worker looks until it has seen every change; faults of what could not be built."""
        faults: list[CommonGroundError] = []
        more = True
        while more:
            done = outbox_queue.queue_results(self.system, self.outlet, self.now)
            faults += done.faults
            more = done.more
        return faults

    def rows(self) -> list[OutboxMessage]:
        """All messages, oldest first."""
        with self.clinic.store.snapshot() as view:
            return [row for one in reversed(view.outbox()) if (row := view.outbox_message(one.id))]

    def told(self) -> list[tuple[str, str, str]]:
        """Whom, what and how, of each result in each message, oldest first."""
        return [
            (str(row.subject), item.series, item.standing.value) for row in self.rows() for item in row.items
        ]

    def pass_(self, **time: float) -> None:
        """Time goes by."""
        self.now += timedelta(**time)

    def send(self, outcome: Outcome = TAKEN) -> int:
        """One attempt; the message's number, 0 where nothing is due or may leave."""
        due = outbox_sending.next_message(self.system, self.now)
        if due is None or outbox_sending.begin(self.system, due.id, self.series, self.now) is None:
            return 0
        outbox_sending.settle(self.system, due.id, outcome, self.now + timedelta(seconds=1), self.now)
        return due.id

    def accesses(self) -> list[AccessRow]:
        """All access rows, those of the program too."""
        with self.clinic.store.unit() as unit:
            return list(unit._state.accesses)  # type: ignore[attr-defined]

    def unlink(self) -> None:
        """The link between Anna and her portal's person was wrong."""
        self.clinic.unlink(ANNA, ANNA_PORTAL)


CHARSET = EnvironmentFault("OUTBOUND-CHARSET", "a character cannot be written", "Ask for UTF-8.")
