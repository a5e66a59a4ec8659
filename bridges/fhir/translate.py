"""One FHIR resource, as its bytes came, → what it means. Pure; the same bytes always mean the same.

Facts come from QuestionnaireResponse, Observation, Goal and Consent. A Patient resource of the portal
introduces nobody (only the EHR does) and states no facts.
"""

from collections.abc import Callable

from bridges import strict_json
from bridges.fhir.answers import translate_answers
from bridges.fhir.making import hold_of
from bridges.fhir.observation import translate_observation
from bridges.fhir.reading import Spot, Unreadable
from bridges.fhir.wishes import translate_consent, translate_goal
from clinic_app.model.entries import RawEntry, Translation

_TRANSLATORS: dict[str, Callable[[Spot, RawEntry], Translation]] = {
    "QuestionnaireResponse": translate_answers,
    "Observation": translate_observation,
    "Goal": translate_goal,
    "Consent": translate_consent,
}
TYPES = tuple(_TRANSLATORS)
"""Resource types that state facts."""


def translate(entry: RawEntry) -> Translation:
    """Read a resource; whatever cannot be used is held with its FHIR path, the rest is stated."""
    try:
        resource = strict_json.read_object(entry.raw)
    except (ValueError, RecursionError) as error:
        problem = Unreadable(entry.type or "The resource", f"cannot be read: {error}")
        return Translation(None, holds=(hold_of(problem),))
    kind = resource.get("resourceType")
    translator = _TRANSLATORS.get(kind) if isinstance(kind, str) else None
    if translator is None:
        return Translation(None, ignored="TYPE-NOT-USED")
    try:
        return translator(Spot(resource, str(kind)), entry)
    except Unreadable as problem:
        return Translation(None, holds=(hold_of(problem),))
