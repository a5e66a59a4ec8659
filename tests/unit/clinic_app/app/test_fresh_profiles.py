"""A profile that changes while the program runs is taken over; one that cannot be used is not."""

import logging

import pytest

from clinic_app.app.fresh_profiles import FreshMeaning, FreshProfiles
from tests.unit.clinic_app.app.made_home import MadeHome, message_received, spirometry


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_changed_is_in_force_and_what_cannot_be_used_is_not(
    home: MadeHome, caplog: pytest.LogCaptureFixture
) -> None:
    file, seconds = home.root / "profiles" / "site.toml", Seconds()
    with home.clinic() as clinic:
        first = clinic.profile_version()
        fresh = FreshProfiles(clinic, seconds)
        good = file.read_text("utf-8") + '\n[accept]\nprocessing_ids = ["P", "T"]\n'
        file.write_text(good, "utf-8")
        assert not fresh.look()  # it is looked at now and then only
        seconds.now = 2.0
        assert fresh.look()
        assert clinic.profile.accepts.processing == {"P", "T"}
        second = clinic.profile_version()
        assert second != first
        file.write_text("name = 1", "utf-8")
        seconds.now = 4.0
        with caplog.at_level(logging.ERROR):
            assert not fresh.look()
        assert "PROFILE-INVALID" in caplog.text
        assert "the former profile stays in force" in caplog.text
        assert clinic.profile_version() == second
        file.write_text(good + "\n", "utf-8")
        seconds.now = 6.0
        assert fresh.look()
        seconds.now = 8.0
        assert not fresh.look()


def test_a_meaning_follows_the_profile_whoever_noticed_the_change(home: MadeHome) -> None:
    """The outbox looks as well: what it notices is news for the translator too."""
    file, seconds = home.root / "profiles" / "site.toml", Seconds()
    (entry_id,) = home.land(message_received(spirometry("R1")))
    with home.clinic() as clinic:
        fresh = FreshProfiles(clinic, seconds)
        meaning = FreshMeaning(clinic, fresh)
        (entry,) = clinic.intake_reader().after(entry_id - 1, 1)
        assert meaning(entry).statements
        file.write_text(file.read_text("utf-8") + '\n[ignore]\npanels = ["*"]\ncodes = ["*"]\n', "utf-8")
        seconds.now = 2.0
        assert fresh.look()  # somebody else's look
        assert meaning(entry).ignored == "the profile passes over everything in it"


def test_several_profiles_have_one_version_together(home: MadeHome) -> None:
    (home.root / "profiles" / "lab.toml").write_text(
        'name = "lab"\nedition = "1"\nextends = "generic"\n', "utf-8"
    )
    with home.settings.open("a", encoding="utf-8") as file:
        file.write('\n[[channel]]\nname = "lab"\nport = 4712\nprofile = "lab"\n')
    with home.clinic() as clinic:
        assert clinic.profile_names() == {"mllp": "site", "mllp:lab": "lab"}
        assert [one.split(" ")[0] for one in clinic.profile_version().split(", ")] == ["site", "lab"]
        assert clinic.profiles["mllp:lab"].name == "lab"
