"""Messages of every family, with corrections and cancellations: any order and repetition ends in the same
facts and the same picture.
"""

import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridges.hl7.translate import translate
from clinic_app.model.identity import Identifier
from clinic_app.model.words import English
from clinic_app.picture.build import build_picture
from clinic_app.picture.json_form import to_json
from clinic_app.ports.store import Store
from clinic_app.store.memory import MemoryStore
from clinic_app.store.sql import create_store
from tests.spec.clinic import Clinic
from tests.unit.bridges.hl7.messages import generic, message
from tests.unit.clinic_app.picture.charts import TABLES

PERSON = Identifier("NORTH", "1001")
TIMES = ("20240310153000", "20240310153000", "20240311080000", "20240312")
EVN = "EVN|A08|20240310"
OBR = "OBR|1|P1|F1|81458-2^PFT^LN|||202403101500"
CULTURE = "OBR|1|P2|F2|6463-4^Culture^LN|||202403101500"


def bodies() -> dict[str, Sequence[str]]:
    """Message bodies by type, several of one thing."""
    found: dict[str, Sequence[str]] = {
        f"SIU^{trigger}": ["SCH|P9|A5|||||CHK^Check||30|min|^^^20240410090000"]
        for trigger in ("S12", "S14", "S15", "S26")
    }
    found |= {
        f"ADT^{trigger}": [EVN, "PV1|1|O|CF" + "|" * 16 + "V1" + "|" * 25 + "20240310"]
        for trigger in ("A01", "A02", "A03", "A08", "A11", "A12", "A13")
    }
    found["ADT^A08 problems"] = [
        EVN,
        "AL1|1|DA|1^Penicillin^L",
        "DG1|1||J45.9^Asthma^I10C|||W",
        "DG1|2||J45.9^Asthma, allergic^I10C|||F",
    ]
    found |= {
        f"PPR^{trigger} {action}": [f"PRB|{action}|20240301|E08.9^CF-related diabetes^I10C|P1|||20230101"]
        for trigger, action in (("PC1", "AD"), ("PC2", "UP"), ("PC3", "DE"))
    }
    for status in "PFCDXW":
        found[f"ORU^R01 {status}"] = [OBR, f"OBX|1|NM|20150-9^FEV1^LN||2.{ord(status) % 10}|L|||||{status}"]
        found[f"ORU^R01 c{status}"] = [
            CULTURE,
            f"OBX|1|CWE|623-9^x^LN|1|52499004^Pseudomonas aeruginosa^SCT||||||{status}",
            f"OBX|2|NM|TOB^Tobramycin^L|1|{ord(status) % 9}|ug/mL||S|||{status}",
        ]
    for control in ("NW", "XO", "DC", "OD"):
        found[f"RDE^O11 {control}"] = [
            f"ORC|{control}|P7||||||||20240310",
            f"RXE||1^Azithromycin^L|{len(control)}50||mg",
        ]
    for control in ("NW", "SC", "CA"):
        found[f"OML^O21 {control}"] = [f"ORC|{control}|P8|||IP", "OBR|1|P8||1558-6^Glucose^LN|||20240401"]
    found["ORM^O01 number"] = ["ORC|DC|P7||||||||20240312", "ORC|CA|P8"]
    found["RAS^O17"] = ["ORC|RE|P7", "RXA|0|1|20240311||1^Azithromycin^L|250|mg"]
    found["RAS^O17 refused"] = ["ORC|RE|P7", "RXA|0|1|20240311||1^Azithromycin^L|250|mg" + "|" * 13 + "RE"]
    for trigger in ("T02", "T04", "T08", "T11"):
        found[f"MDM^{trigger}"] = [
            "TXA|1|DS||20240309||||||||D1|||||IP||AV",
            f"OBX|1|TX|1^Letter^L||{trigger}",
        ]
    found["MDM^T10"] = ["TXA|1|DS||20240309||||||||D2|D1||||AU||AV"]
    for action in "AUD":
        found[f"VXU^V04 {action}"] = [
            "ORC|RE||V1",
            "RXA|0|1|20231015|20231015|141^Flu^CVX|0.5|mL" + "|" * 13 + f"CP|{action}",
        ]
        found[f"ADT^A60 {action}"] = [EVN, f"IAM|1|DA|1^Penicillin^L|||{action}|K7"]
    found["RDS^O13"] = ["ORC|RE|P7", "RXD|1|1^Azithromycin^L|20240311|10|tablet||RX7"]
    return found


BODIES = bodies()


@st.composite
def courses(draw: st.DrawFn) -> tuple[dict[str, bytes], list[list[str]]]:
    """Messages by control id, and two orders of them with repetitions."""
    names = draw(st.lists(st.sampled_from(sorted(BODIES)), min_size=1, max_size=9))
    made = {"M0": message("ADT^A28", EVN, control="M0", sent="20230101")}
    for number, name in enumerate(names, 1):
        kind = name.partition(" ")[0]
        made[f"M{number}"] = message(
            kind, *BODIES[name], sent=draw(st.sampled_from(TIMES)), control=f"M{number}"
        )
    again = draw(st.lists(st.sampled_from(sorted(made)), max_size=3))
    return made, [list(draw(st.permutations([*made, *again]))) for _ in range(2)]


def outcome(store: Store, made: dict[str, bytes], order: Sequence[str]) -> object:
    clinic = Clinic(store, {name: translate(raw, generic()) for name, raw in made.items()})
    for name in order:
        clinic.receive(name)
    assert clinic.replay().changed == 0
    with store.snapshot() as view:
        facts = view.facts([PERSON])
    now = datetime(2024, 6, 1, 9, 0, tzinfo=UTC)
    picture = build_picture(facts, (PERSON,), (), now, TABLES, English())
    return clinic.states(), clinic.statements((PERSON,)), without_ids(to_json(picture))


def without_ids(plain: Any) -> Any:
    """Ids, and when something was recorded, follow the order of arrival; nothing else may."""
    if isinstance(plain, dict):
        arrival = ("fact_id", "inbox_id", "evidence", "inbox_ids", "replaces", "derived_from", "recorded_at")
        return {key: without_ids(value) for key, value in plain.items() if key not in arrival}
    return [without_ids(one) for one in plain] if isinstance(plain, list) else plain


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(course=courses())
def test_neither_order_nor_repetition_matters(course: tuple[dict[str, bytes], list[list[str]]]) -> None:
    made, orders = course
    first, second = (outcome(MemoryStore(), made, order) for order in orders)
    assert json.dumps(first[2], default=str) == json.dumps(second[2], default=str)  # type: ignore[index]
    assert first == second


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(course=courses())
def test_the_database_ends_where_the_reference_does(course: tuple[dict[str, bytes], list[list[str]]]) -> None:
    made, (one, other) = course
    with tempfile.TemporaryDirectory() as folder:
        store = create_store(Path(folder) / "main.db", bytes(range(32)))
        try:
            assert outcome(store, made, other) == outcome(MemoryStore(), made, one)
        finally:
            store.close()
