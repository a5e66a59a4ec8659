"""What all stores do alike with the rows of the patient list."""

from collections.abc import Iterable, Sequence
from datetime import date

from clinic_app.model.bodies import Demographics
from clinic_app.model.identity import Identifier
from clinic_app.model.people import PatientRow


def in_order(rows: Iterable[PatientRow], on: date) -> Sequence[PatientRow]:
    """The order of the patient list: those with an appointment that day by its time, then the others by
    name.
    """

    def place(row: PatientRow) -> tuple[bool, str, str, Identifier]:
        booked = row.next_appointment
        today = booked is not None and booked.day == on
        return (not today, booked.text if booked and today else "", row.name.casefold(), row.identifier)

    return sorted(rows, key=place)


def list_name(body: Demographics) -> str:
    """Family name, given name: as the patient list says it."""
    return ", ".join(part for part in (body.family, body.given) if part)
