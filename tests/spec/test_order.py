"""Any order, grouping and duplication of messages, and any moment of linking and confirming, ends in the same
state.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic_app.model.entries import Translation
from clinic_app.model.facts import FactStatus
from clinic_app.model.moment import Moment
from clinic_app.ports.store import Store
from clinic_app.store.memory import MemoryStore
from clinic_app.store.sql import create_store
from tests.spec.clinic import UNKNOWN_CODE, Clinic, adt, oru
from tests.spec.samples import ANNA, ANNA_PORTAL, BELA, BORN, NOW, OTHER_BORN, demographics, topic, weight

PEOPLE = (ANNA, BELA, ANNA_PORTAL)
BIRTH_DATES = (BORN, OTHER_BORN, BORN, OTHER_BORN, Moment("2001"), Moment("2001-05"), Moment("2099"), None)
TIMES = ("2020-01-01T00:00:00.000000Z", "2026-01-01T00:00:00.000000Z", "2026-01-02T00:00:00.000000Z")

holds = st.sampled_from([(), (), (UNKNOWN_CODE,)])
birth_dates = st.sampled_from(BIRTH_DATES)
ehr = st.sampled_from([ANNA, BELA])
times = st.sampled_from(TIMES)


@st.composite
def patient_messages(draw: st.DrawFn) -> Translation:
    subject, born = draw(ehr), draw(birth_dates)
    said = demographics(subject, born, draw(st.sampled_from(["Anna", "Hanna"])), sent_at=draw(times))
    return adt(said, born=born, subject=subject, holds=draw(holds))


@st.composite
def result_messages(draw: st.DrawFn) -> Translation:
    subject = draw(ehr)
    values = draw(
        st.lists(st.tuples(st.sampled_from(["57", "58"]), st.sampled_from("kl"), times), max_size=3)
    )
    status = draw(st.sampled_from([FactStatus.FINAL, FactStatus.CORRECTED, FactStatus.WITHDRAWN]))
    said = [weight(value, subject, key, status, sent_at) for value, key, sent_at in values]
    who = [demographics(subject, draw(birth_dates), "Never")] if draw(st.booleans()) else []
    return oru(*said, *who, born=draw(birth_dates), subject=subject, holds=draw(holds))


@st.composite
def submissions(draw: st.DrawFn) -> Translation:
    said = topic(draw(st.sampled_from(["cough", "travel"])), ANNA_PORTAL, draw(st.sampled_from("tu")))
    return oru(said, born=draw(st.sampled_from([BORN, OTHER_BORN, None])), subject=ANNA_PORTAL)


others = st.sampled_from(
    [Translation(None), Translation(None, holds=(UNKNOWN_CODE,)), Translation(ANNA, ignored="type not used")]
)
messages = st.one_of(patient_messages(), result_messages(), submissions(), others)
Event = str | tuple[str, ...]


@st.composite
def courses(draw: st.DrawFn) -> tuple[dict[str, Translation], list[list[Event]]]:
    """What the messages mean, and two courses of the same events."""
    said = draw(st.lists(messages, min_size=1, max_size=8))
    meaning = {f"M{number}": one for number, one in enumerate(said)}
    acts = draw(st.lists(st.sampled_from(["link", "confirm", "confirm Anna"]), unique=True))
    return meaning, [draw(one_course(list(meaning), acts)) for _ in range(2)]


@st.composite
def one_course(draw: st.DrawFn, control_ids: Sequence[str], acts: Sequence[str]) -> list[Event]:
    """Some order, some messages twice, some together in one unit."""
    again = draw(st.lists(st.sampled_from(control_ids), max_size=3))
    events: list[Event] = []
    for event in draw(st.permutations([*control_ids, *again, *acts])):
        previous = events[-1] if events else ""
        if event in acts:
            events.append(event)
        elif isinstance(previous, tuple) and draw(st.booleans()):
            events[-1] = (*previous, event)
        else:
            events.append((event,))
    return events


def run(clinic: Clinic, events: Sequence[Event]) -> None:
    acts: dict[str, Callable[[], None]] = {
        "link": lambda: clinic.link(ANNA, ANNA_PORTAL),
        "confirm": lambda: clinic.confirm(BELA, OTHER_BORN),
        "confirm Anna": lambda: clinic.confirm(ANNA, OTHER_BORN),
    }
    for event in events:
        if isinstance(event, tuple):
            clinic.receive(*event)
        else:
            acts[event]()


def outcome(store: Store, meaning: dict[str, Translation], events: Sequence[Event]) -> object:
    clinic = Clinic(store, meaning)
    run(clinic, events)
    everything = clinic.row_count()
    assert clinic.replay().changed == 0, "nothing is left that would apply"
    for one in PEOPLE:
        assert clinic.reconsider(one).changed == 0
    assert clinic.row_count() == everything, "looking again writes nothing"
    with store.snapshot() as view:
        listed = [
            (row.identifier, row.name, row.birth_date) for row in view.patients(clinic.worker.clock.now())
        ]
        dates = [view.birth_dates(one) for one in PEOPLE]
    return clinic.states(), clinic.statements(PEOPLE), listed, dates


@st.composite
def disputes(draw: st.DrawFn) -> tuple[dict[str, Translation], list[list[Event]]]:
    """Messages about one number that contradict each other's birth dates, and two courses of them."""
    dates = st.sampled_from([BORN, BORN, OTHER_BORN, OTHER_BORN, Moment("2001"), Moment("2001-05"), None])
    said = []
    for number in range(draw(st.integers(3, 9))):
        born = draw(dates)
        if draw(st.booleans()):
            who = demographics(ANNA, born, f"Anna {number}", sent_at=draw(times))
            said.append(adt(who, born=born, subject=ANNA))
        else:
            said.append(oru(weight(f"{50 + number}", key=f"w{number}"), born=born, subject=ANNA))
    meaning = {f"M{number}": one for number, one in enumerate(said)}
    acts = draw(st.lists(st.sampled_from(["link", "confirm Anna"]), unique=True))
    return meaning, [draw(one_course(list(meaning), acts)) for _ in range(2)]


