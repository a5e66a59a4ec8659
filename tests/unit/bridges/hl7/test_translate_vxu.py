"""Immunisations."""

import pytest

from clinic_app.model.bodies import Immunisation
from clinic_app.model.facts import FactStatus, Statement
from clinic_app.model.moment import Moment
from tests.unit.bridges.hl7.messages import held, message, stated, told

ORC = "ORC|RE||V1^CLINIC"


def rxa(completion: str = "CP", action: str = "A", code: str = "141^Influenza^CVX") -> str:
    fields = {
        1: "0",
        2: "1",
        3: "20231015",
        4: "20231015",
        5: code,
        6: "0.5",
        7: "mL",
        15: "LOT7",
        20: completion,
        21: action,
    }
    return "RXA|" + "|".join(fields.get(n, "") for n in range(1, 22))


def vaccine(**words: str) -> Statement:
    (one,) = stated(message("VXU^V04", ORC, rxa(**words)))
    return one


def test_a_vaccine() -> None:
    one = vaccine()
    assert one.body == Immunisation("Influenza", "CVX|141", "given", "0.5 mL", "LOT7")
    assert (one.key, one.at) == ("immunisation:V1^CLINIC", Moment("2023-10-15"))


@pytest.mark.parametrize(
    ("completion", "state"), [("", "given"), ("PA", "given"), ("RE", "refused"), ("NA", "not_given")]
)
def test_refused_is_not_given(completion: str, state: str) -> None:
    body = vaccine(completion=completion).body
    assert isinstance(body, Immunisation)
    assert body.state == state


def test_a_reason_for_refusal_is_a_refusal() -> None:
    segment = rxa(completion="").split("|")
    segment[18] = "00^Patient refusal^NIP002"
    (one,) = stated(message("VXU^V04", ORC, "|".join(segment)))
    assert isinstance(one.body, Immunisation)
    assert one.body.state == "refused"


def test_the_code_of_the_vaccine_stands_before_that_of_the_product() -> None:
    body = vaccine(code="49281^Fluzone^NDC^141^Influenza^HL70292").body
    assert isinstance(body, Immunisation)
    assert body.code == "CVX|141"
    assert told(message("VXU^V04", ORC, rxa(code="998^Product 998^NDC"))).statements


def test_a_deletion_withdraws_and_comes_after_what_it_deletes() -> None:
    gone = vaccine(action="D")
    assert gone.status is FactStatus.WITHDRAWN
    assert gone.key == vaccine().key
    assert gone.order > vaccine().order


def test_without_a_number_vaccine_and_day_tell_it_apart() -> None:
    (one,) = stated(message("VXU^V04", "ORC|RE||9999^X", rxa()))
    assert one.key == "immunisation:CVX|141|2023-10-15"


def test_nothing_given_is_passed_over_and_nonsense_held() -> None:
    assert told(message("VXU^V04", ORC, rxa(code="998^None^CVX"))).ignored
    assert held(message("VXU^V04", ORC, rxa(completion="ZZ")))[0][0] == "UNKNOWN-STATUS"
    assert held(message("VXU^V04", ORC, rxa(code="")))[0][0] == "UNREADABLE-VALUE"
