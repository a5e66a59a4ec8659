"""Values and units as they are sent, and what cannot be used."""

from decimal import Decimal

import pytest

from clinic_app.model.bodies import Measurement
from tests.unit.bridges.hl7.messages import held, oru, site, stated, told


def measured(
    kind: str, value: str, unit: str = "mg/L", code: str = "1823-4^Vit E^LN", text: str = ""
) -> Measurement:
    profile = site(text) if text else None
    (statement,) = stated(oru(f"OBX|1|{kind}|{code}||{value}|{unit}|||||F"), profile)
    assert isinstance(statement.body, Measurement)
    return statement.body


def refused(
    kind: str, value: str, unit: str = "mg/L", code: str = "1823-4^Vit E^LN", text: str = ""
) -> tuple[str, str]:
    raw = oru(f"OBX|1|{kind}|{code}||{value}|{unit}|||||F")
    profile = site(text) if text else None
    assert told(raw, profile).statements == ()
    ((reason_code, reason),) = held(raw, profile)
    return reason_code, reason


@pytest.mark.parametrize(
    ("kind", "value", "number", "comparator"),
    [
        ("NM", "5.20", "5.20", ""),
        ("NM", " 5.2 ", "5.2", ""),
        ("NM", "+5", "5", ""),
        ("NM", ".5", "0.5", ""),
        ("NM", "5.", "5", ""),
        ("NM", "<0.5", "0.5", "<"),
        ("ST", "< 0.5", "0.5", "<"),
        ("ST", ">=200", "200", ">="),
        ("ST", "=<3", "3", "<="),
        ("ST", "≤3", "3", "<="),
        ("TX", "=>3", "3", ">="),
        ("FT", "≥3", "3", ">="),
        ("", "7.5", "7.5", ""),
        ("ST", "5.2 mg/L", "5.2", ""),
        ("SN", "<^0.5", "0.5", "<"),
        ("SN", "^10", "10", ""),
        ("SN", "=^10", "10", ""),
        ("SN", ">=^10", "10", ">="),
        ("ST", "\\S\\", "", ""),
    ],
)
def test_numbers(kind: str, value: str, number: str, comparator: str) -> None:
    body = measured(kind, value)
    assert body.value == (Decimal(number) if number else None)
    assert body.comparator == comparator
    if number:
        assert (body.unit, body.sent_unit) == ("mg/L", "mg/L")


def test_a_number_below_zero_where_there_can_be_one() -> None:
    assert measured("NM", "-0.5", "%", "69983-5^Change^LN").value == Decimal("-0.5")


def test_the_digits_are_kept_as_sent() -> None:
    body = measured("NM", "5.20")
    assert (str(body.value), body.text) == ("5.20", "5.20")


@pytest.mark.parametrize("kind", ["ST", "TX", "FT"])
def test_words_are_words(kind: str) -> None:
    body = measured(kind, "not done^see ~ note")
    assert (body.value, body.text, body.unit) == (None, "not done^see ~ note", "")


def test_ranges_and_ratios_are_words() -> None:
    assert measured("SN", "^2^-^3").text == "2-3"
    assert measured("SN", "^1^:^128").value is None
    assert measured("SN", "^3^+").text == "3+"


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("NM", "high", "OBX[1]-5 is not one number"),
        ("NM", "5.2.1", "OBX[1]-5 is not one number"),
        ("NM", "1e3", "OBX[1]-5 holds more than a number and its unit"),
        ("NM", "NaN", "OBX[1]-5 is not one number"),
        ("NM", "5~6", "OBX[1]-5 holds several values"),
        ("NM", "3,45", "OBX[1]-5 is not one number"),
        ("NM", "٣", "OBX[1]-5 is not one number"),
        ("NM", "9" * 21, "OBX[1]-5 is not one number"),
        ("ST", "12-14", "OBX[1]-5 is not one number"),
        ("ST", "5 apples", "OBX[1]-5 holds more than a number and its unit"),
        ("ST", "5.2 mg/dL", "OBX[1]-5 holds another unit than OBX-6"),
        ("SN", "<>^5", "OBX[1]-5 is not one number"),
        ("SN", "<^", "OBX[1]-5 is not one number"),
        ("SN", "^5~^6", "OBX[1]-5 holds several values"),
        ("ED", "^TEXT^^A^abc", "OBX[1]-5 is of type ED, which holds no number"),
        ("DT", "20240101", "OBX[1]-5 is of type DT, which holds no number"),
    ],
)
def test_what_cannot_be_read_is_held_without_being_repeated(kind: str, value: str, reason: str) -> None:
    assert refused(kind, value) == ("UNREADABLE-VALUE", reason)


