"""One patient's picture, found by any form of the number."""

import re

import pytest

from tests.unit.clinic_app.app.made_home import ERROR, MadeHome, Run, adt, spirometry

PARTS = {
    *("patient", "summary", "series", "changes", "attention", "agenda", "medicines", "cultures", "due"),
    *("visits", "decisions", "feeds"),
}
POINT = {
    *("at", "value", "comparator", "unit", "source", "author", "status", "recorded_at", "fact_id"),
    *("inbox_id", "replaces", "method", "derived_from"),
}


@pytest.mark.parametrize("mrn", ["1001", "DEMO|1001", " 1001 "])
def test_the_documented_form(run: Run, home: MadeHome, mrn: str) -> None:
    _, entry = home.receive(adt("A1"), spirometry("R1"))
    picture = run("picture", mrn, "--json", *home.words).json
    assert set(picture) >= PARTS
    assert picture["patient"]["birth_date"] == "2002-03-14"
    assert picture["patient"]["identifiers"] == [{"authority": "DEMO", "value": "1001"}]
    (point,) = picture["series"]["fev1"]
    assert set(point) >= POINT
    assert (point["source"], point["inbox_id"]) == ("ehr", entry)


def test_text_for_a_terminal(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1", name="Sam\\X1B\\ple^Maya"), spirometry("R1"))
    ran = run("picture", "1001", *home.words)
    assert (ran.status, ran.error) == (0, "")
    assert "born 2002-03-14, DEMO|1001" in ran.text
    assert re.search(r"fev1: 2\.50? L \(ehr, 2026-03-01.*; 1 values\)", ran.text)
    assert "\x1b" not in ran.text, "what came from outside must not steer the terminal"
    assert "\\x1b" in ran.text


def test_sentences_in_the_language_asked_for(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"), spirometry("R1"))
    english, spanish = (run("picture", "1001", "--language", one, *home.words).text for one in ("en", "es"))
    assert english != spanish


def test_a_person_without_birth_date_and_values(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1", birth=""))
    assert "born not known" in run("picture", "1001", *home.words).text


def test_a_number_of_two_people_must_be_said_in_full(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"), adt("A2", authority="OTHER", name="Else^Some"))
    ran = run("picture", "1001", *home.words)
    assert (ran.status, ran.code) == (2, "MRN-AMBIGUOUS")
    assert "DEMO|1001" in ran.error
    assert "OTHER|1001" in ran.error
    assert re.fullmatch(ERROR, ran.error)
    assert "Else" in run("picture", "OTHER|1001", *home.words).text


@pytest.mark.parametrize("mrn", ["77", "DEMO|77", "NOWHERE|1001", "|", "", "portal|p1", "DEMO|", "x" * 5000])
def test_a_number_that_nobody_has(run: Run, home: MadeHome, mrn: str) -> None:
    home.receive(adt("A1"))
    ran = run("picture", mrn, *home.words)
    assert (ran.status, ran.code, ran.out) == (1, "MRN-UNKNOWN", b"")
    assert re.fullmatch(ERROR, ran.error)


def test_the_look_is_logged_under_the_account(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"))
    run("picture", "1001", *home.words)
    with home.clinic() as clinic, clinic.store.snapshot() as view:
        (patient,) = view.identifiers_with_value("1001")
        rows = [row for row in view.accesses([patient]) if row.account == clinic.actor.account]
    assert [(row.action, row.outcome, row.writer) for row in rows] == [("read_patient", "allowed", "command")]


def test_an_account_without_a_role_is_refused(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"))
    home.give_roles(())
    ran = run("picture", "1001", *home.words)
    assert (ran.status, ran.code, ran.out) == (1, "ACCESS-DENIED", b"")
