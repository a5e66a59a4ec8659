"""Who gets facts: never too few, whatever the order in which messages and names come."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_app.model.access import SYSTEM
from clinic_app.model.entries import BATCH, BYTES_ERASED, EntryState, Hold, RawEntry, Translation
from clinic_app.model.identity import Identifier
from clinic_app.model.people import Link
from clinic_app.model.roster import NOT_ROSTERED, Mention, Name, Roster
from clinic_app.services import link, record, replay, rostering
from clinic_app.store.memory import MemoryStore
from tests.spec.clinic import gate_for
from tests.spec.samples import ANNA, ANNA_PORTAL, BELA, BORN, NOW, demographics, entry

HOSP = [Identifier("HOSP", str(number)) for number in range(6)]


def names(*identifiers: Identifier) -> Mention:
    found = tuple(Name.of(one.authority, one.value) for one in identifiers)
    return Mention(found, found, identifiers)


def says(subject: Identifier, *others: Identifier, here: bool = False) -> Translation:
    """A patient message that names these."""
    mention = replace(names(subject, *others), here=here)
    return Translation(subject, BORN, True, (demographics(subject),), mention=mention)


@dataclass
class House:
    """A store with a worker; ``intake`` still has the bytes of what is in it."""

    roster: Roster | None
    store: MemoryStore = field(default_factory=MemoryStore)
    meaning: dict[int, Translation] = field(default_factory=dict)
    entries: dict[int, RawEntry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.gate = gate_for(self.store, SYSTEM, account="worker", writer="worker")
        self.rostering = rostering.Rostering(lambda: self.roster)

    def after(self, entry_id: int, limit: int) -> Sequence[RawEntry]:
        return [one for id_, one in sorted(self.entries.items()) if id_ > entry_id][:limit]

    def entry(self, entry_id: int) -> RawEntry | None:
        return self.entries.get(entry_id)

    def last_id(self) -> int:
        return max(self.entries, default=0)

    def receive(
        self, said: Translation, channel: str = "mllp", type_: str = "ORU^R01", flag: str = ""
    ) -> int:
        raw = replace(entry(len(self.meaning) + 1), channel=channel, type=type_, flag=flag)
        self.meaning[raw.id], self.entries[raw.id] = said, raw
        record.record_entries(self.gate, [(raw, said)], "p1", NOW, self.rostering)
        self.recall()
        return raw.id

    def recall(self) -> None:
        rostering.recall(self.gate, self.rostering, self, lambda raw: self.meaning[raw.id], "p1", NOW)

    def states(self) -> dict[int, tuple[str, str, bytes]]:
        with self.store.snapshot() as view:
            shown = [view.inbox_entry(one.id) for one in view.inbox()]
        return {one.id: (one.state.value, one.code, one.raw) for one in shown if one is not None}

    def known(self) -> set[Identifier]:
        with self.store.snapshot() as view:
            return {one for one in HOSP + [ANNA, BELA] if view.known(one)}


def test_without_a_roster_everybody_gets_facts() -> None:
    house = House(None)
    house.receive(says(ANNA))
    assert house.known() == {ANNA}


def test_other_people_get_a_line_without_content_and_a_count() -> None:
    house = House(Roster([ANNA]))
    house.receive(says(BELA))
    house.receive(says(ANNA))
    assert house.states() == {1: ("ignored", NOT_ROSTERED, b""), 2: ("applied", "", b"bytes of 2")}
    assert house.known() == {ANNA}
    with house.store.snapshot() as view:
        assert [count.messages for count in view.outside(NOW).counts] == [1]
        assert view.entry_subject(1) is None
        assert view.inbox_entry(1).flag == BYTES_ERASED  # type: ignore[union-attr]


def test_counts_are_for_every_role() -> None:
    house = House(Roster([ANNA]))
    house.receive(says(BELA))
    with gate_for(house.store, "improvement_lead").watching() as view:
        assert [count.messages for count in view.outside(NOW).counts] == [1]


def test_what_names_nobody_is_judged_as_ever() -> None:
    house = House(Roster([ANNA]))
    house.receive(Translation(None, holds=(Hold("NO-PID", "x", "y"),)))
    assert house.states()[1][:2] == ("held", "NO-PID")


def test_somebody_added_gets_what_is_still_there() -> None:
    house = House(Roster([ANNA]))
    for _ in range(2):
        house.receive(says(BELA))
    del house.entries[2]
    house.roster = Roster([ANNA, BELA])
    house.recall()
    assert house.known() == {BELA}
    assert [code for _, code, _ in house.states().values()] == [NOT_ROSTERED, ""]
    with house.store.snapshot() as view:
        assert [count.messages for count in view.outside(NOW).counts] == [1]


def test_a_roster_that_is_given_up_lets_everybody_in() -> None:
    house = House(Roster([ANNA]))
    house.receive(says(BELA))
    house.roster = None
    house.recall()
    assert house.known() == {BELA}


def test_other_rules_let_everything_that_is_still_there_be_looked_at_again() -> None:
    house = House(Roster([ANNA], rules="first"))
    house.receive(says(BELA))
    house.roster = Roster([ANNA], rules="first")
    house.meaning[1] = says(BELA, here=True)
    house.recall()
    assert house.known() == set(), "the same rules say the same"
    house.roster = Roster([ANNA], rules="second")
    house.recall()
    assert house.known() == {BELA}


def test_a_visit_here_puts_a_person_on_the_roster_for_good() -> None:
    house = House(Roster())
    house.receive(says(BELA))
    house.receive(says(BELA, here=True))
    house.receive(says(BELA))
    assert {state for state, *_ in house.states().values()} == {"applied"}


def test_whoever_is_taken_off_the_list_takes_along_whom_it_brought() -> None:
    house = House(Roster([ANNA]))
    house.receive(says(BELA, ANNA))
    house.receive(says(BELA))
    house.roster = Roster([HOSP[0]])
    house.receive(says(BELA))
    assert [state for state, *_ in sorted_by_id(house)] == ["applied", "applied", "ignored"]


def sorted_by_id(house: House) -> list[tuple[str, str, bytes]]:
    return [state for _, state in sorted(house.states().items())]


def test_a_linked_number_is_the_persons() -> None:
    house = House(Roster([ANNA]))
    house.receive(says(ANNA))
    house.receive(says(BELA))
    with house.store.unit() as unit:
        unit.link(Link(ANNA, BELA, "chris", NOW, True))
    house.rostering.grown = True
    house.recall()
    house.receive(says(BELA))
    assert {state for state, *_ in house.states().values()} == {"applied"}


def test_a_portal_person_is_asked_no_roster() -> None:
    house = House(Roster([ANNA]))
    house.receive(says(ANNA))
    link.link(gate_for(house.store, "clinician"), ANNA, ANNA_PORTAL.value, NOW)
    house.receive(Translation(ANNA_PORTAL, statements=(demographics(ANNA_PORTAL),)), channel="fhir")
    assert house.states()[2][0] == "applied"


def test_what_is_broken_stays_visible_and_loses_its_bytes() -> None:
    house = House(Roster([ANNA]))
    hold = Hold("FRAME-TIMEOUT", "it did not end", "It is sent again.")
    house.receive(Translation(None, holds=(hold,), mention=Mention()), flag="FRAME-TIMEOUT")
    house.receive(Translation(None, holds=(hold,), mention=names(ANNA)), flag="FRAME-TIMEOUT")
    assert sorted_by_id(house) == [
        ("held", "FRAME-TIMEOUT", b""),
        ("held", "FRAME-TIMEOUT", b"bytes of 2"),
    ]
    with house.store.snapshot() as view:
        assert view.outside(NOW).counts == ()
    report = replay.replay(house.gate, None, lambda raw: house.meaning[raw.id], "p2", NOW)
    assert report.looked == 1


def test_a_batch_keeps_no_bytes_of_its_own() -> None:
    house = House(Roster([ANNA]))
    house.receive(Translation(None, ignored="a batch of 2 messages"), type_=BATCH)
    assert house.states() == {1: ("ignored", "", b"")}
    house.roster = Roster([ANNA, BELA])
    house.recall()
    assert house.states() == {1: ("ignored", "", b"")}
    open_house = House(None)
    open_house.receive(Translation(None, ignored="a batch of 2 messages"), type_=BATCH)
    assert open_house.states()[1][2] == b"bytes of 1"


def test_what_is_due_is_forgotten_but_for_its_count() -> None:
    house = House(Roster([ANNA]))
    house.receive(says(BELA))
    house.receive(says(ANNA))
    assert rostering.due(house.gate, NOW + timedelta(hours=22)) == []
    due = rostering.due(house.gate, NOW + timedelta(hours=23, minutes=1))
    assert due == [1]
    rostering.forget(house.gate, due)
    assert list(house.states()) == [2]
    with house.store.snapshot() as view:
        assert (view.outside(NOW).unerased, len(view.outside(NOW).counts)) == (0, 1)


MESSAGES = st.lists(
    st.tuples(st.lists(st.sampled_from(HOSP), min_size=1, max_size=3, unique=True), st.booleans()),
    min_size=1,
    max_size=7,
)


def closure(listed: set[Identifier], messages: Sequence[tuple[list[Identifier], bool]]) -> set[Identifier]:
    """Whoever is listed, comes here, or stands in a message beside one who is."""
    members, grown = set(listed), True
    while grown:
        near = {one for named, here in messages if here or members & set(named) for one in named}
        grown = not near <= members
        members |= near
    return members


@settings(max_examples=150)
@given(MESSAGES, st.sets(st.sampled_from(HOSP), max_size=2), st.randoms())
def test_no_message_of_somebody_on_the_roster_is_ever_passed_over(
    messages: list[tuple[list[Identifier], bool]], listed: set[Identifier], chance: st.DataObject
) -> None:
    outcomes = []
    for _ in range(2):
        house = House(Roster(sorted(listed)))
        for named, here in messages:
            house.receive(says(*named, here=here))
        members = closure(listed, messages)
        states = house.states()
        for number, (named, _) in enumerate(messages, 1):
            assert (states[number][0] == EntryState.APPLIED) == bool(members & set(named))
        outcomes.append(house.known())
        chance.shuffle(messages)  # type: ignore[attr-defined]
    assert outcomes[0] == outcomes[1], "the order does not matter"
