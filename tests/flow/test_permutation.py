"""Any order and any repetition of one patient's messages ends in the same picture (DESIGN decision 3)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bridges.hl7.profile import SiteProfile
from bridges.hl7.profile_reading import parse_profile
from bridges.hl7.translate import translate
from clinic_app.app.demo.scenario import DemoClinic, make_clinic
from clinic_app.app.demo.scribe import Outgoing
from clinic_app.model.access import SYSTEM, Actor
from clinic_app.model.entries import RawEntry, Translation
from clinic_app.model.identity import Identifier
from clinic_app.model.words import English
from clinic_app.picture.json_form import to_json
from clinic_app.picture.tables import RESOURCES, PictureTables, tables_from
from clinic_app.services.gate import Gate
from clinic_app.services.open_patient import open_patient
from clinic_app.services.policy import Policy, policy_from
from clinic_app.services.record import record_entries
from clinic_app.services.replay import reconsider
from clinic_app.store.memory import MemoryStore
from clinic_app.system.resources import Resources

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
MRN = "1016"
"""A child with a corrected test."""
NEWEST = 30
ARRIVAL = frozenset(
    {"fact_id", "inbox_id", "recorded_at", "derived_from", "evidence", "fact_ids", "inbox_ids"}
)
"""What tells when and as what something arrived: differs by right."""


class Still:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOW


@cache
def clinic() -> DemoClinic:
    return make_clinic(NOW)


@cache
def profile() -> SiteProfile:
    resources = Resources()
    shipped = {"generic": resources.text("profiles/generic.toml")}
    return parse_profile(resources.text("demo/profile.toml"), shipped)


@cache
def tables() -> PictureTables:
    resources = Resources()
    return tables_from({name: resources.text(name) for name in RESOURCES})


@cache
def policy() -> Policy:
    return policy_from(Resources().text("policy/policy.toml"))


@cache
def messages() -> tuple[Outgoing, ...]:
    """One person's registration, newest results, corrections, and a result with a wrong birth date."""
    theirs = [outgoing for outgoing in clinic().messages if outgoing.mrn == MRN]
    corrected = [outgoing for outgoing in theirs if b"|||C\r" in outgoing.raw or b"|||C||" in outgoing.raw]
    born = clinic().people[int(MRN) - 1001].birth
    test = next(outgoing for outgoing in reversed(theirs) if outgoing.event == "ORU^R01")
    wrong = f"{born + timedelta(days=40):%Y%m%d}".encode()
    mistaken = test.raw.replace(f"{born:%Y%m%d}".encode(), wrong).replace(
        test.control_id.encode(), b"WRONG-BIRTH"
    )
    stray = Outgoing(test.at, MRN, "WRONG-BIRTH", test.event, mistaken)
    added = [outgoing for outgoing in theirs if outgoing.event == "ADT^A28"]
    picked = dict.fromkeys([*added, *theirs[-NEWEST:], *corrected[:2], stray])
    return tuple(picked)


def translated(entry: RawEntry) -> Translation:
    return translate(entry.raw, profile())


def picture_after(order: Sequence[int]) -> dict[str, Any]:
    """The picture after these messages arrived in this order, without what tells of the arrival."""
    store = MemoryStore()
    with store.unit() as unit:
        unit.add_account("doctor", ("clinician",))
    system = Gate(store, Still(), policy(), Actor(SYSTEM, (SYSTEM,), "worker"))
    for number, index in enumerate(order, start=1):
        sent = messages()[index]
        entry = RawEntry(number, "mllp", "LAB|DEMO", sent.control_id, sent.event, NOW, sent.raw)
        for identifier in record_entries(system, [(entry, translated(entry))], "1", NOW):
            reconsider(system, identifier, translated, "1", NOW)
    doctor = Gate(store, Still(), policy(), Actor("doctor", ("clinician",), "command"))
    opened = open_patient(doctor, Identifier("DEMO", MRN), NOW, tables(), English())
    shown = to_json(opened.picture)
    shown.pop("feeds")
    cleaned = without_arrival(shown)
    assert isinstance(cleaned, dict)
    return cleaned


def without_arrival(value: object) -> object:
    if isinstance(value, dict):
        kept = {name: without_arrival(one) for name, one in value.items() if name not in ARRIVAL}
        replaced = kept.get("replaces")
        if isinstance(replaced, list):
            kept["replaces"] = len(replaced)
        return kept
    return [without_arrival(one) for one in value] if isinstance(value, list) else value


@cache
def in_sent_order() -> dict[str, Any]:
    return picture_after(range(len(messages())))


@st.composite
def arrivals(draw: st.DrawFn) -> list[int]:
    """Every message at least once, in any order, some of them again."""
    count = len(messages())
    again = draw(st.lists(st.integers(0, count - 1), max_size=10))
    return draw(st.permutations([*range(count), *again]))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(arrivals())
@example(list(reversed(range(len(messages())))))
def test_any_order_and_repetition_gives_the_same_picture(order: list[int]) -> None:
    assert picture_after(order) == in_sent_order()


def test_the_messages_are_worth_permuting() -> None:
    events = {outgoing.event for outgoing in messages()}
    assert events >= {"ADT^A28", "ADT^A04", "ORU^R01", "SIU^S12"}
    shown = in_sent_order()
    replaced = [point["replaces"] for points in shown["series"].values() for point in points]
    assert max(replaced) >= 1, "a correction is among them"
    assert len(shown["series"]["weight"]) >= 3
