"""ORU: which results become what, under which key, status and time."""

from decimal import Decimal

import pytest

from clinic_app.model.bodies import Culture, Measurement
from clinic_app.model.facts import FactStatus
from clinic_app.model.moment import Moment
from tests.unit.bridges.hl7.messages import held, message, oru, site, stated, told


def obx(
    code: str, value: str, unit: str = "", kind: str = "NM", sub: str = "", status: str = "F", rest: str = ""
) -> str:
    return f"OBX|1|{kind}|{code}|{sub}|{value}|{unit}|||||{status}{rest}"


FEV1 = "20150-9^FEV1^LN"


def test_a_measurement() -> None:
    rest = "|||202403101510||12^Smith^Jo|SPIRO^Spirometer|DEV1"
    (statement,) = stated(oru(obx(FEV1, "2.31", "L", rest=rest), "NTE|1||grade B"))
    assert statement.body == Measurement(
        Decimal("2.31"), "2.31", "", "L", "L", "FEV1", "Spirometer; DEV1; grade B"
    )
    assert (statement.kind, statement.code, statement.source) == ("measurement", "fev1", "ehr")
    assert statement.key == "filler:F1|LOINC 20150-9|"
    assert statement.status is FactStatus.FINAL
    assert statement.at == Moment("2024-03-10T15:10")
    assert (statement.author, statement.position) == ("Jo Smith", "OBX[1]")


@pytest.mark.parametrize(
    ("code", "unit", "series"),
    [
        ("20157-4^pre^LN", "L", "fev1"),
        ("20155-8^post^LN", "L", "fev1_post"),
        ("20152-5^pct^LN", "%", "fev1_percent_predicted_reported"),
        ("19870-5^FVC^http://loinc.org", "L", "fvc"),
        ("29463-7^Weight^LOINC", "KG", "weight"),
        ("8302-2^Height^LN", "cm", "height"),
        ("39156-5^BMI^LN", "kg/m2", "bmi_reported"),
        ("2708-6^SpO2^LN", "%", "spo2"),
        ("8310-5^Temp^LN", "degF", "temperature"),
        ("4548-4^HbA1c^LN", "%", "lab_hba1c"),
        ("1518-0^OGTT^LN", "mg/dL", "lab_ogtt_2h_75g"),
        ("44261-6^PHQ-9^LN", "", "pro_phq9_total"),
        ("LUFU^FEV1^L^20150-9^FEV1^LN", "L", "fev1"),
    ],
)
def test_series(code: str, unit: str, series: str) -> None:
    value = {"height": "170", "spo2": "97", "temperature": "98.6"}.get(series, "7")
    (statement,) = stated(oru(obx(code, value, unit)))
    assert statement.code == series


@pytest.mark.parametrize(
    ("letter", "status"),
    [
        ("F", FactStatus.FINAL),
        ("f", FactStatus.FINAL),
        ("Final", FactStatus.FINAL),
        ("U", FactStatus.FINAL),
        ("C", FactStatus.CORRECTED),
        ("P", FactStatus.PRELIMINARY),
        ("R", FactStatus.PRELIMINARY),
        ("S", FactStatus.PRELIMINARY),
        ("I", FactStatus.REGISTERED),
        ("O", FactStatus.REGISTERED),
        ("D", FactStatus.WITHDRAWN),
        ("W", FactStatus.WITHDRAWN),
        ("X", FactStatus.WITHDRAWN),
        ("", FactStatus.FINAL),
    ],
)
def test_statuses(letter: str, status: FactStatus) -> None:
    assert stated(oru(obx(FEV1, "2.31", "L", status=letter)))[0].status is status


def test_a_blank_status_is_the_orders_then_the_sites() -> None:
    order = "OBR|1|P1|F1|81458-2^PFT^LN|||202403101500" + "|" * 18
    result = obx(FEV1, "2.31", "L", status="")
    preliminary = site('[site]\nblank_result_status = "preliminary"')
    assert stated(message("ORU^R01", order + "P", result))[0].status is FactStatus.PRELIMINARY
    assert stated(message("ORU^R01", order + "Z", result))[0].status is FactStatus.FINAL
    assert stated(message("ORU^R01", order, result), preliminary)[0].status is FactStatus.PRELIMINARY


def test_an_unknown_status_is_held_and_not_asked_is_passed_over() -> None:
    assert held(oru(obx(FEV1, "2.31", "L", status="Q"))) == [
        ("UNKNOWN-STATUS", "OBX[1]-11: the status Q is not known")
    ]
    assert told(oru(obx(FEV1, "2.31", "L", status="N"))).ignored == "the profile passes over everything in it"


