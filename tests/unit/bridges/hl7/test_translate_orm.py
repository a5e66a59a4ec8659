"""Orders of tests through their life."""

import pytest

from clinic_app.model.bodies import Medicine, Order
from clinic_app.model.facts import Statement
from clinic_app.model.moment import Moment
from tests.unit.bridges.hl7.messages import held, message, stated, told

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
    assert (one.key, one.author) == ("order:placer:P1", "Ruth Ellis")
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
        ("NW", "HD", "on_hold"),
        ("HD", "", "on_hold"),
        ("RL", "", "ordered"),
        ("RU", "IP", "cancelled"),
        ("CA", "", "cancelled"),
        ("DC", "IP", "cancelled"),
        ("OC", "CM", "cancelled"),
    ],
)
def test_states(control: str, status: str, said: str) -> None:
    assert state(control, status) == said


def test_called_off_in_the_same_second_it_was_made_is_called_off() -> None:
    assert ordered("CA").order > ordered("NW").order


def test_the_filler_number_comes_later_and_is_the_same_order() -> None:
    (placed,) = stated(message("OML^O21", "ORC|NW|P1", OBR.replace("F1", "")))
    assert placed.key == ordered("CA").key
    (filler,) = stated(message("OML^O21", "ORC|SN||F1", OBR.replace("P1", "")))
    assert filler.key == "order:filler:F1"


def test_what_its_results_will_be() -> None:
    assert ordered().code == "lab_glucose_fasting"
    assert ordered(obr="OBR|1|P1||79425-5^CF culture^LN").code == "culture"
    assert ordered(obr="OBR|1|P1||624-7^Not confirmed^LN^1^x^L").code == ""


@pytest.mark.parametrize(
    ("segments", "due"),
    [
        (["ORC|NW|P1", "TQ1|1||||||20240402", OBR, "TQ1|1||||||20240403"], "2024-04-02"),
        (["ORC|NW|P1", OBR, "TQ1|1||||||20240403", "TQ1|2||||||20240404"], "2024-04-03"),
        (["ORC|NW|P1|||||^^^20240405", "OBR|1|P1||1^x^L"], "2024-04-05"),
        (["ORC|NW|P1", "OBR|1|P1||1^x^L" + "|" * 23 + "^^^20240406"], "2024-04-06"),
        (["ORC|NW|P1", "OBR|1|P1||1^x^L" + "|" * 32 + "20240407"], "2024-04-07"),
        (["ORC|NW|P1", "OBR|1|P1||1^x^L||20240408"], "2024-04-08"),
    ],
)
def test_when_it_is_wanted_in_every_version(segments: list[str], due: str) -> None:
    (one,) = stated(message("OML^O21", *segments))
    assert isinstance(one.body, Order)
    assert one.body.due == Moment(due)


def test_who_ordered_may_stand_in_the_request() -> None:
    (one,) = stated(message("OML^O21", "ORC|NW|P1", "OBR|1|P1||1^x^L" + "|" * 12 + "7^Ellis^Ruth"))
    assert one.author == "Ruth Ellis"


def test_a_change_may_give_only_the_number() -> None:
    cancelled, done = stated(message("OML^O21", "ORC|CA|P1", "ORC|SC|P2|||CM"))
    assert (cancelled.key, cancelled.body) == ("order:placer:P1", Order("", "", "cancelled"))
    assert (done.key, done.body) == ("order:placer:P2", Order("", "", "done"))
    assert held(message("OML^O21", "ORC|NW|P1")) == [
        ("UNREADABLE-VALUE", "ORC[1]: nothing says what is ordered")
    ]
    assert held(message("OML^O21", "ORC|CA"))[0][0] == "UNREADABLE-VALUE"
    assert held(message("OML^O21", "ORC|ZZ|P1"))[0][0] == "UNKNOWN-STATUS"


def test_in_an_old_message_that_may_also_be_a_prescription() -> None:
    order, medicine = stated(message("ORM^O01", "ORC|DC|P7||||||||20240310"))
    assert isinstance(order.body, Order)
    assert isinstance(medicine.body, Medicine)
    assert (medicine.key, medicine.body.action, medicine.body.name) == ("placer:P7", "stopped", "")


def test_a_diet_is_not_read() -> None:
    assert told(message("ORM^O01", "ORC|NW|P1", "ODS|D||1^Low salt^L")).ignored


def test_tests_and_prescriptions_in_one_message() -> None:
    kinds = [
        type(one.body)
        for one in stated(message("ORM^O01", "ORC|NW|P1", OBR, "ORC|NW|P7", "RXO|1^Azithromycin^L|250||mg"))
    ]
    assert kinds == [Order, Medicine]


def test_what_cannot_be_told_is_held() -> None:
    assert held(message("OML^O21", "ORC|ZZ|P1", OBR))[0][0] == "UNKNOWN-STATUS"
    assert held(message("OML^O21", "ORC|SC|P1|||ER", OBR)) == [
        ("UNKNOWN-STATUS", "ORC[1]-5: ER does not say what became of it")
    ]
    assert held(message("OML^O21", "ORC|NW", "OBR|1|||1^x^L"))[0][0] == "UNREADABLE-VALUE"
    assert held(message("OML^O21", "ORC|NW|P1", "OBR|1|P1"))[0][0] == "UNREADABLE-VALUE"


def test_an_old_order_message_may_hold_a_prescription() -> None:
    (one,) = stated(message("ORM^O01", "ORC|NW|P7", "RXO|1^Azithromycin^L|250||mg"))
    assert isinstance(one.body, Medicine)
    assert (one.body.name, one.body.origin) == ("Azithromycin", "prescribed")
