"""What deserves a look today."""

from clinic_app.model.bodies import Culture, Topic, Visit
from clinic_app.model.moment import Moment
from tests.unit.clinic_app.picture.charts import Chart


def test_item_nine_of_the_phq9_is_for_staff_whatever_the_total(chart: Chart) -> None:
    chart.measure("pro_phq9_item9", "2026-10-01", "0", "{score}", source="patient")
    assert chart.draw().attention == ()
    fact = chart.measure("pro_phq9_item9", "2026-11-01", "1", "{score}", source="patient")
    [item] = chart.draw().attention
    assert (item.kind, item.audience, item.evidence.fact_ids) == ("phq9_item9", "staff", (fact.id,))


def test_an_overdue_check_names_its_source(chart: Chart) -> None:
    chart.patient()
    chart.measure("lab_ogtt_2h_75g", "2024-01-01", "120", "mg/dL")
    chart.measure("pro_phq9_total", "2024-01-01", "3", "{score}")
    sugar, mood = chart.draw().attention
    assert (sugar.kind, sugar.audience) == ("due", "shared")
    assert "CFF/ADA" in sugar.reason and "2010" in sugar.reason
    assert mood.audience == "staff"


def test_private_topics_are_one_item_however_many_there_are(chart: Chart) -> None:
    first = chart.add("topic", Topic("x", "patient", private=True), "2026-11-01", source="patient")
    chart.add("topic", Topic("open to all", "patient"), "2026-11-01", source="patient")
    [item] = chart.draw().attention
    assert (item.text, item.evidence.fact_ids) == ("There is a private topic to read.", (first.id,))
    second = chart.add("topic", Topic("y", "patient", private=True), "2026-11-02", source="patient")
    chart.add("topic", Topic("z", "patient", private=True, state="discussed"), "2026-11-02", source="patient")
    [item] = chart.draw().attention
    assert (item.kind, item.text) == ("private_topic", "There are 2 private topics to read.")
    assert (item.evidence.fact_ids, item.audience) == ((first.id, second.id), "staff")


def test_never_more_than_seven_the_most_pressing_first(chart: Chart) -> None:
    chart.patient()
    chart.measure("lab_ogtt_2h_75g", "2024-01-01", "120", "mg/dL")
    chart.add("visit", Visit("1", "O", "CF", Moment("2026-09-09"), None, "discharged"), "2026-09-09")
    chart.measure("pro_phq9_item9", "2026-11-01", "2", "{score}", source="patient")
    chart.add("topic", Topic("x", "patient", private=True), "2026-11-01", source="patient")
    for number in range(8):
        chart.add(
            "culture", Culture("sputum", f"germ{number}", f"Germ {number}", True), f"2026-11-0{number + 1}"
        )
    items = chart.draw().attention
    assert [item.kind for item in items] == ["phq9_item9", "private_topic", *["new_organism"] * 5]
