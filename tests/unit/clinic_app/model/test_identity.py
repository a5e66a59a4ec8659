"""Identifiers are written and read back, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.model.identity import PORTAL, Identifier


@given(st.text().filter(lambda text: "|" not in text), st.text(min_size=1).filter(str.strip))
def test_the_written_form_reads_back(authority: str, value: str) -> None:
    identifier = Identifier(authority, value)
    assert Identifier.parse(str(identifier)) == identifier


@pytest.mark.parametrize(("authority", "value"), [("HOSP", ""), ("HOSP", "  "), ("HO|SP", "1")])
def test_what_could_not_be_read_back_is_refused(authority: str, value: str) -> None:
    with pytest.raises(ValueError, match="identifier|authority"):
        Identifier(authority, value)


def test_a_bare_number_is_no_identifier() -> None:
    with pytest.raises(ValueError, match="AUTHORITY"):
        Identifier.parse("1001")


def test_the_portal_is_one_authority() -> None:
    assert Identifier(PORTAL, "x").from_portal
    assert not Identifier("HOSP", "x").from_portal
    assert Identifier("A", "2") < Identifier("B", "1")
