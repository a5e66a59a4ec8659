"""Medicines handed out and given: evidence that they are taken, never that they were stopped."""

from clinic_app.model.bodies import Medicine
from clinic_app.model.facts import FactStatus, Statement
from clinic_app.model.moment import Moment
from tests.unit.bridges.hl7.messages import held, message, stated, told

RXD = "RXD|1|1^Trikafta^L|20240301|84|tablet||RX7"
RXA = "RXA|0|1|20240302081500|20240302081500|2^Tobramycin^L|300|mg"


def one_of(kind: str, *segments: str) -> Statement:
    (one,) = stated(message(kind, *segments))
    return one


def test_handed_out() -> None:
    one = one_of("RDS^O13", "ORC|RE|P1", RXD)
    assert isinstance(one.body, Medicine)
    assert (one.body.name, one.body.origin, one.body.dose) == ("Trikafta", "dispensed", "84 tablet")
    assert (one.body.start, one.body.end, one.at) == (Moment("2024-03-01"), None, Moment("2024-03-01"))
    assert one.key == "dispensed:RX7|L|1|2024-03-01"
    assert "ivacaftor" in one.body.ingredients


def test_given() -> None:
    one = one_of("RAS^O17", "ORC|RE|P9^A", RXA)
    assert isinstance(one.body, Medicine)
    assert (one.body.name, one.body.origin, one.body.dose) == ("Tobramycin", "given", "300 mg")
    assert one.key == "given:P9^A|L|2|2024-03-02T08:15:00"


def test_refused_is_not_given_and_takes_back_that_it_was() -> None:
    refused = RXA + "|" * 13 + "RE"
    translation = told(message("RAS^O17", "ORC|RE|P9^A", refused))
    (one,) = translation.statements
    assert (one.key, one.status) == (one_of("RAS^O17", "ORC|RE|P9^A", RXA).key, FactStatus.WITHDRAWN)
    assert [finding.code for finding in translation.findings] == ["NOT-GIVEN"]


def test_two_medicines_of_one_prescription_on_one_day_are_two() -> None:
    other = RXD.replace("1^Trikafta", "2^Pulmozyme")
    first, second = stated(message("RDS^O13", "ORC|RE|P1", RXD, "ORC|RE|P2", other))
    assert first.key != second.key
    assert one_of("RDS^O13", "ORC|RE|P2", other).key == second.key


def test_the_route_is_that_of_what_was_handed_out() -> None:
    raw = message(
        "RDS^O13", "ORC|RE|P1", "RXR|IV", RXD, "ORC|RE|P2", RXD.replace("RX7", "RX8"), "RXR|PO^Oral"
    )
    assert [one.body.route for one in stated(raw) if isinstance(one.body, Medicine)] == ["", "Oral"]


def test_an_order_that_was_discontinued_had_been_handed_out_all_the_same() -> None:
    assert one_of("RDS^O13", "ORC|DC|P1", RXD).status is FactStatus.FINAL


def test_taken_back() -> None:
    gone = one_of("RDS^O13", "ORC|CA|P1", RXD)
    assert gone.status is FactStatus.WITHDRAWN
    assert gone.key == one_of("RDS^O13", "ORC|RE|P1", RXD).key


def test_without_a_number_or_a_name() -> None:
    assert one_of("RDS^O13", RXD.removesuffix("RX7")).key == "dispensed:|L|1|2024-03-01"
    assert held(message("RDS^O13", "ORC|RE|P1", "RXD|1||20240301"))[0][0] == "UNREADABLE-VALUE"
