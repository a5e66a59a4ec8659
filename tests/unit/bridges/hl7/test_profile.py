"""What the profile answers: systems, units, organisms, medicines, ignore lists."""

import pytest

from bridges.hl7.profile import CultureRow
from tests.unit.bridges.hl7.messages import generic, site


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("LN", "LOINC"),
        (" loinc ", "LOINC"),
        ("http://loinc.org", "LOINC"),
        ("SCT", "SCT"),
        ("99LAB", "99LAB"),
        ("", ""),
    ],
)
def test_systems(sent: str, name: str) -> None:
    assert generic().system(sent) == name


@pytest.mark.parametrize(
    ("sent", "unit"),
    [
        ("L", "L"),
        ("LITERS", "L"),
        ("l", "L"),
        ("%", "%"),
        ("% pred", "%"),
        ("mg/dL", "mg/dL"),
        ("MG/DL", "mg/dL"),
        ("mcg/dL", "ug/dL"),
        ("µg/dL", "ug/dL"),
        ("IU/L", "U/L"),
        ("K/uL", "10*3/uL"),
        ("deg  C", "Cel"),
        ("/min", "/min"),
        ("", ""),
        ("stone", "[stone_av]"),
        ("st", "[stone_av]"),
        ("[in_us]", "[in_us]"),
        ("cubit", ""),
    ],
)
def test_units(sent: str, unit: str) -> None:
    assert generic().unit(sent) == unit


def test_capitals_matter_where_two_units_differ_only_by_them() -> None:
    own = site('[units]\n"Gg" = "G"\n"gG" = "mg/L"')
    assert (own.unit("Gg"), own.unit("gG"), own.unit("gg")) == ("G", "mg/L", "")


def test_shared_product_codes_name_no_brand_and_unconfirmed_ones_nothing() -> None:
    medicines = generic().medicines
    assert medicines.ingredients((), (("RXNORM", "1243046"), ("RXNORM", "1606868"))) == ()
    assert medicines.ingredients((), (("RXNORM", "2257011"),)) == ("elexacaftor", "ivacaftor", "tezacaftor")
    assert medicines.ingredients((), (("RXNORM", "1243041"),)) == ()
    assert medicines.ingredients(("Ivacaftor 150 mg", "with Pulmozyme"), ()) == ("dornase_alfa", "ivacaftor")
    assert medicines.ingredients(("superivacaftorine",), ()) == ()


def test_cultures_of_the_shipped_profile() -> None:
    assert generic().cultures["LOINC", "626-2"] == CultureRow("throat_culture", "Throat")
    assert not generic().cultures["LOINC", "624-7"].enabled


def test_organism_names_do_not_reach_into_longer_ones() -> None:
    organisms = generic().organisms
    assert organisms.named("Burkholderia cepacia complex") == "b_cepacia_complex"
    assert organisms.named("Aspergillus fumigatus") == "aspergillus_fumigatus"
    assert organisms.named("Aspergillus niger") == ""
    assert organisms.named("Non-tuberculous mycobacterium") == ""


def test_ignore_lists_take_only_a_star_as_a_sign() -> None:
    own = site('[ignore]\ncodes = ["L A.*"]\npanels = ["L P1"]')
    assert own.ignores(("L", "A.7"))
    assert not own.ignores(("L", "AB7"))
    assert own.ignores_panel(("L", "P1"))
    assert not own.ignores_panel(("L", "P12"))
    assert not generic().ignores(("LOINC", "20150-9"))
