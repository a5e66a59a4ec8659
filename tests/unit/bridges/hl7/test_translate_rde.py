"""RDE: medicines started, changed, stopped."""

import pytest

from bridges.hl7.tokenizer import tokenize
from bridges.hl7.translate_rde import prescriptions_of
from clinic_app.model.bodies import Medicine
from clinic_app.model.facts import Statement
from clinic_app.model.moment import Moment
from tests.unit.bridges.hl7.messages import held, message, stated

RXE = "RXE|^BID^^20240401^20240501|2557214^elexacaftor-tezacaftor-ivacaftor 100 MG^RXNORM|2|2|TAB^tablet"


def medicine(*segments: str) -> tuple[Statement, Medicine]:
    (statement,) = stated(message("RDE^O11", *segments))
    assert isinstance(statement.body, Medicine)
    return statement, statement.body


def test_a_prescription() -> None:
    orc = "ORC|NW|RX1^EHR||||||||||12^Smith^Jo|||20240331"
    statement, body = medicine(orc, RXE, "RXR|PO^Oral")
    assert body == Medicine(
        "elexacaftor-tezacaftor-ivacaftor 100 MG",
        "RXNORM|2557214",
        "started",
        "2 tablet, BID",
        "Oral",
        Moment("2024-04-01"),
        Moment("2024-05-01"),
        ("elexacaftor", "ivacaftor", "tezacaftor"),
    )
    assert (statement.key, statement.at, statement.author) == (
        "placer:RX1^EHR",
        Moment("2024-04-01"),
        "Jo Smith",
    )
    assert statement.position == "RXE[1]"


@pytest.mark.parametrize(
    ("control", "action"),
    [
        ("NW", "started"),
        ("OK", "started"),
        ("", "started"),
        ("XO", "changed"),
        ("RF", "changed"),
        ("SC", "changed"),
        ("CA", "stopped"),
        ("DC", "stopped"),
        ("OD", "stopped"),
    ],
)
def test_order_control(control: str, action: str) -> None:
    assert medicine(f"ORC|{control}|RX1", RXE)[1].action == action


def test_a_change_of_status_may_end_it() -> None:
    assert medicine("ORC|SC|RX1|||DC", RXE)[1].action == "stopped"
    assert medicine("ORC|SC|RX1|||IP", RXE)[1].action == "changed"


def test_what_cannot_be_read_as_started_or_stopped_is_held() -> None:
    reason = "ORC[1]-1: the order control HD is not read"
    assert held(message("RDE^O11", "ORC|HD|RX1", RXE)) == [("UNKNOWN-STATUS", reason)]


def test_a_stop_has_the_time_of_the_order_not_the_planned_end() -> None:
    orc = "ORC|DC|RX1|||||||202404020800||||||"
    statement, body = medicine(orc + "20240403", RXE)
    assert body.end == statement.at == Moment("2024-04-03")
    assert body.start == Moment("2024-04-01")
    assert medicine(orc, RXE)[1].end == Moment("2024-04-02T08:00")
    assert medicine("ORC|DC|RX1", RXE)[1].end == Moment("2024-05-01")


def test_start_from_orc_where_nothing_else_says_it() -> None:
    bare = "RXE||1^azithromycin 250 MG^L|1"
    statement, body = medicine("ORC|NW|RX1|||||||202404020800||||||20240403", bare)
    assert (body.start, statement.at) == (Moment("2024-04-03"), Moment("2024-04-03"))
    statement, body = medicine("ORC|NW|RX1|||||||202404020800", bare)
    assert (body.start, statement.at) == (None, Moment("2024-04-02T08:00"))
    assert body.ingredients == ("azithromycin",)
    assert medicine("ORC|NW|RX1|||||^^^20240405^20240406", bare)[1].end == Moment("2024-04-06")
    _, timed = medicine("ORC|NW|RX1", bare, "TQ1|1||TID&three||||20240407|20240408")
    assert (timed.dose, timed.start, timed.end) == ("1, TID", Moment("2024-04-07"), Moment("2024-04-08"))


@pytest.mark.parametrize(
    ("order", "key"),
    [
        ("ORC|NW|RX1|F2", "placer:RX1"),
        ("ORC|NW||F2^PH", "filler:F2^PH"),
        ("ORC|NW", "medicine:RXNORM|2557214|2024-04-01"),
        ("", "medicine:RXNORM|2557214|2024-04-01"),
    ],
)
def test_keys(order: str, key: str) -> None:
    assert medicine(order, RXE)[0].key == key


def test_prescription_number_and_name_as_keys() -> None:
    assert medicine("RXE||1^Creon^L" + "|" * 13 + "777")[0].key == "rx:777"
    assert medicine("RXE||^Creon 25000")[0].key == "medicine:creon 25000|"
    assert medicine("RXE||^Creon 25000")[1].code == ""


def test_the_order_as_asked_for_where_the_pharmacy_says_nothing() -> None:
    statement, body = medicine("ORC|NW|RX1", "RXO|^Pulmozyme 2.5 mg|1|2|AMP^ampoule", "RXR|INH")
    assert (body.name, body.dose, body.route) == ("Pulmozyme 2.5 mg", "1-2 ampoule", "INH")
    assert body.ingredients == ("dornase_alfa",)
    assert statement.position == "ORC[1]"


def test_instruction_where_no_dose_is_sent() -> None:
    assert medicine("ORC|NW|RX1", "RXE||1^X^L|||||^as directed")[1].dose == "as directed"


def test_ingredients_from_components_brands_and_codes() -> None:
    assert medicine("RXE||1^Mixture^L|1", "RXC|A|2^tobramycin 300 mg^L")[1].ingredients == ("tobramycin",)
    assert medicine("RXE||1^TRIKAFTA 100-50-75^L|1")[1].ingredients == (
        "elexacaftor",
        "ivacaftor",
        "tezacaftor",
    )
    assert medicine("RXE||205532^x^RxNorm|1")[1].ingredients == ("dornase_alfa",)
    assert medicine("RXE||1243046^x^RXNORM|1")[1].ingredients == ()
    assert medicine("RXE||1^deutivacaftor^L|1")[1].ingredients == ("deutivacaftor",)


def test_without_a_name_it_is_held() -> None:
    assert held(message("RDE^O11", "ORC|NW|RX1", "RXR|PO")) == [
        ("UNREADABLE-VALUE", "ORC[1]: RXE-2 and RXO-1 are empty, the medicine is not known")
    ]


def test_a_stop_may_give_only_the_number() -> None:
    statement, body = medicine("ORC|DC|RX1||||||||20240402")
    assert (statement.key, body.action, body.name) == ("placer:RX1", "stopped", "")
    assert held(message("RDE^O11", "ORC|DC"))[0][0] == "UNREADABLE-VALUE"


def test_orders_for_a_pharmacy_outside_are_orders() -> None:
    assert medicine("ORC|OP|RX1", RXE)[1].action == "started"
    assert medicine("ORC|PY|RX1", RXE)[1].action == "changed"


def test_several_prescriptions_and_stray_segments() -> None:
    text = (
        "MSH|^~\\&|A\rRXR|PO\rORC|NW|1\rRXO|a\rRXR|PO\rRXE||b\rRXR|\rTQ1|1\rNTE|1\rRXE||c\rORC|NW|2\rRXE||d\r"
    )
    found = prescriptions_of(tokenize(text))
    assert [(p.number, p.orc.field(2), p.rxe.field(2), p.rxo.field(1), p.rxr.field(1)) for p in found] == [
        (1, "1", "b", "a", "PO"),
        (2, "", "c", "", ""),
        (3, "2", "d", "", ""),
    ]
