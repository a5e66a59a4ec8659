"""Who it is."""

from datetime import date

import pytest

from clinic_app.model.bodies import Demographics, Topic
from clinic_app.model.facts import FactKind
from clinic_app.model.identity import Identifier
from clinic_app.model.moment import Moment
from clinic_app.picture.current import Thing, current_things
from clinic_app.picture.person import Person, patient_line, person_of
from clinic_app.picture.types import PatientLine
from tests.unit.clinic_app.picture.charts import MRN, Chart

PORTAL = Identifier("portal", "abc")


def line(chart: Chart) -> PatientLine:
    return patient_line(current_things(chart.facts)[FactKind.PATIENT], (PORTAL, MRN))


def test_the_newest_statement_of_the_ehr_counts(chart: Chart) -> None:
    chart.add("patient", Demographics("Old", "Ada", Moment("1990"), "female"), key="p", sent="2020")
    chart.add(
        "patient", Demographics("New", "Ada", Moment("1990-06-15"), "female", "es"), key="p", sent="2021"
    )
    found = line(chart)
    assert (found.name, found.birth_date, found.language) == ("Ada New", Moment("1990-06-15"), "es")
    assert found.identifiers == (MRN, PORTAL)


def test_what_the_portal_states_stands_behind_the_ehr(chart: Chart) -> None:
    chart.add(
        "patient",
        Demographics("Home", "A", Moment("1991"), "male", "es"),
        key="p",
        sent="2025",
        subject=PORTAL,
    )
    chart.add("patient", Demographics("Chart", "Ada", Moment("1990-06-15"), "female"), key="p", sent="2020")
    found = line(chart)
    assert (found.family, found.sex, found.language) == ("Chart", "female", "es")


def test_a_blank_does_not_wipe_out_what_was_known(chart: Chart) -> None:
    chart.add("patient", Demographics("Marsh", "Ada", Moment("1990-06-15"), "female"), key="p", sent="2020")
    chart.add("patient", Demographics("", "", None, "unknown"), key="p", sent="2021")
    found = line(chart)
    assert (found.family, found.birth_date, found.sex) == ("Marsh", Moment("1990-06-15"), "female")


def test_nobody_known(chart: Chart) -> None:
    found = line(chart)
    assert (found.name, found.birth_date, found.sex) == ("", None, "unknown")


def test_a_body_of_another_kind_is_passed_over(chart: Chart) -> None:
    fact = chart.add("topic", Topic("hello", "patient"))
    assert patient_line([Thing(fact)], ()).name == ""


@pytest.mark.parametrize(
    ("sent", "sex"), [("female", "female"), ("male", "male"), ("other", None), ("unknown", None)]
)
def test_only_two_sexes_have_reference_tables(sent: str, sex: str | None) -> None:
    assert person_of(PatientLine("", "", None, sent, ())).sex == sex


@pytest.mark.parametrize(
    ("born", "known"), [("1990-06-15", date(1990, 6, 15)), ("1990-06", None), (None, None)]
)
def test_a_birth_date_counts_to_the_day_only(born: str | None, known: date | None) -> None:
    person = person_of(PatientLine("", "", Moment(born) if born else None, "male", ()))
    assert person.born == known


def test_age_in_completed_years() -> None:
    assert Person("male", date(2010, 5, 2)).age_on(date(2026, 5, 1)) == 15
    assert Person("male", None).age_on(date(2026, 5, 1)) is None
