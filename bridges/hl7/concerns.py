"""What a hold speaks of: the local code, unit or sender, exactly as it was sent.

A hold names a place and shows a code or unit shortened, for people. To mend a profile the whole of it is
needed, so the place is looked up in the message; where the two do not agree nothing is said.
"""

from collections.abc import Iterator

from bridges.hl7.orders import Result
from bridges.hl7.placed_results import placed_results
from bridges.hl7.profile import SiteProfile
from bridges.hl7.reading import Texts, named, shown
from clinic_app.model.entries import Finding, InboxEntry
from clinic_app.model.mending import NOTHING, Concern, ConcernKind

_OF_CODES = {"UNKNOWN-CODE": ConcernKind.CODE, "CODE-NOT-CONFIRMED": ConcernKind.UNCONFIRMED}
_UNIT_COMPONENTS = (1, 2, 4, 5)


def concern_of(entry: InboxEntry, hold: Finding, profile: SiteProfile) -> Concern:
    """What this hold of the entry speaks of; `NOTHING` where no list can mend it. Never fails.

    Args:
        entry: with its bytes.
        hold: its code and reason.
        profile: by which it was held.
    """
    if hold.code == "UNKNOWN-SENDER":
        return Concern(ConcernKind.SENDER, sender=entry.sender)
    if hold.code not in _OF_CODES and hold.code != "UNKNOWN-UNIT":
        return NOTHING
    for placed in placed_results(entry.raw, profile):
        if placed.is_meant(hold.text):
            found = _at(placed.texts, placed.result, hold)
            if found is not None:
                return found
    return NOTHING


def _at(texts: Texts, result: Result, hold: Finding) -> Concern | None:
    """What the hold speaks of, if it speaks of this result."""
    codes = texts.codes(result.obx, result.obx.field(3))
    if not codes:
        return None
    system, code = next((one for one in codes if one in texts.profile.measurements), codes[0])
    name = texts.wording(result.obx, result.obx.field(3))
    if hold.code in _OF_CODES:
        told = f": the code {named(codes)} "
        return Concern(_OF_CODES[hold.code], system, code, name) if told in hold.text else None
    row = texts.profile.measurements.get((system, code))
    series = row.series if row else ""
    if hold.text.endswith(" is not known"):
        meant = hold.text.endswith(f"the unit of {series} is not known")
        return Concern(ConcernKind.NO_UNIT, system, code, name) if meant else None
    for unit in _units(texts, result):
        if hold.text.endswith(f": the unit {shown(unit)} is not in the profile"):
            return Concern(ConcernKind.UNIT, system, code, name, unit)
        if hold.text.endswith(f": {shown(unit)} is no unit for {series}"):
            return Concern(ConcernKind.OTHER_UNIT, system, code, name, texts.profile.unit(unit))
    return None


def _units(texts: Texts, result: Result) -> Iterator[str]:
    """What may have been read as the unit, the whole field first."""
    yield texts.whole(result.obx, 6)
    for component in _UNIT_COMPONENTS:
        yield texts.text(result.obx, 6, component, 1)
