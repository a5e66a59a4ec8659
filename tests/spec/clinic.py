"""A clinic around a store, as the worker and a clinician would run it, with invented messages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from clinic_app.model.access import SYSTEM, Actor
from clinic_app.model.entries import Finding, Hold, RawEntry, Translation
from clinic_app.model.facts import Statement
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.ports.store import Store
from clinic_app.services import identity, link, record, replay
from clinic_app.services.gate import Gate
from clinic_app.services.policy import Policy, policy_from
from tests.spec.samples import NOW, FixedClock, entry

POLICY_FILE = Path(__file__).parents[2] / "resources" / "policy" / "policy.toml"
UNKNOWN_CODE = Hold("UNKNOWN-CODE", "a code is not in the profile", "Add it to the profile.")


def policy() -> Policy:
    """The policy table of the package."""
    return policy_from(POLICY_FILE.read_text("utf-8"))


def gate_for(store: Store, *roles: str, account: str = "chris", writer: str = "command") -> Gate:
    """A gate for an account with these roles."""
    return Gate(store, FixedClock(), policy(), Actor(account, roles, writer))


@dataclass
class Clinic:
    """Messages go in by control id; ``meaning`` says how each translates, ``profile`` under which version."""

    store: Store
    meaning: dict[str, Translation] = field(default_factory=dict)
    profile: str = "p1"
    last: int = 0
    ids: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.worker = gate_for(self.store, SYSTEM, account="worker", writer="worker")
        self.staff = gate_for(self.store, "clinician", "administrator")

    def translate(self, raw: RawEntry) -> Translation:
        """What the message with this control id means now."""
        return self.meaning[raw.control_id]

    def receive(self, *control_ids: str) -> tuple[Identifier, ...]:
        """Record these together, then look again at whoever moved."""
        batch = []
        for control_id in control_ids:
            if control_id not in self.ids:  # the intake gives the same bytes the same id
                self.last += 1
                self.ids[control_id] = self.last
            raw = entry(self.ids[control_id], control_id, minutes=self.ids[control_id])
            batch.append((raw, self.translate(raw)))
        moved = record.record_entries(self.worker, batch, self.profile, NOW)
        for one in moved:
            self.reconsider(one)
        return moved

    def reconsider(self, one: Identifier) -> replay.ReplayReport:
        """Look again at a person's entries."""
        return replay.reconsider(self.worker, one, self.translate, self.profile, NOW)

    def replay(self, ids: Sequence[int] | None = None) -> replay.ReplayReport:
        """Replay as a person would."""
        return replay.replay(self.staff, ids, self.translate, self.profile, NOW)

    def link(self, patient: Identifier, portal: Identifier) -> None:
        """Link, then look again."""
        link.link(self.staff, patient, portal.value, NOW)
        self.reconsider(patient)

    def unlink(self, patient: Identifier, portal: Identifier) -> None:
        """Undo a link, then look again at both."""
        link.unlink(self.staff, patient, portal.value, NOW)
        self.reconsider(patient)
        self.reconsider(portal)

    def confirm(self, patient: Identifier, birth_date: Moment) -> None:
        """Confirm a birth date, then look again."""
        identity.confirm_birth_date(self.staff, patient, birth_date, NOW)
        self.reconsider(patient)

    def states(self) -> set[tuple[str, str, str]]:
        """Control id, state and code of every entry."""
        with self.store.snapshot() as view:
            return {(one.control_id, one.state.value, one.code) for one in view.inbox()}

    def statements(self, people: Iterable[Identifier]) -> set[Statement]:
        """Everything visible, without the place that it is traced to."""
        with self.store.snapshot() as view:
            return {replace(fact.statement, position="") for fact in view.facts(list(people))}

    def row_count(self) -> tuple[int, int, int]:
        """Change rows, facts of everybody listed, access rows of everybody listed."""
        with self.store.snapshot() as view:
            people = [one for row in view.patients(NOW) for one in view.person(row.identifier)]
            return view.last_change(), len(view.facts(people)), len(view.accesses(people, 100000))


def adt(
    *statements: Statement, born: Moment | None, subject: Identifier, holds: Sequence[Hold] = ()
) -> Translation:
    """What an ADT means."""
    return Translation(subject, born, True, statements, tuple(holds))


def oru(
    *statements: Statement, born: Moment | None, subject: Identifier, holds: Sequence[Hold] = ()
) -> Translation:
    """What an ORU means."""
    return Translation(subject, born, False, statements, tuple(holds), (Finding("REMARK", "x"),))
