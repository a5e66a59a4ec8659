"""Opens people and computes their pictures; apart from `compose`, since most commands do neither."""

from functools import cached_property

from clinic_app.app.compose import Clinic
from clinic_app.app.profiles import switched_off
from clinic_app.model.identity import Identifier
from clinic_app.picture.tables import RESOURCES, PictureTables, tables_from
from clinic_app.services import open_patient
from clinic_app.services.open_patient import OpenedPatient


class Pictures:
    """The pictures of a clinic's people, as the account that runs the command sees them."""

    def __init__(self, clinic: Clinic) -> None:
        self._clinic = clinic

    @cached_property
    def tables(self) -> PictureTables:
        """Reference tables and rules; what only codes that are switched off could tell is marked so."""
        texts = {name: self._clinic.resources.text(name) for name in RESOURCES}
        return tables_from(texts, switched_off(self._clinic.profile))

    def open(self, identifier: Identifier) -> OpenedPatient:
        """Open for care: one access row."""
        clinic = self._clinic
        return open_patient.open_patient(clinic.gate, identifier, clinic.now(), self.tables, clinic.words)

    def refresh(self, opened: OpenedPatient) -> OpenedPatient:
        """The same person now: covered by the access row of the opening."""
        clinic = self._clinic
        return open_patient.refresh(clinic.gate, opened, clinic.now(), self.tables, clinic.words)
