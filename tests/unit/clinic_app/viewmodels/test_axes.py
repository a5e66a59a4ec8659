"""Axes: what they cover, and how calm they are."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from clinic_app.model.moment import Moment
from clinic_app.model.words import English
from clinic_app.viewmodels.axes import day_number, time_axis, vertical

TODAY = date(2026, 11, 23)
NOW = TODAY.toordinal()


def test_a_time_of_day_is_a_part_of_its_day() -> None:
    assert day_number(Moment("2026-11-23")) == NOW
    assert day_number(Moment("2026-11-23T12:00")) == NOW + 0.5
    assert day_number(Moment("2026-11-23T06")) == NOW + 0.25


def test_two_years_are_shown_with_half_years() -> None:
    axis = time_axis(English(), [NOW - 1500.0], [float(NOW)], TODAY)
    assert [text for _, text in axis.ticks] == ["2025", "July", "2026", "July"]
    assert axis.first < NOW - 745
    assert axis.last > NOW + 1


def test_a_young_record_is_shown_with_quarters() -> None:
    axis = time_axis(English(), [NOW - 40.0], [float(NOW)], TODAY)
    assert [text for _, text in axis.ticks] == ["July", "October"]


def test_an_old_last_value_is_still_on_the_axis() -> None:
    last = NOW - 2000.0
    axis = time_axis(English(), [NOW - 2500.0], [last], TODAY)
    assert axis.first < last
    assert all(text.isdigit() for _, text in axis.ticks)


def test_nothing_to_draw_has_an_axis_all_the_same() -> None:
    assert time_axis(English(), [], [], TODAY).first < NOW


def test_fixed_ends_stay() -> None:
    scale = vertical([5], 10, (0, 10))
    assert [text for _, text in scale.ticks] == ["0", "5", "10"]


@given(
    st.lists(st.floats(0, 300), min_size=1, max_size=40),
    st.sampled_from([0.6, 6, 10, 12, 20]),
)
def test_a_scale_holds_all_values_with_at_most_four_ticks(values: list[float], least: float) -> None:
    scale = vertical(values, least, None)
    assert scale.low < min(values)
    assert max(values) < scale.high
    assert 2 <= len(scale.ticks) <= 4
    assert scale.high - scale.low >= least - 1e-6
    assert [value for value, _ in scale.ticks] == sorted(value for value, _ in scale.ticks)
