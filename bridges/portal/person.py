"""Who is signed in: name and birth date from the portal's Patient."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bridges import strict_json
from bridges.portal.store.resources import ResourceStore


@dataclass(frozen=True, slots=True)
class Person:
    """A patient as the pages name them."""

    id: str
    name: str
    born: date | None


def read_person(resources: ResourceStore, name: str) -> Person:
    """The person of a Patient resource; without name or birth date where it says none."""
    stored = resources.read("Patient", name)
    resource = {} if stored is None else strict_json.read_object(stored.body)
    return Person(name, _name(resource.get("name")), _day(resource.get("birthDate")))


def _name(names: object) -> str:
    first = names[0] if isinstance(names, list) and names and isinstance(names[0], dict) else {}
    if isinstance(first.get("text"), str):
        return str(first["text"])
    given = first.get("given")
    parts = [*(given if isinstance(given, list) else []), first.get("family")]
    return " ".join(part for part in parts if isinstance(part, str))


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def birth_date_text(fields: Mapping[str, str]) -> str:
    """Day, month and year as typed → ISO text; empty where they are no date."""
    try:
        return date(*(int(fields.get(name, "")) for name in ("year", "month", "day"))).isoformat()
    except (ValueError, OverflowError):
        return ""


def resource_object(body: bytes | None) -> dict[str, object] | None:
    """A stored body as an object."""
    return None if body is None else strict_json.read_object(body)
