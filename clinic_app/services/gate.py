"""The one authorisation gate (DESIGN decision 6): nobody reads or writes the store but through it.

A look at a person is committed to the access log before anything is handed out; a write leaves its row in the
same transaction; a denial is committed on its own. Where no row can be written, nobody is opened.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from clinic_app.model.access import SYSTEM, AccessRow, Action, Actor, Purpose
from clinic_app.model.consents import consent_of
from clinic_app.model.errors import AccessDenied, EnvironmentFault
from clinic_app.model.facts import FactKind
from clinic_app.model.identity import Identifier
from clinic_app.model.people import PatientRow
from clinic_app.ports.clock import Clock
from clinic_app.ports.store import Snapshot, Store, WorkView, WriteUnit
from clinic_app.services.policy import EVERY_KIND, Policy
from clinic_app.services.scope import ScopedSnapshot

ALLOWED, DENIED = "allowed", "denied"
_RAW = frozenset({Action.READ_RAW, Action.REPLAY, Action.READ_OUTBOX})


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of the gate."""

    action: Action
    people: tuple[Identifier, ...]
    kinds: tuple[FactKind, ...]
    purpose: Purpose
    entry_id: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """A unit of work for many entries, each of which leaves its own access row by `note`."""

    unit: WriteUnit
    gate: "Gate"
    action: Action

    def note(self, people: Sequence[Identifier], kinds: Sequence[FactKind], entry_id: int) -> None:
        """Append the access row of one entry to this unit."""
        request = Request(self.action, tuple(people), tuple(kinds), Purpose.OPERATION, entry_id)
        self.unit.append_access(self.gate.row(request, ALLOWED))


