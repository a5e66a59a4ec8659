"""Type sizes by distance and screen, as PRODUCT states them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.viewmodels.look import Look
from clinic_app.viewmodels.screen import Arrangement, ScreenSettings, plan_screen, readable_px

LOOK = Look({}, {}, {}, {})


@pytest.mark.parametrize(
    ("distance", "inches", "pixels", "least", "better"),
    [
        (0.7, 24, (1920, 1080), 16, 20),
        (1.0, 24, (1920, 1080), 23, 29),
        (1.5, 24, (1920, 1080), 35, 44),
        (0.7, 15.6, (1366, 768), 18, 22),
        (1.0, 15.6, (1366, 768), 26, 32),
        (1.5, 15.6, (1366, 768), 38, 48),
    ],
)
def test_sizes_are_those_of_the_product(
    distance: float, inches: float, pixels: tuple[int, int], least: int, better: int
) -> None:
    settings = ScreenSettings(LOOK, distance, inches, pixels)
    assert readable_px(settings) == pytest.approx(least, abs=0.65)
    assert readable_px(settings, 20) == pytest.approx(better, abs=0.65)


def test_the_default_room_takes_the_design_as_drawn() -> None:
    plan = plan_screen(ScreenSettings(LOOK), (1920, 1080))
    assert plan.arrangement is Arrangement.FULL
    assert plan.scale == pytest.approx(1.0, abs=0.01)
    assert plan.px(24) == 24


def test_a_laptop_shows_one_large_chart() -> None:
    settings = ScreenSettings(LOOK, 1.0, 15.6, (1366, 768))
    plan = plan_screen(settings, (1366, 768))
    assert plan.arrangement is Arrangement.COMPACT
    assert plan.px(24) >= 26


def test_at_a_metre_and_a_half_one_card_at_a_time() -> None:
    plan = plan_screen(ScreenSettings(LOOK, 1.5), (1920, 1080))
    assert plan.arrangement is Arrangement.COMPACT
    assert plan.px(24) >= 35


def test_room_left_over_makes_things_larger() -> None:
    assert plan_screen(ScreenSettings(LOOK, 0.7), (1920, 1080)).scale == pytest.approx(1.0)


def test_a_picture_of_another_size_keeps_the_size_of_a_pixel() -> None:
    room = ScreenSettings(LOOK)
    drawn = room.drawn_at((1366, 768))
    assert readable_px(drawn) == pytest.approx(readable_px(room))
    assert plan_screen(drawn, (1366, 768)).arrangement is Arrangement.COMPACT
    assert room.on_pixels((2560, 1440)).screen_inches == 24


@given(
    st.floats(0.5, 2.0),
    st.floats(10, 60),
    st.sampled_from([(1280, 720), (1366, 768), (1920, 1080), (2560, 1440), (3840, 2160)]),
)
def test_letters_are_readable_wherever_they_fit_and_everything_always_fits(
    distance: float, inches: float, pixels: tuple[int, int]
) -> None:
    settings = ScreenSettings(LOOK, distance, inches, pixels)
    plan = plan_screen(settings, pixels)
    width, height = pixels
    wanted = readable_px(settings) * 0.999
    assert 24 * plan.scale >= min(wanted, 24 * min(width / 1220, height / 680) * 0.999)
    assert width / plan.scale >= 1219
    assert height / plan.scale >= 679
