from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.fhir.codes import LIMITS
from bridges.portal.numbers import KILOGRAMS, LITRES, Typed, read_litres, read_number, read_weight
from clinic_app.model.words import English
from tests.unit.bridges.portal.house import Spanish

EN = English()


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("2.41", "2.41"),
        ("2,41", "2.41"),
        (" 61 ", "61"),
        ("\uff16\uff11\uff0c\uff14", "61.4"),
        ("0,5", "0.5"),
    ],
)
def test_point_comma_and_full_width(typed: str, value: str) -> None:
    assert read_number(typed) == Decimal(value)


@pytest.mark.parametrize(
    "typed", ["", "2.4.1", "1,234.5", "2,4 l", "-1", "1e3", "NaN", "\u0662\u0664", "1" * 7, "2,", ".5"]
)
def test_anything_else_is_no_number(typed: str) -> None:
    assert read_number(typed) is None


@given(st.text())
def test_no_text_breaks_a_field(text: str) -> None:
    for typed in (read_litres(text, EN), read_weight(text, "kg", EN), read_weight(text, text, EN)):
        assert (typed.value is None) or not typed.check


@pytest.mark.parametrize(
    ("typed", "check"),
    [
        ("31", "Please check: 31 litres is more than lungs can hold. Is it 3.1?"),
        ("2410", "Please check: 2410 litres is more than lungs can hold. Is it 2.41?"),
        ("999999", "Please check: 999999 litres does not look right."),
        ("0,01", "Please check: 0,01 litres does not look right."),
        ("two", "Please write only a number, such as 2.4."),
    ],
)
def test_kind_words_about_litres(typed: str, check: str) -> None:
    assert read_litres(typed, EN) == Typed(check=check)


def test_a_guess_is_written_as_the_reader_writes() -> None:
    assert read_litres("31", Spanish()).check.endswith("Is it 3,1?")


def test_good_litres_and_none() -> None:
    assert read_litres("2,41", EN) == Typed(Decimal("2.41"))
    assert read_litres(" ", EN) == Typed()


def test_weight_needs_a_unit_and_is_checked_in_it() -> None:
    assert read_weight("150", "[lb_av]", EN) == Typed(Decimal(150))
    assert read_weight("61,4", "kg", EN) == Typed(Decimal("61.4"))
    assert read_weight("", "", EN) == Typed()
    assert read_weight("61", "", EN).check == "Please choose: kilograms (kg) or pounds (lb)?"
    assert read_weight("400", "kg", EN).check == "Please check: 400 kg does not look right."
    assert read_weight("1", "[lb_av]", EN).check == "Please check: 1 lb does not look right."
    assert read_weight("x", "kg", EN).check


def test_what_is_taken_here_is_believed_by_the_client() -> None:
    for bounds, series in ((LITRES, "home_fev1"), (KILOGRAMS, "home_weight")):
        low, high, _ = LIMITS[series]
        assert low <= bounds[0] < bounds[1] <= high
