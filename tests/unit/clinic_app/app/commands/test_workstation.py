"""The workstation as a command."""

import os
import re
import subprocess
from collections.abc import Mapping

import pytest

from clinic_app.app.commands.workstation import require_display
from clinic_app.app.spawn import command_line, environment
from clinic_app.model.errors import EnvironmentFault
from clinic_app.system.locks import RoleLock
from clinic_app.system.paths import Home
from tests.unit.clinic_app.app.made_home import ERROR, MadeHome, Run, adt


@pytest.mark.parametrize(
    ("platform", "known"),
    [
        ("linux", {"DISPLAY": ":0"}),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}),
        ("linux", {"QT_QPA_PLATFORM": "offscreen"}),
        ("win32", {}),
        ("darwin", {}),
    ],
)
def test_where_there_is_a_display(platform: str, known: Mapping[str, str]) -> None:
    require_display(platform, known)


def test_without_a_display_it_is_said_so() -> None:
    with pytest.raises(EnvironmentFault, match="DISPLAY-MISSING"):
        require_display("linux", {"DISPLAY": ""})


def test_no_command_is_the_workstation(home: MadeHome) -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    bare = {name: value for name, value in environment().items() if name not in hidden}
    words = command_line("--language", "es", "--open", "1001", *home.words)
    done = subprocess.run(words, capture_output=True, text=True, env=bare, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("DISPLAY-MISSING: ")
    assert re.fullmatch(ERROR, done.stderr)


@pytest.mark.qt
@pytest.mark.parametrize("bridge", [False, True])
def test_it_runs_until_it_is_closed_and_ends_its_bridge(
    run: Run, home: MadeHome, monkeypatch: pytest.MonkeyPatch, bridge: bool
) -> None:
    from PySide6.QtCore import QTimer  # noqa: PLC0415 - the other tests run without Qt
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    home.set("bridge", port=0)
    home.set("portal", port=9)
    home.receive(adt("A1"))
    application = QApplication.instance() or QApplication(["commonground"])
    lock, log = RoleLock(Home.at(home.root), "bridge"), home.root / "logs" / "workstation.log"
    timer = QTimer()
    timer.timeout.connect(lambda: application.quit() if lock.held() or not bridge else None)
    timer.start(100)
    ran = run(*home.words, *(() if bridge else ("--no-bridge",)))
    timer.stop()
    assert (ran.status, ran.out, ran.error) == (0, b"", "")
    assert not lock.held()
    assert log.exists()
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
