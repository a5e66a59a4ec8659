"""Linking a portal's person: explicit, once, and what waited is applied."""

import re

import pytest

from tests.unit.clinic_app.app.made_home import ERROR, NOW, MadeHome, Run, adt, home_weight


def test_a_link_applies_what_waited_for_it(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"))
    (entry,) = home.submit(home_weight("p1", 51.5))
    ran = run("link", "1001", "Patient/p1", "--json", *home.words)
    assert (ran.status, ran.error) == (0, "")
    assert (ran.json["mrn"], ran.json["portal"]) == ("DEMO|1001", "portal|p1")
    assert run("inbox", "show", str(entry), "--json", *home.words).json["state"] == "applied"
    weights = run("picture", "1001", "--json", *home.words).json["series"]["home_weight"]
    assert [float(point["value"]) for point in weights] == [51.5]


def test_the_same_link_again_changes_nothing(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"))
    first = run("link", "DEMO|1001", "p1", *home.words)
    again = run("link", "DEMO|1001", "p1", *home.words)
    assert (first.status, again.status) == (0, 0)
    assert first.text == again.text
    assert first.text.startswith("DEMO|1001 and portal|p1 are one person. ")


def test_a_portal_person_is_linked_to_one_only(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"), adt("A2", mrn="1002"))
    run("link", "1001", "p1", *home.words)
    ran = run("link", "1002", "p1", *home.words)
    assert (ran.status, ran.code) == (2, "LINK-TAKEN")
    assert re.fullmatch(ERROR, ran.error)


@pytest.mark.parametrize("portal_id", ["", "Patient/", "a b", "x" * 65, "p/1"])
def test_what_is_no_id_of_a_resource_is_wrong_use(run: Run, home: MadeHome, portal_id: str) -> None:
    ran = run("link", "1001", portal_id, *home.words)
    assert (ran.status, ran.code) == (2, "USE")
    assert re.fullmatch(ERROR, ran.error)


def test_an_unknown_number_links_nothing(run: Run, home: MadeHome) -> None:
    ran = run("link", "1001", "p1", *home.words)
    assert (ran.status, ran.code) == (1, "MRN-UNKNOWN")


def portal_person(home: MadeHome, born: object = "2002-03-14") -> str:
    """Somebody whom the portal knows; the id there."""
    with home.clinic() as clinic, clinic.portal_store() as portal:
        person = {"resourceType": "Patient", **({} if born is None else {"birthDate": born})}
        return portal.resources.create("Patient", person, NOW).id


def test_a_portal_person_that_is_not_there_is_told(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"))
    known = run("link", "1001", portal_person(home), *home.words)
    unknown = run("link", "1001", "p9", *home.words)
    assert "no such person" not in known.text
    assert unknown.text.endswith("The portal has no such person yet: check the id.\n")
    home.set("portal", url="https://portal.example.org/fhir")
    elsewhere = run("link", "1001", "p8", "--json", *home.words)
    assert elsewhere.json["portal_person_known"] is None


def test_another_birth_date_links_nobody(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"))
    ran = run("link", "1001", portal_person(home, "2002-04-13"), *home.words)
    assert (ran.status, ran.code) == (1, "LINK-BIRTH-DATE-DIFFERS")
    assert re.fullmatch(ERROR, ran.error)
    assert "2002" not in ran.error


@pytest.mark.parametrize("born", [None, "14 March", 2002])
def test_a_birth_date_that_is_none_stands_in_nobodys_way(run: Run, home: MadeHome, born: object) -> None:
    home.receive(adt("A1"))
    assert run("link", "1001", portal_person(home, born), *home.words).status == 0


def test_a_link_is_undone_and_what_came_by_it_goes(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"))
    (entry,) = home.submit(home_weight("p1", 51.5))
    run("link", "1001", "p1", *home.words)
    done = run("link", "1001", "p1", "--undo", "--json", *home.words)
    assert (done.json["linked"], done.json["changed"]) == (False, 1)
    assert run("inbox", "show", str(entry), "--json", *home.words).json["state"] == "held"
    assert "home_weight" not in run("picture", "1001", "--json", *home.words).json["series"]
    again = run("link", "1001", "p1", "--undo", *home.words)
    assert again.text == "DEMO|1001 and portal|p1 are not linked any more. 0 entries changed.\n"
