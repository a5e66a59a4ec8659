from datetime import UTC, datetime, timedelta, timezone

import pytest

from clinic_app.app.demo.wire_text import LUNG_OLD, VITALS, Envelope, message, segment, stamp

AT = datetime(2026, 3, 2, 8, 5, 9, tzinfo=timezone(timedelta(hours=2)))


def test_a_segment_ends_with_its_last_field() -> None:
    assert segment("PID", {1: "1", 5: ("Sample", "Maya"), 7: ""}) == "PID|1||||Sample^Maya"
    assert segment("RGS", {}) == "RGS"


def test_what_would_delimit_is_escaped() -> None:
    text = "a|b^c&d~e\\f\ng"
    assert segment("NTE", {1: text}) == "NTE|a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f\\.br\\g"


def test_times_carry_their_zone_where_the_sender_writes_it() -> None:
    assert stamp(AT, zone=True) == "20260302080509+0200"
    assert stamp(AT, zone=False) == "20260302080509"


def test_a_message_is_in_the_dialects_character_set() -> None:
    envelope = Envelope("ADT^A08", "D1", AT.astimezone(UTC))
    old = message(LUNG_OLD, envelope, segment("PID", {5: "Müster"}))
    assert old == (
        b"MSH|^~\\&|DEMOPFT|DEMO|COMMONGROUND|DEMO|20260302060509||ADT^A08|D1|P|2.3||||||8859/1\rPID|||||M\xfcster\r"
    )
    assert "Müster".encode() in message(VITALS, envelope, segment("PID", {5: "Müster"}))


def test_a_name_outside_the_character_set_is_known_before_it_is_written() -> None:
    assert LUNG_OLD.can_write("Müster")
    assert not LUNG_OLD.can_write("Příklad")
    with pytest.raises(UnicodeEncodeError):
        message(LUNG_OLD, Envelope("ADT^A08", "D1", AT), "PID|||||Příklad")
