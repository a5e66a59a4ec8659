"""Where the portal is."""

import pytest

from clinic_app.app.portal_place import fhir_base, portal_address
from tests.unit.clinic_app.app.made_home import MadeHome


@pytest.mark.parametrize(
    ("url", "base", "pages"),
    [
        ("", "http://127.0.0.1:8443/fhir", "http://127.0.0.1:8443"),
        ("https://p.example.org/fhir/", "https://p.example.org/fhir", "https://p.example.org"),
        ("https://p.example.org/r4", "https://p.example.org/r4", "https://p.example.org/r4"),
    ],
)
def test_where_the_portal_is(home: MadeHome, url: str, base: str, pages: str) -> None:
    home.set("portal", url=url)
    with home.clinic() as clinic:
        assert (fhir_base(clinic), portal_address(clinic)) == (base, pages)
