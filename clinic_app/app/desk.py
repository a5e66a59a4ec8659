"""The workstation's view of the clinic: the Protocol of the view-models, bound to the services."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from clinic_app.app.compose import Clinic
from clinic_app.app.feeds import feed_states
from clinic_app.model.access import Change
from clinic_app.model.identity import Identifier
from clinic_app.model.people import FeedState, PatientRow
from clinic_app.services import changes, merges, patients, replay
from clinic_app.viewmodels.merges import MergeWork, Pair

if TYPE_CHECKING:
    from clinic_app.app.pictures import Pictures
    from clinic_app.picture.tables import SharedList
    from clinic_app.services.open_patient import OpenedPatient
    from clinic_app.viewmodels.workbench import WorkbenchServices


class Desk:
    """Implements `clinic_app.viewmodels.desk.WorkstationServices` for the person at this machine."""

    def __init__(self, clinic: Clinic) -> None:
        self._clinic = clinic
        self._version = -1
        self._asked_after = -1

    @cached_property
    def _pictures(self) -> "Pictures":
        # Measured: what computes pictures costs an eighth of the start, and the list needs none of it.
        from clinic_app.app.pictures import Pictures  # noqa: PLC0415

        return Pictures(self._clinic)

    @cached_property
    def workbench(self) -> "WorkbenchServices":
        """The quarantine, for IT."""
        # What reads profiles is loaded when it is first asked: the list needs none of it.
        from clinic_app.app.workbench import Workbench  # noqa: PLC0415

        return Workbench(self._clinic)

    def now(self) -> datetime:
        """The present in this machine's zone."""
        return self._clinic.now()

    def shared_list(self) -> "SharedList":
        """The allow-list of the shared screen."""
        return self._pictures.tables.shared

    def list_patients(self) -> Sequence[PatientRow]:
        """The patient list: one access row."""
        return patients.list_patients(self._clinic.gate, self.now())

    def refresh_list(self) -> Sequence[PatientRow]:
        """The same list again, covered by the access row of its opening."""
        return patients.refresh_list(self._clinic.gate, self.now())

    def find(self, text: str) -> Identifier:
        """The person with this number."""
        return patients.find(self._clinic.gate, text)

    def open_patient(self, identifier: Identifier) -> "OpenedPatient":
        """Open for care: one access row."""
        return self._pictures.open(identifier)

    def refresh(self, opened: "OpenedPatient") -> "OpenedPatient":
        """The same person now."""
        return self._pictures.refresh(opened)

    def merges_waiting(self) -> int:
        """How many proposed merges wait."""
        return merges.waiting(self._clinic.gate)

    def merge_work(self) -> MergeWork:
        """Proposed merges with both sides, and those that stand."""
        gate = self._clinic.gate
        proposals = merges.proposals(gate, self._clinic.translator())
        seen = [(one, merges.preview(gate, one.surviving, one.retired)) for one in proposals]
        return MergeWork(seen, merges.confirmed(gate))

    def decide_merge(self, pair: Pair, joined: bool, although: bool) -> None:
        """Join or keep apart, then look again at the entries of both."""
        gate, now = self._clinic.gate, self.now()
        if joined:
            merges.confirm(gate, *pair, now, although)
        else:
            merges.separate(gate, *pair, now)
        for one in pair:
            replay.reconsider(gate, one, self._clinic.translator(), self._clinic.profile_version(), now)

    def latest_change(self) -> int:
        """Sequence of the newest change row."""
        return changes.latest(self._clinic.gate)

    def poll_changes(self, after: int) -> Sequence[Change]:
        """Change rows after this one; where nobody has committed since then, only one number is read."""
        version = self._clinic.store.version()
        if (version, after) == (self._version, self._asked_after):
            return ()
        found = changes.poll(self._clinic.gate, after)
        self._version, self._asked_after = version, after
        return found

    def feeds(self) -> Sequence[FeedState]:
        """Health of the feeds, with what the bridge says of itself and of the portal."""
        return feed_states(self._clinic)
