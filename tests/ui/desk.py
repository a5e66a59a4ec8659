"""Services of an invented clinic in memory, for the windows; jobs may be held back to make answers late."""

from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Event

from clinic_app.model.access import Change
from clinic_app.model.errors import CommonGroundError, UseFault
from clinic_app.model.identity import Identifier
from clinic_app.model.people import FeedState, Link, PatientRow
from clinic_app.picture.tables import SharedList
from clinic_app.picture.types import Picture
from clinic_app.services.open_patient import OpenedPatient
from clinic_app.viewmodels.merges import MergeWork, Pair
from tests.ui.factory import ALLOWED, FEEDS, MAYA, NOW, ROWS, child, rich, sparse
from tests.ui.workbench import MemoryWorkbench


class MemoryDesk:
    """Fulfils WorkstationServices.

    Attributes:
        pictures: by identifier, as they are now.
        changes: all change rows.
        fault: raised by opening or refreshing while it is set.
        gate: opening waits for this event; set it to let answers come.
    """

    def __init__(self) -> None:
        self.pictures: dict[Identifier, Picture] = {
            MAYA: rich(),
            ROWS[0].identifier: child(),
            ROWS[3].identifier: sparse(),
        }
        self.rows: Sequence[PatientRow] = ROWS
        self.changes: list[Change] = []
        self.fault: CommonGroundError | None = None
        self.gate = Event()
        self.gate.set()
        self.asked: list[str] = []
        self.merges = MergeWork([], [])
        self.workbench = MemoryWorkbench()
        self.feed_states: Sequence[FeedState] = FEEDS
        self.before_open: Callable[[Identifier], None] = lambda identifier: None

    def now(self) -> datetime:
        return NOW

    def shared_list(self) -> SharedList:
        return ALLOWED

    def list_patients(self) -> Sequence[PatientRow]:
        self.asked.append("list")
        return self.rows

    def refresh_list(self) -> Sequence[PatientRow]:
        self.asked.append("list again")
        return self.rows

    def find(self, text: str) -> Identifier:
        for identifier in self.pictures:
            if identifier.value == text:
                return identifier
        raise UseFault("MRN-UNKNOWN", "nobody has that number", "Check it.")

    def open_patient(self, identifier: Identifier) -> OpenedPatient:
        self.before_open(identifier)
        self.gate.wait(10)
        return self._read(identifier)

    def refresh(self, opened: OpenedPatient) -> OpenedPatient:
        self.gate.wait(10)
        return self._read(opened.identifier)

    def latest_change(self) -> int:
        return len(self.changes)

    def poll_changes(self, after: int) -> Sequence[Change]:
        return self.changes[after:]

    def feeds(self) -> Sequence[FeedState]:
        return self.feed_states

    def merges_waiting(self) -> int:
        return len(self.merges.proposals)

    def merge_work(self) -> MergeWork:
        self.asked.append("merges")
        return self.merges

    def decide_merge(self, pair: Pair, joined: bool, although: bool) -> None:
        if self.fault is not None:
            raise self.fault
        self.asked.append(
            f"{pair[1].value} {'joined' if joined else 'apart'}{' although' if although else ''}"
        )
        left = [one for one in self.merges.proposals if (one[0].surviving, one[0].retired) != pair]
        stand = [link for link in self.merges.joined if (link.first, link.second) != pair]
        made = [Link(*pair, "chris", NOW)] if joined else []
        self.merges = MergeWork(left, [*made, *stand])

    def commit(self, identifier: Identifier, picture: Picture, kind: str, code: str) -> None:
        """A new fact arrived."""
        self.pictures[identifier] = picture
        self.changes.append(Change(len(self.changes) + 1, (identifier,), (kind,), (code,), NOW))

    def _read(self, identifier: Identifier) -> OpenedPatient:
        if self.fault is not None:
            raise self.fault
        return OpenedPatient(identifier, (identifier,), self.pictures[identifier], len(self.changes))
