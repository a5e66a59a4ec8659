"""What is a unit of UCUM, and that Pint is not asked about what results come in."""

import subprocess
import sys

import pytest

from bridges.hl7.ucum import _PLAIN, asked, is_unit
from tests.unit.bridges.hl7.messages import ROOT

SHIPPED = """
import sys
from pathlib import Path
from bridges.hl7.profile_reading import parse_profile
parse_profile(Path(sys.argv[1]).read_text(encoding="utf-8"))
raise SystemExit("pint" in sys.modules)
"""


@pytest.mark.parametrize("unit", sorted(_PLAIN))
def test_what_is_known_without_asking_is_so_by_pint(unit: str) -> None:
    assert asked(unit)


@pytest.mark.parametrize(
    "unit", ["mg/dL", "{score}", "ukat/L", "k[IU]/L", "kPa", "mm[Hg]", "/uL", "mL/min/{1.73_m2}"]
)
def test_units(unit: str) -> None:
    assert is_unit(unit)


@pytest.mark.parametrize("text", ["", "m L", "cup", "mg//dL", "kgs", "Liter", "{a b}", "µg", "mmHg", "\n"])
def test_what_is_none(text: str) -> None:
    assert not is_unit(text)


def test_the_shipped_profile_is_read_without_pint() -> None:
    """Building the registry takes more than a second, at every start."""
    words = [sys.executable, "-c", SHIPPED, str(ROOT / "resources/profiles/generic.toml")]
    assert subprocess.run(words, cwd=ROOT, check=False).returncode == 0
