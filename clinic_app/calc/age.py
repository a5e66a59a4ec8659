"""Exact age from two dates, in the two scales that the reference tables use.

Years are days / 365.25 (as the GLI calculators count), months are days / 30.4375 (CDC 2000 guidance: exact
months).
"""

from datetime import date

DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = 30.4375


def age_years(born: date, on: date) -> float:
    """Decimal age in years; negative before birth."""
    return (on - born).days / DAYS_PER_YEAR


def age_months(born: date, on: date) -> float:
    """Exact age in months; negative before birth."""
    return (on - born).days / DAYS_PER_MONTH


def completed_years(born: date, on: date) -> int:
    """Birthdays passed, as care rules count ("from 12 y"); that of 29 February falls on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
