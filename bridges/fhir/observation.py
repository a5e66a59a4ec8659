"""Observation → a home measurement. What staff or a laboratory measured comes from the EHR, not from here."""

from bridges.fhir.codes import SERIES
from bridges.fhir.making import Context, author_of, coding, patient_of, quantity, resource_name, version_time
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


def translate_observation(root: Spot, entry: RawEntry) -> Translation:
    """One measurement; raises Unreadable where it cannot be used."""
    status_spot = root.at("status")
    if status_spot.text() not in _STATUS:
        raise Unreadable(status_spot.path, "is not a status of an observation that can be used")
    status = _STATUS[status_spot.text()]
    value = root.at("valueQuantity")
    if not value.present and root.at("dataAbsentReason").present:
        status = FactStatus.WITHDRAWN  # the sender says that there is no value (any more)
    at = _effective(root)
    source, author = _performer(root)
    context = Context(
        subject=patient_of(root.at("subject"), entry.sender),
        resource=resource_name(root),
        sent_at=version_time(root, root.at("issued").moment() or at),
        at=at,
        source=source,
        author=author,
        status=status,
    )
    series = _series(root)
    if value.present or status not in _NO_VALUE:
        body = quantity(value, series, _note(root), root.at("code").at("text").text())
    else:
        body = Measurement(None, "", "", "")
    return Translation(context.subject, statements=(context.state(FactKind.MEASUREMENT, series, "", body),))


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