def test_time_of_the_result_then_of_the_order_then_of_the_specimen() -> None:
    result = obx(FEV1, "2.31", "L")
    assert stated(oru(result))[0].at == Moment("2024-03-10T15:00")
    specimen = message("ORU^R01", "OBR|1||F1", result, "SPM|1" + "|" * 16 + "20240309^20240310")
    assert stated(specimen)[0].at == Moment("2024-03-09")
    assert stated(message("ORU^R01", "OBR|1||F1", result))[0].at is None


def test_a_result_of_an_unreadable_time_is_held_and_not_stated_at_another_or_none() -> None:
    culture = "OBX|2|ST|6463-4^Bacteria^LN||MRSA||||||F|||soon"
    for segment in (obx(FEV1, "2.31", "L", rest="|||10.3.2024"), culture.replace("OBX|2", "OBX|1")):
        raw = message("ORU^R01", "OBR|1||F1|624-7^Culture^LN|||202403101500", segment)
        translation = told(raw)
        assert translation.holds[0].reason == "OBX[1]-14 is not a date or time"
        assert translation.statements == ()
    order = message("ORU^R01", "OBR|1||F1||||soon", obx(FEV1, "1", "L"), obx(FEV1, "2", "L", sub="2"))
    assert held(order) == [("UNREADABLE-VALUE", "OBR[1]-7 is not a date or time")]
    assert told(order).statements == ()


def test_a_withdrawal_takes_effect_whatever_its_time_is() -> None:
    for segment in (obx(FEV1, "2.31", "L", status="W", rest="|||soon"), obx(FEV1, "9999", "L", status="D")):
        assert [s.status for s in told(oru(segment)).statements] == [FactStatus.WITHDRAWN]
    culture = message("ORU^R01", "OBR|1||F1|624-7^Culture^LN", "OBX|1|ST|6463-4^Bacteria^LN||||||||D|||soon")
    assert [s.status for s in told(culture).statements] == [FactStatus.WITHDRAWN]


@pytest.mark.parametrize(
    ("code", "value", "unit", "reason"),
    [
        (FEV1, "2100", "L", "fev1 (0.1 to 8 L)"),
        (FEV1, "9.0", "L", "fev1 (0.1 to 8 L)"),
        (FEV1, "0", "L", "fev1 (0.1 to 8 L)"),
        (FEV1, "99", "mL", "fev1 (0.1 to 8 L)"),
        ("8302-2^Height^LN", "9999", "cm", "height (20 to 250 cm)"),
        ("8302-2^Height^LN", "172", "[in_i]", "height (20 to 250 cm)"),
        ("2708-6^SpO2^LN", "300", "%", "spo2 (30 to 100 %)"),
        ("29463-7^Weight^LN", "-4", "kg", "weight (0.3 to 300 kg)"),
        ("8310-5^Temp^LN", "37", "degF", "temperature (25 to 45 Cel)"),
        ("19926-5^FEV1/FVC^LN", "1.2", "", "fev1_fvc (5 to 110 %)"),
    ],
)
def test_a_value_that_nobody_can_have_is_held(code: str, value: str, unit: str, reason: str) -> None:
    translation = told(oru(obx(code, value, unit), obx("4548-4^HbA1c^LN", "6", "%")))
    assert [s.code for s in translation.statements] == ["lab_hba1c"]
    (hold,) = translation.holds
    assert (hold.code, hold.reason) == ("IMPLAUSIBLE-VALUE", f"OBX[1]-5 cannot be a value of {reason}")
    assert "inbox show ID --raw" in hold.mend


def test_words_have_no_limits() -> None:
    assert stated(oru(obx(FEV1, "not done", "L", kind="ST")))[0].code == "fev1"


def test_codes_that_are_not_known_not_confirmed_or_missing_are_held_and_the_rest_applied() -> None:
    raw = oru(
        obx(FEV1, "2.31", "L"),
        obx("12345-6^Iron^LN", "9", "mg/dL"),
        obx("X1^Local^99LAB", "9"),
        obx("20150-9^FEV1^", "9", "L"),
        obx("19872-1^FVC %^LN", "88", "%"),
        obx("580-1^Fungus^LN", "x", kind="ST"),
        obx("", "9"),
    )
    assert held(raw) == [
        ("UNKNOWN-CODE", "OBX[2]-3: the code 12345-6 of LOINC is not in the profile"),
        ("UNKNOWN-CODE", "OBX[3]-3: the code X1 of 99LAB is not in the profile"),
        ("UNKNOWN-CODE", "OBX[4]-3: the code 20150-9 (no system) is not in the profile"),
        ("CODE-NOT-CONFIRMED", "OBX[5]-3: the code 19872-1 of LOINC is in the profile but not yet confirmed"),
        ("CODE-NOT-CONFIRMED", "OBX[6]-3: the code 580-1 of LOINC is in the profile but not yet confirmed"),
        ("UNKNOWN-CODE", "OBX[7]-3 holds no code"),
    ]
    assert [statement.code for statement in told(raw).statements] == ["fev1"]


