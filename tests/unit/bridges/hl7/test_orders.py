"""Which results belong to which order, and what names it."""

import pytest

from bridges.hl7.charsets import decode
from bridges.hl7.orders import author_of, note_of, order_key, orders_of, said_of, taken_at
from bridges.hl7.reading import Reading, Texts
from bridges.hl7.tokenizer import tokenize
from clinic_app.model.identity import Identifier
from tests.unit.bridges.hl7.messages import generic, message


def reading(*segments: str) -> Reading:
    decoded = decode(message("ORU^R01", *segments), "cp1252")
    return Reading(Texts(tokenize(decoded.text), generic(), decoded.encoding), Identifier("NORTH", "1001"))


def test_results_notes_and_specimens_follow_their_order() -> None:
    read = reading(
        "OBX|1|NM|A", "ORC|RE|P1|F1", "OBR|1|||X", "NTE|1||of the order", "OBX|1|NM|B", "NTE|1||of B",
        "NTE|2||more", "SPM|1", "OBR|2|P2||Y", "OBX|1|NM|C",
    )  # fmt: skip
    loose, first, second = orders_of(read.message)
    assert [result.obx.part(3) for result in loose.results] == ["A"]
    assert [result.place for result in first.results] == ["OBX[2]"]
    assert [note.field(3) for note in first.results[0].notes] == ["of B", "more"]
    assert len(first.specimens) == 1
    assert [order_key(read, order) for order in (loose, first, second)] == ["", "filler:F1", "placer:P2"]


def test_a_common_order_belongs_to_the_next_request_only() -> None:
    read = reading("ORC|RE||F1", "OBR|1", "OBR|2")
    assert [order_key(read, order) for order in orders_of(read.message)] == ["", "filler:F1", ""]


def test_what_else_was_said_of_a_result() -> None:
    read = reading("OBR|1", "OBX|1|NM|A||5|L||H~N|||F||||||M^Method|DEV", "NTE|1||grade B")
    assert note_of(read, orders_of(read.message)[1].results[0]) == "flag H; Method; DEV; grade B"


def test_the_notes_of_an_order_stand_with_each_result_and_long_ones_with_the_first() -> None:
    results = ("OBX|1|NM|A||5|L", "OBX|2|NM|B||5|L")
    read = reading(
        "OBR|1", "NTE|1||one", "NTE|2||", "NTE|3||two", *results, "OBR|2", f"NTE|1||{'x' * 2001}", *results
    )
    _, short, long = orders_of(read.message)
    assert [said_of(read, short, result) for result in short.results] == ["one; two", "one; two"]
    assert [len(said_of(read, long, result)) for result in long.results] == [2001, 0]


def test_when_a_specimen_was_taken_is_the_first_time_there_is() -> None:
    taken = "SPM|1" + "|" * 16
    read = reading(
        "OBR|1", "SPM|1", f"{taken}20240309", f"{taken}20240310", "OBR|2", f"{taken}soon", f"{taken}2024"
    )
    _, first, second = orders_of(read.message)
    for _ in range(2):  # asked for each result: held once
        found, readable = taken_at(read, first)
        assert (found and found.text, readable) == ("2024-03-09", True)
        found, readable = taken_at(read, second)
        assert (found and found.text, readable) == ("2024", False)
    assert [hold.reason for hold in read.holds] == ["SPM-17 is not a date or time"]


@pytest.mark.parametrize(
    ("rest", "author"),
    [
        ("LAB^Lab|12^Smith^Jo", "Jo Smith"),
        ("LAB^Lab|12", "12"),
        ("LAB^Lab", "Lab"),
        ("LAB", "LAB"),
        ("||||||||Lung laboratory", "Lung laboratory"),
        ("", ""),
    ],
)
def test_who_observed_it(rest: str, author: str) -> None:
    read = reading("OBR|1", f"OBX|1|NM|A||5|L|||||F||||{rest}")
    assert author_of(read, orders_of(read.message)[1].results[0]) == author
