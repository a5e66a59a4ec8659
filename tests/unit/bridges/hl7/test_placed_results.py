"""Results with the places at which they were sent."""

from bridges.hl7.placed_results import placed_results
from bridges.hl7.profile_check import as_data, check
from tests.unit.bridges.hl7.messages import generic, oru, told
from tests.unit.bridges.hl7.test_local_codes import local_codes, sent

COLUMNS = "ZLF|1|20260301090000|2,45|three|Liter|F"
DEVICE = sent("ORU^R01", "OBR|1||A2|LUFU", COLUMNS, sender="LUFU|GERAET")


def test_a_result_stands_where_it_was_sent() -> None:
    first, second = placed_results(oru("OBX|1|NM|20150-9^FEV1^LN||2.1|L", "OBX|2|NM|X^x^L||1"), generic())
    assert (first.place, second.place) == ("OBX[1]", "OBX[2]")
    assert second.is_meant("OBX[2]-3: the code X of L is not in the profile")
    assert not first.is_meant("OBX[2]-3: the code X of L is not in the profile")
    assert first.is_meant("OBX[1] corrects a result") and not first.is_meant("PID-3 holds no number")
    assert list(placed_results(b"no message", generic())) == []


def test_of_two_that_one_segment_brings_a_reason_means_the_one_whose_field_it_names() -> None:
    (hold,) = told(DEVICE, local_codes()).holds
    assert hold.reason == "ZLF[1]-4 is not one number"
    assert [one.is_meant(hold.reason) for one in placed_results(DEVICE, local_codes())] == [False, True]
    codes = as_data(check([("a.hl7", DEVICE)], local_codes()))["codes"]
    assert isinstance(codes, list)
    assert [(row["code"], row["applied"], row["held"]) for row in codes] == [
        ("LUFU-FVC", 0, 1),
        ("LUFU-FEV1", 1, 0),
    ]
