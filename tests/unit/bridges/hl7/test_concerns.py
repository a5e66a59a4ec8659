"""What a hold speaks of is found in the message, whole and as it was sent; each hold that a list can mend is
understood.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.hl7.concerns import concern_of
from bridges.hl7.profile import SiteProfile
from clinic_app.model.entries import EntryState, Finding, InboxEntry
from clinic_app.model.mending import NOTHING, Concern, ConcernKind
from tests.unit.bridges.hl7.messages import generic, message, oru, site, told
from tests.unit.bridges.hl7.test_local_codes import local_codes, sent
from tests.unit.clinic_app.app.made_home import NOW


def concerns(raw: bytes, profile: SiteProfile | None = None) -> list[Concern]:
    profile = profile or generic()
    entry = InboxEntry(1, EntryState.HELD, "mllp", "LAB|NORTH", "M1", "ORU^R01", NOW, raw=raw)
    return [concern_of(entry, Finding(h.code, h.reason), profile) for h in told(raw, profile).holds]


def obx(code: str, unit: str = "L", value: str = "2.50") -> str:
    return f"OBX|1|NM|{code}||{value}|{unit}|||||F|||20240310"


def test_a_code_that_is_not_known() -> None:
    raw = oru(obx("20150-9^FEV1^LN"), obx("PFT100^Forced volume^L"))
    assert concerns(raw) == [Concern(ConcernKind.CODE, "L", "PFT100", "Forced volume")]


def test_a_code_that_the_reason_shows_shortened_is_whole() -> None:
    code = "FORCED VOLUME IN ONE SECOND, SITTING, BEFORE"
    assert concerns(oru(obx(f"{code}^^L"))) == [Concern(ConcernKind.CODE, "L", code, code)]


def test_of_two_codes_of_a_result_the_first_is_meant() -> None:
    assert concerns(oru(obx("A1^one^L^B2^two^M"))) == [Concern(ConcernKind.CODE, "L", "A1", "one")]


def test_the_second_result_with_the_same_code_is_told_by_its_place() -> None:
    raw = oru(obx("A1^one^L"), obx("B1^two^L"))
    assert [one.code for one in concerns(raw)] == ["A1", "B1"]


def test_a_code_that_nobody_has_confirmed() -> None:
    assert concerns(oru(obx("20149-1^FEV1 predicted^LN"))) == [
        Concern(ConcernKind.UNCONFIRMED, "LOINC", "20149-1", "FEV1 predicted")
    ]


@pytest.mark.parametrize(
    ("sent", "unit"),
    [
        ("Ltr BTPS", "Ltr BTPS"),
        ("Lit^vol^X", "Lit"),
        ("^volume^X", "volume"),
        (r"l\T\m", "l&m"),
        ("a unit of a laboratory, longer than a reason shows it", None),
    ],
)
def test_a_unit_that_is_not_known(sent: str, unit: str | None) -> None:
    expected = Concern(ConcernKind.UNIT, "LOINC", "20150-9", "FEV1", unit or sent)
    assert concerns(oru(obx("20150-9^FEV1^LN", sent))) == [expected]


def test_a_unit_that_the_row_does_not_take_and_one_that_is_missing() -> None:
    assert concerns(oru(obx("20150-9^FEV1^LN", "liters/s^^X"), obx("20150-9^FEV1^LN", ""))) == [
        Concern(ConcernKind.UNIT, "LOINC", "20150-9", "FEV1", "liters/s"),
        Concern(ConcernKind.NO_UNIT, "LOINC", "20150-9", "FEV1"),
    ]
    assert concerns(oru(obx("20150-9^FEV1^LN", "pounds"))) == [
        Concern(ConcernKind.OTHER_UNIT, "LOINC", "20150-9", "FEV1", "[lb_av]")
    ]


def test_a_sender_that_is_not_taken() -> None:
    profile = site('[accept]\nsenders = ["OTHER|*"]\n')
    assert concerns(oru(), profile) == [Concern(ConcernKind.SENDER, sender="LAB|NORTH")]


def test_a_result_in_a_segment_of_the_senders_own() -> None:
    profile = site(
        '[[z_segment]]\nkey = "pft"\nsegment = "ZPF"\nbecomes = "OBX"\nsource = "test"\n'
        'fields = {"OBX-3.1" = "ZPF-2", "OBX-3.3" = "=L", "OBX-5" = "ZPF-3", "OBX-6" = "ZPF-4"}\n'
    )
    found = concerns(oru("ZPF|1|Q7|2.50|L"), profile)
    assert [(one.kind, one.code) for one in found] == [(ConcernKind.CODE, "Q7")]


def test_other_holds_are_nothing_that_a_list_mends() -> None:
    assert concerns(oru(obx("20150-9^FEV1^LN", value="?"))) == [NOTHING]
    assert concerns(oru("OBX|1|NM|||2.5|L|||||F")) == [NOTHING]
    assert concerns(message("ORU^R01", pid="")) == [NOTHING]
    culture = "OBX|1|CE|6463-4^x^LN||Q1^^L|||||F"
    assert set(concerns(oru(culture).replace(b"81458-2^PFT^LN", b"43409-2^c^LN"))) <= {NOTHING}


def test_a_hold_of_another_message_says_nothing() -> None:
    entry = InboxEntry(1, EntryState.HELD, "mllp", "LAB|NORTH", "M1", "ORU^R01", NOW, raw=oru(obx("A^a^L")))
    for text in (
        "OBX[1]-3: the code B of L is not in the profile",
        "OBX[9]-3: the code A of L is not in the profile",
    ):
        assert concern_of(entry, Finding("UNKNOWN-CODE", text), generic()) is NOTHING
    stray = Finding("UNKNOWN-UNIT", "OBX[1]-6: the unit X is not in the profile")
    assert concern_of(entry, stray, generic()) is NOTHING


@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_it_never_fails(raw: bytes) -> None:
    entry = InboxEntry(1, EntryState.HELD, "mllp", "A|B", "M1", "ORU^R01", NOW, raw=raw)
    hold = Finding("UNKNOWN-CODE", "OBX[1]-3: the code A of L is not in the profile")
    assert concern_of(entry, hold, generic()) is NOTHING


def test_of_two_results_in_one_segment_each_hold_means_its_own() -> None:
    """A mend for one series must never be written for another."""
    line = "ZLF|1|20260301090000|2,45|3,10|kg|F"
    raw = sent("ORU^R01", "OBR|1||A2|LUFU", line, sender="LUFU|GERAET")
    assert [(one.kind, one.code, one.unit) for one in concerns(raw, local_codes())] == [
        (ConcernKind.OTHER_UNIT, "LUFU-FEV1", "kg"),
        (ConcernKind.OTHER_UNIT, "LUFU-FVC", "kg"),
    ]
    bare = raw.replace(b"|kg|F", b"||F")
    assert [(one.kind, one.code) for one in concerns(bare, local_codes())] == [
        (ConcernKind.NO_UNIT, "LUFU-FEV1"),
        (ConcernKind.NO_UNIT, "LUFU-FVC"),
    ]
