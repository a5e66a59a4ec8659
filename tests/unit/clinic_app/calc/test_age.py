"""Exact age."""

from datetime import date

import pytest

from clinic_app.calc.age import age_months, age_years, completed_years


def test_years_are_days_over_365_25() -> None:
    assert age_years(date(2000, 1, 1), date(2004, 1, 1)) == 1461 / 365.25 == 4.0


def test_months_are_days_over_30_4375() -> None:
    # CDC's own example: a child 3672 days old is 120.641 months old.
    assert (
        round(age_months(date(2010, 1, 1), date.fromordinal(date(2010, 1, 1).toordinal() + 3672)), 3)
        == 120.641
    )


@pytest.mark.parametrize(
    ("on", "years"),
    [(date(2016, 2, 28), 3), (date(2016, 2, 29), 4), (date(2013, 2, 28), 0), (date(2013, 3, 1), 1)],
)
def test_completed_years_count_birthdays(on: date, years: int) -> None:
    assert completed_years(date(2012, 2, 29), on) == years


def test_before_birth_is_negative() -> None:
    assert age_years(date(2020, 1, 2), date(2020, 1, 1)) < 0
