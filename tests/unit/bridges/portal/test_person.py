from datetime import date

import pytest

from bridges.portal.person import Person, birth_date_text, read_person, resource_object
from tests.unit.bridges.portal.house import House


@pytest.mark.parametrize(
    ("resource", "name", "born"),
    [
        ({"name": [{"text": "Maya Okafor"}], "birthDate": "2002-03-14"}, "Maya Okafor", date(2002, 3, 14)),
        ({"name": [{"family": "Okafor", "given": ["Maya", "Joy"]}]}, "Maya Joy Okafor", None),
        ({"name": [], "birthDate": "2002"}, "", None),
        ({"name": "Maya", "birthDate": 2002}, "", None),
        ({"name": [{"given": "Maya"}]}, "", None),
    ],
)
def test_people(house: House, resource: dict[str, object], name: str, born: date | None) -> None:
    made = house.store.resources.create("Patient", resource, house.clock.now())
    assert read_person(house.store.resources, made.id) == Person(made.id, name, born)


def test_nobody(house: House) -> None:
    assert read_person(house.store.resources, "none") == Person("none", "", None)
    assert resource_object(None) is None


@pytest.mark.parametrize(
    ("day", "month", "year", "text"),
    [
        ("14", "3", "2002", "2002-03-14"),
        (" 1 ", "01", "2002", "2002-01-01"),
        ("31", "2", "2002", ""),
        ("", "", "", ""),
        ("1", "1", "9" * 30, ""),
    ],
)
def test_birth_dates(day: str, month: str, year: str, text: str) -> None:
    assert birth_date_text({"day": day, "month": month, "year": year}) == text
