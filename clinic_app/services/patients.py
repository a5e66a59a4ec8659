"""The patient list, and finding a person by the number that someone typed."""

from collections.abc import Sequence
from datetime import datetime

from clinic_app.model.errors import CommonGroundError, UseFault
from clinic_app.model.identity import Identifier
from clinic_app.model.people import PatientRow
from clinic_app.services.gate import Gate


def list_patients(gate: Gate, now: datetime) -> Sequence[PatientRow]:
    """Everybody who may be listed, those with an appointment on ``now``'s day first; one access row."""
    return gate.patient_list(now)


def refresh_list(gate: Gate, now: datetime) -> Sequence[PatientRow]:
    """The list of a screen that stayed open: no new access row, but for people who were not in it before."""
    return gate.patient_list(now, again=True)


def find(gate: Gate, text: str) -> Identifier:
    """The known EHR identifier written as ``AUTHORITY|ID``, or as a bare ID where only one authority has it.

    Raises UseFault MRN-AMBIGUOUS, CommonGroundError MRN-UNKNOWN.
    """
    with gate.watching() as view:
        authority, bar, value = text.strip().partition("|")
        if bar:
            found = _written(authority, value)
            if found is not None and not found.from_portal and view.known(found):
                return found
            raise unknown_number()
        candidates = view.identifiers_with_value(authority)
    if len(candidates) > 1:
        names = ", ".join(str(one) for one in candidates)
        raise UseFault(
            "MRN-AMBIGUOUS", f"more than one patient has this number: {names}", "Name one of these."
        )
    if not candidates:
        raise unknown_number()
    return candidates[0]


def _written(authority: str, value: str) -> Identifier | None:
    return Identifier(authority, value) if value.strip() else None


def unknown_number() -> CommonGroundError:
    """The error for a number that no known patient has."""
    return CommonGroundError(
        "MRN-UNKNOWN",
        "no patient of this clinic has that number",
        "Check the number (AUTHORITY|ID); a patient becomes known by an ADT message.",
    )
