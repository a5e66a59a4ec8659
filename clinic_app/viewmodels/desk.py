"""What the workstation's screens need of the rest: one Protocol, bound to the services by the composition
root.

Every method may block and is called from one worker thread, never from the thread that draws.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from clinic_app.model.access import Change
from clinic_app.model.identity import Identifier
from clinic_app.model.people import FeedState, PatientRow
from clinic_app.viewmodels.merges import MergeServices

if TYPE_CHECKING:
    # Only named here: measured, computing pictures costs an eighth of the start, and the list needs none.
    from clinic_app.picture.tables import SharedList
    from clinic_app.services.open_patient import OpenedPatient as OpenedPatient
    from clinic_app.viewmodels.workbench import WorkbenchServices


class WorkstationServices(MergeServices, Protocol):
    """The clinic behind the two windows. Every method may raise a CommonGroundError, which the staff window
    shows.
    """

    @property
    def workbench(self) -> "WorkbenchServices":
        """The quarantine, for IT."""
        ...

    def now(self) -> datetime:
        """The present with the clinic's zone; cheap, also called from the drawing thread."""
        ...

    def shared_list(self) -> "SharedList":
        """The allow-list of the shared screen. The first call reads what pictures need and may block."""
        ...

    def list_patients(self) -> Sequence[PatientRow]:
        """The patient list: one access row."""
        ...

    def refresh_list(self) -> Sequence[PatientRow]:
        """The same list again, for a screen that stayed open: covered by the access row of
        `list_patients`.
        """
        ...

    def find(self, text: str) -> Identifier:
        """The person with this number (``AUTHORITY|ID``, or the bare number where it is unique)."""
        ...

    def open_patient(self, identifier: Identifier) -> "OpenedPatient":
        """Open a person for care: one access row."""
        ...

    def refresh(self, opened: "OpenedPatient") -> "OpenedPatient":
        """The same person now: covered by the access row of the opening."""
        ...

    def latest_change(self) -> int:
        """Sequence of the newest change row."""
        ...

    def poll_changes(self, after: int) -> Sequence[Change]:
        """Change rows after this one; asked five times a second, so it must be cheap where nothing
        changed.
        """
        ...

    def feeds(self) -> Sequence[FeedState]:
        """Health of the feeds."""
        ...
