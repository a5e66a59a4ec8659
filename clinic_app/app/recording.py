"""The worker's main store: the services that record and reconsider, behind the system's gate."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from clinic_app.model.access import Action
from clinic_app.model.entries import RawEntry, Translation
from clinic_app.model.identity import Identifier
from clinic_app.ports.clock import Clock
from clinic_app.ports.store import Store
from clinic_app.services.gate import Gate
from clinic_app.services.record import record_entries
from clinic_app.services.replay import reconsider

LATEST: Final = 64
"""Entries that one unit of the worker can hold at most: so many may have been left without being followed
up.
"""


@dataclass(frozen=True, slots=True)
class StoreRecorder:
    """Implements `clinic_app.app.worker.Recorder`; ``gate`` is the system's."""

    store: Store
    gate: Gate
    clock: Clock
    translate: Callable[[RawEntry], Translation]
    profile_version: str

    def last_id(self) -> int:
        """The greatest entry id that is recorded."""
        with self.gate.processing(Action.RECORD) as view:
            return view.last_entry_id()

    def record(self, batch: Sequence[tuple[RawEntry, Translation]]) -> Sequence[Identifier]:
        """Record these in one unit; identifiers whose entries are to be looked at again."""
        return record_entries(self.gate, batch, self.profile_version, self.clock.now())

    def reconsider(self, identifier: Identifier) -> None:
        """Look again at all entries of this person."""
        reconsider(self.gate, identifier, self.translate, self.profile_version, self.clock.now())

    def catch_up(self) -> None:
        """Look again at the people of the newest entries: a killed worker may have recorded without doing
        so.
        """
        with self.gate.processing(Action.REPLAY) as view:
            newest = view.inbox((), LATEST)
            # Only patient messages move anybody's identity.
            subjects = {view.entry_subject(entry.id) for entry in newest if entry.type.startswith("ADT")}
        for subject in sorted(subject for subject in subjects if subject is not None):
            self.reconsider(subject)

    def close(self) -> None:
        """Release the store."""
        self.store.close()
