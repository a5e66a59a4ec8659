"""Reading profiles: the shipped one is whole, faults are named by line and key, a site's rows come first."""

import csv
import tomllib
from pathlib import Path

import pytest

from bridges.hl7.profile_reading import parse_profile
from clinic_app.model.errors import EnvironmentFault
from clinic_app.model.facts import FactStatus
from tests.unit.bridges.hl7.messages import GENERIC_TEXT, ROOT, generic, site

CODES = ROOT.parent / "shared" / "reference" / "codes.csv"
SYSTEMS = {"LOINC": "LOINC", "SNOMED CT": "SCT", "RxNorm": "RXNORM", "ICD-10-CM": "ICD-10-CM"}
UNCONFIRMED = 'a code from memory needs confirmed = "who, when" before it is enabled'
HEAD = 'name = "site"\nedition = "1"\nextends = "generic"\n'
ROW = """
[[measurement]]
key = "k"
series = "fev1"
system = "L"
code = "X"
name = "n"
unit = "mL"
status = "site"
source = "s"
"""


def fault(text: str) -> str:
    with pytest.raises(EnvironmentFault) as caught:
        parse_profile(text, {"generic": GENERIC_TEXT})
    assert caught.value.code == "PROFILE-INVALID"
    return caught.value.what.removeprefix("the site profile cannot be used: ")


def test_the_shipped_profile() -> None:
    profile = generic()
    assert profile.name == "generic"
    assert profile.version.startswith("generic@")
    assert profile.zone is None
    assert profile.charset == "cp1252"
    assert profile.blank_status is FactStatus.FINAL
    assert profile.accepts.processing == {"P"}
    assert profile.senders.fullmatch("ANY|ONE")


@pytest.mark.skipif(not CODES.exists(), reason="the reference table is not part of the checkout")
def test_every_row_of_the_reference_table_is_there_and_none_from_memory_is_in_use() -> None:
    tables = tomllib.loads(GENERIC_TEXT)
    rows = {
        row["key"]: row
        for name, rows in tables.items()
        if isinstance(rows, list) and name != "outbound_code"
        for row in rows
    }
    with CODES.open(encoding="utf-8", newline="") as file:
        reference = list(csv.DictReader(file))
    assert len(rows) == len(reference)
    for row in reference:
        ours = rows[row["key"]]
        assert (ours["system"], ours["status"]) == (SYSTEMS[row["system"]], row["status"])
        sent_codes = [code for code in row["code"].split("|") if code and code != "..."]
        assert ours.get("codes", [ours["code"]] if ours.get("code") else []) == sent_codes
        assert ours.get("enabled", True) is (row["status"] != "from_memory")
        if row["ucum_unit"] and row["key"] != "fev1_fvc":
            assert ours["unit"] == row["ucum_unit"]


def test_own_rows_replace_those_of_the_same_code_and_come_first() -> None:
    own = site(ROW.replace('"L"', '"LOINC"', 1).replace('"X"', '"20150-9"') + ROW)
    assert own.measurements["LOINC", "20150-9"].unit == "mL"
    assert own.measurements["L", "X"].series == "fev1"
    assert own.measurements["LOINC", "19868-9"].series == "fvc"
    assert own.version.startswith("site@")
    assert own.version != site(ROW).version