@settings(max_examples=300, deadline=None)
@given(disputes())
def test_the_order_of_a_dispute_about_a_birth_date_never_matters(
    made: tuple[dict[str, Translation], list[list[Event]]],
) -> None:
    meaning, (first, second) = made
    assert outcome(MemoryStore(), meaning, first) == outcome(MemoryStore(), meaning, second)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(disputes())
def test_the_order_of_a_dispute_about_a_birth_date_never_matters_on_sqlcipher(
    made: tuple[dict[str, Translation], list[list[Event]]],
) -> None:
    meaning, (first, second) = made
    with tempfile.TemporaryDirectory() as folder:
        store = create_store(Path(folder) / "main.db", bytes(32))
        try:
            assert outcome(store, meaning, first) == outcome(MemoryStore(), meaning, second)
        finally:
            store.close()


@settings(max_examples=300, deadline=None)
@given(courses())
def test_the_order_of_arrival_never_matters(made: tuple[dict[str, Translation], list[list[Event]]]) -> None:
    meaning, (first, second) = made
    assert outcome(MemoryStore(), meaning, first) == outcome(MemoryStore(), meaning, second)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(courses())
def test_the_order_of_arrival_never_matters_on_sqlcipher(
    made: tuple[dict[str, Translation], list[list[Event]]],
) -> None:
    meaning, (first, second) = made
    with tempfile.TemporaryDirectory() as folder:
        store = create_store(Path(folder) / "main.db", bytes(32))
        try:
            assert outcome(store, meaning, first) == outcome(MemoryStore(), meaning, second)
        finally:
            store.close()


@pytest.fixture
def clinic(store: Store) -> Clinic:
    return Clinic(store)


def test_a_result_waits_for_its_patient_and_applies_by_itself(clinic: Clinic) -> None:
    clinic.meaning = {
        "R": oru(weight("58"), born=BORN, subject=ANNA),
        "A": adt(demographics(), born=BORN, subject=ANNA),
    }
    clinic.receive("R")
    assert clinic.states() == {("R", "held", "UNKNOWN-PATIENT")}
    assert clinic.statements([ANNA]) == set()
    assert clinic.receive("A") == (ANNA,)
    assert clinic.states() == {("R", "applied", ""), ("A", "applied", "")}
    assert len(clinic.statements([ANNA])) == 2


