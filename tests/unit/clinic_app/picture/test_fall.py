"""A fall of lung function."""

from dataclasses import replace
from decimal import Decimal

import pytest

from clinic_app.model.bodies import Medicine
from clinic_app.model.moment import Moment
from clinic_app.picture.types import Attention
from tests.unit.clinic_app.picture.charts import TABLES, Chart

HEIGHT = "160"
ON_LITRES = replace(TABLES, fall=replace(TABLES.fall, series="fev1"))


def blow(chart: Chart, day: str, litres: str, **more: str) -> None:
    chart.measure("fev1", day, litres, "L", **more)


def start(chart: Chart, name: str, day: str) -> None:
    chart.add("medicine", Medicine(name, "", "started", "", "", Moment(day), None), day)


def prepare(chart: Chart) -> None:
    """A grown woman with a long record; in one year of her age litres and % predicted fall alike."""
    chart.patient(born="1990-06-15")
    chart.measure("height", "2022-01-01", HEIGHT, "cm")


def falls(chart: Chart, **more: object) -> list[Attention]:
    return [item for item in chart.draw(**more).attention if item.kind == "fev1_fall"]


def test_from_ten_per_cent_it_is_for_both(chart: Chart) -> None:
    prepare(chart)
    blow(chart, "2026-03-03", "2.40")
    blow(chart, "2026-06-01", "2.30")
    blow(chart, "2026-11-20", "2.10")
    [item] = falls(chart)
    best, newest = (chart.draw().series["fev1_percent_predicted"][at].value for at in (0, 2))
    assert isinstance(best, Decimal) and isinstance(newest, Decimal)
    assert item.text == f"Lung strength fell from {round(best)} to {round(newest)}."
    assert item.reason == f"12 % below the best of the last 12 months ({round(best)} on 3 March 2026)."
    assert item.audience == "shared"
    assert item.evidence.fact_ids == (3, 5)


@pytest.mark.parametrize(("litres", "audience"), [("2.17", "staff"), ("2.27", "staff"), ("2.35", None)])
def test_from_five_per_cent_it_is_for_staff_and_below_for_nobody(
    chart: Chart, litres: str, audience: str | None
) -> None:
    prepare(chart)
    blow(chart, "2026-09-01", "2.40")
    blow(chart, "2026-10-01", "2.40")
    blow(chart, "2026-11-20", litres)
    assert [item.audience for item in falls(chart)] == ([audience] if audience else [])


def test_a_rise_is_no_fall(chart: Chart) -> None:
    prepare(chart)
    blow(chart, "2026-09-01", "2.00")
    blow(chart, "2026-10-01", "2.10")
    blow(chart, "2026-11-20", "2.40")
    assert falls(chart) == []


def test_two_earlier_tests_on_two_days_are_wanted(chart: Chart) -> None:
    prepare(chart)
    blow(chart, "2026-10-01T09:00", "2.40")
    blow(chart, "2026-10-01T10:00", "2.38")
    blow(chart, "2026-11-20", "1.80")
    assert falls(chart) == []
    blow(chart, "2026-09-01", "1.90")
    assert len(falls(chart)) == 1


def test_the_window_is_twelve_months(chart: Chart) -> None:
    prepare(chart)
    blow(chart, "2025-11-19", "3.00")
    blow(chart, "2026-09-01", "2.10")
    blow(chart, "2026-10-01", "2.10")
    blow(chart, "2026-11-20", "2.08")
    assert falls(chart) == []
    blow(chart, "2025-11-20", "3.00")
    assert len(falls(chart)) == 1


def test_an_old_newest_test_deserves_no_look_today(chart: Chart) -> None:
    prepare(chart)
    blow(chart, "2025-01-01", "2.40")
    blow(chart, "2025-06-01", "2.40")
    blow(chart, "2025-11-01", "1.80")
    assert falls(chart) == []


