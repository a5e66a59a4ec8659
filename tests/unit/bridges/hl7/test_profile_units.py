"""Units of a profile: units at all, and such as can be drawn with the others of their series."""

from fractions import Fraction

import pytest

from bridges.hl7.profile_reading import parse_profile
from clinic_app.model.errors import EnvironmentFault
from clinic_app.model.units import Kept
from tests.unit.bridges.hl7.messages import GENERIC_TEXT, site

HEAD = 'name = "site"\nedition = "1"\nextends = "generic"\n'
ROW = """
[[measurement]]
key = "own"
series = "{series}"
system = "L"
code = "GLU1"
name = "Glucose"
{units}
status = "site"
source = "handbook"
"""
KEPT = {"lab_glucose_fasting": Kept("mg/dL", Fraction("180.156"))}


def fault(series: str, units: str, more: str = "") -> str:
    text = HEAD + more + ROW.format(series=series, units=units)
    with pytest.raises(EnvironmentFault) as caught:
        parse_profile(text, {"generic": GENERIC_TEXT}, KEPT)
    return caught.value.what.removeprefix("the site profile cannot be used: ")


@pytest.mark.parametrize(
    ("units", "reason"),
    [
        ('unit = "mgg/dl"', "line 11, measurement[1].unit: 'mgg/dl' is no UCUM unit"),
        (
            'unit = "mg/dL"\nalso = ["cups"]',
            "line 12, measurement[1].also: 'cups' is no UCUM unit",
        ),
        (
            'unit = "mg/dL"\nblank_unit = "kg"',
            "line 12, measurement[1].blank_unit: nothing here turns kg into mg/dL, the unit in which"
            " lab_glucose_fasting is kept",
        ),
    ],
)
def test_a_unit_that_cannot_be_is_named_with_its_line(units: str, reason: str) -> None:
    assert fault("lab_glucose_fasting", units) == reason


def test_mass_and_substance_belong_together_only_where_the_molecule_is_known() -> None:
    text = HEAD + ROW.format(series="lab_glucose_fasting", units='unit = "mmol/L"')
    own = parse_profile(text, {"generic": GENERIC_TEXT}, KEPT).measurements["L", "GLU1"]
    assert own.kept == KEPT["lab_glucose_fasting"]
    assert "nothing here turns mmol/L into U/L" in fault("lab_alt", 'unit = "mmol/L"')


def test_a_series_of_the_sites_own_has_the_unit_of_its_row() -> None:
    rows = ROW.format(series="lab_crp", units='unit = "mg/L"\nalso = ["mg/dL"]')
    own = site(rows).measurements["L", "GLU1"]
    assert (own.unit, own.also, own.kept) == ("mg/L", ("mg/dL",), None)


def test_what_a_units_entry_means_must_be_a_unit() -> None:
    assert fault("lab_alt", 'unit = "U/L"', '[units]\n"E/l" = "enzymes"\n') == (
        "line 5, units.E/l: 'enzymes' is no UCUM unit"
    )