class Gate:
    """Authorises one actor. Raises AccessDenied (ACCESS-DENIED, CONSENT-CARE, CONSENT-IMPROVEMENT,
    CONSENT-RESEARCH) and EnvironmentFault ACCESS-LOG-UNWRITABLE.

    Attributes:
        actor: who acts.
        clock: whose time the rows carry.
    """

    def __init__(self, store: Store, clock: Clock, policy: Policy, actor: Actor) -> None:
        self._store = store
        self._policy = policy
        self._opened: set[Identifier] = set()
        self._listed: set[Identifier] = set()
        self.clock = clock
        self.actor = actor

    @contextmanager
    def reading(
        self,
        action: Action,
        people: Sequence[Identifier],
        kinds: Sequence[FactKind] = (),
        purpose: Purpose = Purpose.CARE,
        entry_id: int = 0,
        reason: str = "",
    ) -> Iterator[Snapshot]:
        """A view of these people and kinds (none named: all that may be seen), after its access row is
        committed.
        """
        request = Request(action, tuple(people), tuple(kinds), purpose, entry_id, reason)
        consent = self._authorise(request)
        self._commit_row(request, ALLOWED)
        if action is Action.READ_PATIENT:
            self._opened.update(people)
        with self._consented(request, consent) as view:
            yield view

    @contextmanager
    def refreshing(
        self, people: Sequence[Identifier], kinds: Sequence[FactKind] = (), purpose: Purpose = Purpose.CARE
    ) -> Iterator[Snapshot]:
        """A new view of a person opened before, covered by the opening's row; consent is asked again."""
        request = Request(Action.READ_PATIENT, tuple(people), tuple(kinds), purpose)
        consent = self._authorise(request)
        if self._opened.isdisjoint(people):
            self._deny(request, "ACCESS-DENIED", "this person was not opened before")
        with self._consented(request, consent) as view:
            yield view

    @contextmanager
    def writing(
        self,
        action: Action,
        people: Sequence[Identifier],
        kinds: Sequence[FactKind] = (),
        purpose: Purpose = Purpose.CARE,
        entry_id: int = 0,
    ) -> Iterator[WriteUnit]:
        """A unit of work with its access row in the same transaction."""
        request = Request(action, tuple(people), tuple(kinds), purpose, entry_id)
        consent = self._authorise(request)
        with self._store.unit() as unit:
            if not consent or self._consented_kinds(unit, request):
                unit.append_access(self.row(request, ALLOWED))
                yield unit
                return
        self._deny_consent(request)

    @contextmanager
    def recording(self, action: Action) -> Iterator[Recording]:
        """A unit of work for entries (RECORD, REPLAY): a row per entry, by `Recording.note`; none where none
        changes.
        """
        self._authorise(Request(action, (), (), Purpose.OPERATION))
        with self._store.unit() as unit:
            yield Recording(unit, self, action)

    @contextmanager
    def processing(self, action: Action) -> Iterator[WorkView]:
        """A view for the program's own work on entries (RECORD, REPLAY), whose content nobody is shown: no
        row.
        """
        self._authorise(Request(action, (), (), Purpose.OPERATION))
        with self._store.snapshot() as view:
            yield view

    @contextmanager
    def watching(self) -> Iterator[Snapshot]:
        """A view without clinical content, for feeds, change rows and identifiers; for every role, without a
        row.
        """
        if not self.actor.roles:
            self._deny(Request(Action.LIST_PATIENTS, (), (), Purpose.OPERATION), "ACCESS-DENIED", "no role")
        with self._store.snapshot() as view:
            yield ScopedSnapshot(view, frozenset(), frozenset())

    def patient_list(self, now: datetime, again: bool = False) -> Sequence[PatientRow]:
        """The patient list, without those who refused care; handed out once its row with all these people is
        there.

        ``again``: for a list that stayed open; covered by its opening's row, but for people who are new in
        it.
        """
        kinds = (FactKind.PATIENT, FactKind.APPOINTMENT)
        request = Request(Action.LIST_PATIENTS, (), kinds, Purpose.CARE)
        consent = self._authorise(request)
        with self._store.snapshot() as view:
            rows = view.patients(now)
            away = self._refusing(view) if consent else frozenset()
        rows = [row for row in rows if row.identifier not in away]
        listed = tuple(row.identifier for row in rows if not (again and row.identifier in self._listed))
        if listed or not again:
            self._commit_row(Request(Action.LIST_PATIENTS, listed, kinds, Purpose.CARE), ALLOWED)
        self._listed.update(listed)
        return rows

    def version(self) -> int:
        """A number that differs after a commit: a cheap check before `changes_after`."""
        return self._store.version()

    def row(self, request: Request, outcome: str) -> AccessRow:
        """The access row of a request; the store numbers it."""
        return AccessRow(
            writer=self.actor.writer,
            sequence=0,
            at=self.clock.now(),
            account=self._account(),
            action=request.action,
            purpose=request.purpose,
            kinds=tuple(request.kinds),
            people=request.people,
            outcome=outcome,
            entry_id=request.entry_id,
            reason=request.reason,
        )

    def _account(self) -> str:
        """System rows stay outside "who looked": nobody gets there by an account that happens to be called
        so.
        """
        if SYSTEM in self.actor.roles:
            return SYSTEM
        return f"account:{SYSTEM}" if self.actor.account == SYSTEM else self.actor.account

    def _authorise(self, request: Request) -> bool:
        """Whether consent must be asked; denies what the policy does not allow."""
        consent = self._policy.asks_consent(self.actor.roles, request.action, request.kinds, request.purpose)
        if consent is None:
            what = f"{request.action} for {request.purpose} is not allowed to this account"
            self._deny(request, "ACCESS-DENIED", what)
        return bool(consent)

    @contextmanager
    def _consented(self, request: Request, consent: bool) -> Iterator[Snapshot]:
        with self._store.snapshot() as view:
            kinds = frozenset(request.kinds) or EVERY_KIND
            if consent:
                kinds = self._consented_kinds(view, request)
            if kinds:
                people = frozenset(one for asked in request.people for one in view.person(asked))
                yield ScopedSnapshot(view, people, kinds, request.action in _RAW)
                return
        self._deny_consent(request)

    def _consented_kinds(self, view: Snapshot, request: Request) -> frozenset[FactKind]:
        """Kinds that all these people agree to; empty where a kind that was named is refused."""
        agreed = frozenset(request.kinds) or EVERY_KIND
        for asked in request.people:
            facts = view.facts(view.person(asked), (FactKind.CONSENT,))
            agreed = frozenset(
                kind for kind in agreed if _agrees(consent_of(facts, request.purpose, kind), request.purpose)
            )
        return agreed if not request.kinds or agreed == frozenset(request.kinds) else frozenset()

    def _refusing(self, view: Snapshot) -> frozenset[Identifier]:
        """All identifiers of the people who refuse care."""
        people = {view.person(one) for one in view.refused(Purpose.CARE)}
        return frozenset(
            one for person in people if view.consent(person, Purpose.CARE) is False for one in person
        )

    def _deny_consent(self, request: Request) -> None:
        code = f"CONSENT-{request.purpose.value.upper()}"
        self._deny(request, code, f"the patient does not agree to the use for {request.purpose}")

    def _deny(self, request: Request, code: str, what: str) -> None:
        self._commit_row(request, DENIED)
        raise AccessDenied(code, what, "Ask the clinic's administrator, or the patient, and try again.")

    def _commit_row(self, request: Request, outcome: str) -> None:
        try:
            with self._store.unit() as unit:
                unit.append_access(self.row(request, outcome))
        except EnvironmentFault as fault:
            raise EnvironmentFault(
                "ACCESS-LOG-UNWRITABLE",
                f"the access log cannot be written ({fault.code}: {fault.what}), so nobody is opened",
                fault.mend,
            ) from fault


def _agrees(said: bool | None, purpose: Purpose) -> bool:
    """Care needs no yes, only no "no"; improvement and research need a yes."""
    return said is not False if purpose is Purpose.CARE else said is True
