"""The shared state: complete for what is allowed, and silent about everything else."""

from dataclasses import fields, is_dataclass, replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from clinic_app.model.moment import Moment
from clinic_app.model.words import English
from clinic_app.picture.types import Attention, CultureLine, Evidence, GoalBand, Picture
from clinic_app.viewmodels.shared import Viewing, build_shared
from clinic_app.viewmodels.shared_state import SharedState
from tests.ui.factory import ALLOWED, FEEDS, MAYA, NOW, PEOPLE, change, due, medicine, point, rich, topic

WORDS = English()
VIEWING = Viewing(MAYA, 1, NOW, FEEDS, demonstration=True)
SECRET = "zq#private#qz"


def strings(value: object) -> list[str]:
    """Every string anywhere in a value."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for part in value for text in strings(part)]
    if is_dataclass(value):
        return [text for field in fields(value) for text in strings(getattr(value, field.name))]
    return []


def test_the_banner_and_the_bottom_line() -> None:
    state = build_shared(rich(), ALLOWED, VIEWING, WORDS)
    assert (state.banner.name, state.banner.born, state.banner.number) == (
        "Maya Okafor",
        "born 14 March 2002",
        "number 4471 0932",
    )
    assert state.feeds == ("Clinic data: 4 minutes ago", "Your answers: Saturday")
    assert state.mark == "Demonstration: invented people"
    assert state.steps == ("How you are doing",)
    assert build_shared(rich(), ALLOWED, Viewing(MAYA, 1, NOW), WORDS).mark == ""


def test_everybody_has_at_most_three_charts_five_lines_and_seven_things() -> None:
    for make in PEOPLE.values():
        state = build_shared(make(), ALLOWED, VIEWING, WORDS)
        assert len(state.trends) <= 3
        assert state.since.first_lines <= 5
        assert state.talk.first_topics + state.since.first_lines <= 7
        assert len(state.lanes) <= 3


def with_secret(place: int) -> Picture:
    """Maya with a private text at one of all the places where one can stand."""
    base = rich()
    lab = (point("2026-11-23", "7", "%", author=SECRET, note=SECRET, method=SECRET),)
    pictures = (
        replace(base, agenda=(*base.agenda, topic(SECRET, private=True))),
        replace(base, agenda=(*base.agenda, topic(SECRET, "clinician", private=True))),
        replace(base, changes=(*base.changes, change(SECRET, "new", "", "culture", "staff"))),
        replace(base, changes=(*base.changes, change(SECRET, "up", "lab_hba1c"))),
        replace(base, attention=(Attention("x", SECRET, SECRET, Evidence(), "staff"),)),
        replace(base, due=(due(SECRET, "phq9", audience="staff"),)),
        replace(base, due=(due(SECRET, "phq9", audience="shared"),)),
        replace(base, medicines=(*base.medicines, medicine(SECRET, None, None, "sertraline"))),
        replace(
            base, medicines=(*base.medicines, medicine(SECRET, None, None, "ivacaftor", audience="staff"))
        ),
        replace(base, series=base.series | {"lab_hba1c": lab, "pro_phq9_total": lab}),
        replace(base, sentences=base.sentences | {"lab_hba1c": SECRET}, last_words={"lab_hba1c": SECRET}),
        replace(
            base,
            cultures=(CultureLine(Moment("2026"), SECRET, ((SECRET, SECRET),), True, "final", Evidence()),),
        ),
        replace(base, summary={"genotype": SECRET}),
        replace(base, goals=(*base.goals, GoalBand("lab_hba1c", Decimal(1), Decimal(2), "%", SECRET))),
    )
    return pictures[place % len(pictures)]


@given(st.integers(0, 13))
def test_nothing_private_is_in_any_string_of_the_shared_screen(place: int) -> None:
    state = build_shared(with_secret(place), ALLOWED, VIEWING, WORDS)
    assert not [text for text in strings(state) if SECRET in text]


@given(
    st.sets(st.sampled_from(sorted(ALLOWED.series))), st.sets(st.sampled_from(sorted(ALLOWED.ingredients)))
)
def test_a_shorter_list_never_shows_more(series: set[str], ingredients: set[str]) -> None:
    def counted(state: SharedState) -> tuple[int, int, int]:
        marks = sum(len(t.marks) + len(t.home_marks) for t in state.trends if t.code == "weight")
        return len(state.since.lines), sum(len(lane.bars) for lane in state.lanes), marks

    shorter = replace(ALLOWED, series=frozenset(series), ingredients=frozenset(ingredients))
    few = counted(build_shared(rich(), shorter, VIEWING, WORDS))
    all_of_it = counted(build_shared(rich(), ALLOWED, VIEWING, WORDS))
    assert all(one <= other for one, other in zip(few, all_of_it, strict=True))
    assert all(trend.code in series for trend in build_shared(rich(), shorter, VIEWING, WORDS).trends)


def test_a_hidden_card_takes_its_lines_with_it() -> None:
    viewing = replace(VIEWING, hidden=frozenset({"weight"}))
    state = build_shared(rich(), ALLOWED, viewing, WORDS)
    assert not [text for text in strings(state) if "kg" in text]
    assert len(state.since.lines) == 3


def test_a_nameless_person_says_so() -> None:
    nameless = replace(rich(), patient=replace(rich().patient, family="", given="", birth_date=None))
    state = build_shared(nameless, ALLOWED, VIEWING, WORDS)
    assert state.banner.name == "Name not known here"
    assert state.banner.born == "born not known here"
    assert state.talk.topics[0].by == "you"
