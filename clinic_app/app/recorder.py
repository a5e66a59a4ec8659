"""The main store as the worker uses it: the services, behind the worker's gate."""

import logging
import time
from collections.abc import Callable, Sequence

from clinic_app.app.compose import Clinic
from clinic_app.model.access import Action
from clinic_app.model.entries import EntryState, RawEntry, Translation
from clinic_app.model.identity import Identifier
from clinic_app.model.outbound import Outlet
from clinic_app.ports.store import WorkView
from clinic_app.services import record, replay, rostering
from clinic_app.services.gate import Gate
from clinic_app.services.inbox import last_entry_id
from clinic_app.services.judging import BIRTH_DATE_DIFFERS
from clinic_app.services.outbox_queue import queue_results
from clinic_app.store.intake_erasing import erase_from_intake
from clinic_app.store.sql import SqlStore

_ERASE_SECONDS, _AGAIN_SECONDS = 600.0, 20.0
_log = logging.getLogger("commonground.worker")
LATEST = 64
"""As many entries as the worker records in one unit: so many may have been left without being followed up."""


class StoreRecorder:
    """Implements `clinic_app.app.worker.Recorder`."""

    def __init__(
        self,
        clinic: Clinic,
        store: SqlStore,
        gate: Gate,
        translate: Callable[[RawEntry], Translation],
        passed: Callable[[], float] = time.monotonic,
        outlet: Callable[[], Outlet | None] = lambda: None,
    ) -> None:
        """``passed``: seconds on any steady scale. ``outlet``: how the EHR is written to, if at all."""
        self._clinic = clinic
        self._store = store
        self._gate = gate
        self._translate = translate
        self._passed = passed
        self._erase_at = 0.0
        self._outlet = outlet
        self._queued_at = -1

    def last_id(self) -> int:
        """The greatest recorded entry id."""
        return last_entry_id(self._gate)

    def record(self, batch: Sequence[tuple[RawEntry, Translation]]) -> Sequence[Identifier]:
        """Record together."""
        clinic = self._clinic
        version, now = clinic.profile_version(), clinic.now()
        known = record.record_entries(self._gate, batch, version, now, clinic.rostering)
        return (*known, *self._recall()) if clinic.rostering.grown else known

    def tend(self) -> Sequence[Identifier]:
        """Follow the roster, and erase what is due."""
        erasing = self._passed() >= self._erase_at
        if erasing:  # a link may have been made since
            self._clinic.rostering.grown = True
        known = self._recall()
        if erasing:
            self._erase_at = self._passed() + (_ERASE_SECONDS if self._erase() else _AGAIN_SECONDS)
        return known

    def _recall(self) -> Sequence[Identifier]:
        """Record what was set aside for people who came onto the roster."""
        clinic = self._clinic
        # By the profile in force: it says who comes here.
        translate, version = clinic.translator(), clinic.profile_version()
        return rostering.recall(
            self._gate, clinic.rostering, clinic.intake_reader(), translate, version, clinic.now()
        )

    def _erase(self) -> bool:
        """Erase other people's messages that are due: first their bytes, then whom they named; whether the
        logs of both files were emptied too.
        """
        path, key = self._clinic.home.intake_db, self._clinic.secrets.get("intake")
        emptied, erased = True, False
        while entry_ids := rostering.due(self._gate, self._clinic.now()):
            emptied, erased = erase_from_intake(path, key, entry_ids), True
            rostering.forget(self._gate, entry_ids)
        return not erased or (self._store.empty_log() and emptied)

    def reconsider(self, identifier: Identifier) -> None:
        """Look again at what waited for this identifier."""
        replay.reconsider(
            self._gate, identifier, self._translate, self._clinic.profile_version(), self._clinic.now()
        )

    def catch_up(self) -> None:
        """Look again at the people whose identity the newest entries may have moved: a worker killed between
        two units did not.
        """
        with self._gate.processing(Action.REPLAY) as view:
            newest = view.inbox((), LATEST)
            named = {view.entry_subject(entry.id) for entry in newest}
            introduced = {view.entry_subject(entry.id) for entry in newest if entry.type.startswith("ADT")}
            subjects = [
                subject
                for subject in sorted(one for one in named if one is not None)
                if subject in introduced or _in_doubt(view, subject)
            ]
        for subject in subjects:
            self.reconsider(subject)

    def queue_outbound(self) -> bool:
        """Queue what goes back to the EHR; where nobody has committed since the last look, one number is
        read. A look that failed is made again after the next commit.
        """
        version, outlet = self._store.version(), self._outlet()
        if outlet is None or version == self._queued_at:
            return False
        self._queued_at = version
        done = queue_results(self._gate, outlet, self._clinic.now())
        for fault in done.faults:
            _log.error("%s", fault)
        if done.more:
            self._queued_at = -1
        return done.more

    def close(self) -> None:
        """Release the store."""
        self._store.close()


def _in_doubt(view: WorkView, subject: Identifier) -> bool:
    """Whether a held entry disagrees about the birth date: only then can any other entry move it."""
    held = view.entries_of(subject, (EntryState.HELD,))
    return any(entry.code == BIRTH_DATE_DIFFERS.code for entry in held)
