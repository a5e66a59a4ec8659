"""Draws sample screens to PNG files, to be looked at: ``python -m tests.ui.render_samples FOLDER``."""

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from clinic_app.model.words import English
from clinic_app.system.resources import Resources
from clinic_app.ui.shared_view import SharedView
from clinic_app.ui.theme import Theme, dress
from clinic_app.viewmodels.look import read_look
from clinic_app.viewmodels.screen import ScreenSettings, plan_screen
from clinic_app.viewmodels.shared import Viewing, build_shared
from tests.ui.factory import ALLOWED, FEEDS, NOW, PEOPLE


def main(folder: Path) -> None:
    """All people at both sizes."""
    application = QApplication([])
    resources = Resources()
    look = read_look(resources.toml, resources.data)
    dress(application, Theme(look, 1))
    for size in ((1920, 1080), (1366, 768)):
        plan = plan_screen(ScreenSettings(look).drawn_at(size), size)
        for name, make in PEOPLE.items():
            picture = make()
            view = SharedView(Theme(look, plan.scale), plan, English())
            view.resize(*size)
            state = build_shared(
                picture, ALLOWED, Viewing(picture.patient.identifiers[0], 1, NOW, FEEDS, demonstration=True), English()
            )
            view.show()
            view.show_state(state)
            application.processEvents()
            view.grab().save(str(folder / f"shared-{name}-{size[0]}.png"))
            view.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
