"""What corrects, withdraws and undoes, in every order of arrival: what stands is what the sender said
last."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import permutations

import pytest

from bridges.hl7.translate import translate
from clinic_app.model.words import English
from clinic_app.picture.build import build_picture
from clinic_app.picture.types import Picture
from clinic_app.store.memory import MemoryStore
from tests.spec.clinic import Clinic
from tests.spec.test_message_order import EVN, OBR, PERSON
from tests.unit.bridges.hl7.messages import generic, message
from tests.unit.clinic_app.picture.charts import TABLES

NOW = datetime(2024, 6, 1, 9, 0, tzinfo=UTC)
Event = tuple[str, Sequence[str]]
"""Type, and segments."""


def pictures(*events: Event, together: bool = False) -> list[Picture]:
    """The picture after each order of arrival of these messages, sent in the order given (or in one
    second)."""
    made = {"M0": message("ADT^A28", EVN, control="M0", sent="20230101")}
    for number, (kind, segments) in enumerate(events, 1):
        sent = "20240311080000" if together else f"202403110{number:02}000"
        made[f"M{number}"] = message(kind, *segments, control=f"M{number}", sent=sent)
    meaning = {name: translate(raw, generic()) for name, raw in made.items()}
    found = []
    for order in permutations(made):
        store = MemoryStore()
        clinic = Clinic(store, meaning)
        clinic.receive(*order)
        with store.snapshot() as view:
            facts = view.facts([PERSON])
        found.append(build_picture(facts, (PERSON,), (), NOW, TABLES, English()))
    return found


def fev1(status: str, value: str = "2.1") -> Event:
    return "ORU^R01", [OBR, f"OBX|1|NM|20150-9^FEV1^LN||{value}|L|||||{status}"]


def visit(trigger: str) -> Event:
    return f"ADT^{trigger}", [EVN, "PV1|1|O|CF" + "|" * 16 + "V1" + "|" * 25 + "20240310"]


@pytest.mark.parametrize(
    ("events", "value"),
    [
        ([fev1("F"), fev1("C", "2.4")], "2.4"),
        ([fev1("F"), fev1("C", "2.4"), fev1("F", "2.1")], "2.4"),
        ([fev1("F"), fev1("P", "1.0")], "2.1"),
        ([fev1("F"), fev1("D")], None),
        ([fev1("F"), fev1("C", "2.4"), fev1("W")], None),
        ([fev1("F"), fev1("X")], None),
        ([fev1("F"), fev1("D"), fev1("P", "1.0")], None),
        ([fev1("F"), fev1("D"), fev1("F", "2.6")], "2.6"),
        ([fev1("X"), fev1("F", "2.6"), fev1("C", "2.7")], "2.7"),
    ],
)
def test_results(events: list[Event], value: str | None) -> None:
    for picture in pictures(*events):
        points = picture.series.get("fev1", ())
        assert [str(point.value) for point in points] == ([value] if value else [])


@pytest.mark.parametrize(
    ("triggers", "state"),
    [
        (["A01", "A03"], "discharged"),
        (["A01", "A03", "A08"], "discharged"),
        (["A01", "A03", "A13"], "arrived"),
        (["A01", "A02", "A12", "A03"], "discharged"),
        (["A01", "A03", "A13", "A11"], ""),
        (["A01", "A11", "A08"], ""),
        (["A01", "A11", "A04"], "arrived"),
        (["A05", "A08"], "planned"),
    ],
)
def test_visits(triggers: list[str], state: str) -> None:
    for picture in pictures(*map(visit, triggers)):
        assert [line.state for line in picture.visits] == ([state] if state else [])


@pytest.mark.parametrize(
    ("triggers", "state"), [(["A13", "A03", "A01"], "arrived"), (["A11", "A13", "A03", "A01"], "")]
)
def test_visits_within_one_second(triggers: list[str], state: str) -> None:
    for picture in pictures(*map(visit, triggers), together=True):
        assert [line.state for line in picture.visits] == ([state] if state else [])


@pytest.mark.parametrize(
    ("triggers", "state"),
    [(["S12", "S15"], "cancelled"), (["S12", "S15", "S13"], "booked"), (["S12", "S14", "S26"], "missed")],
)
def test_appointments(triggers: list[str], state: str) -> None:
    sch = "SCH|P9|A5|||||CHK^Check||30|min|^^^20240410090000"
    for picture in pictures(*((f"SIU^{trigger}", [sch]) for trigger in triggers)):
        assert [line.state for line in picture.visits] == [state]


@pytest.mark.parametrize("rxe", ["RXE||1^Azithromycin^L|250||mg", ""])
@pytest.mark.parametrize("kind", ["RDE^O11", "ORM^O01"])
@pytest.mark.parametrize("together", [True, False])
def test_a_discontinue_before_the_order(kind: str, rxe: str, together: bool) -> None:
    begun = ["ORC|NW|P7||||||||20240310", "RXE||1^Azithromycin^L|250||mg"]
    ended = ["ORC|DC|P7||||||||20240311", rxe]
    for picture in pictures(("RDE^O11", begun), (kind, ended), together=together):
        assert [(line.name, line.state) for line in picture.medicines] == [("Azithromycin", "stopped")]


def test_absence_never_stops_and_what_was_given_does_not_restart() -> None:
    begun = ("RDE^O11", ["ORC|NW|P7||||||||20240310", "RXE||1^Azithromycin^L|250||mg"])
    given = ("RAS^O17", ["ORC|RE|P7", "RXA|0|1|20240311||1^Azithromycin^L|250|mg"])
    ended = ("RDE^O11", ["ORC|DC|P7||||||||20240311", "RXE||1^Azithromycin^L|250||mg"])
    assert {picture.medicines[0].state for picture in pictures(begun, given)} == {"on_record"}
    assert {picture.medicines[0].state for picture in pictures(begun, ended, given)} == {"stopped"}


def test_an_order_and_its_cancellation_that_gives_only_the_number() -> None:
    placed = ("OML^O21", ["ORC|NW|P8", "OBR|1|P8||1558-6^Glucose^LN|||20240401"])
    for picture in pictures(placed, ("OML^O21", ["ORC|OC|P8|F8"])):
        assert [(line.name, line.state) for line in picture.orders] == [("Glucose", "cancelled")]


def allergy(action: str) -> Event:
    return "ADT^A60", [EVN, f"IAM|1|DA|1^Penicillin^L|||{action}|K7"]


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([allergy("A"), allergy("X")], "Penicillin"),
        ([allergy("A"), allergy("D")], "not known here"),
        ([allergy("A"), allergy("D"), allergy("A")], "Penicillin"),
        ([("ADT^A08", [EVN, "AL1|1|DA|1^Penicillin^L"]), allergy("D")], "not known here"),
        ([("ADT^A08", [EVN, "AL1|1||^NKDA"])], "no drug allergies known, says the hospital"),
    ],
)
def test_allergies(events: list[Event], said: str) -> None:
    assert {picture.summary["allergies"] for picture in pictures(*events)} == {said}


def document(trigger: str, number: str = "D1", parent: str = "", completion: str = "AU") -> Event:
    txa = f"TXA|1|DS||20240309||||||||{number}|{parent}||||{completion}||AV"
    return f"MDM^{trigger}", [txa, "OBX|1|TX|1^Letter^L||text"]


def test_documents() -> None:
    draft, signed = document("T02", completion="IP"), document("T04", completion="AU")
    assert {p.documents[0].status for p in pictures(draft, signed)} == {"final"}
    for picture in pictures(draft, document("T10", "D2", "D1")):
        assert {(line.number, line.state) for line in picture.documents} == {
            ("D1", "replaced"),
            ("D2", "available"),
        }
    assert {p.documents for p in pictures(draft, document("T11"))} == {()}


def vaccine(action: str) -> Event:
    return "VXU^V04", [
        "ORC|RE||V1",
        "RXA|0|1|20231015|20231015|141^Flu^CVX|0.5|mL" + "|" * 13 + f"CP|{action}",
    ]


def test_immunisations() -> None:
    assert {p.immunisations for p in pictures(vaccine("A"), vaccine("D"))} == {()}
    for picture in pictures(vaccine("A"), vaccine("D"), vaccine("A")):
        assert [line.code for line in picture.immunisations] == ["CVX|141"]


def problem(event: str, action: str) -> Event:
    return f"PPR^{event}", [f"PRB|{action}|20240301|E08.9^CF-related diabetes^I10C|P1|||20230101"]


def test_problems() -> None:
    added, deleted = problem("PC1", "AD"), problem("PC3", "DE")
    assert {p.problems for p in pictures(added, deleted)} == {()}
    assert {len(p.problems) for p in pictures(added, deleted, added)} == {1}