def test_a_modulator_start_begins_anew(chart: Chart) -> None:
    prepare(chart)
    for day, litres in (("2026-02-01", "2.60"), ("2026-04-01", "2.60"), ("2026-05-01", "2.60")):
        blow(chart, day, litres)
    blow(chart, "2026-09-01", "2.30")
    blow(chart, "2026-11-20", "2.30")
    assert len(falls(chart)) == 1
    start(chart, "Salbutamol", "2026-05-01")
    assert len(falls(chart)) == 1
    start(chart, "elexacaftor / tezacaftor / ivacaftor", "2026-05-01")
    assert falls(chart) == []
    blow(chart, "2026-10-01", "2.60")
    assert len(falls(chart)) == 1


def test_a_start_after_the_newest_test_changes_nothing(chart: Chart) -> None:
    prepare(chart)
    blow(chart, "2026-09-01", "2.60")
    blow(chart, "2026-10-01", "2.60")
    blow(chart, "2026-11-20", "2.00")
    start(chart, "ivacaftor", "2026-11-20")
    assert len(falls(chart)) == 1


def test_home_tests_and_tests_after_a_bronchodilator_stay_out(chart: Chart) -> None:
    prepare(chart)
    blow(chart, "2026-09-01", "2.10")
    blow(chart, "2026-10-01", "2.10")
    chart.measure("fev1_post", "2026-10-01", "3.0", "L")
    chart.measure("home_fev1", "2026-11-22", "1.2", "L", source="device")
    blow(chart, "2026-11-20", "2.10")
    assert falls(chart) == []


@pytest.mark.parametrize(
    ("status", "note", "found"),
    [
        ("final", "", 1),
        ("corrected", "grade: A", 1),
        ("final", "Grade C", 1),
        ("preliminary", "", 0),
        ("final", "grade E", 0),
        ("final", "device X, grade=u", 0),
    ],
)
def test_only_accepted_tests_are_compared(chart: Chart, status: str, note: str, found: int) -> None:
    prepare(chart)
    blow(chart, "2026-09-01", "2.40")
    blow(chart, "2026-10-01", "2.40")
    blow(chart, "2026-11-20", "1.80", status=status, note=note)
    assert len(falls(chart)) == found


def test_without_a_year_of_record_there_is_no_baseline(chart: Chart) -> None:
    chart.patient()
    chart.measure("height", "2026-01-01", HEIGHT, "cm")
    for day, litres in (("2026-09-01", "2.40"), ("2026-10-01", "2.40"), ("2026-11-20", "1.80")):
        blow(chart, day, litres)
    assert falls(chart) == []


def test_it_is_for_staff_where_lung_strength_is_not_on_the_allow_list(chart: Chart) -> None:
    prepare(chart)
    for day, litres in (("2026-09-01", "2.40"), ("2026-10-01", "2.40"), ("2026-11-20", "1.80")):
        blow(chart, day, litres)
    tables = replace(TABLES, shared=replace(TABLES.shared, series=frozenset()))
    assert [item.audience for item in falls(chart, tables=tables)] == ["staff"]


@pytest.mark.parametrize(("litres", "audience"), [("1.80", "shared"), ("1.81", "staff"), ("1.90", "staff")])
def test_both_limits_belong_to_their_side(chart: Chart, litres: str, audience: str) -> None:
    # The rule on litres, where 10 % and 5 % can be hit exactly.
    prepare(chart)
    for day, value in (("2026-09-01", "2.00"), ("2026-10-01", "2.00"), ("2026-11-20", litres)):
        blow(chart, day, value)
    assert [item.audience for item in falls(chart, tables=ON_LITRES)] == [audience]


def test_just_above_the_lower_limit_nobody_is_told(chart: Chart) -> None:
    prepare(chart)
    for day, value in (("2026-09-01", "2.00"), ("2026-10-01", "2.00"), ("2026-11-20", "1.91")):
        blow(chart, day, value)
    assert falls(chart, tables=ON_LITRES) == []