def test_own_tables_add_to_the_shipped_ones() -> None:
    own = site('[site]\ntime_zone = "Europe/Berlin"\n[units]\n"Pfund" = "[lb_av]"\n[systems]\n"mylab" = "L"')
    assert str(own.zone) == "Europe/Berlin"
    assert str(site('[site]\ntime_zone = "UTC"').zone) == "UTC"
    assert own.charset == "cp1252"
    assert own.unit("pfund") == "[lb_av]"
    assert own.unit("kg") == "kg"
    assert own.system("MyLab") == "L"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name = ", "Invalid value (at end of document)"),
        ('edition = "1"\nextends = "generic"', "name: is missing"),
        ('name = "x"\nedition = "1"', "site: is missing"),
        (
            'name = "x"\nedition = "1"\nextends = "other"',
            "line 3, extends: there is no profile named 'other' to extend",
        ),
        (HEAD + "colour = 1", "line 4, colour: there is no such key"),
        (HEAD + "site = 1", "line 4, site: must be a table"),
        (HEAD + "units = 1", "line 4, units: must be a table"),
        (HEAD + "measurement = 1", "line 4, measurement: must be rows ([[measurement]])"),
        (HEAD + "measurement = [1]", "line 4, measurement[1]: must be a row ([[measurement]])"),
        (HEAD + "[site]\ncolour = 1", "line 5, site.colour: there is no such key"),
        (HEAD + "\n[site]\ntime_zone = 1", "line 6, site.time_zone: must be a text"),
        (
            HEAD + '[site]\ntime_zone = "Mars/North"',
            "line 5, site.time_zone: 'Mars/North' is not a time zone",
        ),
        (HEAD + '[site]\ntime_zone = "../x"', "line 5, site.time_zone: '../x' is not a time zone"),
        (
            HEAD + '[site]\ncharset = "utf-16"',
            "line 5, site.charset: 'utf-16' is not a character set with ASCII in it",
        ),
        (
            HEAD + '[site]\ncharset = "klingon"',
            "line 5, site.charset: 'klingon' is not a character set with ASCII in it",
        ),
        (
            HEAD + '[site]\ncharset = "hex"',
            "line 5, site.charset: 'hex' is not a character set with ASCII in it",
        ),
        (HEAD + '[site]\ndecimal_comma = "yes"', "line 5, site.decimal_comma: must be true or false"),
        (
            HEAD + '[site]\nblank_result_status = "corrected"',
            "line 5, site.blank_result_status: must be one of preliminary, final",
        ),
        (HEAD + "[accept]\nsenders = [1]", "line 5, accept.senders: must be a list of texts"),
        (HEAD + '[units]\n"kg" = 1', "line 4, units: must be pairs of texts"),
        (HEAD + ROW.replace('unit = "mL"\n', ""), "line 5, measurement[1]: unit is missing"),
        (HEAD + ROW + ROW + "colour = 1", "line 24, measurement[2].colour: there is no such key"),
        (HEAD + ROW.replace('"mL"', '"m L"'), "line 11, measurement[1].unit: 'm L' is no UCUM unit"),
        (HEAD + ROW + 'low = "1"', "line 14, measurement[1].low: must be a number"),
        (HEAD + ROW + "high = true", "line 14, measurement[1].high: must be a number"),
        (HEAD + ROW + "high = inf", "line 14, measurement[1].high: must be a number"),
        (HEAD + ROW + "low = 2.5\nhigh = 2", "line 14, measurement[1].low: is above high"),
        (
            HEAD + ROW.replace('"site"', '"guess"'),
            "line 12, measurement[1].status: "
            "must be one of verified_here, seen_in_public_code, from_memory, site",
        ),
        (
            HEAD + ROW.replace('"site"', '"from_memory"'),
            f"line 12, measurement[1].status: {UNCONFIRMED}",
        ),
        (
            HEAD + ROW.replace('"site"', '"from_memory"') + "enabled = true",
            f"line 14, measurement[1].enabled: {UNCONFIRMED}",
        ),
    ],
)
def test_faults_are_named_by_line_and_key(text: str, expected: str) -> None:
    assert fault(text) == expected


def test_a_missing_key_of_a_whole_profile() -> None:
    assert "is missing" in fault(GENERIC_TEXT.replace('charset = "cp1252"\n', ""))


def test_without_shipped_profiles_nothing_can_be_extended() -> None:
    with pytest.raises(EnvironmentFault):
        parse_profile(HEAD)


def test_a_profile_without_rows_matches_nothing() -> None:
    emptied = GENERIC_TEXT.partition("\n# --- ")[0]
    arrays = (
        "measurement",
        "panel",
        "culture",
        "organism",
        "condition",
        "ingredient",
        "product",
        "outbound_code",
    )
    profile = parse_profile("".join(f"{name} = []\n" for name in arrays) + emptied)
    assert profile.medicines.ingredients(("ivacaftor",), ()) == ()
    assert profile.organisms.named("Pseudomonas aeruginosa") == ""


def test_the_text_file_is_where_it_is_shipped() -> None:
    assert (Path(ROOT) / "resources/profiles/generic.toml").is_file()


def test_ingredient_codes_count_once_confirmed_and_products_can_be_switched_off() -> None:
    row = 'system = "RXNORM"\nname = "n"\nstatus = "site"\nsource = "s"\n'
    own = site(
        f'[[ingredient]]\nkey = "ivacaftor"\nnames = ["ivacaftor"]\ncode = "1243041"\n{row}'
        f'[[product]]\nkey = "mix"\ningredients = ["x"]\ncodes = ["77"]\nenabled = false\n{row}'
    )
    assert own.medicines.ingredients((), (("RXNORM", "1243041"), ("RXNORM", "77"))) == ("ivacaftor",)
