import math

import pytest

from clinic_app.app.demo.bodies import Build, Lungs, height, weight

GIRL = Build("female", 1.0, 1.0)


def test_people_grow_and_then_stop() -> None:
    heights = [height(GIRL, age) for age in range(0, 30)]
    assert heights == sorted(heights)
    assert height(GIRL, 20) == height(GIRL, 45)


def test_a_grown_woman_has_a_grown_womans_weight() -> None:
    assert 55 < weight(GIRL, 25) < 62


def test_a_hundred_percent_is_the_predicted_volume(lungs: Lungs) -> None:
    assert lungs.litres(GIRL, 30, "fev1", 100) == pytest.approx(3.1, abs=0.3)
    assert lungs.litres(GIRL, 30, "fev1", 50) == pytest.approx(lungs.litres(GIRL, 30, "fev1", 100) / 2)


def test_under_three_years_there_is_no_volume(lungs: Lungs) -> None:
    assert math.isnan(lungs.litres(GIRL, 2, "fev1", 100))
