"""The workstation's view of the clinic, on a real home."""

import json

import pytest

from clinic_app.app.desk import Desk
from clinic_app.model.errors import CommonGroundError
from clinic_app.system.paths import Home
from tests.unit.clinic_app.app.made_home import MadeHome, adt, spirometry


def test_a_person_is_listed_found_opened_and_refreshed(home: MadeHome) -> None:
    home.receive(adt("A1"))
    with home.clinic() as clinic:
        desk = Desk(clinic)
        assert desk.now() is not None
        (row,) = desk.list_patients()
        assert desk.refresh_list() == [row]
        identifier = desk.find("1001")
        assert identifier == row.identifier
        opened = desk.open_patient(identifier)
        assert "fev1" not in opened.picture.series
        home.receive(spirometry("R1"))
        assert "fev1" in desk.refresh(opened).picture.series
        with clinic.store.snapshot() as view:
            rows = [one for one in view.accesses([identifier]) if one.account == clinic.actor.account]
        assert sorted(one.action for one in rows) == ["list_patients", "read_patient"]
        with pytest.raises(CommonGroundError, match="MRN-UNKNOWN"):
            desk.find("77")


def test_changes_are_polled_once(home: MadeHome) -> None:
    with home.clinic() as clinic:
        desk = Desk(clinic)
        before = desk.latest_change()
        assert list(desk.poll_changes(before)) == []
        home.receive(adt("A1"))
        (change,) = desk.poll_changes(before)
        assert list(desk.poll_changes(change.sequence)) == []
        assert list(desk.poll_changes(change.sequence)) == [], "nobody committed: only a number was read"
        assert [one.sequence for one in desk.poll_changes(before)] == [change.sequence]


def test_only_what_is_on_the_list_is_shared(home: MadeHome) -> None:
    with home.clinic() as clinic:
        assert Desk(clinic).shared_list() == Desk(clinic).shared_list()


@pytest.mark.parametrize(
    ("status", "notes"),
    [
        (None, {"mllp": "BRIDGE-DOWN"}),
        ({"pid": 1}, {}),
        ({"pid": 1, "portal": {"code": ""}}, {}),
        ({"pid": 1, "portal": {"code": "PORTAL-TOKEN"}}, {"fhir": "PORTAL-TOKEN"}),
    ],
)
def test_the_feeds_say_what_the_bridge_says(
    home: MadeHome, status: dict[str, object] | None, notes: dict[str, str]
) -> None:
    if status is not None:
        Home.at(home.root).status("bridge").write_text(json.dumps(status))
    with home.clinic() as clinic:
        assert {feed.channel: feed.note for feed in Desk(clinic).feeds() if feed.note} == notes
