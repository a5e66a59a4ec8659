"""Lays received entries out for reading, each by its channel."""

from collections.abc import Sequence
from contextlib import suppress

from bridges.fhir import lay_out as of_resource
from bridges.hl7.charsets import DEFAULT_FALLBACK
from bridges.hl7.conformance_names import names_for
from bridges.hl7.lay_out import lay_out as of_message
from clinic_app.app.compose import Clinic
from clinic_app.model.entries import Finding, InboxEntry
from clinic_app.model.errors import EnvironmentFault
from clinic_app.model.laid_out import LaidOut
from clinic_app.services.reading import LayOut


def layout_of(clinic: Clinic) -> LayOut:
    """What lays entries of this home out, with names that hl7apy knows."""

    def lay_out(entry: InboxEntry, remarks: Sequence[Finding]) -> LaidOut:
        if entry.channel == "fhir":
            return of_resource.lay_out(entry.raw, remarks)
        return of_message(entry.raw, names_for, remarks, _charset(clinic, entry.channel))

    return lay_out


def _charset(clinic: Clinic, channel: str) -> str:
    # A message can be read also while the profile is being mended.
    with suppress(EnvironmentFault):
        return clinic.profiles.get(channel, clinic.profile).charset
    return DEFAULT_FALLBACK
