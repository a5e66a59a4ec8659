"""What translators share: times in the sender's zone, codes by the profile's names, statements told apart."""

import pytest

from bridges.hl7.charsets import decode
from bridges.hl7.reading import Reading, Texts, named, shown
from bridges.hl7.tokenizer import tokenize
from clinic_app.model.bodies import Answer
from clinic_app.model.facts import FactKind, FactStatus
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from tests.unit.bridges.hl7.messages import generic, message


def reading(segment: str = "OBX|1", sent: str = "20240310153000") -> Reading:
    decoded = decode(message("ORU^R01", segment, sent=sent), "cp1252")
    return Reading(Texts(tokenize(decoded.text), generic(), decoded.encoding), Identifier("NORTH", "1001"))


def state(read: Reading, text: str, status: FactStatus = FactStatus.FINAL, at: str = "2024") -> None:
    read.state(FactKind.ANSWER, "q", "key", status, Moment(at), Answer("q", text))


@pytest.mark.parametrize(
    ("sent", "at"),
    [
        ("20240310153000", "2024-03-10T15:10"),
        ("20240310153000+0000", "2024-03-10T15:10Z"),
        ("20240310153000-0500", "2024-03-10T15:10-05:00"),
        ("20240310153000+0530", "2024-03-10T15:10+05:30"),
        ("20241399153000-0500", "2024-03-10T15:10"),
        ("20240310-0500", "2024-03-10T15:10"),
    ],
)
def test_the_senders_zone_holds_for_the_whole_message(sent: str, at: str) -> None:
    read = reading("OBX|1|NM||||||||||||202403101510", sent)
    assert read.moment(read.message.first("OBX"), 14) == Moment(at)


def test_bytes_in_escapes_of_a_plain_message() -> None:
    assert reading().meant(r"Mu\xC3B1\oz \XE9\.") == "Muñoz é."


def test_what_is_no_time_is_held_by_its_place() -> None:
    read = reading("OBX|1|NM||||||||||||soon")
    assert read.moment(read.message.first("OBX"), 14, at="OBX[1]") is None
    assert [hold.reason for hold in read.holds] == ["OBX[1]-14 is not a date or time"]
    assert read.moment(read.message.first("OBX"), 7) is None


def test_codes_have_the_profiles_names_and_are_shown_short() -> None:
    read = reading()
    segment = read.message.first("OBX")
    assert read.codes(segment, "1^a^LN^2^b^http://loinc.org") == [("LOINC", "1"), ("LOINC", "2")]
    assert named([("LOINC", "1"), ("", "a b")]) == "1 of LOINC or 'a b' (no system)"
    assert shown("x" * 50) == "x" * 40 + "…"
    assert shown("") == "''"


def test_words_of_a_coded_value() -> None:
    read = reading()
    segment = read.message.first("OBX")
    assert [read.wording(segment, text) for text in ("1^one^L", "1^^L", "", "^^^2^two")] == [
        "one", "1", "", "two",
    ]  # fmt: skip


def test_equal_statements_are_one_and_others_under_one_key_are_told_apart() -> None:
    read = reading()
    for text, at in (("a", "2024"), ("a", "2024"), ("b", "2025"), ("c", "2025")):
        state(read, text, at=at)
    assert [s.key for s in read.distinct()] == ["key@2024", "key@2025#1", "key@2025#2"]


def test_a_deletion_gives_way_to_its_replacement() -> None:
    read = reading()
    state(read, "old", FactStatus.WITHDRAWN)
    state(read, "new")
    [kept] = read.distinct()
    assert (kept.status, kept.key) == (FactStatus.FINAL, "key")


def test_versions_of_one_thing_keep_its_key() -> None:
    read = reading()
    state(read, "early", FactStatus.PRELIMINARY)
    state(read, "final")
    assert [s.key for s in read.distinct()] == ["key", "key"]
