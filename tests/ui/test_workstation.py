"""Both windows at work: opening, switching, live values, the curtain; clicked and typed as people do."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from clinic_app.model.errors import AccessDenied, EnvironmentFault
from clinic_app.picture.types import CultureLine, Evidence
from clinic_app.ui.staff_table import NAME
from clinic_app.ui.workstation import Workstation
from clinic_app.viewmodels.curtain import IDLE_SECONDS, IDLE_SECONDS_IN_VISIT
from tests.ui.conftest import Clock
from tests.ui.desk import MemoryDesk
from tests.ui.factory import MAYA, ROWS, change, child, clinic, rich, topic
from tests.ui.hands import click, press, write
from tests.ui.pixels import drawn

TOBI = ROWS[0].identifier


def texts_in(widget: QWidget) -> str:
    """Everything that any widget inside says, to eyes or to screen readers."""
    names = [child.accessibleName() for child in widget.findChildren(QWidget)]
    words = [label.text() for label in widget.findChildren(QLabel)]
    return "\n".join((*names, *words, widget.windowTitle(), widget.accessibleName()))


def open_by_click(workstation: Workstation, qtbot: QtBot, number: int) -> None:
    table = workstation.staff.table
    spot = table.visualRect(table.rows.index(number, NAME)).center()
    with qtbot.waitSignal(workstation.person_drawn, timeout=5000):
        click(table.viewport(), spot)


def settle(workstation: Workstation, qtbot: QtBot) -> None:
    """Wait until jobs and their answers are through."""
    done: list[int] = []
    workstation.dispatcher.run(lambda: 1, done.append)
    qtbot.waitUntil(lambda: bool(done), timeout=5000)
    QApplication.processEvents()


def poll(workstation: Workstation, qtbot: QtBot) -> None:
    workstation.watch.poll()
    settle(workstation, qtbot)
    settle(workstation, qtbot)


def shown_name(workstation: Workstation) -> str:
    view = workstation.shared.view
    return view.banner.name.text() if view is not None else ""


def test_the_list_stands_and_nobody_is_shown(workstation: Workstation) -> None:
    assert workstation.staff.table.rows.rowCount() == len(ROWS)
    assert "Okafor" not in texts_in(workstation.shared)
    assert workstation.staff.heading.text() == "Monday 23 November"


def test_a_click_opens_a_person(workstation: Workstation, qtbot: QtBot) -> None:
    open_by_click(workstation, qtbot, 1)
    assert shown_name(workstation) == "Maya Okafor"
    assert workstation.staff.side.name.text() == "Maya Okafor"
    assert workstation.shared.windowTitle() == "Common Ground"


def test_a_visit_by_keyboard_alone(workstation: Workstation, qtbot: QtBot) -> None:
    staff = workstation.staff
    staff.search.setFocus()
    write(staff.search, "okaf")
    assert staff.table.rows.rowCount() == 1
    press(staff.search, Qt.Key.Key_Down)
    with qtbot.waitSignal(workstation.person_drawn, timeout=5000):
        press(staff.table, Qt.Key.Key_Return)
    assert shown_name(workstation) == "Maya Okafor"
    press(staff, Qt.Key.Key_F9)
    assert not workstation.shared.view.isVisible()  # type: ignore[union-attr]
    press(workstation.shared, Qt.Key.Key_F9)
    assert workstation.shared.view.isVisible()  # type: ignore[union-attr]


def test_today_filters_the_list(workstation: Workstation, qtbot: QtBot) -> None:
    click(workstation.staff.only_today)
    assert workstation.staff.table.rows.rowCount() == 4
    click(workstation.staff.everybody)
    assert workstation.staff.table.rows.rowCount() == len(ROWS)


def test_a_switch_blanks_first_and_a_late_answer_never_appears(
    workstation: Workstation, desk: MemoryDesk, qtbot: QtBot
) -> None:
    open_by_click(workstation, qtbot, 1)
    desk.gate.clear()
    workstation.open_person(MAYA)
    assert "Maya" not in texts_in(workstation.shared)
    assert workstation.shared.view is not None
    assert not workstation.shared.view.isVisible()
    workstation.open_person(TOBI)
    names: list[str] = []
    workstation.person_drawn.connect(lambda _: names.append(shown_name(workstation)))
    desk.gate.set()
    qtbot.waitUntil(lambda: bool(names), timeout=5000)
    settle(workstation, qtbot)
    assert set(names) == {"Tobi Adeyemi"}
    assert "Maya" not in texts_in(workstation.shared)


def test_a_late_refresh_of_a_former_person_never_appears(
    workstation: Workstation, desk: MemoryDesk, qtbot: QtBot
) -> None:
    open_by_click(workstation, qtbot, 1)
    desk.gate.clear()
    fresh = replace(rich(), series=rich().series | {"weight": clinic("kg", ("2026-11-23T11:00", "41.7"))})
    desk.commit(MAYA, fresh, "measurement", "weight")
    workstation.watch.poll()
    qtbot.waitUntil(lambda: workstation.model.last_change == 1, timeout=5000)
    workstation.open_person(TOBI)
    desk.gate.set()
    settle(workstation, qtbot)
    settle(workstation, qtbot)
    assert shown_name(workstation) == "Tobi Adeyemi"
    assert "41.7" not in texts_in(workstation.shared)
    assert "Maya" not in texts_in(workstation.shared)


def test_a_new_weight_appears_without_a_click(
    workstation: Workstation, desk: MemoryDesk, qtbot: QtBot
) -> None:
    open_by_click(workstation, qtbot, 1)
    series = rich().series
    weight = (*series["weight"][:-1], *clinic("kg", ("2026-11-23T09:31", "57.4")))
    desk.commit(MAYA, replace(rich(), series=series | {"weight": weight}), "measurement", "weight")
    before = drawn(workstation.shared.view.rows[1].plot.widget)  # type: ignore[union-attr]
    poll(workstation, qtbot)
    assert workstation.shared.view is not None
    assert workstation.shared.view.rows[1].column.value.text() == "57.4"
    assert (before != drawn(workstation.shared.view.rows[1].plot.widget)).any()


def test_any_other_new_fact_shows_in_the_staff_window_only(
    workstation: Workstation, desk: MemoryDesk, qtbot: QtBot
) -> None:
    open_by_click(workstation, qtbot, 1)
    before = texts_in(workstation.shared)
    culture = CultureLine(None, "sputum", (("mrsa", "MRSA"),), True, "final", Evidence(), "shared")
    fresh = replace(
        rich(),
        cultures=(culture,),
        agenda=(*rich().agenda, topic("A brand new topic")),
        changes=(*rich().changes, change("A germ was found.", "new", "", "culture")),
    )
    desk.commit(MAYA, fresh, "culture", "")
    poll(workstation, qtbot)
    assert texts_in(workstation.shared) == before
    assert workstation.shared.view is not None
    assert workstation.shared.view.bottom.dot.isVisible(), "the dot says that something waits, not what"
    assert "Culture: MRSA" in texts_in(workstation.staff)
    assert "2 new results" in texts_in(workstation.staff)
    click(workstation.staff.side.take_over_button)
    settle(workstation, qtbot)
    assert "A brand new topic" in texts_in(workstation.shared)
    assert not workstation.shared.view.bottom.dot.isVisible()


def test_a_change_of_somebody_else_reads_nobody(
    workstation: Workstation, desk: MemoryDesk, qtbot: QtBot
) -> None:
    open_by_click(workstation, qtbot, 1)
    shown = workstation.model.session.visit
    desk.commit(TOBI, child(), "measurement", "weight")
    poll(workstation, qtbot)
    assert workstation.model.session.visit is shown


def test_a_new_patient_renews_the_list(
    workstation: Workstation, desk: MemoryDesk, clock: Clock, qtbot: QtBot
) -> None:
    desk.rows = ROWS[:2]
    desk.commit(TOBI, child(), "patient", "")
    poll(workstation, qtbot)
    clock.seconds = 5.0
    workstation.watch.tick()
    settle(workstation, qtbot)
    assert workstation.staff.table.rows.rowCount() == 2
    assert desk.asked.count("list") == 1, "a screen that stays open leaves no further access rows"


def test_the_curtain_hides_everything(workstation: Workstation, qtbot: QtBot) -> None:
    open_by_click(workstation, qtbot, 1)
    view = workstation.shared.view
    assert view is not None
    click(view.banner.hide_button)
    maya = drawn(workstation.shared)
    press(workstation.shared, Qt.Key.Key_F9)
    open_by_click(workstation, qtbot, 0)
    press(workstation.shared, Qt.Key.Key_F9)
    tobi = drawn(workstation.shared)
    assert (maya == tobi).all(), "the curtain looks the same whoever is behind it"


def test_idle_covers_both_windows(workstation: Workstation, clock: Clock, qtbot: QtBot) -> None:
    clock.seconds = IDLE_SECONDS + 1
    workstation.curtaining.tick()
    assert workstation.staff.curtain.isVisible()
    press(workstation.staff, Qt.Key.Key_F9)
    assert not workstation.staff.curtain.isVisible()
    open_by_click(workstation, qtbot, 1)
    clock.seconds += IDLE_SECONDS + 1
    workstation.curtaining.tick()
    assert not workstation.staff.curtain.isVisible()
    clock.seconds += IDLE_SECONDS_IN_VISIT
    workstation.curtaining.tick()
    assert workstation.staff.curtain.isVisible()
    assert workstation.shared.curtain.isVisible()


def test_a_touch_puts_idle_off(workstation: Workstation, clock: Clock, qtbot: QtBot) -> None:
    clock.seconds = IDLE_SECONDS - 10
    press(workstation.staff.search, Qt.Key.Key_A)
    clock.seconds = IDLE_SECONDS + 5
    workstation.curtaining.tick()
    assert not workstation.staff.curtain.isVisible()


def test_a_card_is_hidden_by_one_click_and_stays_so(workstation: Workstation, qtbot: QtBot) -> None:
    open_by_click(workstation, qtbot, 1)
    view = workstation.shared.view
    assert view is not None
    click(view.rows[1].hide_button)
    assert "58.0" not in [label.text() for label in view.findChildren(QLabel) if label.isVisible()]
    assert view.rows[1].title.text() == "Weight"
    open_by_click(workstation, qtbot, 0)
    open_by_click(workstation, qtbot, 1)
    assert view.rows[1].hide_button.text() == "Show"
    click(view.rows[1].hide_button)
    assert view.rows[1].column.value.text() == "58.0"


def test_private_topics_need_a_click_and_only_in_the_staff_window(
    workstation: Workstation, desk: MemoryDesk, qtbot: QtBot
) -> None:
    desk.pictures[MAYA] = replace(rich(), agenda=(*rich().agenda, topic("my secret", private=True)))
    open_by_click(workstation, qtbot, 1)
    assert "my secret" not in texts_in(workstation.staff)
    click(workstation.staff.side.private_button)
    assert "my secret" in texts_in(workstation.staff)
    assert "my secret" not in texts_in(workstation.shared)


def test_an_error_is_said_without_a_dialog(workstation: Workstation, desk: MemoryDesk, qtbot: QtBot) -> None:
    desk.fault = EnvironmentFault("STORE-LOCKED", "the store is busy", "Wait a moment.")
    workstation.open_person(MAYA)
    settle(workstation, qtbot)
    assert workstation.staff.message.text().startswith("STORE-LOCKED: the store is busy. Nothing was lost.")
    assert QApplication.activeModalWidget() is None
    desk.fault = None
    open_by_click(workstation, qtbot, 1)
    assert not workstation.staff.message.isVisible()


def test_a_bug_is_said_too(workstation: Workstation, desk: MemoryDesk, qtbot: QtBot) -> None:
    del desk.pictures[MAYA]
    workstation.open_person(MAYA)
    settle(workstation, qtbot)
    assert workstation.staff.message.text().startswith("PROGRAM-FAULT")


@pytest.mark.parametrize(
    ("fault", "stays"),
    [
        (AccessDenied("CONSENT-CARE", "consent was withdrawn", "Talk to the patient."), False),
        (EnvironmentFault("STORE-LOCKED", "the store is busy", "Wait."), True),
    ],
)
def test_withdrawn_consent_ends_the_visit_and_other_errors_keep_the_last_good_picture(
    workstation: Workstation, desk: MemoryDesk, qtbot: QtBot, fault: EnvironmentFault, stays: bool
) -> None:
    open_by_click(workstation, qtbot, 1)
    desk.commit(MAYA, rich(), "consent", "care")
    desk.fault = fault
    poll(workstation, qtbot)
    assert (workstation.model.session.visit is not None) is stays
    assert ("Maya" in texts_in(workstation.shared)) is stays


def test_ending_the_visit_blanks_the_screen(workstation: Workstation, qtbot: QtBot) -> None:
    open_by_click(workstation, qtbot, 1)
    click(workstation.staff.side.close_button)
    assert "Maya" not in texts_in(workstation.shared)
    assert workstation.shared.curtain.isVisible()


def test_on_one_screen_the_list_comes_back_by_a_key(workstation: Workstation, qtbot: QtBot) -> None:
    workstation.use_one_screen()
    open_by_click(workstation, qtbot, 1)
    press(workstation.shared, Qt.Key.Key_F2)
    assert not workstation.shared.isVisible()


def test_opening_by_number_at_the_start(workstation: Workstation, qtbot: QtBot) -> None:
    with qtbot.waitSignal(workstation.person_drawn, timeout=5000):
        workstation.start(MAYA.value)
    assert shown_name(workstation) == "Maya Okafor"
    workstation.pause()


def test_the_curtain_key_works_wherever_the_keyboard_is(workstation: Workstation, qtbot: QtBot) -> None:
    open_by_click(workstation, qtbot, 1)
    view = workstation.shared.view
    assert view is not None
    places = (workstation.staff.search, workstation.staff.table, view.rows[0], view.banner.hide_button)
    for place in places:
        press(place, Qt.Key.Key_F9)
        assert workstation.shared.curtain.isVisible(), place
        press(workstation.shared, Qt.Key.Key_F9)
        assert view.isVisible()
