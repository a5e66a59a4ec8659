"""What a person's data may be used for, as they decide it here: one FHIR Consent, a version a change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from bridges import strict_json
from bridges.portal.store.resources import Query, ResourceStore, stamp_of
from bridges.strict_json import Json

ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
PURPOSES: Mapping[str, str] = {"care": "TREAT", "improvement": "HQUALIMP", "research": "HRESCH"}
"""Purposes that are asked about, and their codes; nothing is assumed where nothing was said, but care."""
_NAMES = {code: purpose for purpose, code in PURPOSES.items()}
_SCOPE = ("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy")
_CATEGORY = ("http://loinc.org", "59284-0")  # patient consent
_RULE = ("http://terminology.hl7.org/CodeSystem/v3-ActCode", "OPTIN")


@dataclass(frozen=True, slots=True)
class Consents:
    """The decisions of one person."""

    resources: ResourceStore
    patient: str

    def read(self) -> dict[str, bool | None]:
        """The decision by purpose that was said last, by whatever program; None where none was."""
        found: dict[str, bool | None] = dict.fromkeys(PURPOSES)
        query = Query("Consent", patients=(self.patient,), count=1000)
        for stored in self.resources.search(query).records:
            found.update(_decisions(strict_json.read_object(stored.body)))
        return found

    def decide(self, said: Mapping[str, bool], now: datetime) -> None:
        """Keep what was said; what was not said stays as it was. Said again as it holds, nothing is kept."""
        held = self.read()
        decided = {purpose: held[purpose] if purpose not in said else said[purpose] for purpose in PURPOSES}
        if decided != held:
            self.resources.update("Consent", self._name, self._written(decided, now), now)

    @property
    def _name(self) -> str:
        """Id of the one Consent that these pages keep of this person; ids may be too long to stand in it."""
        return "pages-" + blake2b(self.patient.encode(), digest_size=16).hexdigest()

    def _written(self, decided: Mapping[str, bool | None], now: datetime) -> Json:
        reference = {"reference": f"Patient/{self.patient}"}
        return {
            "resourceType": "Consent",
            "status": "active",
            "scope": _coded(_SCOPE),
            "category": [_coded(_CATEGORY)],
            "patient": reference,
            "dateTime": stamp_of(now),
            "performer": [reference],
            "policyRule": _coded(_RULE),
            "provision": {
                "provision": [
                    {
                        "type": "permit" if allowed else "deny",
                        "purpose": [{"system": ACT_REASON, "code": PURPOSES[purpose]}],
                    }
                    for purpose, allowed in decided.items()
                    if allowed is not None
                ]
            },
        }


def _coded(code: tuple[str, str]) -> Json:
    return {"coding": [{"system": code[0], "code": code[1]}]}


def _decisions(resource: Json) -> dict[str, bool]:
    """What a Consent decides, read as the clinic reads it: the stricter of two provisions counts, a consent
    that is over leaves care allowed and the rest not.
    """
    status = resource.get("status")
    if status not in ("active", "rejected", "inactive"):
        return {}
    found: dict[str, bool] = {}
    for provision in _provisions(resource.get("provision")):
        permit = provision.get("type") == "permit"
        for spot in _listed(provision.get("purpose")):
            purpose = _NAMES.get(str(spot.get("code"))) if spot.get("system") == ACT_REASON else None
            if purpose is not None:
                allowed = {"active": permit, "rejected": False}.get(str(status), purpose == "care")
                found[purpose] = allowed and found.get(purpose, True)
    return found


def _provisions(top: object) -> Iterator[dict[str, Any]]:
    if isinstance(top, dict):
        yield top
        yield from _listed(top.get("provision"))


def _listed(value: object) -> list[dict[str, Any]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []
