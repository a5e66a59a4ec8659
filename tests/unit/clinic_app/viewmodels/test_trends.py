"""Trends: which charts, their gaps, ages and home marks."""

from dataclasses import replace
from decimal import Decimal

from clinic_app.model.moment import Moment
from clinic_app.model.words import English
from clinic_app.picture.types import GoalBand, Picture, Point
from clinic_app.viewmodels.shared_state import Trend
from clinic_app.viewmodels.trends import Source, build_trends, chosen_codes, last_told
from tests.ui.factory import ALLOWED, EMPTY, TODAY, at_home, child, clinic, point, rich, sparse

WORDS = English()


def source(
    picture: Picture, allowed: frozenset[str] = ALLOWED.series, hidden: frozenset[str] = frozenset()
) -> Source:
    return Source(picture, allowed, hidden, TODAY, WORDS)


def trends_of(picture: Picture, hidden: frozenset[str] = frozenset()) -> tuple[Trend, ...]:
    return build_trends(source(picture, ALLOWED.series, hidden))[0]


def test_the_three_charts_follow_from_the_data() -> None:
    assert chosen_codes(source(rich())) == (
        "fev1_percent_predicted",
        "weight",
        "symptom_overall",
    )
    assert chosen_codes(source(child()))[2] == "height"
    assert chosen_codes(source(sparse())) == ("fev1_percent_predicted", "weight")
    litres = replace(EMPTY, series={"fev1": clinic("L", ("2026-11-23", "2.41"))})
    assert chosen_codes(source(litres)) == ("fev1",)
    unborn = replace(litres, patient=replace(EMPTY.patient, birth_date=None))
    assert chosen_codes(source(unborn)) == ("fev1",)
    assert chosen_codes(source(rich(), frozenset())) == ()


def test_a_row_says_value_unit_word_source_and_day() -> None:
    lung = trends_of(rich())[0]
    assert (lung.value, lung.unit, lung.word, lung.origin, lung.age) == (
        "76",
        "of 100",
        "lower",
        "clinic, today",
        "",
    )
    assert lung.spoken == "Lung strength. 76 of 100. 6 points lower than on 9 September 2026."
    assert lung.home == "at home"
    assert lung.band is not None
    assert lung.band.label == "your goal"
    feel = trends_of(rich())[2]
    assert feel.origin == "you told us, Saturday"


def test_a_long_silence_is_a_gap_and_makes_the_last_value_old() -> None:
    lung = trends_of(sparse())[0]
    assert [mark.joined for mark in lung.marks] == [True, False, False]
    assert lung.stale
    assert (lung.word, lung.age) == ("10 months ago", "")


def test_a_value_of_months_ago_tells_its_age_but_still_speaks() -> None:
    picture = replace(EMPTY, series={"weight": clinic("kg", ("2026-08-01", "58"))})
    weight = trends_of(picture)[0]
    assert (weight.age, weight.stale) == ("4 months ago", False)


def test_home_marks_need_the_same_unit_and_the_list() -> None:
    base = {"fev1": clinic("L", ("2026-11-01", "2.4"))}
    same = replace(EMPTY, series=base | {"home_fev1": at_home("L", TODAY, 1, "2.3")})
    other = replace(EMPTY, series=base | {"home_fev1": at_home("%", TODAY, 1, "70")})
    assert len(trends_of(same)[0].home_marks) == 1
    assert trends_of(other)[0].home_marks == ()
    unlisted = source(same, ALLOWED.series - {"home_fev1"})
    assert build_trends(unlisted)[0][0].home_marks == ()


def test_home_values_that_stopped_say_since_when() -> None:
    old = at_home("kg", Moment("2026-09-01").day, 1, "58")
    series = {"weight": clinic("kg", ("2026-11-01", "58")), "home_weight": old}
    assert trends_of(replace(EMPTY, series=series))[0].home == "at home, last 1 September"


def test_what_cannot_be_drawn_is_left_out() -> None:
    series: dict[str, tuple[Point, ...]] = {
        "weight": (
            point("2026-11-01", "58", "kg"),
            point("2026-11-02", "59", "kg", value="refused"),
            point("2026-11-03", "60", "kg", at=None),
            point("2030-01-01", "61", "kg"),
            point("2020-01-01", "40", "kg"),
        )
    }
    weight = trends_of(replace(EMPTY, series=series))[0]
    assert [mark.value for mark in weight.marks] == [40, 58]
    only_future = replace(EMPTY, series={"weight": clinic("kg", ("2030-01-01", "61"))})
    assert trends_of(only_future)[0].value == "61.0"


def test_a_comparator_stays_with_its_value() -> None:
    picture = replace(EMPTY, series={"weight": (point("2026-11-01", "5", "kg", comparator="<"),)})
    assert trends_of(picture)[0].value == "<5.0"


def test_bands_are_cut_to_the_axis_and_need_the_unit() -> None:
    series = {"weight": clinic("kg", ("2026-11-01", "58"))}
    bands = (GoalBand("weight", Decimal(57), None, "kg", "CFF"),)
    weight = trends_of(replace(EMPTY, series=series, goals=bands))[0]
    assert weight.band is not None
    assert (weight.band.high, weight.band.label) == (weight.scale.high, "goal")
    below = (GoalBand("weight", None, Decimal(55), "kg", "CFF"),)
    low = trends_of(replace(EMPTY, series=series, goals=below))[0]
    assert low.band is not None
    assert low.band.low == low.scale.low
    pounds = (GoalBand("weight", Decimal(120), Decimal(130), "[lb_av]", "CFF"),)
    assert trends_of(replace(EMPTY, series=series, goals=pounds))[0].band is None
    empty = (GoalBand("weight", Decimal(60), Decimal(60), "kg", "CFF"),)
    assert trends_of(replace(EMPTY, series=series, goals=empty))[0].band is None


def test_a_hidden_card_keeps_only_its_title() -> None:
    weight = trends_of(rich(), frozenset({"weight"}))[1]
    assert weight == Trend("weight", "Weight", hidden=True)


def test_the_origin_of_each_mark_is_told() -> None:
    weight = trends_of(rich())[1]
    assert weight.marks[-1].origin.startswith("58 kg · 23 November 2026 · clinic · Dr. Lindqvist · final")
    told = last_told(rich(), ALLOWED.series)
    assert told is not None
    assert told.at is not None
    assert last_told(sparse(), ALLOWED.series) is None