def test_one_older_message_with_another_birth_date_takes_nobody_over(clinic: Clinic) -> None:
    wrong = demographics(born=OTHER_BORN, given="Stranger", sent_at="2020")
    clinic.meaning = {
        "A": adt(demographics(born=BORN), born=BORN, subject=ANNA),
        "R": oru(weight("58"), born=BORN, subject=ANNA),
        "W": adt(wrong, born=OTHER_BORN, subject=ANNA),
    }
    clinic.receive("A", "R")
    clinic.receive("W")
    assert clinic.states() == {
        ("A", "applied", ""),
        ("R", "applied", ""),
        ("W", "held", "BIRTH-DATE-DIFFERS"),
    }
    assert wrong not in {replace(one, position="PID") for one in clinic.statements([ANNA])}
    with clinic.store.snapshot() as view:
        assert [row.name for row in view.patients(NOW)] == ["Example, Anna"]
        assert view.inbox_entry(3).mend == (  # type: ignore[union-attr]
            "If it is the same person, confirm it with `commonground inbox accept ID`; "
            "else have the sender correct the number."
        )


def test_the_majority_turns_and_a_confirmed_date_takes_nobodys_history(clinic: Clinic) -> None:
    clinic.meaning = {
        "A": adt(demographics(born=BORN), born=BORN, subject=ANNA),
        "R": oru(weight("58"), born=BORN, subject=ANNA),
        "C": adt(demographics(born=OTHER_BORN, sent_at="2026-02"), born=OTHER_BORN, subject=ANNA),
        "R2": oru(weight("59", key="2"), born=OTHER_BORN, subject=ANNA),
        "R3": oru(weight("60", key="3"), born=OTHER_BORN, subject=ANNA),
    }
    clinic.receive("A", "R")
    clinic.receive("C", "R2")
    assert clinic.receive("C", "R2", "R2", "R") == (), "a repeat is no second voice"
    assert {id_ for id_, state, _ in clinic.states() if state == "held"} == {"C", "R2"}
    assert clinic.receive("R3") == (ANNA,)
    assert {id_ for id_, state, _ in clinic.states() if state == "held"} == {"A", "R"}
    clinic.confirm(ANNA, OTHER_BORN)
    assert {state for _, state, _ in clinic.states()} == {"applied"}


def test_of_two_with_one_voice_each_the_older_stands(clinic: Clinic) -> None:
    clinic.meaning = {
        "new": adt(demographics(born=BORN, sent_at="2026-02"), born=BORN, subject=ANNA),
        "old": adt(demographics(born=OTHER_BORN, sent_at="2026-01"), born=OTHER_BORN, subject=ANNA),
        "R": oru(weight("58"), born=None, subject=ANNA),
    }
    clinic.receive("new", "R")
    assert clinic.receive("old") == (ANNA,)
    assert clinic.states() == {
        ("old", "applied", ""),
        ("new", "held", "BIRTH-DATE-DIFFERS"),
        ("R", "applied", ""),
    }
    clinic.confirm(ANNA, BORN)
    assert {state for _, state, _ in clinic.states()} == {"applied"}
    assert len(clinic.statements([ANNA])) == 3


def test_a_submission_waits_for_its_link_and_goes_with_it(clinic: Clinic) -> None:
    clinic.meaning = {
        "A": adt(demographics(), born=BORN, subject=ANNA),
        "S": oru(topic("cough", ANNA_PORTAL), born=None, subject=ANNA_PORTAL),
    }
    clinic.receive("S")
    clinic.link(ANNA, ANNA_PORTAL)
    assert ("S", "held", "UNMATCHED-SUBMISSION") in clinic.states()
    clinic.receive("A")
    assert ("S", "applied", "") in clinic.states()
    assert len(clinic.statements([ANNA_PORTAL])) == 1
    clinic.unlink(ANNA, ANNA_PORTAL)
    assert ("S", "held", "UNMATCHED-SUBMISSION") in clinic.states()
    assert clinic.statements([ANNA_PORTAL]) == set()