def test_a_decimal_comma_where_the_site_writes_it() -> None:
    comma = "[site]\ndecimal_comma = true"
    assert measured("NM", "3,45", text=comma).value == Decimal("3.45")
    assert measured("NM", "3.45", text=comma).value == Decimal("3.45")
    assert refused("NM", "1,234.5", text=comma)[0] == "UNREADABLE-VALUE"


@pytest.mark.parametrize(
    ("sent", "unit"),
    [
        ("kg", "kg"),
        ("KG", "kg"),
        ("Kg", "kg"),
        ("Kilograms", "kg"),
        ("lbs", "[lb_av]"),
        ("[lb_av]", "[lb_av]"),
        ("g^gram^UCUM", "g"),
        ("K1^kg^99LAB", "kg"),
        ("^kg", "kg"),
        ("X^Y^L^kg^kilogram^UCUM", "kg"),
        ("kg&kilogram&UCUM", "kg"),
    ],
)
def test_units_of_weight(sent: str, unit: str) -> None:
    value = "60000" if unit == "g" else "60"
    assert measured("NM", value, sent, "29463-7^Weight^LN").unit == unit


def test_a_unit_with_the_component_delimiter_in_it() -> None:
    body = measured("NM", "250", "10^3/uL", "777-3^Platelets^LN")
    assert (body.unit, body.sent_unit) == ("10*3/uL", "10^3/uL")


def test_a_unit_in_the_text_where_obx_6_is_empty() -> None:
    body = measured("ST", "60 KG", "", "29463-7^Weight^LN")
    assert (body.value, body.unit, body.sent_unit) == (Decimal(60), "kg", "KG")


def test_units_that_are_unknown_missing_or_of_another_quantity_are_held() -> None:
    weight = "29463-7^Weight^LN"
    assert refused("NM", "60", "cubit", weight) == (
        "UNKNOWN-UNIT",
        "OBX[1]-6: the unit cubit is not in the profile",
    )
    assert refused("NM", "60", "", weight) == (
        "UNKNOWN-UNIT",
        "OBX[1]-6 is empty, the unit of weight is not known",
    )
    assert refused("NM", "60", "cm", weight) == ("UNKNOWN-UNIT", "OBX[1]-6: cm is no unit for weight")
    long = refused("NM", "60", "a b" * 40, weight)[1]
    assert "…'" in long
    assert len(long) < 100


def test_scores_need_no_unit_and_codes_may_be_scores() -> None:
    item = "44260-8^Item 9^LN"
    assert measured("NM", "1", "", item).unit == "{score}"
    assert measured("NM", "1", "{score}", item).unit == "{score}"
    coded = measured("CWE", "1^Several days^L", "", item)
    assert (coded.value, coded.text, coded.unit) == (Decimal(1), "Several days", "{score}")
    worded = measured("CE", "LA6569-3^Several days^LN", "", item)
    assert (worded.value, worded.text) == (None, "Several days")
    assert measured("CE", "5^five^L").value is None


@pytest.mark.parametrize(
    ("value", "sent", "unit"),
    [("0.76", "", "1"), ("76", "", "%"), ("76", "%", "%"), ("0.76", "%", "1"), ("0.76", "{ratio}", "1")],
)
def test_the_share_that_comes_both_ways(value: str, sent: str, unit: str) -> None:
    body = measured("NM", value, sent, "19926-5^FEV1/FVC^LN")
    assert (str(body.value), body.unit) == (value, unit)
