"""Starts the workstation: the application, both windows on their screens, and the end."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QApplication

from clinic_app.model.words import Words
from clinic_app.ui.theme import Theme, dress
from clinic_app.ui.workstation import Workstation
from clinic_app.viewmodels.desk import WorkstationServices
from clinic_app.viewmodels.screen import ScreenSettings

_STAFF_SIZE = (1600, 900)
_ENDING = (signal.SIGTERM, signal.SIGINT)


def run_workstation(
    services: WorkstationServices, settings: ScreenSettings, words: Words, open_at_start: str | None = None
) -> int:
    """Show the windows until the staff window is closed. Returns the exit status."""
    application = application_for(settings)
    screens = QGuiApplication.screens()
    shared_screen = screens[-1]
    size = shared_screen.geometry().size()
    workstation = Workstation(services, settings.on_pixels((size.width(), size.height())), words)
    place_windows(workstation, screens[0], shared_screen)
    workstation.start(open_at_start)
    workstation.staff.closed.connect(application.quit)
    try:
        with _ended_by_signals(application):
            return application.exec()
    finally:
        workstation.stop()


@contextmanager
def _ended_by_signals(application: QApplication) -> Iterator[None]:
    """SIGTERM and Ctrl-C end it as closing the window does; the poll timer lets Python see them at once."""
    before = {number: signal.signal(number, lambda _number, _frame: application.quit()) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def application_for(settings: ScreenSettings) -> QApplication:
    """The one application of this process, in our dress."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("commonground")
    application.setQuitOnLastWindowClosed(False)
    dress(application, Theme(settings.look, 1.0))
    return application


def place_windows(workstation: Workstation, desk: QScreen, room: QScreen) -> None:
    """The staff window on the desk's screen; the shared screen fills the other one, or waits behind with only
    one.
    """
    area = desk.availableGeometry()
    width, height = min(_STAFF_SIZE[0], area.width()), min(_STAFF_SIZE[1], area.height())
    workstation.staff.resize(width, height)
    workstation.staff.move(area.topLeft())
    workstation.shared.setGeometry(room.geometry())
    if desk is room:
        workstation.use_one_screen()
    else:
        workstation.shared.showFullScreen()
    workstation.staff.show()
