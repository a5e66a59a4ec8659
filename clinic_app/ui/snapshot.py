"""Draws one screen to a PNG file, without a display where the platform is ``offscreen``."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from clinic_app.model.errors import EnvironmentFault
from clinic_app.model.identity import Identifier
from clinic_app.model.words import Words
from clinic_app.ui.run import application_for
from clinic_app.ui.shared_window import SharedScreenWindow
from clinic_app.ui.staff_window import StaffWindowWidget
from clinic_app.viewmodels.desk import WorkstationServices
from clinic_app.viewmodels.screen import ScreenSettings
from clinic_app.viewmodels.shared_state import SharedState
from clinic_app.viewmodels.workstation import WorkstationModel

_DESK = (1280, 700)
SCREENS = ("shared", "staff", "curtain")


def render(
    services: WorkstationServices,
    settings: ScreenSettings,
    words: Words,
    identifier: Identifier,
    screen: str,
    size: tuple[int, int],
    out: Path,
) -> None:
    """Open the person and draw the screen (shared, staff or curtain) to a file.

    Raises EnvironmentFault FILE-NOT-WRITTEN where the file cannot be written, and whatever the services
    raise.
    """
    application_for(settings)
    settings = settings.drawn_at(size)
    model = WorkstationModel(services, settings, words)
    model.take_first(model.read_first())
    model.session.opened(model.session.begin(), model.read_person(identifier))
    state = model.shared_state()
    if screen == "staff":
        image = draw_staff(model, settings, words, size, identifier)
    else:
        image = draw_shared(state if screen == "shared" else None, settings, words, size)
    if not image.save(str(out), "PNG"):  # type: ignore[call-overload]
        raise EnvironmentFault(
            "FILE-NOT-WRITTEN",
            f"{out} could not be written",
            "Name a file in a folder that you may write to.",
        )


def draw_shared(
    state: SharedState | None, settings: ScreenSettings, words: Words, size: tuple[int, int]
) -> QImage:
    """The shared screen with a person, or the curtain."""
    window = SharedScreenWindow(settings, words)
    window.resize(*size)
    window.cover(state is None, words("Press F9 to go on."))
    if state is not None:
        window.show_state(state)
    return _grabbed(window)


def draw_staff(
    model: WorkstationModel,
    settings: ScreenSettings,
    words: Words,
    size: tuple[int, int],
    identifier: Identifier | None = None,
) -> QImage:
    """The staff window with the list and the open person."""
    window = StaffWindowWidget(settings, words, min(1.0, size[0] / _DESK[0], size[1] / _DESK[1]))
    window.resize(*size)
    window.show_list(model.staff_list())
    window.show_feeds(model.feed_words())
    window.places.offer(window.held_button, model.held_words())
    window.mark_open(identifier)
    window.side.show_person(model.staff_person())
    return _grabbed(window)


def _grabbed(window: QWidget) -> QImage:
    """Lay out and paint a window that nobody sees."""
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    window.show()
    QApplication.processEvents()
    image = window.grab().toImage()
    window.hide()
    window.deleteLater()
    return image
