"""hl7apy's remarks: where the readings agree there are none, and no bytes make it fail."""

from bridges.hl7.conformance import check, check_outbound, parse_strictly
from tests.unit.bridges.hl7.messages import message, oru

OBX = "OBX|1|NM|20150-9^FEV1^LN||2.31|L|||||F"


def codes(raw: bytes) -> list[str]:
    return [finding.code for finding in check(raw)]


def test_a_good_message_has_no_remarks() -> None:
    assert check(oru(OBX, "NTE|1||x", "ZZZ|1")) == ()
    assert check(b"FHS|^~\\&|A\r" + oru(OBX) + b"FTS|1\r") == ()


def test_what_hl7apy_refuses_is_told_without_content() -> None:
    (finding,) = check(message("ADT^A01", "PRT|1").replace(b"2.5.1", b"2.3"))
    assert finding.code == "CONFORMANCE-REFUSED"
    assert finding.text == "hl7apy does not read the message (InvalidName)"
    assert codes(oru(OBX).replace(b"2.5.1", b"9.9")) == ["CONFORMANCE-REFUSED"]


def test_without_a_header_the_tokenizer_has_told_already() -> None:
    assert codes(b"hello") == ["NO-MSH"]


def test_differences_name_the_place_and_no_content() -> None:
    raw = oru(OBX)
    read = ["MSH", "PID", "OBR", "OBX"]
    assert check(raw, lambda text: read) == ()
    assert (
        check(raw, lambda text: read[:3])[0].text
        == "segment 4 is OBX as sent and no segment as hl7apy reads it"
    )
    assert check(raw, lambda text: [*read, "ZZZ"])[0].text.startswith("segment 5 is no segment as sent")
    (finding,) = check(raw.replace(b"PID|1||1001", b"PID1001"))
    assert finding.code == "CONFORMANCE-SEGMENTS"
    assert finding.text == "segment 2 is a segment that begins 'PID' as sent and PID as hl7apy reads it"


def test_whatever_hl7apy_raises_is_a_finding() -> None:
    def broken(text: str) -> list[str]:
        raise KeyError(text)

    assert [finding.text for finding in check(oru(OBX), broken)] == [
        "hl7apy does not read the message (KeyError)"
    ]


OUTBOUND = oru(OBX).decode("utf-8").replace("\r\n", "\r")


def test_what_we_send_passes_the_strictest_reading_or_is_not_sent() -> None:
    whole = OUTBOUND.replace("OBR|1", "OBR|1||F-1|X^Y^L", 1)
    names = [line[:3] for line in whole.split("\r") if line]
    assert check_outbound(whole, lambda text: names) == ()
    (finding,) = check_outbound(whole, lambda text: names[:-1])
    assert finding.code == "OUTBOUND-INVALID"
    (finding,) = check_outbound("MSH|^~\\&|A|B|C|D|2026||ORU^R01^ORU_R01|1|P|2.5.1\rPID|1\r")
    assert finding.text.startswith("hl7apy refuses it: ")


def test_segments_are_read_in_their_groups() -> None:
    text = (
        "MSH|^~\\&|A|B|C|D|20260302||ORU^R01^ORU_R01|1|P|2.5.1\rPID|1||1^^^D||A^B\r"
        "OBR|1||1|X^Y^L\rOBX|1|NM|X^Y^L||1|kg|||||F\r"
    )
    assert parse_strictly(text) == ["MSH", "PID", "OBR", "OBX"]
    assert check_outbound(text) == ()
