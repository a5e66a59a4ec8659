import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import cast

import pytest

from clinic_app.app.demo.conversation import Line
from clinic_app.app.demo.plan import (
    Counts,
    Running,
    await_applied,
    draw,
    finished,
    is_demonstration,
    portraits,
    prepare_home,
    start_demo,
    zone_name,
)
from clinic_app.app.demo.processes import Started
from clinic_app.app.demo.scenario import DemoClinic, Expected
from clinic_app.model.errors import EnvironmentFault, UseFault

EXPECTED = Expected(10, 3, {"UNKNOWN-CODE": 1})
DONE = Counts(0, 10, 3, {"UNKNOWN-CODE": 1})
SETTINGS = '[clinic]\n{mark}\n[bridge]\n# profile = "generic"\n'


class Recorded:
    """Commands that are written down; `init` makes the settings file, the feed says that all is sent."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []

    def run(self, command: str, *words: str) -> str:
        self.calls.append((command, *words))
        if command == "init":
            home = Path(words[1])
            home.mkdir()
            (home / "commonground.toml").write_text(SETTINGS.format(mark="demonstration = true"))
        return json.dumps({"token": "secret"})

    def start(self, command: str, *words: str, conversation: bool = False) -> Started:
        self.calls.append((command, *words))
        assert conversation

        class Talking:
            def line(self) -> Line:
                return Line(
                    io.StringIO('{"ask": "DEMO|1001"}\n{"messages": 9, "submissions": 4}\n'), io.StringIO()
                )

        return cast("Started", Talking())

    def start_ready(self, command: str, ready: Path, *words: str) -> dict[str, str]:
        self.calls.append((command, *words))
        return {"portal": "http://127.0.0.1:1", "mllp": "127.0.0.1:2"}


class Clerk:
    def __init__(self, demo_clinic: DemoClinic) -> None:
        expected = demo_clinic.expected
        self.invited: list[str] = []
        self.now = Counts(0, expected.messages, expected.submissions, expected.held)

    def portal_id_for(self, number: str) -> str:
        self.invited.append(number)
        return "7"

    def counts(self) -> Counts:
        return self.now


def test_the_steps_of_a_demonstration(tmp_path: Path, demo_clinic: DemoClinic) -> None:
    home, commands, clerk = tmp_path / "home", Recorded(), Clerk(demo_clinic)
    told: list[str] = []
    running = start_demo(home, demo_clinic, commands, lambda root: clerk, told.append)
    assert [call[0] for call in commands.calls] == ["init", "portal", "bridge", "portal-token", "demo-feed"]
    assert clerk.invited == ["DEMO|1001"]
    assert (running.sent.messages, running.sent.submissions) == (9, 4)
    assert not any("secret" in word for call in commands.calls for word in call)
    assert "9 messages and 4 submissions" in told[-1]


def test_the_home_speaks_the_demonstrations_dialect(tmp_path: Path, demo_clinic: DemoClinic) -> None:
    home = tmp_path / "home"
    prepare_home(home, demo_clinic, Recorded())
    assert 'profile = "demo"' in (home / "commonground.toml").read_text()
    assert 'time_zone = "UTC"' in (home / "profiles" / "demo.toml").read_text()


def test_a_former_demonstration_is_replaced_and_nothing_else_ever(
    tmp_path: Path, demo_clinic: DemoClinic
) -> None:
    home = tmp_path / "home"
    prepare_home(home, demo_clinic, Recorded())
    (home / "main.db").write_text("old")
    prepare_home(home, demo_clinic, Recorded())
    assert not (home / "main.db").exists()
    (home / "commonground.toml").write_text(SETTINGS.format(mark=""))
    with pytest.raises(UseFault) as caught:
        prepare_home(home, demo_clinic, Recorded())
    assert caught.value.code == "DEMO-HOME"
    assert (home / "profiles").exists()


@pytest.mark.parametrize("text", ["", "not toml [", "[clinic]\ndemonstration = false\n"])
def test_what_is_no_demonstrations_home(tmp_path: Path, text: str) -> None:
    (tmp_path / "commonground.toml").write_text(text)
    assert not is_demonstration(tmp_path)


def test_a_folder_without_settings_is_none_either(tmp_path: Path) -> None:
    assert not is_demonstration(tmp_path)


@pytest.mark.parametrize(
    ("hours", "name"), [(0, "UTC"), (2, "Etc/GMT-2"), (-5, "Etc/GMT+5"), (5.5, "UTC"), (14, "Etc/GMT-14")]
)
def test_zones_of_whole_hours_have_a_name(hours: float, name: str) -> None:
    assert zone_name(datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=hours)))) == name


def test_a_time_without_zone_counts_as_utc() -> None:
    assert zone_name(datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)) == "UTC"


@pytest.mark.parametrize(
    "now",
    [
        Counts(1, 10, 3, {"UNKNOWN-CODE": 1}),
        Counts(0, 9, 3, {"UNKNOWN-CODE": 1}),
        Counts(0, 10, 2, {"UNKNOWN-CODE": 1}),
        Counts(0, 10, 3, {}),
        Counts(0, 10, 3, {"UNKNOWN-CODE": 1, "UNKNOWN-UNIT": 1}),
    ],
)
def test_what_is_not_finished(now: Counts) -> None:
    assert finished(EXPECTED, DONE)
    assert not finished(EXPECTED, now)
    with pytest.raises(EnvironmentFault) as caught:
        await_applied(EXPECTED, lambda: now, seconds=0)
    assert caught.value.code == "DEMO-UNFINISHED"


def test_waiting_ends_as_soon_as_all_has_come() -> None:
    left = [DONE, Counts(1, 10, 3, {})]
    assert await_applied(EXPECTED, left.pop) == DONE


def test_both_sizes_of_the_shared_screen_in_two_languages_are_drawn(
    tmp_path: Path, demo_clinic: DemoClinic
) -> None:
    commands, told = Recorded(), list[str]()
    tell: Callable[[str], None] = told.append
    running = cast("Running", type("R", (), {"clinic": demo_clinic, "home": tmp_path}))
    drawn = draw(running, tmp_path / "pictures", commands, tell)
    assert len(drawn) == len(commands.calls) == 8
    assert {person.slot.language for person, _, _ in portraits(demo_clinic)} == {"en", "es"}
    assert {size for call in commands.calls for size in call if size[0].isdigit()} == {
        "1920x1080",
        "1366x768",
    }
    assert str(tmp_path / "pictures") in told[-1]
