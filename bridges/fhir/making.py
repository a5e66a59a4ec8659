"""Parts that all translators of FHIR resources share: who, when, by whom, and statements in one form."""

import re
from dataclasses import dataclass
from decimal import Decimal

from bridges.fhir.codes import FACTORS, LIMITS, UCUM, UNIT_NAMES, UNITS
from bridges.fhir.reading import Spot, Unreadable, sortable
from clinic_app.model.bodies import Body, Measurement, content_hash
from clinic_app.model.entries import Hold
from clinic_app.model.facts import FactKind, FactStatus, Source, Statement
from clinic_app.model.identity import PORTAL, Identifier
from clinic_app.model.moment import Moment

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_PATIENT = re.compile(
    r"(?P<base>.*/)?Patient/(?P<id>[A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?"
)
_COMPARATORS = frozenset({"", "<", "<=", ">=", ">"})
_MENDS = {
    "UNKNOWN-CODE": "Ask the sender for a code that docs/portal.md lists, or leave it aside.",
    "UNKNOWN-UNIT": "Ask the sender to state the unit as a UCUM code.",
    "UNKNOWN-QUESTION": "Map it or ignore it; nothing was lost: the bytes are kept as they came.",
    "UNKNOWN-QUESTIONNAIRE": "Map it to link ids that docs/portal.md lists, or ignore it; nothing was lost.",
    "NO-PATIENT-ID": "Ask the sender to name the portal's patient, as Patient/ID.",
}
_MEND = "Ask the sender to correct and send it again; the bytes are kept as they came."


@dataclass(frozen=True, slots=True)
class Context:
    """What all statements of one resource share.

    Attributes:
        subject: the portal's patient.
        resource: ``Type/id``, the beginning of every key.
        sent_at: the version's time, sortable.
        at: effective time. source, author: who said or measured it. status: standing of this version.
    """

    subject: Identifier
    resource: str
    sent_at: str
    at: Moment | None
    source: Source
    author: str
    status: FactStatus

    def state(
        self, kind: FactKind, code: str, item: str, body: Body, status: FactStatus | None = None
    ) -> Statement:
        """A statement about one item (empty: the resource as a whole)."""
        standing = status or self.status
        return Statement(
            subject=self.subject,
            kind=kind,
            code=code,
            key=f"{self.resource}/{item}" if item else self.resource,
            status=standing,
            sent_at=self.sent_at,
            content_hash=content_hash(kind, code, standing, self.at, body, self.author),
            at=self.at,
            body=body,
            source=self.source,
            author=self.author,
            position=f"item[{item}]" if item else "",
        )


def hold_of(problem: Unreadable) -> Hold:
    """The hold that a problem at a path becomes."""
    return Hold(problem.code, f"{problem.path} {problem.what}", _MENDS.get(problem.code, _MEND))


def patient_of(reference: Spot, base: str) -> Identifier:
    """The patient that a Reference names: ``Patient/ID``, or absolute on the portal's own base address."""
    where = reference.at("reference")
    found = _PATIENT.fullmatch(where.text())
    if found is None or found["base"] not in (None, base.rstrip("/") + "/"):
        raise Unreadable(where.path, "names no patient of this portal", "NO-PATIENT-ID")
    return Identifier(PORTAL, found["id"])


def resource_name(root: Spot) -> str:
    """``Type/id``; raises Unreadable where the id is missing or no FHIR id."""
    name = root.at("id").text()
    if not _ID.fullmatch(name):
        raise Unreadable(f"{root.path}.id", "is not a FHIR id")
    return f"{root.path}/{name}"


def version_time(root: Spot, otherwise: Moment | None) -> str:
    """When this version was made, sortable: ``meta.lastUpdated``, or what else the resource says."""
    return sortable(root.at("meta").at("lastUpdated").moment() or otherwise)


def author_of(spot: Spot) -> str:
    """Name or reference of who said it, as sent; empty where nobody is named."""
    return spot.at("display").text() or spot.at("reference").text()


def coding(spot: Spot) -> tuple[str, str]:
    """System and code of a Coding."""
    return spot.at("system").text(), spot.at("code").text()


def quantity(spot: Spot, series: str, note: str = "", name: str = "") -> Measurement:
    """A Quantity as a measurement of this series; raises Unreadable for its value, comparator or unit, with
    IMPLAUSIBLE-VALUE where the value lies beyond the limits of the series.
    """
    value = spot.at("value").number()
    comparator = spot.at("comparator").text()
    if comparator not in _COMPARATORS:
        raise Unreadable(f"{spot.path}.comparator", "is not a FHIR comparator")
    sent, unit = _unit(spot)
    if not sent and "{score}" in UNITS[series]:
        unit = "{score}"  # a score needs no unit to be understood
    if unit not in UNITS[series]:
        raise Unreadable(f"{spot.path}.code", "is missing or no unit of this measurement", "UNKNOWN-UNIT")
    check_limits(value, unit, series, f"{spot.path}.value")
    return Measurement(value, digits(value), comparator, unit, sent, name, note)


def check_limits(value: Decimal, unit: str, series: str, path: str) -> None:
    """Raise Unreadable IMPLAUSIBLE-VALUE for a value that cannot be; compared after exact conversion."""
    low, high, kept = LIMITS[series]
    if not low <= value * FACTORS[unit] <= high:
        raise Unreadable(path, f"is not between {low} and {high} {kept}", "IMPLAUSIBLE-VALUE")


def _unit(spot: Spot) -> tuple[str, str]:
    """The unit as sent, and its UCUM code (empty where unknown)."""
    code, words = spot.at("code").text(), spot.at("unit").text()
    if code and spot.at("system").text() in (UCUM, ""):
        return code, UNIT_NAMES.get(code, "")
    return words, UNIT_NAMES.get(words.strip(), "")


def digits(value: Decimal) -> str:
    """A number as plain digits, as many as were sent."""
    return format(value, "f")
