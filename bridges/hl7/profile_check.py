"""What a site profile would make of messages: applied, held and ignored, by message type and by code.

Nothing that is said about a person stands in the report: only types, codes, their names, units and places.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bridges.hl7.acknowledge import examine
from bridges.hl7.placed_results import Placed, placed_results
from bridges.hl7.profile import Code, SiteProfile
from bridges.hl7.translate import translate
from clinic_app.model.entries import Translation
from clinic_app.model.facts import FactKind

APPLIED, HELD, IGNORED = "applied", "held", "ignored"
_OF_CULTURES = frozenset({FactKind.CULTURE})


@dataclass(slots=True)
class Tally:
    """How many were applied, held and ignored, and why they were held."""

    applied: int = 0
    held: int = 0
    ignored: int = 0
    why: Counter[str] = field(default_factory=Counter)

    def count(self, outcome: str, why: str = "") -> None:
        """One more."""
        setattr(self, outcome, getattr(self, outcome) + 1)
        if why:
            self.why[why] += 1


@dataclass(frozen=True, slots=True)
class Example:
    """Why something was held: the reason as it stands in the inbox, where, and the mend."""

    code: str
    file: str
    reason: str
    mend: str


@dataclass(slots=True)
class Check:
    """What a profile makes of a set of messages.

    Attributes:
        profile: name and digest of the profile.
        messages: by type (``ORU^R01``).
        codes: of results, by system and code.
        names: what the senders call these codes.
        series: what the profile makes of them; empty where it does not know them.
        units: units as sent that the profile does not know, with how often.
        examples: one of every hold code and reason.
    """

    profile: str
    messages: dict[str, Tally] = field(default_factory=dict)
    codes: dict[tuple[str, str], Tally] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    series: dict[tuple[str, str], str] = field(default_factory=dict)
    units: Counter[str] = field(default_factory=Counter)
    examples: dict[tuple[str, str], Example] = field(default_factory=dict)


def check(messages: Iterable[tuple[str, bytes]], profile: SiteProfile) -> Check:
    """What the profile makes of messages, each with the name of the file it stands in; never fails."""
    report = Check(profile.version)
    for file, raw in messages:
        said = translate(raw, profile)
        kind = examine(raw).type or "(no type)"
        outcome = HELD if said.holds else IGNORED if said.ignored else APPLIED
        why = said.holds[0].code if said.holds else said.ignored
        report.messages.setdefault(kind, Tally()).count(outcome, why)
        for hold in said.holds:
            form = re.sub(r"\[\d+\]", "", hold.reason)
            report.examples.setdefault((hold.code, form), Example(hold.code, file, hold.reason, hold.mend))
        for placed in placed_results(raw, profile):
            _count(report, placed, said)
    return report


def _count(report: Check, placed: Placed, said: Translation) -> None:
    texts, obx = placed.texts, placed.result.obx
    profile = texts.profile
    codes = texts.codes(obx, obx.field(3))
    code = next((one for one in codes if one in profile.measurements or one in profile.cultures), None)
    code = code or (codes[0] if codes else ("", ""))
    report.names.setdefault(code, texts.wording(obx, obx.field(3)))
    row = profile.measurements.get(code)
    report.series.setdefault(code, row.series if row else "culture" if code in profile.cultures else "")
    tally = report.codes.setdefault(code, Tally())
    holds = [hold for hold in said.holds if placed.is_meant(hold.reason)]
    if holds:
        tally.count(HELD, holds[0].code)
        unit = texts.text(obx, 6)
        if holds[0].code == "UNKNOWN-UNIT" and not profile.unit(unit):
            report.units[unit] += 1
    else:
        tally.count(APPLIED if _applied(placed, codes, row.series if row else "", said) else IGNORED)


def _applied(placed: Placed, codes: list[Code], series: str, said: Translation) -> bool:
    here = (one for one in said.statements if one.position == placed.place)
    if any(one.code in (series, "") for one in here):
        return True
    profile, obr = placed.texts.profile, placed.order.obr
    panels = placed.texts.codes(obr, obr.field(4))
    if any(map(profile.ignores, codes)) or any(map(profile.ignores_panel, panels)):
        return False
    # A culture is told by several results together: its organisms, their susceptibilities.
    return not profile.panels.intersection(codes) and any(s.kind in _OF_CULTURES for s in said.statements)


def as_data(report: Check) -> Mapping[str, object]:
    """The report as plain data, for a machine."""
    return {
        "profile": report.profile,
        "messages": [{"type": kind, **_tally(tally)} for kind, tally in sorted(report.messages.items())],
        "codes": [
            {
                "system": code[0],
                "code": code[1],
                "name": report.names[code],
                "series": report.series[code],
                **_tally(tally),
            }
            for code, tally in sorted(report.codes.items(), key=_most_held)
        ],
        "units": [{"unit": unit, "results": count} for unit, count in report.units.most_common()],
        "reasons": [
            {"code": one.code, "file": one.file, "reason": one.reason, "mend": one.mend}
            for one in report.examples.values()
        ],
    }


def _most_held(item: tuple[tuple[str, str], Tally]) -> tuple[int, int, tuple[str, str]]:
    code, tally = item
    return -tally.held, -tally.applied, code


def _tally(tally: Tally) -> Mapping[str, object]:
    why = dict(tally.why.most_common())
    return {"applied": tally.applied, "held": tally.held, "ignored": tally.ignored, "why": why}
