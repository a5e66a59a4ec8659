"""The shipped reference tables, read once for all tests of this folder."""

from pathlib import Path

import pytest

from clinic_app.calc import gli, growth

SHIPPED = Path(__file__).resolve().parents[4] / "resources" / "reference"


@pytest.fixture(scope="session")
def gli_texts() -> list[str]:
    """The three GLI files as text: coefficients, male splines, female splines."""
    folder = SHIPPED / "gli_global_2022"
    return [
        (folder / name).read_text(encoding="utf-8")
        for name in ("coefficients.csv", "splines_male.csv", "splines_female.csv")
    ]


@pytest.fixture(scope="session")
def bmi_texts() -> list[str]:
    """The two CDC BMI files as text: L, M, S of 2000, and the extension of 2022."""
    return [
        (SHIPPED / "cdc_bmi" / name).read_text(encoding="utf-8")
        for name in ("lms_2000.csv", "extension_2022.csv")
    ]


@pytest.fixture(scope="session")
def gli_tables(gli_texts: list[str]) -> gli.GliTables:
    """The shipped GLI tables."""
    return gli.read_tables(*gli_texts)


@pytest.fixture(scope="session")
def bmi_tables(bmi_texts: list[str]) -> growth.BmiTables:
    """The shipped CDC BMI tables."""
    return growth.read_bmi_tables(*bmi_texts)
