"""Draws sample screens to PNG files, to be looked at: ``python -m tests.ui.render_samples FOLDER
[LANGUAGE]``.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from clinic_app.model.words import Words
from clinic_app.system.resources import Resources
from clinic_app.system.words import words_for
from clinic_app.ui.run import application_for
from clinic_app.ui.snapshot import draw_shared, render
from clinic_app.ui.staff_window import StaffWindowWidget
from clinic_app.viewmodels.look import read_look
from clinic_app.viewmodels.merges import badge, merge_cards
from clinic_app.viewmodels.screen import ScreenSettings
from clinic_app.viewmodels.shared import Viewing, build_shared
from clinic_app.viewmodels.staff_list import build_list
from clinic_app.viewmodels.workbench import HeldWork, Undoable, WorkbenchModel
from tests.ui import merges
from tests.ui.desk import MemoryDesk
from tests.ui.factory import ALLOWED, FEEDS, MAYA, NOW, PEOPLE, ROWS
from tests.ui.workbench import CAUSES, LITRE, UNIT

SIZES = ((1920, 1080), (1366, 768))


def main(folder: Path, language: str = "en") -> None:
    """All people at both sizes, and the staff window."""
    words = words_for(language)
    resources = Resources()
    settings = ScreenSettings(
        read_look(resources.toml, resources.data), demonstration=True, clinic_name="Riverside CF Clinic"
    )
    application = application_for(settings)
    for size in SIZES:
        for name, make in PEOPLE.items():
            picture = make()
            viewing = Viewing(picture.patient.identifiers[0], 1, NOW, FEEDS, demonstration=True)
            state = build_shared(picture, ALLOWED, viewing, words)
            image = draw_shared(state, settings.drawn_at(size), words, size)
            image.save(str(folder / f"shared-{name}-{size[0]}-{language}.png"))
    for screen, size in (("staff", (1600, 900)), ("staff", (1366, 768)), ("curtain", (1920, 1080))):
        out = folder / f"{screen}-{size[0]}-{language}.png"
        render(MemoryDesk(), settings, words, MAYA, screen, size, out)
    for size in ((1920, 1080), (1366, 768)):
        staff = StaffWindowWidget(settings, words)
        staff.resize(*size)
        staff.show_list(build_list(ROWS, FEEDS, NOW, words))
        staff.places.offer(staff.merges_button, badge(2, words))
        staff.merges.show_cards(merge_cards(merges.work(), NOW, words))
        staff.places.show_page(staff.merges_button)
        staff.show()
        application.processEvents()
        staff.grab().save(str(folder / f"merges-{size[0]}-{language}.png"))
        draw_workbench(staff, words)
        application.processEvents()
        staff.grab().save(str(folder / f"workbench-{size[0]}-{language}.png"))
    application.processEvents()


def draw_workbench(staff: StaffWindowWidget, words: Words) -> None:
    """The page with its first cause chosen, tried, and one of its messages."""
    desk = MemoryDesk()
    desk.workbench.work = HeldWork(CAUSES, Undoable(UNIT, LITRE, "chris", NOW))
    model, page = WorkbenchModel(desk, words), staff.workbench
    work, cause = desk.workbench.work, CAUSES[0]
    choices = model.read_choices(cause)
    page.show_causes(model.summary(work), model.cause_lines(work), model.undo_words(work))
    page.causes.choose(0)
    page.show_detail(model.detail(cause, choices))
    page.show_choices(model.choice_lines(cause.concern, choices))
    page.choices.choose(0)
    page.show_trial(model.trial_words(model.read_trial(cause, choices[0])), ready=True)
    page.entry.show_entry(model.read_entry(cause, 0, None))
    staff.places.offer(staff.held_button, model.badge(work))
    staff.places.show_page(staff.held_button)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
