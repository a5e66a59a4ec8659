"""The outbound part of a profile: what may leave and how it is written; faults are named."""

import pytest

from bridges.hl7.dialect import Dialect, OutboundCode
from bridges.hl7.profile_reading import parse_profile
from clinic_app.model.errors import EnvironmentFault
from tests.unit.bridges.hl7.messages import GENERIC_TEXT, generic

HEAD = 'name = "site"\nedition = "1"\nextends = "generic"\n'
ROW = """
[[outbound_code]]
key = "mine"
series = "home_weight"
system = "L"
code = "KG1"
name = "Weight"
status = "site"
source = "us"
units = { "kg" = "KG" }
"""


def dialect(text: str) -> Dialect:
    return parse_profile(HEAD + text, {"generic": GENERIC_TEXT}).outbound


def fault(text: str) -> str:
    with pytest.raises(EnvironmentFault, match="PROFILE-INVALID") as caught:
        dialect(text)
    return caught.value.what


def test_private_kinds_stay_here_until_a_clinic_enables_them() -> None:
    series = generic().outbound.series
    assert {"home_weight", "home_fev1", "symptom_overall"} <= series
    assert series.isdisjoint({"pro_phq9_total", "pro_gad7_total", "pro_phq9_item9", "own-words", "panel"})
    enabled = ROW.replace('"home_weight"', '"pro_phq9_total"')
    assert "pro_phq9_total" in dialect(enabled).series


def test_a_clinics_own_row_stands_before_the_shipped_one() -> None:
    assert dialect(ROW).code("home_weight") == OutboundCode("home_weight", "L", "KG1", "Weight", {"kg": "KG"})
    assert "home_weight" not in dialect(ROW + "enabled = false\n").series


def test_a_series_without_a_row_has_our_name_for_it() -> None:
    assert generic().outbound.code("other") == OutboundCode("other", "99CG", "other", "other", {})


def test_authorities_are_written_as_the_ehr_writes_them() -> None:
    text = '[identifiers.authorities]\n"HIS" = "HOSP"\n"HIS2" = "HOSP"\n"LAB" = "LAB"\n"OLD" = "LAB"\n'
    assert dict(dialect(text).authorities) == {"HOSP": "HIS", "LAB": "LAB"}


def test_the_character_set_is_the_receivers() -> None:
    assert (generic().outbound.charset, generic().outbound.codec) == ("UNICODE UTF-8", "utf-8")
    assert dialect('[outbound]\ncharset = "8859/1"\n').codec == "iso8859-1"
    assert dialect('[outbound]\ncharset = ""\n').codec == "ascii"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('version = "2.2"', "must be one of 2.4, 2.5, 2.5.1, 2.6"),
        ('charset = "KLINGON"', "'KLINGON' is not a character set of HL7"),
        ('charset = "UNICODE UTF-16"', "does not have ASCII in it"),
        ("separators = '|^~'", "must be five characters"),
        ("separators = '|^^\\&'", "must be five characters"),
        ("separators = '|^~\\é'", "must be five characters"),
        ("separators = 'a^~\\&'", "must be five characters"),
        ("separators = ''", "must be five characters"),
    ],
)
def test_a_fault_names_its_line(line: str, reason: str) -> None:
    said = fault(f"[outbound]\n{line}\n")
    assert reason in said
    assert f"outbound.{line.split(' ')[0]}" in said
