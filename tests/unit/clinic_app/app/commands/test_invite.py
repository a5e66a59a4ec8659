"""Inviting a patient: a code, the portal's person, and the link between the two."""

import re

from tests.unit.clinic_app.app.made_home import ERROR, MadeHome, Run, adt, home_weight


def test_an_invitation_makes_and_links_the_portals_person(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"))
    made = run("invite", "DEMO|1001", "--json", *home.words).json
    assert set(made) == {"code", "url", "portal_patient_id", "expires"}
    assert made["url"].startswith("http://127.0.0.1:8443/")
    assert made["expires"] > "2026-03-02"
    home.submit(home_weight(made["portal_patient_id"], 50))
    assert "home_weight" in run("picture", "1001", "--json", *home.words).json["series"]
    again = run("invite", "DEMO|1001", "--json", *home.words).json
    assert again["portal_patient_id"] == made["portal_patient_id"]
    assert again["code"] != made["code"]


def test_the_address_is_where_the_portal_is(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"))
    (home.root / "run" / "portal.json").write_text('{"portal": "http://127.0.0.1:40124"}')
    assert "Address: http://127.0.0.1:40124/" in run("invite", "1001", *home.words).text
    home.set("portal", url="https://portal.example.org/fhir/")
    text = run("invite", "1001", *home.words).text
    assert "Address: https://portal.example.org/" in text
    assert "fhir" not in text


def test_nobody_is_invited_without_a_birth_date(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1", birth=""), adt("A2", mrn="1002", birth="2002"))
    for mrn in ("1001", "1002"):
        ran = run("invite", mrn, *home.words)
        assert (ran.status, ran.code, ran.out) == (1, "BIRTH-DATE-UNKNOWN", b"")
        assert re.fullmatch(ERROR, ran.error)


def test_a_role_that_may_not_invite_makes_nothing(run: Run, home: MadeHome) -> None:
    home.receive(adt("A1"))
    home.give_roles(("it",))
    ran = run("invite", "1001", *home.words)
    assert (ran.status, ran.code, ran.out) == (1, "ACCESS-DENIED", b"")
    with home.clinic() as clinic, clinic.store.snapshot() as view:
        (patient,) = view.identifiers_with_value("1001")
        assert view.links(patient) == []