def test_a_code_of_another_system_with_the_same_characters_is_another_code() -> None:
    assert held(oru(obx("1823-4^Race^CDCREC", "9", "mg/L")))[0][0] == "UNKNOWN-CODE"


def test_a_site_adds_codes_and_confirms_them() -> None:
    own = site(
        """
[[measurement]]
key = "local_fev1"
series = "fev1"
system = "L"
code = "LUFU1"
name = "FEV1"
unit = "L"
status = "site"
source = "laboratory handbook"

[[measurement]]
key = "fvc_pct_pred"
series = "fvc_percent_predicted_reported"
system = "LOINC"
code = "19872-1"
name = "FVC measured/predicted"
unit = "%"
status = "from_memory"
source = "loinc.org"
confirmed = "J. Smith, 2026-11-20"
"""
    )
    raw = oru(obx("LUFU1^FEV1^L", "2.31", "L"), obx("19872-1^FVC %^LN", "88", "%"))
    assert [statement.code for statement in stated(raw, own)] == ["fev1", "fvc_percent_predicted_reported"]


def test_what_a_site_ignores_is_passed_over() -> None:
    own = site('[ignore]\ncodes = ["LOINC 12345-6", "99LAB *"]\npanels = ["LOINC 58410-2"]')
    raw = oru(obx("12345-6^Iron^LN", "9"), obx("X1^Local^99LAB", "9"))
    assert told(raw, own).ignored == "the profile passes over everything in it"
    panel = message("ORU^R01", "OBR|1||F1|58410-2^CBC^LN", obx("718-7^Hb^LN", "14", "g/dL"))
    assert told(panel, own).ignored
    assert [s.code for s in stated(oru(obx("12345-6^Iron^LN", "9"), obx(FEV1, "2", "L")), own)] == ["fev1"]


def test_panels_have_no_value() -> None:
    assert len(stated(oru(obx("81458-2^PFT^LN", "", kind="ST"), obx(FEV1, "2", "L")))) == 1


def test_results_of_several_orders_and_before_any() -> None:
    raw = message(
        "ORU^R01",
        obx(FEV1, "2.0", "L", rest="|||20240310"),
        "ORC|RE|P8|F8",
        "OBR|1",
        obx(FEV1, "2.1", "L"),
        "ORC|RE|P9",
        "OBR|2",
        obx(FEV1, "2.2", "L"),
        "OBR|3||F3^LAB",
        obx(FEV1, "2.3", "L"),
        "OBR|4||||||20240311",
        obx(FEV1, "2.4", "L"),
    )
    assert [statement.key.partition("|")[0] for statement in stated(raw)] == [
        "at:2024-03-10",
        "filler:F8",
        "placer:P9",
        "filler:F3^LAB",
        "at:2024-03-11",
    ]


def test_a_message_sent_again_states_the_same_whatever_its_control_id() -> None:
    for order in ("OBR|1||F1|||20240310", "OBR|1||||||20240310", "OBR|1"):
        raws = [
            message("ORU^R01", order, obx(FEV1, "2.31", "L"), control=control) for control in ("M1", "M2")
        ]
        assert stated(raws[0]) == stated(raws[1])
    first, second = (
        stated(message("ORU^R01", "OBR|1", obx(FEV1, value, "L")))[0] for value in ("2.31", "2.35")
    )
    assert first.key != second.key


def test_a_correction_has_the_key_of_what_it_corrects() -> None:
    first = stated(oru(obx(FEV1, "2.31", "L")))[0]
    corrected = stated(oru(obx(FEV1, "2.13", "L", status="C"), sent="20240311"))[0]
    deleted = stated(oru(obx(FEV1, "", status="D")))[0]
    nulled = stated(oru(obx(FEV1, '""', "L")))[0]
    assert first.key == corrected.key == deleted.key == nulled.key
    assert first.order < corrected.order < deleted.order
    assert nulled.status is FactStatus.WITHDRAWN


def test_a_withdrawal_takes_effect_even_where_its_value_cannot_be_read() -> None:
    (statement,) = stated(oru(obx(FEV1, "see note 2", "furlong", status="W")))
    assert statement.status is FactStatus.WITHDRAWN
    assert isinstance(statement.body, Measurement)
    assert statement.body.value is None


