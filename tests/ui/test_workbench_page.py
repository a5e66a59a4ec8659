"""The page of what is held, clicked as a person clicks."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from clinic_app.model.errors import CommonGroundError
from clinic_app.ui.workbench_page import WorkbenchPage
from clinic_app.ui.workstation import Workstation
from clinic_app.viewmodels.workbench import HeldWork
from tests.ui.desk import MemoryDesk
from tests.ui.hands import click, press, write
from tests.ui.test_workstation import settle
from tests.ui.workbench import CAUSES


def settled(workstation: Workstation, qtbot: QtBot) -> None:
    """Jobs ask for further jobs: what was chosen is read, then tried."""
    for _ in range(4):
        settle(workstation, qtbot)


@pytest.fixture
def opened(workstation: Workstation, desk: MemoryDesk, qtbot: QtBot) -> Workstation:
    """With three causes, and their page open."""
    desk.workbench.work = HeldWork(CAUSES, None)
    settled(workstation, qtbot)
    click(workstation.staff.held_button)
    settled(workstation, qtbot)
    return workstation


@pytest.fixture
def page(opened: Workstation) -> WorkbenchPage:
    return opened.staff.workbench


def rows(page: WorkbenchPage) -> list[str]:
    return [page.choices.item(row).text() for row in range(page.choices.count())]


def test_the_button_says_how_many_are_held_and_goes_where_nothing_is(
    workstation: Workstation, desk: MemoryDesk, qtbot: QtBot
) -> None:
    settled(workstation, qtbot)
    assert workstation.staff.held_button.text() == "5 held"
    assert not workstation.staff.held_button.isHidden()
    assert desk.workbench.asked == []
    assert "workbench" not in vars(workstation.staff), "made before anybody asked"
    workstation.model.take_feeds(())
    workstation.watch.feeds_changed.emit()
    assert workstation.staff.held_button.isHidden()


def test_the_button_leads_to_the_causes_and_the_first_is_open(opened: Workstation, desk: MemoryDesk) -> None:
    staff, page = opened.staff, opened.staff.workbench
    assert staff.held_button.text() == "41 held"
    assert staff.places.currentWidget() is page
    assert staff.held_button.isChecked() and not staff.everybody.isChecked()
    assert staff.side.isHidden()
    assert page.summary.text() == "41 entries are held · 3 causes"
    assert page.title.text() == "Code LUFU1 of L"
    assert len(rows(page)) == 3
    assert page.apply.isHidden()
    assert desk.workbench.asked == ["entry 38 masked"]


def test_back_to_the_people(opened: Workstation) -> None:
    click(opened.staff.everybody)
    assert opened.staff.places.usual
    assert opened.staff.everybody.isChecked() and not opened.staff.held_button.isChecked()
    assert not opened.staff.side.isHidden()


def test_a_choice_says_what_it_would_free_before_it_is_written(
    opened: Workstation, page: WorkbenchPage, desk: MemoryDesk, qtbot: QtBot
) -> None:
    page.choices.setFocus()
    press(page.choices, Qt.Key.Key_Down)
    settled(opened, qtbot)
    assert page.trial.text() == "It would free 37 entries. 1 stays held: UNKNOWN-UNIT (1)."
    assert not any(said.startswith("apply") for said in desk.workbench.asked)
    click(page.apply)
    assert not page.apply.isEnabled() and not page.again.isEnabled()
    settled(opened, qtbot)
    assert "apply fev1" in desk.workbench.asked
    assert page.done.text() == "38 entries looked at: 38 applied, 0 passed over, 0 held."
    assert page.summary.text() == "3 entries are held · 2 causes"
    assert page.title.text() == "Unit “Liter”"
    assert "LUFU1" in page.undo_note.text()
    click(page.undo)
    settled(opened, qtbot)
    assert desk.workbench.asked.count("undo") == 1
    assert page.summary.text() == "41 entries are held · 3 causes"
    assert page.undo.isHidden()


def test_the_choices_are_searched(opened: Workstation, page: WorkbenchPage, qtbot: QtBot) -> None:
    click(page.search)
    write(page.search, "vital")
    assert len(rows(page)) == 1 and rows(page)[0].startswith("Forced vital capacity")
    page.search.clear()
    assert len(rows(page)) == 3


def test_what_no_profile_mends_says_its_mend(opened: Workstation, page: WorkbenchPage, qtbot: QtBot) -> None:
    page.causes.choose(2)
    settled(opened, qtbot)
    assert page.title.text() == "The patient is not known yet"
    assert page.mend.text().startswith("It applies by itself")
    assert page.choices.isHidden() and page.apply.isHidden()
    click(page.again)
    settled(opened, qtbot)
    assert page.done.text() == "1 entry looked at: 0 applied, 0 passed over, 1 held."


def test_a_message_is_masked_until_somebody_says_why(
    opened: Workstation, page: WorkbenchPage, desk: MemoryDesk, qtbot: QtBot
) -> None:
    assert "PID-5.1  Family Name: •••" in page.entry.text.toPlainText()
    assert "2.45" not in page.entry.text.toPlainText()
    assert page.entry.why.isHidden()
    click(page.entry.values)
    assert not page.entry.why.isHidden()
    assert desk.workbench.asked == ["entry 38 masked"]
    click(page.entry.reasons[0])
    settled(opened, qtbot)
    assert "OBX-5  Observation Value: 2.45" in page.entry.text.toPlainText()
    assert desk.workbench.asked[-1] == "entry 38 to mend a code or unit"
    assert page.entry.values.isHidden()
    click(page.entry.older)
    settled(opened, qtbot)
    assert desk.workbench.asked[-1] == "entry 37 masked"
    assert page.entry.place.text().startswith("2 of 38")
    click(page.entry.newer)
    settled(opened, qtbot)
    assert desk.workbench.asked[-1] == "entry 38 masked"


def test_what_could_not_be_written_is_said_and_nothing_changed(
    opened: Workstation, page: WorkbenchPage, desk: MemoryDesk, qtbot: QtBot
) -> None:
    desk.workbench.fault = CommonGroundError("ACCESS-DENIED", "you do not administer this home", "Ask.")
    page.choices.choose(0)
    settled(opened, qtbot)
    click(page.apply)
    settled(opened, qtbot)
    assert "ACCESS-DENIED" in opened.staff.message.text()
    assert page.summary.text() == "41 entries are held · 3 causes"
    assert page.again.isEnabled()


def test_when_nothing_is_left_the_page_says_so(
    opened: Workstation, page: WorkbenchPage, desk: MemoryDesk, qtbot: QtBot
) -> None:
    desk.workbench.work = HeldWork((), None)
    click(page.again)
    settled(opened, qtbot)
    assert page.summary.text() == "Nothing is held."
    assert page.title.isHidden() and page.entry.isHidden() and page.causes.isHidden()
    click(opened.staff.everybody)
    opened.staff.places.offer(opened.staff.held_button, "")
    assert opened.staff.held_button.isHidden()


def test_text_from_a_sender_is_text(opened: Workstation, page: WorkbenchPage) -> None:
    page.title.say("<b>bold</b>")
    assert page.title.textFormat() is Qt.TextFormat.PlainText
    assert page.entry.text.document().toPlainText() == page.entry.text.toPlainText()
