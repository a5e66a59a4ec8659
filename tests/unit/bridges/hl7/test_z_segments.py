"""A sender's own segments, read as the profile says."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bridges.hl7.profile import SiteProfile
from clinic_app.model.bodies import Measurement, Problem
from clinic_app.model.facts import FactKind
from tests.unit.bridges.hl7.messages import held, message, oru, site, stated, told

OWN = """
[[measurement]]
key = "own_fev1"
series = "fev1"
system = "L"
code = "FEV1"
name = "FEV1"
unit = "L"
also = ["mL"]
status = "site"
source = "handbook"

[[z_segment]]
key = "zpf_fev1"
segment = "ZPF"
becomes = "OBX"
when = { "ZPF-1" = "FEV1" }
[z_segment.fields]
"OBX-2" = "=NM"
"OBX-3.1" = "ZPF-1"
"OBX-3.2" = "=FEV1 | lung"
"OBX-3.3" = "=L"
"OBX-5" = "ZPF-3"
"OBX-6" = "ZPF-4"
"OBX-11" = "=F"
"OBX-14" = "ZPF-2"

[[z_segment]]
key = "zdx"
segment = "ZDX"
becomes = "DG1"
[z_segment.fields]
"DG1-3.1" = "ZDX-2.1"
"DG1-3.2" = "ZDX-2.2"
"DG1-3.3" = "=I10"
"""
ZPF = "ZPF|FEV1|202403101500|2.45|L"


def profile() -> SiteProfile:
    return site(OWN)


def test_a_result_in_a_segment_of_the_senders_own() -> None:
    (found,) = stated(oru(ZPF), profile())
    assert isinstance(found.body, Measurement)
    assert (found.code, found.body.value, found.body.unit) == ("fev1", Decimal("2.45"), "L")
    assert (found.body.name, found.position) == ("FEV1 | lung", "ZPF[1]")
    assert found.at is not None and found.at.text == "2024-03-10T15:00"
    assert found.key.startswith("filler:F1|")


def test_it_brings_results_in_any_message_that_is_read() -> None:
    (found,) = [s for s in stated(message("ADT^A08", ZPF), profile()) if s.kind is FactKind.MEASUREMENT]
    assert (found.code, found.position) == ("fev1", "ZPF[1]")


def test_other_results_of_a_message_whose_results_are_not_read_stay_unread() -> None:
    said = told(message("ADT^A08", "OBX|1|NM|X^x^L||1", ZPF), profile())
    assert [s.position for s in said.statements if s.kind is FactKind.MEASUREMENT] == ["ZPF[1]"]
    assert said.holds == ()


def test_a_diagnosis() -> None:
    said = stated(message("ADT^A08", "ZDX|1|E84.0^Cystic fibrosis"), profile())
    (found,) = [s.body for s in said if isinstance(s.body, Problem)]
    assert (found.name, found.code) == ("Cystic fibrosis", "ICD-10-CM|E84.0")


def test_what_does_not_apply_says_nothing() -> None:
    for line in ("ZPF|FVC|202403101500|2.45|L", "ZPF|FEV1|202403101500||L", "ZXX|1"):
        assert told(oru(line), profile()).statements == ()
        assert told(oru(line), profile()).holds == ()


def test_reasons_and_positions_name_the_message_as_it_was_sent() -> None:
    known, unknown = "OBX|1|NM|20150-9^FEV1^LN||2.1|L|||||F", "OBX|2|NM|QQ^q^L||1"
    cups = ZPF.replace("|L", "|cup")
    assert held(oru(known, cups, unknown), profile()) == [
        ("UNKNOWN-UNIT", "ZPF[1]-4: the unit cup is not in the profile"),
        ("UNKNOWN-CODE", "OBX[2]-3: the code QQ of L is not in the profile"),
    ]
    assert held(oru(ZPF.replace("2.45", "two 45"), cups), profile()) == [
        ("UNREADABLE-VALUE", "ZPF[1]-3 is not one number"),
        ("UNKNOWN-UNIT", "ZPF[2]-4: the unit cup is not in the profile"),
    ]
    said = told(oru(ZPF, known), profile())
    assert [s.position for s in said.statements] == ["ZPF[1]", "OBX[1]"]


LINES = [ZPF, "OBX|1|NM|20150-9^FEV1^LN||2.1|L|||||F", "NTE|1||n", "ZZZ|1"]


@given(st.lists(st.sampled_from(LINES), max_size=7))
def test_each_segment_says_what_it_says_at_its_own_place(lines: list[str]) -> None:
    places = {s.position for s in told(oru(*lines), profile()).statements}
    assert ("ZPF[1]" in places) == (ZPF in lines)
    assert ("OBX[1]" in places) == any(line.startswith("OBX") for line in lines)
    assert places <= {f"{name}[{number}]" for name in ("ZPF", "OBX") for number in range(1, 8)}


def test_texts_that_stand_for_no_value() -> None:
    said = told(oru(ZPF.replace("2.45", "N/A")), profile())
    assert (said.statements, said.holds) == ((), ())
    assert [one.text for one in said.findings] == ["ZPF[1]-3 is empty, so there was nothing to record"]
    nines = site(OWN + '[values]\nabsent = ["999"]\n')
    assert told(oru(ZPF.replace("2.45", "999")), nines).holds == ()
    assert held(oru(ZPF.replace("2.45", "999")), profile())[0][0] == "IMPLAUSIBLE-VALUE"
