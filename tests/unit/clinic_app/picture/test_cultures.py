"""Cultures, and germs that are new."""

from dataclasses import replace

import pytest

from clinic_app.model.bodies import Culture, Susceptibility, Topic, Visit
from clinic_app.model.facts import FactKind
from clinic_app.model.moment import Moment
from clinic_app.picture.cultures import culture_lines
from clinic_app.picture.current import Thing
from tests.unit.clinic_app.picture.charts import TABLES, Chart

PSEUDOMONAS = ("pseudomonas_aeruginosa", "Pseudomonas aeruginosa")
STAPH = ("staph_aureus", "Staphylococcus aureus")


def grow(chart: Chart, day: str | None, germ: tuple[str, str] = PSEUDOMONAS, status: str = "final") -> int:
    return chart.add("culture", Culture("sputum", *germ, True), day, status=status).id


def record(chart: Chart, visit: str | None = "2026-09-09") -> None:
    chart.patient()
    chart.measure("weight", "2022-01-01", "50", "kg")
    if visit:
        chart.add("visit", Visit("1", "O", "CF", Moment(visit), None, "discharged"), visit)


def new_germs(chart: Chart) -> list[str]:
    return [item.text for item in chart.draw().attention if item.kind == "new_organism"]


def test_findings_of_one_specimen_stand_together(chart: Chart) -> None:
    first = grow(chart, "2026-11-01T09:00")
    second = grow(chart, "2026-11-01T09:00", STAPH, "preliminary")
    other = chart.add("culture", Culture("throat", "", "", False), "2026-11-01T09:00").id
    sputum, throat = chart.draw().cultures
    assert sputum.organisms == (PSEUDOMONAS, STAPH)
    assert (sputum.growth, sputum.status, sputum.audience) == (True, "preliminary", "staff")
    assert set(sputum.evidence.fact_ids) == {first, second}
    assert (throat.specimen, throat.organisms, throat.growth) == ("throat", (), False)
    assert throat.evidence.fact_ids == (other,)


def test_findings_without_a_time_stay_alone(chart: Chart) -> None:
    grow(chart, None)
    grow(chart, None, STAPH)
    assert len(chart.draw().cultures) == 2


def test_cultures_are_shared_only_where_the_allow_list_says_so(chart: Chart) -> None:
    record(chart)
    grow(chart, "2026-11-01")
    tables = replace(TABLES, shared=replace(TABLES.shared, kinds=frozenset({"culture"})))
    picture = chart.draw(tables=tables)
    assert [line.audience for line in picture.cultures] == ["shared"]
    assert [line.audience for line in picture.changes if line.kind == "culture"] == ["shared"]
    assert [item.audience for item in picture.attention if item.kind == "new_organism"] == ["staff"]


def test_a_germ_that_never_grew_before_is_new(chart: Chart) -> None:
    record(chart)
    grow(chart, "2025-01-01", STAPH)
    culture = grow(chart, "2026-11-01")
    grow(chart, "2026-11-02", STAPH)
    [item] = [item for item in chart.draw().attention if item.kind == "new_organism"]
    assert item.text == "A germ was found for the first time: Pseudomonas aeruginosa."
    assert (item.audience, item.evidence.fact_ids) == ("staff", (culture,))


@pytest.mark.parametrize(
    ("day", "germ"),
    [
        ("2026-09-09", PSEUDOMONAS),
        ("2026-12-24", PSEUDOMONAS),
        (None, PSEUDOMONAS),
        ("2026-11-01", ("", "Normal oral flora")),
    ],
)
def test_what_is_not_new(chart: Chart, day: str | None, germ: tuple[str, str]) -> None:
    record(chart)
    grow(chart, day, germ)
    assert new_germs(chart) == []


def test_without_a_visit_twelve_months_count(chart: Chart) -> None:
    chart.add("culture", Culture("sputum", "", "", False), "2022-01-01")
    grow(chart, "2025-11-23")
    assert new_germs(chart) == []
    grow(chart, "2025-11-24", ("", "Strange germ"))
    assert new_germs(chart) == ["A germ was found for the first time: Strange germ."]


def test_a_germ_with_a_key_alone_is_named_by_it(chart: Chart) -> None:
    record(chart)
    grow(chart, "2026-11-01", ("mrsa", ""))
    assert new_germs(chart) == ["A germ was found for the first time: mrsa."]


def test_within_the_first_year_of_record_nothing_is_new(chart: Chart) -> None:
    chart.measure("weight", "2026-01-01", "50", "kg")
    grow(chart, "2026-11-01")
    assert new_germs(chart) == []


def test_a_body_of_another_kind_is_passed_over(chart: Chart) -> None:
    things = [Thing(chart.add("topic", Topic("x", "patient")))]
    assert culture_lines(things, TABLES.shared) == ()
    assert FactKind.TOPIC in TABLES.shared.kinds


def drug(
    chart: Chart, day: str | None, name: str, germ: tuple[str, str] = PSEUDOMONAS, specimen: str = ""
) -> int:
    body = Susceptibility(name, "", "S", "2", *germ, specimen)
    return chart.add("susceptibility", body, day).id


def test_drugs_stand_at_the_culture_that_grew_the_organism(chart: Chart) -> None:
    grow(chart, "2026-10-01")
    newest = grow(chart, "2026-11-01")
    second, first = drug(chart, "2026-11-03", "Tobramycin"), drug(chart, "2026-11-03", "Aztreonam")
    old, new = chart.draw().cultures
    assert old.susceptibilities == ()
    assert [line.drug for line in new.susceptibilities] == ["Aztreonam", "Tobramycin"]
    assert [line.evidence.fact_ids for line in new.susceptibilities] == [(first,), (second,)]
    assert new.evidence.fact_ids == (newest,)


@pytest.mark.parametrize(
    ("day", "germ", "specimen"),
    [
        ("2026-11-01", STAPH, ""),
        ("2026-12-30", PSEUDOMONAS, ""),
        ("2026-10-30", PSEUDOMONAS, ""),
        (None, PSEUDOMONAS, ""),
        ("2026-11-01", PSEUDOMONAS, "throat"),
        ("2026-11-01", ("", ""), ""),
    ],
)
def test_drugs_of_no_known_culture_are_not_lost(
    chart: Chart, day: str | None, germ: tuple[str, str], specimen: str
) -> None:
    grow(chart, "2026-11-01")
    one = drug(chart, day, "Tobramycin", germ, specimen)
    lines = [line for line in chart.draw().cultures if line.susceptibilities]
    assert [line.evidence.fact_ids for line in lines] == [(one,)]
    assert lines[0].growth
    assert lines[0].audience == "staff"


def test_unknown_organisms_are_matched_by_their_words(chart: Chart) -> None:
    grow(chart, "2026-11-01", ("", "Odd germ"))
    drug(chart, "2026-11-01", "Tobramycin", ("", "odd GERM"))
    (line,) = chart.draw().cultures
    assert len(line.susceptibilities) == 1
