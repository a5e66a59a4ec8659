"""The workstation up to its patient list, as its command starts it, without a bridge."""

import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.app.desk import Desk
from clinic_app.app.screens import screen_settings
from clinic_app.ui.run import application_for, place_windows
from clinic_app.ui.workstation import Workstation
from tests.benchmarks.painted import say_painted


def main(home: Path) -> None:
    """Start, say when the list is painted, end."""
    with Clinic(Context.of(home, None), writer="workstation") as clinic:
        settings = screen_settings(clinic)
        application = application_for(settings)
        screens = QGuiApplication.screens()
        workstation = Workstation(Desk(clinic), settings.on_pixels((1920, 1080)), clinic.words)
        place_windows(workstation, screens[0], screens[-1])

        def end() -> None:
            say_painted()
            QTimer.singleShot(0, application.quit)

        workstation.ready.connect(end)
        workstation.start()
        application.exec()
        workstation.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
