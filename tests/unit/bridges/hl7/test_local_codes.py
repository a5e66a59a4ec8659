"""The shipped example of a hospital with codes, units and segments of its own."""

from decimal import Decimal
from functools import cache

import pytest

from bridges.hl7.profile import SiteProfile
from bridges.hl7.profile_reading import parse_profile
from clinic_app.calc.numbers import Converted
from clinic_app.calc.units import convert, read_kept_units
from clinic_app.model.bodies import Culture, Measurement, Problem
from clinic_app.model.facts import FactStatus
from clinic_app.system.resources import Resources
from tests.unit.bridges.hl7.messages import held, told

PID = "PID|1||4711^^^LIS-PAT^PI||Muster^Eva||20100102|F"


@cache
def local_codes() -> SiteProfile:
    resources = Resources()
    shipped = {"generic": resources.text("profiles/generic.toml")}
    kept = read_kept_units(resources.text("reference/units/laboratory.toml"))
    return parse_profile(resources.text("profiles/local_codes.toml"), shipped, kept)


def sent(kind: str, *segments: str, sender: str = "LIS|LABOR") -> bytes:
    head = f"MSH|^~\\&|{sender}|CG|CLINIC|20260301100000||{kind}|M1|P|2.5||||||8859/1"
    return "".join(f"{line}\r" for line in (head, PID, *segments)).encode("latin-1")


def results(*segments: str) -> bytes:
    return sent("ORU^R01", "OBR|1||A1|KLCH^Klinische Chemie^99LIS|||20260301090000", *segments)


@pytest.mark.parametrize(
    ("segment", "series", "value", "unit", "drawn"),
    [
        ("GLUN^Glukose^99LIS||5,4|mmol/l", "lab_glucose_fasting", "5.4", "mmol/L", "97.28424 mg/dL"),
        ("GLUN^Glukose^99LIS||98|mg%", "lab_glucose_fasting", "98", "mg/dL", "98 mg/dL"),
        ("HBA1^HbA1c^99LIS||53|mmol/mol Hb", "lab_hba1c", "53", "mmol/mol", "7.00044 %"),
        ("VITD^25-OH^99LIS||75|nmol/l", "lab_vitamin_d_25oh", "75", "nmol/L", "30.048525 ng/mL"),
        ("GPT^GPT^99LIS||0,5|µkat/l", "lab_alt", "0.5", "ukat/L", "30 U/L"),
        ("THRO^Thrombo^99LIS||250|Tsd/µl", "lab_platelets", "250", "10*3/uL", "250 10*3/uL"),
        ("IGE^IgE^99LIS||120|kU/l", "lab_ige_total", "120", "k[IU]/L", "120 [IU]/mL"),
        ("LUFU-TIFF^Tiff^LOCAL||0,76|", "fev1_fvc", "0.76", "1", "76 %"),
        ("LUFU-TIFF^Tiff^LOCAL||76|%", "fev1_fvc", "76", "%", "76 %"),
    ],
)
def test_its_results(segment: str, series: str, value: str, unit: str, drawn: str) -> None:
    said = told(results(f"OBX|1|NM|{segment}|||||F"), local_codes())
    (found,) = said.statements
    assert said.holds == () and isinstance(found.body, Measurement)
    assert (found.code, found.body.value, found.body.unit) == (series, Decimal(value), unit)
    assert found.subject.authority == "KIS"
    assert found.at is not None and found.at.text == "2026-03-01T09:00:00+01:00"
    kept = local_codes().measurements["LOINC", "20150-9"].kept
    assert kept is None
    number, to = drawn.split(" ")
    own = local_codes().measurements[("L", segment.partition("^")[0])].kept
    converted = convert(found.body.value or Decimal(0), unit, to, own)
    assert isinstance(converted, Converted) and converted.value == Decimal(number)


def test_what_stands_for_no_value_and_what_waits_for_its_release() -> None:
    said = told(
        results("OBX|1|ST|GLUN^x^99LIS||folgt|mmol/l", "OBX|2|NM|VITA^x^99LIS||1,2|µmol/l"), local_codes()
    )
    assert [finding.code for finding in said.findings] == ["EMPTY-RESULT"]
    (found,) = said.statements
    assert (found.code, found.status) == ("lab_vitamin_a", FactStatus.PRELIMINARY)


def test_its_own_segments() -> None:
    lines = ("ZVI|1|GEW|54,3|kg|20260301083000", "ZVI|2|GRO|1,62|m|20260301083000")
    said = told(
        sent("ADT^A08", *lines, "ZDI|1|E84.0^Zystische Fibrose|G|20110503", "ZDI|2|J45.9^Asthma|V"),
        local_codes(),
    )
    assert said.holds == ()
    found = {s.position: s.body for s in said.statements if isinstance(s.body, Measurement | Problem)}
    assert list(found) == ["ZDI[1]", "ZVI[1]", "ZVI[2]"]
    assert isinstance(found["ZDI[1]"], Problem) and found["ZDI[1]"].name == "Zystische Fibrose"
    assert isinstance(found["ZVI[1]"], Measurement) and found["ZVI[1]"].value == Decimal("54.3")
    device = sent("ORU^R01", "OBR|1||A2|LUFU", "ZLF|1|20260301090000|2,45|3,10|Liter|F", sender="LUFU|GERAET")
    codes = [(s.code, s.position) for s in told(device, local_codes()).statements]
    assert codes == [("fev1", "ZLF[1]"), ("fvc", "ZLF[1]")]


def test_cultures_by_its_codes() -> None:
    lines = (
        "OBR|1||B1|SPUT^Sputum^99LIS|||20260301090000",
        "OBX|1|ST|SPUT^Sputum^99LIS||Pseudomonas aeruginosa||||||F",
    )
    (found,) = told(sent("ORU^R01", *lines), local_codes()).statements
    assert isinstance(found.body, Culture) and found.body.specimen == "sputum"


def test_whole_groups_are_passed_over_and_other_senders_are_held() -> None:
    assert told(results("OBX|1|NM|GER-QUICK^Quick^99LIS||98|%"), local_codes()).ignored
    assert held(sent("ADT^A08", sender="OTHER|HOUSE"), local_codes())[0][0] == "UNKNOWN-SENDER"
