"""The program from start to end, as the command starts it."""

import os
import signal

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from clinic_app.model.words import English
from clinic_app.ui.run import run_workstation
from clinic_app.ui.shared_window import SharedScreenWindow
from clinic_app.ui.staff_window import StaffWindowWidget
from clinic_app.viewmodels.screen import ScreenSettings
from tests.ui.desk import MemoryDesk
from tests.ui.factory import MAYA


def window_of(
    kind: type[StaffWindowWidget] | type[SharedScreenWindow],
) -> StaffWindowWidget | SharedScreenWindow | None:
    return next((w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()), None)


def test_closing_the_staff_window_ends_the_program(settings: ScreenSettings) -> None:
    seen: list[str] = []
    patience = QTimer()

    def look() -> None:
        shared = window_of(SharedScreenWindow)
        if isinstance(shared, SharedScreenWindow) and shared.view is not None and shared.view.isVisible():
            seen.append(shared.view.banner.name.text())
            patience.stop()
            staff = window_of(StaffWindowWidget)
            assert staff is not None
            staff.close()

    patience.timeout.connect(look)
    patience.start(20)
    assert run_workstation(MemoryDesk(), settings, English(), open_at_start=MAYA.value) == 0
    assert seen == ["Maya Okafor"]


def test_a_signal_ends_the_program_cleanly(settings: ScreenSettings) -> None:
    QTimer.singleShot(300, lambda: os.kill(os.getpid(), signal.SIGTERM))
    before = signal.getsignal(signal.SIGTERM)
    assert run_workstation(MemoryDesk(), settings, English()) == 0
    assert signal.getsignal(signal.SIGTERM) is before
