"""Topics and decisions."""

from clinic_app.model.bodies import Decision, Topic
from clinic_app.picture.agenda import agenda_items, decision_lines
from clinic_app.picture.current import Thing
from tests.unit.clinic_app.picture.charts import Chart


def test_the_patients_topics_come_first_in_the_order_that_was_set(chart: Chart) -> None:
    chart.add("topic", Topic("Is the infection over?", "clinician"), "2026-11-01")
    chart.add("topic", Topic("  Can I skip the vest?  ", "patient", order=2), "2026-11-02", source="patient")
    chart.add("topic", Topic("I cough at night", "patient", order=1), "2026-11-03", source="patient")
    chart.add("topic", Topic("Travel", "patient", order=1, state="parked"), "2026-11-04", source="patient")
    agenda = chart.draw().agenda
    assert [(item.by, item.text, item.state) for item in agenda] == [
        ("patient", "I cough at night", "open"),
        ("patient", "Travel", "parked"),
        ("patient", "  Can I skip the vest?  ", "open"),
        ("clinician", "Is the infection over?", "open"),
    ]
    assert agenda[0].evidence.fact_ids == (3,)


def test_a_private_topic_is_flagged_and_only_staff_are_told_of_it(chart: Chart) -> None:
    secret = chart.add("topic", Topic("my mood", "patient", private=True), "2026-11-01", source="patient")
    chart.add(
        "topic", Topic("old secret", "patient", private=True, state="done"), "2026-10-01", source="patient"
    )
    chart.add("topic", Topic("sport", "patient"), "2026-11-01", source="patient")
    picture = chart.draw()
    assert [item.private for item in picture.agenda] == [True, True, False]
    [told] = [item for item in picture.attention if item.kind == "private_topic"]
    assert (told.audience, told.evidence.fact_ids) == ("staff", (secret.id,))
    assert "mood" not in told.text + told.reason


def test_decisions_stay_verbatim(chart: Chart) -> None:
    fact = chart.add("decision", Decision("Walk the dog twice a day"), "2026-09-09")
    [line] = chart.draw().decisions
    assert (line.text, line.state, line.evidence.fact_ids) == (
        "Walk the dog twice a day",
        "agreed",
        (fact.id,),
    )


def test_bodies_of_another_kind_are_passed_over(chart: Chart) -> None:
    things = [Thing(chart.patient())]
    assert agenda_items(things) == () and decision_lines(things) == ()
