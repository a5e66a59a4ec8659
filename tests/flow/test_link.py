"""Linking a portal person by hand: checked against the chart, told apart from a mistyped id, and undone."""

import pytest

from tests.flow.hl7_text import adt, control_id, send, spirometry
from tests.flow.program import Site

pytestmark = pytest.mark.xdist_group("flow")


def known(site: Site, mrn: str) -> str:
    """Make a patient known, with a result already there; returns MRN as the commands take it."""
    first, second = control_id(), control_id()
    send(site.mllp, adt(first, mrn), spirometry(second, mrn))
    site.entry(first, "applied")
    site.entry(second, "applied")
    return f"DEMO|{mrn}"


def portal_person(site: Site, born: str) -> str:
    with site.fhir() as client:
        made = client.post("/Patient", json={"resourceType": "Patient", "birthDate": born})
        return str(made.json()["id"])


def test_a_person_born_on_another_day_is_not_linked(shared_site: Site) -> None:
    mrn, person = known(shared_site, "2101"), portal_person(shared_site, "1951-01-01")
    refused = shared_site.run("link", mrn, person)
    assert refused.status == 1
    assert refused.error.startswith("LINK-BIRTH-DATE-DIFFERS:")
    assert shared_site.run("link", known(shared_site, "2102"), person, "--undo").status == 0


def test_a_link_says_whether_the_portal_knows_the_person_and_can_be_undone(shared_site: Site) -> None:
    mrn, other = known(shared_site, "2103"), known(shared_site, "2104")
    unheard = shared_site.run("link", mrn, "nobody-yet")
    assert unheard.status == 0, unheard.error
    assert "0 waiting entries applied. The portal has no such person yet" in unheard.text
    told = shared_site.run("link", mrn, "nobody-yet", "--json").json
    assert (told["portal_person_known"], told["applied"]) == (False, 0)
    taken = shared_site.run("link", other, "nobody-yet")
    assert taken.error.startswith("LINK-TAKEN:")
    assert f"commonground link '{mrn}' nobody-yet --undo" in taken.error
    assert shared_site.run("link", mrn, "nobody-yet", "--undo", "--json").json["linked"] is False
    assert shared_site.run("link", other, "nobody-yet").status == 0


def test_no_portal_id_is_wrong_use(shared_site: Site) -> None:
    assert shared_site.run("link", "DEMO|2101", "").status == 2


def test_a_known_person_is_said_to_be_known(shared_site: Site) -> None:
    mrn, person = known(shared_site, "2105"), portal_person(shared_site, "2002-03-14")
    linked = shared_site.run("link", mrn, person, "--json")
    assert linked.json["portal_person_known"] is True, linked.error


def test_one_older_message_takes_nobody_over(shared_site: Site) -> None:
    known(shared_site, "2106")
    stranger = control_id()
    send(shared_site.mllp, adt(stranger, "2106", "19500101", "Stranger^Older", sent="20200101"))
    held = shared_site.entry(stranger, "held")
    assert (held["code"], "commonground inbox accept ID" in held["mend"]) == ("BIRTH-DATE-DIFFERS", True)
    picture = shared_site.picture("2106")
    assert picture["patient"]["name"] == "Maya Sample"
    assert "fev1" in picture["series"]
