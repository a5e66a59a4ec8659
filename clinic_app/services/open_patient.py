"""Opening one person: the facts that may be seen, made into the picture."""

from dataclasses import dataclass
from datetime import datetime

from clinic_app.model.access import Action
from clinic_app.model.identity import Identifier
from clinic_app.model.words import Words
from clinic_app.picture.build import build_picture
from clinic_app.picture.tables import PictureTables
from clinic_app.picture.types import Picture
from clinic_app.ports.store import Snapshot
from clinic_app.services.gate import Gate
from clinic_app.services.patients import unknown_number


@dataclass(frozen=True, slots=True)
class OpenedPatient:
    """A person as opened: by which identifier, all identifiers, the picture, and the change row that it
    includes.
    """

    identifier: Identifier
    people: tuple[Identifier, ...]
    picture: Picture
    change_sequence: int


def open_patient(
    gate: Gate, identifier: Identifier, now: datetime, tables: PictureTables, words: Words
) -> OpenedPatient:
    """Open a person for care; ``now`` is the clinic's local time. Leaves one access row.

    Raises CommonGroundError MRN-UNKNOWN, AccessDenied, EnvironmentFault ACCESS-LOG-UNWRITABLE.
    """
    with gate.watching() as view:
        if not view.known(identifier):
            raise unknown_number()
        people = view.person(identifier)
    with gate.reading(Action.READ_PATIENT, people) as view:
        return _picture(view, identifier, now, tables, words)


def refresh(
    gate: Gate, opened: OpenedPatient, now: datetime, tables: PictureTables, words: Words
) -> OpenedPatient:
    """The same person now; covered by the opening's access row. Raises AccessDenied where consent was
    withdrawn.
    """
    with gate.refreshing((opened.identifier,)) as view:
        return _picture(view, opened.identifier, now, tables, words)


def _picture(
    view: Snapshot, identifier: Identifier, now: datetime, tables: PictureTables, words: Words
) -> OpenedPatient:
    people = view.person(identifier)
    # The sequence is read first: a commit in between is then seen once more, never missed.
    sequence = view.last_change()
    picture = build_picture(view.facts(people), people, view.feeds(), now, tables, words)
    return OpenedPatient(identifier, people, picture, sequence)
