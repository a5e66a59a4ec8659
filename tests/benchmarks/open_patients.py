"""Opens people one after the other as the staff window's list does, and prints the times."""

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer, SignalInstance
from PySide6.QtGui import QGuiApplication

from clinic_app.app.compose import Clinic
from clinic_app.app.context import Context
from clinic_app.app.desk import Desk
from clinic_app.app.screens import screen_settings
from clinic_app.ui.run import application_for
from clinic_app.ui.workstation import Workstation
from tests.benchmarks.filler import NOW, sample_of

WARM = 3


def main(home: Path, people: int, count: int) -> None:
    """Print the milliseconds of each opening as a JSON list."""
    with Clinic(Context.of(home, NOW), writer="workstation") as clinic:
        settings = screen_settings(clinic).on_pixels((1920, 1080))
        application = application_for(settings)
        workstation = Workstation(Desk(clinic), settings, clinic.words)
        workstation.staff.resize(1600, 900)
        workstation.shared.resize(1920, 1080)
        workstation.shared.show()
        workstation.staff.show()
        wait_for(workstation.ready, workstation.start)
        times = []
        for identifier in sample_of(people, count + WARM):
            begun = time.perf_counter()
            # What a click in the list emits; the table's own hit-testing is not measured.
            wait_for(workstation.person_drawn, partial(workstation.staff.person_chosen.emit, identifier))
            times.append((time.perf_counter() - begun) * 1000)
            settle(application)
        workstation.stop()
    print(json.dumps(times[WARM:]))


def wait_for(signal: SignalInstance, act: Callable[[], object], milliseconds: int = 30_000) -> None:
    """Act, and run the event loop until the signal comes."""
    loop = QEventLoop()
    came: list[bool] = []

    def arrived(*_: object) -> None:
        came.append(True)
        loop.quit()

    signal.connect(arrived)
    QTimer.singleShot(0, act)
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
    signal.disconnect(arrived)
    assert came, "the signal never came"


def settle(application: QGuiApplication) -> None:
    """Let the staff side and late events finish before the next click."""
    deadline = time.perf_counter() + 0.3
    while time.perf_counter() < deadline:
        application.processEvents()
        time.sleep(0.005)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
