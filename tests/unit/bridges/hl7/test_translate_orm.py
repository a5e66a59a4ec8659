"""Orders of tests through their life."""

import pytest

from clinic_app.model.bodies import Medicine, Order
from clinic_app.model.facts import Statement
from clinic_app.model.moment import Moment
from tests.unit.bridges.hl7.messages import held, message, stated

OBR = "OBR|1|P1|F1|1558-6^Fasting glucose^LN|||20240401080000"


def ordered(control: str = "NW", status: str = "", event: str = "OML^O21", obr: str = OBR) -> Statement:
    (one,) = stated(message(event, f"ORC|{control}|P1|F1||{status}||||20240310|||7^Ellis^Ruth", obr))
    return one


def state(control: str, status: str = "") -> str:
    body = ordered(control, status).body
    assert isinstance(body, Order)
    return body.state


def test_what_is_wanted_and_when() -> None:
    one = ordered()
    assert one.body == Order("Fasting glucose", "LOINC|1558-6", "ordered", Moment("2024-04-01T08:00:00"))
    assert (one.key, one.author) == ("order:filler:F1|LOINC|1558-6", "Ruth Ellis")
    assert ordered(event="ORM^O01").body == one.body


@pytest.mark.parametrize(
    ("control", "status", "said"),
    [
        ("NW", "", "ordered"),
        ("", "", "ordered"),
        ("XO", "", "ordered"),
        ("SC", "IP", "under_way"),
        ("SC", "CM", "done"),
        ("SC", "CA", "cancelled"),
        ("RE", "", "done"),
        ("CA", "", "cancelled"),
        ("DC", "IP", "cancelled"),
        ("OC", "CM", "cancelled"),
    ],
)
def test_states(control: str, status: str, said: str) -> None:
    assert state(control, status) == said


def test_called_off_in_the_same_second_it_was_made_is_called_off() -> None:
    assert ordered("CA").order > ordered("NW").order


def test_what_cannot_be_told_is_held() -> None:
    assert held(message("OML^O21", "ORC|ZZ|P1", OBR))[0][0] == "UNKNOWN-STATUS"
    assert held(message("OML^O21", "ORC|NW", "OBR|1|||1^x^L"))[0][0] == "UNREADABLE-VALUE"
    assert held(message("OML^O21", "ORC|NW|P1", "OBR|1|P1"))[0][0] == "UNREADABLE-VALUE"


def test_an_old_order_message_may_hold_a_prescription() -> None:
    (one,) = stated(message("ORM^O01", "ORC|NW|P7", "RXO|1^Azithromycin^L|250||mg"))
    assert isinstance(one.body, Medicine)
    assert (one.body.name, one.body.origin) == ("Azithromycin", "prescribed")
