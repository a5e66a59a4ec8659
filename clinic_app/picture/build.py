"""Facts → Picture, one pure function: the same facts in any order, once or often, give the same picture."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from clinic_app.model.facts import Fact, FactKind
from clinic_app.model.identity import Identifier
from clinic_app.model.people import FeedState
from clinic_app.model.words import Words
from clinic_app.picture.agenda import agenda_items, decision_lines
from clinic_app.picture.attention import attention_items
from clinic_app.picture.changes import change_lines
from clinic_app.picture.chart_lists import (
    allergy_lines,
    document_lines,
    immunisation_lines,
    order_lines,
    problem_lines,
)
from clinic_app.picture.computed import body_mass, percent_predicted
from clinic_app.picture.cultures import culture_lines, new_organisms
from clinic_app.picture.current import Thing, current_things
from clinic_app.picture.due import due_lines
from clinic_app.picture.goals import goal_bands
from clinic_app.picture.heights import heights_of
from clinic_app.picture.medicines import medicine_lines, modulator_starts
from clinic_app.picture.person import Person, patient_line, person_of
from clinic_app.picture.scene import Scene, comparable, last_visit, record_begins
from clinic_app.picture.sentences import sentences
from clinic_app.picture.series import Series, measured_series
from clinic_app.picture.summary import feed_lines, summary_of
from clinic_app.picture.tables import PictureTables
from clinic_app.picture.types import Picture
from clinic_app.picture.visits import told_visits, visit_lines

Things = Mapping[FactKind, Sequence[Thing]]


def build_picture(
    facts: Iterable[Fact],
    people: Sequence[Identifier],
    feeds: Sequence[FeedState],
    now: datetime,
    tables: PictureTables,
    words: Words,
    states: frozenset[str] = frozenset(),
) -> Picture:
    """The picture of one person from all versions of their facts.

    `people` are the identifiers that links join, `now` is the clinic's local time (its calendar day is
    "today"), `states` those that a person confirmed (``cfrd``, ``transplant`` …).
    """
    current = current_things(facts)
    things = {**current, FactKind.VISIT: told_visits(current[FactKind.VISIT])}
    patient = patient_line(things[FactKind.PATIENT], people)
    person, today = person_of(patient), now.date()
    series = _series(things, person, tables, words)
    scene = Scene(
        person=person,
        today=today,
        series=series,
        since=last_visit(things, today),
        begins=record_begins(things, today),
        tables=tables,
        words=words,
        comparable=comparable(series, today),
    )
    orders = things[FactKind.MEDICINE]
    medicines = medicine_lines(orders, tables)
    cultures = culture_lines(things[FactKind.CULTURE], tables.shared, things[FactKind.SUSCEPTIBILITY])
    allergies = allergy_lines(things[FactKind.ALLERGY], tables.shared)
    organisms = new_organisms(cultures, scene)
    agenda = agenda_items(things[FactKind.TOPIC])
    due = due_lines(scene, states)
    said, last_words = sentences(scene)
    return Picture(
        patient=patient,
        summary=summary_of(scene, medicines, states, allergies),
        series=dict(scene.series),
        changes=change_lines(scene, medicines, orders, organisms, due),
        attention=attention_items(scene, modulator_starts(orders, tables.modulators), organisms, agenda, due),
        agenda=agenda,
        medicines=medicines,
        cultures=cultures,
        due=due,
        visits=visit_lines(things[FactKind.VISIT], things[FactKind.APPOINTMENT]),
        decisions=decision_lines(things[FactKind.DECISION]),
        goals=goal_bands(things[FactKind.GOAL], scene),
        feeds=feed_lines(feeds),
        sentences=said,
        last_words=last_words,
        since=scene.since,
        record_begins=scene.begins,
        orders=order_lines(things[FactKind.ORDER], tables.shared),
        documents=document_lines(things[FactKind.DOCUMENT], tables.shared),
        immunisations=immunisation_lines(things[FactKind.IMMUNISATION], tables.shared),
        problems=problem_lines(things[FactKind.PROBLEM], tables.shared),
        allergies=allergies,
    )


def _series(things: Things, person: Person, tables: PictureTables, words: Words) -> Series:
    """Measured series, and the computed ones beside them."""
    series = measured_series(things[FactKind.MEASUREMENT], words, tables.units)
    heights = heights_of(series.get("height", ()))
    computed: dict[str, Series] = {}
    for litres, percent in (
        ("fev1", "fev1_percent_predicted"),
        ("home_fev1", "home_fev1_percent_predicted"),
    ):
        if litres in series:
            outcome = percent_predicted(percent, series[litres], heights, person, tables, words)
            series[litres] = outcome.measured
            computed[litres] = outcome.series
    if "weight" in series:
        outcome = body_mass(series["weight"], heights, person, tables, words)
        series["weight"] = outcome.measured
        computed["weight"] = outcome.series
    for found in computed.values():
        series.update({name: points for name, points in found.items() if points})
    return dict(sorted(series.items()))
