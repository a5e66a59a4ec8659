from datetime import date, timedelta

import pytest

from clinic_app.app.demo.course import Course, Dip, dip_share
from clinic_app.app.demo.scenario import DemoClinic

WORST = date(2026, 3, 2)
DIP = Dip(WORST, 10, 0.04, 1)


def test_a_dip_comes_in_five_weeks_and_goes_in_six_and_a_half() -> None:
    assert dip_share(DIP, WORST) == 1
    assert dip_share(DIP, WORST - timedelta(days=36)) == 0
    assert dip_share(DIP, WORST - timedelta(days=17)) == pytest.approx(0.5, abs=0.03)
    assert dip_share(DIP, WORST + timedelta(days=46)) == 0


def test_before_the_worst_day_lungs_and_weight_fall(demo_clinic: DemoClinic) -> None:
    for course in demo_clinic.courses:
        for dip in course.dips:
            before = dip.worst - timedelta(days=40)
            if len(course.dips) == 1 and course.modulator is None:
                assert course.strength(dip.worst) < course.strength(before) - 5
                assert course.fullness(dip.worst) < course.fullness(before)
                assert course.ill(dip.worst) == 1
                assert course.ill(before) == 0


def test_a_modulator_gives_back_lung_strength(demo_clinic: DemoClinic) -> None:
    started = [course for course in demo_clinic.courses if course.modulator and not course.dips]
    told = [course for course in demo_clinic.courses if course.person.slot.story == "modulator"]
    assert all(course.modulator for course in told)
    for course in started:
        assert course.modulator is not None
        begin = course.modulator.start
        assert course.strength(begin + timedelta(days=60)) > course.strength(begin) + 4


def test_visits_are_about_quarterly_and_on_working_days(demo_clinic: DemoClinic) -> None:
    for course in demo_clinic.courses:
        assert all(day.weekday() < 5 for day in course.visits)
        if course.away is None:
            gaps = [
                (later - sooner).days for sooner, later in zip(course.visits, course.visits[1:], strict=False)
            ]
            assert all(75 <= gap <= 106 for gap in gaps)


def test_whoever_stayed_away_has_a_year_without_visits(demo_clinic: DemoClinic) -> None:
    away = [course for course in demo_clinic.courses if course.person.slot.story == "missed_year"]
    assert len(away) == 3
    assert all(longest_gap(course) > 365 for course in away)


def longest_gap(course: Course) -> int:
    return max((b - a).days for a, b in zip(course.visits, course.visits[1:], strict=False))


def test_the_falling_story_falls_now(demo_clinic: DemoClinic) -> None:
    course = next(course for course in demo_clinic.courses if course.person.slot.story == "falling")
    last_visit = course.visits[-1]
    assert course.strength(course.end) < course.strength(last_visit) - 5
    assert course.fullness(course.end) < course.fullness(last_visit)
