"""What a profile would make of messages, by type and by code."""

import json
from typing import Any

from bridges.hl7.profile_check import as_data, check
from tests.unit.bridges.hl7.messages import generic, message, oru, site
from tests.unit.bridges.hl7.test_z_segments import OWN, ZPF

KNOWN = "OBX|1|NM|20150-9^FEV1^LN||2.1|L|||||F"
CUPS = "OBX|2|NM|19868-9^FVC^LN||2.1|cup|||||F"
UNKNOWN = "OBX|3|NM|QQ^Quux^L||2.1|L|||||F"


def report(*raws: bytes, profile: str = "") -> Any:
    own = site(profile) if profile else generic()
    return json.loads(json.dumps(as_data(check([(f"{n}.hl7", raw) for n, raw in enumerate(raws)], own))))


def test_types_codes_units_and_reasons() -> None:
    found = report(oru(KNOWN, CUPS, UNKNOWN), oru(KNOWN), message("ADT^A08"), message("DFT^P03"), b"none")
    assert found["messages"] == [
        {"type": "(no type)", "applied": 0, "held": 1, "ignored": 0, "why": {"NO-MSH": 1}},
        {"type": "ADT^A08", "applied": 1, "held": 0, "ignored": 0, "why": {}},
        {
            "type": "DFT^P03",
            "applied": 0,
            "held": 0,
            "ignored": 1,
            "why": {"message type DFT^P03 is not used": 1},
        },
        {"type": "ORU^R01", "applied": 1, "held": 1, "ignored": 0, "why": {"UNKNOWN-UNIT": 1}},
    ]
    codes = [
        tuple(row[key] for key in ("code", "name", "series", "applied", "held")) for row in found["codes"]
    ]
    assert codes == [
        ("QQ", "Quux", "", 0, 1),
        ("19868-9", "FVC", "fvc", 0, 1),
        ("20150-9", "FEV1", "fev1", 2, 0),
    ]
    assert found["units"] == [{"unit": "cup", "results": 1}]
    assert [(row["code"], row["file"]) for row in found["reasons"]] == [
        ("UNKNOWN-UNIT", "0.hl7"),
        ("UNKNOWN-CODE", "0.hl7"),
        ("NO-MSH", "4.hl7"),
    ]


def test_one_example_stands_for_all_of_its_form() -> None:
    assert len(report(*[oru(KNOWN, UNKNOWN)] * 3)["reasons"]) == 1


def test_what_is_passed_over_and_what_tells_a_culture_together() -> None:
    found = report(oru(KNOWN, UNKNOWN.replace("|3|", "|2|")), profile='[ignore]\ncodes = ["L Q*"]\n')
    assert [(row["code"], row["ignored"]) for row in found["codes"]] == [("20150-9", 0), ("QQ", 1)]
    culture = "OBX|1|CE|623-9^Culture^LN||P^Pseudomonas aeruginosa^L||||||F"
    found = report(oru(culture, "OBX|2|NM|81458-2^panel^LN||1"))
    assert [(row["series"], row["applied"], row["ignored"]) for row in found["codes"]] == [
        ("culture", 1, 0),
        ("", 0, 1),
    ]


def test_a_senders_own_segments_count_as_what_they_become() -> None:
    found = report(oru(ZPF), oru(ZPF.replace("|L", "|cup")), profile=OWN)
    (row,) = found["codes"]
    assert (row["code"], row["series"], row["applied"], row["held"]) == ("FEV1", "fev1", 1, 1)
    assert found["units"] == [{"unit": "cup", "results": 1}]


def test_a_result_without_a_code() -> None:
    (row,) = report(oru("OBX|1|NM|||2.1"))["codes"]
    assert (row["system"], row["code"], row["held"]) == ("", "", 1)


def test_nothing_that_is_said_about_a_person_stands_in_it() -> None:
    told = json.dumps(report(oru(KNOWN, CUPS, UNKNOWN), message("ADT^A08")))
    assert not any(word in told for word in ("Ives", "Ann", "1001", "2.1", "20100102"))
