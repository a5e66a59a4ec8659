"""Merges: proposed by the EHR, decided by a person, undone without a trace."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_app.model.entries import EntryState, Translation
from clinic_app.model.errors import AccessDenied, CommonGroundError, UseFault
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.services import merges
from clinic_app.services.link import link
from clinic_app.store.memory import MemoryStore
from tests.spec.clinic import Clinic, adt, gate_for, oru
from tests.spec.samples import ANNA, ANNA_PORTAL, BELA, BORN, NOW, OTHER_BORN, demographics, weight

CARA, DORA = Identifier("HOSP", "1003"), Identifier("OTHER", "1")
LATER = NOW + timedelta(hours=1)


def known(who: Identifier, born: Moment | None = BORN, name: str = "Anna") -> Translation:
    return adt(demographics(who, born, name), born=born, subject=who)


def says(surviving: Identifier, retired: Identifier, born: Moment | None = BORN) -> Translation:
    return replace(known(surviving, born), merges=(retired,))


def clinic(**meaning: Translation) -> Clinic:
    return Clinic(MemoryStore(), meaning)


def state(one: Clinic, control_id: str) -> tuple[EntryState, str]:
    with one.store.snapshot() as view:
        entry = view.inbox_entry(one.ids[control_id])
    assert entry is not None
    return entry.state, entry.code


def look_again(one: Clinic, *people: Identifier) -> None:
    for who in people:
        one.reconsider(who)


def values(one: Clinic, who: Identifier) -> set[str]:
    with one.store.snapshot() as view:
        facts = view.facts(view.person(who))
    return {fact.statement.key for fact in facts if fact.statement.kind == "measurement"}


def test_a_message_joins_nothing_and_waits_for_a_person() -> None:
    one = clinic(
        a=known(ANNA),
        b=known(BELA),
        w=oru(weight("57", BELA, "w"), born=None, subject=BELA),
        m=says(ANNA, BELA),
    )
    one.receive("a", "b", "w", "m")
    assert state(one, "m") == (EntryState.HELD, "MERGE-PROPOSED")
    assert values(one, ANNA) == set()
    (proposal,) = merges.proposals(one.staff, one.translate)
    assert (proposal.surviving, proposal.retired, proposal.entry_id) == (ANNA, BELA, one.ids["m"])
    assert merges.waiting(one.staff) == 1
    assert merges.pair_of(one.staff, one.translate, one.ids["m"]) == (ANNA, BELA)
    assert merges.pair_of(one.staff, one.translate, one.ids["a"]) is None
    assert merges.pair_of(one.staff, one.translate, 999) is None


def test_confirmed_both_are_shown_together_and_undone_as_before() -> None:
    one = clinic(
        a=known(ANNA),
        b=known(BELA),
        w=oru(weight("57", BELA, "w"), born=None, subject=BELA),
        m=says(ANNA, BELA),
    )
    one.receive("a", "b", "w", "m")
    before = one.statements((ANNA, BELA))
    merges.confirm(one.staff, ANNA, BELA, LATER)
    look_again(one, ANNA, BELA)
    assert values(one, ANNA) == values(one, BELA) == {"w"}
    assert state(one, "m")[0] is EntryState.APPLIED
    assert merges.proposals(one.staff, one.translate) == ()
    assert [(made.first, made.second, made.by) for made in merges.confirmed(one.staff)] == [
        (ANNA, BELA, "chris")
    ]
    merges.confirm(one.staff, BELA, ANNA, LATER)  # the inverse says the same
    assert len(merges.confirmed(one.staff)) == 1
    merges.separate(one.staff, ANNA, BELA, LATER)
    look_again(one, ANNA, BELA)
    assert (values(one, ANNA), values(one, BELA)) == (set(), {"w"})
    assert one.statements((ANNA, BELA)) == before
    assert merges.confirmed(one.staff) == []
    assert (
        state(one, "m")[0] is EntryState.APPLIED
    )  # decided: it is not proposed again by what was said before


def test_rejected_until_the_ehr_says_it_again() -> None:
    one = clinic(a=known(ANNA), b=known(BELA), m=says(ANNA, BELA), n=says(ANNA, BELA))
    one.receive("a", "b", "m")
    merges.separate(one.staff, ANNA, BELA, NOW + timedelta(minutes=3, seconds=30))
    look_again(one, ANNA)
    assert state(one, "m")[0] is EntryState.APPLIED
    one.receive("n")  # the fourth minute
    assert state(one, "n") == (EntryState.HELD, "MERGE-PROPOSED")


def test_messages_for_a_retired_number_follow_the_link_even_where_it_was_never_known() -> None:
    one = clinic(a=known(ANNA), m=says(ANNA, BELA), w=oru(weight("57", BELA, "w"), born=None, subject=BELA))
    one.receive("a", "m", "w")
    assert state(one, "w") == (EntryState.HELD, "UNKNOWN-PATIENT")
    merges.confirm(one.staff, ANNA, BELA, LATER)
    look_again(one, ANNA, BELA)
    assert state(one, "w")[0] is EntryState.APPLIED
    assert values(one, ANNA) == {"w"}


def test_chains_and_circles() -> None:
    one = clinic(
        a=known(ANNA), b=known(BELA), c=known(CARA), w=oru(weight("57", CARA, "w"), born=None, subject=CARA)
    )
    one.receive("a", "b", "c", "w")
    for pair in ((ANNA, BELA), (BELA, CARA), (CARA, ANNA)):
        merges.confirm(one.staff, *pair, LATER)
    assert values(one, ANNA) == {"w"}
    assert len(merges.confirmed(one.staff)) == 2  # the third pair was one person already
    merges.separate(one.staff, BELA, CARA, LATER)
    assert values(one, ANNA) == set()


def test_different_birth_dates_are_joined_only_by_who_says_that_they_were_seen() -> None:
    one = clinic(a=known(ANNA), b=known(BELA, OTHER_BORN, "Bela"))
    one.receive("a", "b")
    with pytest.raises(CommonGroundError, match="MERGE-CONTRADICTED"):
        merges.confirm(one.staff, ANNA, BELA, LATER)
    assert merges.preview(one.staff, ANNA, BELA).against == ("birth_date",)
    merges.confirm(one.staff, ANNA, BELA, LATER, although=True)
    assert len(merges.confirmed(one.staff)) == 1


def test_what_would_be_shown_together() -> None:
    other = adt(demographics(BELA, None, "Anna"), born=None, subject=BELA)
    one = clinic(a=known(ANNA), b=other, w=oru(weight("57", BELA, "w"), born=None, subject=BELA))
    one.receive("a", "b", "w")
    link(one.staff, ANNA, ANNA_PORTAL.value, NOW)
    seen = merges.preview(one.staff, ANNA, BELA)
    assert seen.surviving.identifiers == (ANNA, ANNA_PORTAL)
    assert (seen.surviving.birth_date, seen.retired.birth_date) == (BORN, None)
    assert dict(seen.retired.counts) == {"measurement": 1, "patient": 1}
    assert seen.retired.last is not None
    assert seen.against == ()
    nobody = merges.preview(one.staff, ANNA, DORA).retired
    assert (nobody.known, nobody.family) == (False, "")
    with one.store.snapshot() as view:
        assert [row.action for row in view.accesses((BELA,))][:1] == ["link"]


def test_sex_and_family_name_speak_against_it() -> None:
    one = clinic(a=known(ANNA))
    one.receive("a")
    side = merges.preview(one.staff, ANNA, ANNA).surviving
    other = replace(side, sex="male", family="Else")
    assert list(merges._against(replace(side, sex="female"), other)) == ["sex", "family"]
    assert list(merges._against(replace(side, sex="female"), replace(other, sex="unknown", family=""))) == []


def test_nobody_is_merged_with_themselves_nor_by_who_may_not() -> None:
    one = clinic(a=known(ANNA))
    one.receive("a")
    for act in (merges.confirm, merges.separate):
        with pytest.raises(UseFault, match="MERGE-OF-ITSELF"):
            act(one.staff, ANNA, ANNA, NOW)
    with pytest.raises(AccessDenied):
        merges.confirm(gate_for(one.store, "it"), ANNA, BELA, NOW)


def test_an_entry_that_no_longer_says_so_proposes_nothing() -> None:
    one = clinic(a=known(ANNA), m=says(ANNA, BELA))
    one.receive("a", "m")
    one.meaning["m"] = Translation(None)
    assert merges.proposals(one.staff, one.translate) == ()


PEOPLE = (ANNA, BELA, CARA, DORA)
Act = tuple[str, int, int]


def joined(acts: Sequence[Act]) -> dict[Identifier, frozenset[Identifier]]:
    """The people that the last decision about each pair makes, worked out from nothing else."""
    last: dict[frozenset[int], bool] = {}
    for what, first, second in acts:
        last[frozenset((first, second))] = what == "confirm"
    groups = [{n} for n in range(len(PEOPLE))]
    for pair in (pair for pair, on in last.items() if on):
        together = [group for group in groups if group & pair]
        groups = [group for group in groups if not group & pair] + [set().union(*together)]
    return {PEOPLE[n]: frozenset(PEOPLE[m] for m in group) for group in groups for n in group}


@settings(max_examples=50, deadline=None)
@given(
    acts=st.lists(
        st.tuples(st.sampled_from(["confirm", "separate"]), st.integers(0, 3), st.integers(0, 3)).filter(
            lambda act: act[1] != act[2]
        ),
        max_size=10,
    )
)
def test_who_is_one_person_follows_from_the_decisions_alone(acts: list[Act]) -> None:
    one = clinic(**{f"k{n}": known(who) for n, who in enumerate(PEOPLE)})
    one.receive(*one.meaning)
    told: list[Act] = []
    for number, (what, first, second) in enumerate(acts):
        at = LATER + timedelta(minutes=number)
        pair = (PEOPLE[first], PEOPLE[second])
        with one.store.snapshot() as view:
            there = pair[1] in view.person(pair[0])
        if what == "confirm":
            merges.confirm(one.staff, *pair, at)
        else:
            merges.separate(one.staff, *pair, at)
        if not (what == "confirm" and there):
            told.append((what, first, second))
    with one.store.snapshot() as view:
        found = {who: frozenset(view.person(who)) for who in PEOPLE}
    assert found == joined(told)
