"""One application for all tests of the windows, drawn without a display."""

import os
from collections.abc import Callable, Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest

pytest.importorskip("PySide6")

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_app.model.words import English
from clinic_app.system.resources import Resources
from clinic_app.ui.shared_window import SharedScreenWindow
from clinic_app.ui.theme import Theme, dress
from clinic_app.ui.workstation import Workstation
from clinic_app.viewmodels.look import Look, read_look
from clinic_app.viewmodels.screen import ScreenSettings
from tests.ui.desk import MemoryDesk


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/tests/ui/" in str(item.path):
            item.add_marker(pytest.mark.qt)


@pytest.fixture(scope="session")
def look() -> Look:
    resources = Resources()
    return read_look(resources.toml, resources.data)


@pytest.fixture
def settings(look: Look, qapp: QApplication) -> ScreenSettings:
    dress(qapp, Theme(look, 1.0))
    return ScreenSettings(look, demonstration=True, clinic_name="Riverside CF Clinic")


@pytest.fixture
def desk() -> MemoryDesk:
    return MemoryDesk()


class Clock:
    """A steady clock that tests move."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workstation(
    qtbot: QtBot, settings: ScreenSettings, desk: MemoryDesk, clock: Clock
) -> Iterator[Workstation]:
    """Both windows, the list read and painted; the timers are stopped, tests poll themselves."""
    made = Workstation(desk, settings, English(), clock)
    qtbot.addWidget(made.staff)
    qtbot.addWidget(made.shared)
    made.staff.resize(1600, 900)
    made.shared.resize(1920, 1080)
    made.shared.show()
    made.staff.show()
    with qtbot.waitSignal(made.ready, timeout=5000):
        made.start()
    made.pause()
    yield made
    desk.gate.set()
    made.stop()


Make = Callable[..., SharedScreenWindow]


@pytest.fixture(scope="session")
def windows(look: Look, qapp: QApplication) -> Iterator[Make]:
    """Shared windows by size, built once and used for one person after another, as in the clinic."""
    dress(qapp, Theme(look, 1.0))
    settings = ScreenSettings(look, demonstration=True, clinic_name="Riverside CF Clinic")
    kept: dict[tuple[int, int], SharedScreenWindow] = {}

    def make(size: tuple[int, int] = (1920, 1080)) -> SharedScreenWindow:
        if size not in kept:
            kept[size] = SharedScreenWindow(settings.drawn_at(size), English())
            kept[size].resize(*size)
        return kept[size]

    yield make
    for made in kept.values():
        made.close()


@pytest.fixture
def window(windows: Make) -> Iterator[Make]:
    """Shared windows by size, shown without a curtain and with nobody in them."""
    used = []

    def make(size: tuple[int, int] = (1920, 1080)) -> SharedScreenWindow:
        made = windows(size)
        used.append(made)
        made.blank()
        made.cover(False, "")
        made.show()
        return made

    yield make
    for made in used:
        made.hide()
