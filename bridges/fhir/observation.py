"""Observation → a home measurement, or a score of the patient's own answers (PHQ-9, GAD-7). What staff or a
laboratory measured comes from the EHR, not from here.
"""

from decimal import Decimal

from bridges.fhir.codes import ITEM_ANSWERS, SERIES
from bridges.fhir.making import (
    Context,
    author_of,
    check_limits,
    coding,
    digits,
    patient_of,
    quantity,
    resource_name,
    version_time,
)
from bridges.fhir.reading import Spot, Unreadable
from clinic_app.model.bodies import Measurement
from clinic_app.model.entries import RawEntry, Translation
from clinic_app.model.facts import FactKind, FactStatus, Source
from clinic_app.model.moment import Moment

_STATUS = {
    "registered": FactStatus.REGISTERED,
    "preliminary": FactStatus.PRELIMINARY,
    "final": FactStatus.FINAL,
    "amended": FactStatus.CORRECTED,
    "corrected": FactStatus.CORRECTED,
    "cancelled": FactStatus.WITHDRAWN,
    "entered-in-error": FactStatus.WITHDRAWN,
}
_AT_HOME = frozenset({"Patient", "RelatedPerson", "Device"})
_NO_VALUE = frozenset({FactStatus.REGISTERED, FactStatus.WITHDRAWN})
_VALUES = ("valueQuantity", "valueInteger", "valueCodeableConcept")
_SCORE = "pro_"


def translate_observation(root: Spot, entry: RawEntry) -> Translation:
    """One measurement; raises Unreadable where it cannot be used."""
    status_spot = root.at("status")
    if status_spot.text() not in _STATUS:
        raise Unreadable(status_spot.path, "is not a status of an observation that can be used")
    status = _STATUS[status_spot.text()]
    valued = any(root.at(name).present for name in _VALUES)
    if not valued and root.at("dataAbsentReason").present:
        status = FactStatus.WITHDRAWN  # the sender says that there is no value (any more)
    at = _effective(root)
    series = _series(root)
    source, author = _performer(root)
    if series.startswith(_SCORE):
        source = Source.PATIENT  # whatever it was filled in on: nobody but the patient can answer
    context = Context(
        subject=patient_of(root.at("subject"), entry.sender),
        resource=resource_name(root),
        sent_at=version_time(root, root.at("issued").moment() or at),
        at=at,
        source=source,
        author=author,
        status=status,
    )
    body = Measurement(None, "", "", "")
    if valued or status not in _NO_VALUE:
        try:
            body = _body(root, series)
        except Unreadable:
            if status is not FactStatus.WITHDRAWN:  # a wrong value is often why it is taken back
                raise
    return Translation(context.subject, statements=(context.state(FactKind.MEASUREMENT, series, "", body),))


def _body(root: Spot, series: str) -> Measurement:
    name, note = root.at("code").at("text").text(), _note(root)
    if not series.startswith(_SCORE) or root.at("valueQuantity").present:
        return quantity(root.at("valueQuantity"), series, note, name)
    value, path = _score(root, series)
    check_limits(value, "{score}", series, path)
    return Measurement(value, digits(value), "", "{score}", name=name, note=note)


def _score(root: Spot, series: str) -> tuple[Decimal, str]:
    """A score that is sent as a whole number, or as the coded answer to PHQ-9's item 9; and its path."""
    answer = root.at("valueCodeableConcept")
    if answer.present and series == "pro_phq9_item9":
        for spot in answer.each("coding"):
            if coding(spot) in ITEM_ANSWERS:
                return ITEM_ANSWERS[coding(spot)], answer.path
        raise Unreadable(answer.path, "has no answer of PHQ-9 that is known here", "UNKNOWN-CODE")
    whole = root.at("valueInteger")
    return whole.number(), whole.path


def _series(root: Spot) -> str:
    for spot in root.at("code").each("coding"):
        series = SERIES.get(coding(spot))
        if series:
            return series
    raise Unreadable(f"{root.path}.code", "has no system and code that are known here", "UNKNOWN-CODE")


def _effective(root: Spot) -> Moment | None:
    for spot in (
        root.at("effectiveDateTime"),
        root.at("effectiveInstant"),
        root.at("effectivePeriod").at("start"),
    ):
        if spot.present:
            return spot.moment()
    return None


def _performer(root: Spot) -> tuple[Source, str]:
    """Who measured: the patient (or family), or their device; nobody named means the patient."""
    device = root.at("device")
    performers = list(root.each("performer"))
    kinds = {spot.at("reference").text().split("/")[-2:-1][0] for spot in performers if _named(spot)}
    if not kinds <= _AT_HOME:
        raise Unreadable(
            f"{root.path}.performer", "is neither the patient nor a device: clinic values come from the EHR"
        )
    named = device if device.present else next(iter(performers), Spot(None, ""))
    source = Source.DEVICE if device.present or "Device" in kinds else Source.PATIENT
    return source, author_of(named)


def _named(performer: Spot) -> bool:
    return "/" in performer.at("reference").text()


def _note(root: Spot) -> str:
    texts = [spot.at("text").text() for spot in root.each("note")]
    texts.append(root.at("method").at("text").text())
    return "; ".join(text for text in texts if text)
