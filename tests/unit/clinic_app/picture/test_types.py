"""The values of the picture."""

import pytest

from clinic_app.picture.types import PatientLine


@pytest.mark.parametrize(
    ("given", "family", "name"), [("Ada", "Marsh", "Ada Marsh"), ("", "Marsh", "Marsh"), ("Ada", "", "Ada")]
)
def test_the_name_as_people_say_it(given: str, family: str, name: str) -> None:
    assert PatientLine(family, given, None, "female", ()).name == name
