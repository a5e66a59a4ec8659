"""Every shipped figure equals the reference set, where that set stands beside the checkout."""

import csv
from pathlib import Path

import pytest

from clinic_app.calc import gli, growth

ROOT = Path(__file__).resolve().parents[4]
REFERENCE_DIR = ROOT.parent / "shared" / "reference"
PARAMETERS = {"fev1": "FEV1", "fvc": "FVC", "fev1_fvc": "FEV1FVC"}

pytestmark = pytest.mark.skipif(
    not REFERENCE_DIR.is_dir(), reason="the reference set is not beside the checkout"
)


def rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE_DIR / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_gli_splines(gli_tables: gli.GliTables) -> None:
    given = rows("gli_global_2022_splines.csv")
    assert {row["Lspline"] for row in given} == {"0"}
    for (sex, measure), equation in gli_tables.equations.items():
        own = [row for row in given if (row["sex"], row["param"]) == (sex, PARAMETERS[measure])]
        assert equation.ages.tolist() == [float(row["age"]) for row in own]
        assert equation.m_spline.tolist() == [float(row["Mspline"]) for row in own]
        assert equation.s_spline.tolist() == [float(row["Sspline"]) for row in own]


def test_gli_coefficients(gli_tables: gli.GliTables) -> None:
    given = {(row["sex"], row["param"]): row for row in rows("gli_global_2022_coefficients.csv")}
    assert len(given) == len(gli_tables.equations)
    for (sex, measure), equation in gli_tables.equations.items():
        row = given[sex, PARAMETERS[measure]]
        names = ("a0", "a1_lnheight_cm", "a2_lnage", "p0", "p1_lnage", "q0", "q1_lnage")
        assert [*equation.m, *equation.s, *equation.power] == [float(row[name]) for name in names]


def test_cdc_2000(bmi_tables: growth.BmiTables) -> None:
    for sex in ("male", "female"):
        own = [row for row in rows("cdc_2000_bmi_for_age.csv") if row["sex"] == sex]
        assert bmi_tables.lms["age_months"].tolist() == [float(row["age_months"]) for row in own]
        for name in "LMS":
            assert bmi_tables.lms[f"{sex}_{name.lower()}"].tolist() == [float(row[name]) for row in own]


def test_cdc_2022(bmi_tables: growth.BmiTables) -> None:
    for code, sex in (("1", "male"), ("2", "female")):
        own = [row for row in rows("cdc_2022_extended_bmi_for_age.csv") if row["SEX"] == code]
        assert bmi_tables.extension["age_months"].tolist() == [float(row["AGE"]) for row in own]
        assert bmi_tables.extension[f"{sex}_sigma"].tolist() == [float(row["Sigma"]) for row in own]
        assert bmi_tables.extension[f"{sex}_p95"].tolist() == [float(row["P95"]) for row in own]
