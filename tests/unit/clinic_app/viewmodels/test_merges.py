"""The page of merges in words: what speaks against it first, and nothing that is not known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.model.people import Link
from clinic_app.model.words import English
from clinic_app.services.merges import Preview, Proposal, Side
from clinic_app.viewmodels.merges import MergeWork, badge, merge_cards

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
STAYS, GOES = Identifier("HOSP", "1001"), Identifier("HOSP", "1002")
SIDE = Side(
    identifiers=(STAYS,),
    family="Marsh",
    given="Ada",
    birth_date=Moment("1990-06-15"),
    sex="female",
    counts=(("measurement", 11), ("patient", 1)),
    first=Moment("2020-01-02"),
    last=Moment("2026-03-01"),
)
PROPOSAL = Proposal(7, STAYS, GOES, "ADT|HOSP", NOW - timedelta(hours=2))


def test_both_sides_and_no_reason_against_it() -> None:
    other = replace(SIDE, identifiers=(GOES,), counts=(("patient", 1),), first=None, last=None)
    (card,) = merge_cards(MergeWork([(PROPOSAL, Preview(SIDE, other, ()))], []), NOW, English())
    assert (card.pair, card.against, card.although, card.joined) == ((STAYS, GOES), (), False, False)
    assert card.note == "ADT|HOSP, 2 hours ago"
    stays, goes = card.sides
    assert stays.name == "Ada Marsh"
    assert stays.lines == (
        "Born 15 June 1990",
        "Female",
        "HOSP|1001",
        "12 entries in the record",
        "2 January 2020 to 1 March 2026",
    )
    assert goes.lines[-1] == "1 entry in the record"


def test_what_speaks_against_it_is_said_and_joining_then_means_that_it_was_seen() -> None:
    preview = Preview(SIDE, SIDE, ("birth_date", "sex", "family"))
    (card,) = merge_cards(MergeWork([(PROPOSAL, preview)], []), NOW, English())
    assert card.against == ("The birth dates differ", "The sexes differ", "The family names differ")
    assert card.although
    (card,) = merge_cards(MergeWork([(PROPOSAL, replace(preview, against=("sex",)))], []), NOW, English())
    assert not card.although


def test_what_is_not_known_is_not_made_up() -> None:
    nobody = Side((GOES,), "", "", None, "unknown", (), None, None)
    (card,) = merge_cards(MergeWork([(PROPOSAL, Preview(SIDE, nobody, ()))], []), NOW, English())
    assert card.sides[1].name == "Nothing is known under it here"
    vague = replace(SIDE, family="", given="", birth_date=Moment("1990"), sex="unknown")
    (card,) = merge_cards(MergeWork([(PROPOSAL, Preview(SIDE, vague, ()))], []), NOW, English())
    assert card.sides[1].name == "Name not known here"
    assert card.sides[1].lines[:2] == ("Birth date not known here", "Sex not known here")


def test_what_was_joined_can_be_undone() -> None:
    link = Link(STAYS, GOES, "chris", NOW - timedelta(minutes=5))
    (card,) = merge_cards(MergeWork([], [link]), NOW, English())
    assert (card.joined, card.sides) == (True, ())
    assert card.title == "HOSP|1001 and HOSP|1002 are shown as one person"
    assert card.note.startswith("chris, ")


def test_the_button_says_how_many_wait() -> None:
    assert [badge(count, English()) for count in (0, 1, 2)] == [
        "",
        "1 number to compare",
        "2 numbers to compare",
    ]
