"""The wired parts of a home: made when asked for, closed at the end."""

import pytest

from clinic_app.app.compose import require_administrator
from clinic_app.app.screens import screen_settings
from clinic_app.model.access import SYSTEM
from clinic_app.model.entries import BATCH, RawEntry
from clinic_app.model.errors import AccessDenied
from clinic_app.services.gate import Gate
from tests.unit.clinic_app.app.made_home import NOW, MadeHome, adt, home_weight


def test_today_is_this_machines_day(home: MadeHome) -> None:
    with home.clinic() as clinic:
        assert clinic.now().utcoffset() == clinic.now().astimezone().utcoffset()
        assert abs((clinic.now() - NOW).total_seconds()) < 60


def test_parts_are_made_once(home: MadeHome) -> None:
    with home.clinic() as clinic:
        assert clinic.store is clinic.store
        assert clinic.intake_reader() is clinic.intake_reader()
        assert clinic.gate is clinic.gate


def test_the_systems_gate_is_not_the_persons(home: MadeHome) -> None:
    with home.clinic() as clinic:
        gate: Gate = clinic.system_gate()
        assert gate.actor.roles == (SYSTEM,)
        assert clinic.gate.actor.roles == ("clinician", "administrator")


def test_only_administrators_administer(home: MadeHome) -> None:
    with home.clinic() as clinic:
        require_administrator(clinic.actor)
    home.give_roles(("clinician",))
    with home.clinic() as clinic, pytest.raises(AccessDenied, match="does not administer"):
        require_administrator(clinic.actor)


def test_each_channel_has_its_translator(home: MadeHome) -> None:
    with home.clinic() as clinic:
        translate = clinic.translator()
        message = translate(RawEntry(1, "mllp", "LAB", "A1", "ADT^A28", NOW, adt("A1")))
        assert (str(message.subject), message.introduces) == ("DEMO|1001", True)
        raw = str(home_weight("p1", 50)).replace("'", '"').encode()
        resource = translate(RawEntry(2, "fhir", "portal", "O1", "Observation", NOW, raw))
        assert str(resource.subject) == "portal|p1"
        broken = translate(RawEntry(3, "mllp", "LAB", "", "", NOW, b"abc", "FRAME-TOO-LARGE"))
        assert broken.subject is None
        batch = translate(RawEntry(4, "mllp", "LAB", "", BATCH, NOW, adt("A1") + adt("A2", "1002")))
        assert (batch.subject, batch.ignored) == (None, "a batch of 2 messages, each an entry of its own")
        assert clinic.profile_version().startswith("site ")


def test_the_screen_is_what_the_settings_say(home: MadeHome) -> None:
    home.set("clinic", viewing_distance_m=1.5, screen_inches=15.6, demonstration=True)
    with home.clinic() as clinic:
        chosen = screen_settings(clinic)
    assert (chosen.viewing_distance_m, chosen.screen_inches, chosen.demonstration) == (1.5, 15.6, True)
    assert chosen.clinic_name == "A clinic of tests"
    assert chosen.look.colours