def test_an_empty_result_is_remarked_and_a_status_without_value_held() -> None:
    translation = told(oru(obx(FEV1, "", "L")))
    assert [finding.text for finding in translation.findings] == [
        "OBX[1]-5 is empty, so there was nothing to record"
    ]
    assert translation.ignored == "it holds nothing that is recorded"
    assert held(oru(obx(FEV1, "", "L", status="U"))) == [
        ("UNREADABLE-VALUE", "OBX[1] changes a status (U) without the value")
    ]
    culture = message("ORU^R01", "OBR|1||F1|624-7^Culture^LN", "OBX|1|ST|6463-4^Bacteria^LN||||||||C")
    for raw in (oru(obx(FEV1, "", "L", status="C")), culture):
        reason = "OBX[1] corrects a result without saying the new value"
        assert held(raw) == [("UNREADABLE-VALUE", reason)]
        assert told(raw).statements == ()


def test_two_results_of_one_code_are_told_apart_by_sub_id_time_or_order() -> None:
    subs = stated(oru(obx(FEV1, "2.1", "L", sub="1"), obx(FEV1, "2.2", "L", sub="2")))
    assert [s.key for s in subs] == ["filler:F1|LOINC 20150-9|1", "filler:F1|LOINC 20150-9|2"]
    times = [
        obx(FEV1, value, "L", rest=f"|||20240310{hour}") for value, hour in (("2.1", "09"), ("2.2", "10"))
    ]
    keys = [s.key for s in stated(oru(*times))]
    assert keys == ["filler:F1|LOINC 20150-9|@2024-03-10T09", "filler:F1|LOINC 20150-9|@2024-03-10T10"]
    assert sorted(s.key for s in stated(oru(*reversed(times)))) == keys
    same = stated(oru(obx(FEV1, "2.1", "L"), obx(FEV1, "2.2", "L")))
    assert [s.key.rpartition("@")[2] for s in same] == ["2024-03-10T15:00#1", "2024-03-10T15:00#2"]
    undated = stated(message("ORU^R01", "OBR|1||F1", obx(FEV1, "2.1", "L"), obx(FEV1, "2.2", "L")))
    assert [s.key.rpartition("|")[2] for s in undated] == ["@#1", "@#2"]


def test_the_same_result_twice_in_one_message_is_one() -> None:
    assert len(stated(oru(obx(FEV1, "2.1", "L"), obx(FEV1, "2.1", "L")))) == 1


def test_a_deletion_beside_its_replacement_gives_way_and_other_statuses_are_versions() -> None:
    replaced = stated(oru(obx(FEV1, "2.1", "L", status="D"), obx(FEV1, "2.2", "L")))
    assert [(s.status, s.key) for s in replaced] == [(FactStatus.FINAL, "filler:F1|LOINC 20150-9|")]
    both = stated(oru(obx(FEV1, "2.1", "L", status="P"), obx(FEV1, "2.2", "L")))
    assert len({s.key for s in both}) == 1
    assert len(both) == 2


def test_author_and_note_from_elsewhere() -> None:
    named = stated(oru(obx(FEV1, "2", "L", rest="|||||NORTH")))[0]
    produced = stated(oru(obx(FEV1, "2", "L", rest="||||LAB1^Lung laboratory")))[0]
    coded = stated(oru(obx(FEV1, "2", "L", rest="||||LAB1")))[0]
    performed = stated(oru(obx(FEV1, "2", "L", rest="||||||||||||North hospital")))[0]
    assert [s.author for s in (named, produced, coded, performed)] == [
        "NORTH",
        "Lung laboratory",
        "LAB1",
        "North hospital",
    ]
    (flagged,) = stated(oru(f"OBX|1|NM|{FEV1}||2|L||L~N|||F"))
    assert isinstance(flagged.body, Measurement)
    assert flagged.body.note == "flag L"


def test_notes_before_a_result_are_not_its_own() -> None:
    (statement,) = stated(
        oru("NTE|1||of the order", obx(FEV1, "2", "L"), "NTE|1||one", "NTE|2||two\\.br\\lines")
    )
    assert isinstance(statement.body, Measurement)
    assert statement.body.note == "one; two\nlines"


def test_a_result_whose_code_names_a_culture_only_by_the_site() -> None:
    (statement,) = stated(oru(obx("623-9^CF culture^LN", "52499004^P. aeruginosa^SCT", kind="CWE")))
    assert isinstance(statement.body, Culture)
