"""When two numbers may be one, and which listed numbers stand."""

from hypothesis import given
from hypothesis import strategies as st

from clinic_app.model.identity import Identifier
from clinic_app.model.roster import RULE, Name, Roster

NAMES = st.builds(Name.of, st.sampled_from(["", "HOSP", "Lab"]), st.sampled_from(["1", "2", " a B"]))


def test_capitals_and_blanks_do_not_tell_numbers_apart() -> None:
    assert Name.of(" Hosp ", "a 1") == Name("hosp", "a1")
    assert Name.of("HOSP", "A1").meets(Name.of("hosp", "a1"))


def test_an_authority_that_is_not_said_differs_from_none() -> None:
    assert Name.of("", "1").meets(Name.of("HOSP", "1"))
    assert Name.of("HOSP", "1").meets(Name.of("", "1"))
    assert not Name.of("LAB", "1").meets(Name.of("HOSP", "1"))
    assert not Name.of("HOSP", "01").meets(Name.of("HOSP", "1"))


@given(NAMES, NAMES)
def test_meeting_is_mutual(one: Name, other: Name) -> None:
    assert one.meets(other) == other.meets(one)
    assert one.meets(one)


@given(st.lists(NAMES, max_size=4), st.lists(NAMES, max_size=4))
def test_a_roster_lists_whoever_meets_a_listed_number(listed: list[Name], asked: list[Name]) -> None:
    roster = Roster(listed)
    assert roster.roots(asked) == {str(one) for one in listed for name in asked if one.meets(name)}
    assert all(roster.holds(root) for root in roster.roots(asked))


def test_a_root_stands_while_its_number_is_listed() -> None:
    roster = Roster([Identifier("HOSP", "A1"), Name.of("", "7")])
    assert roster.identifiers == (Identifier("HOSP", "A1"),)
    assert (roster.holds("hosp|a1"), roster.holds("|7"), roster.holds(RULE)) == (True, True, True)
    assert (roster.holds("lab|a1"), roster.holds("|8")) == (False, False)
    assert str(Name.of("HOSP", "A1")) == "hosp|a1"
