"""The page of merges, clicked as a person clicks."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from clinic_app.model.errors import CommonGroundError
from clinic_app.ui.buttons import FILLED, OUTLINE, PlainButton
from clinic_app.ui.workstation import Workstation
from tests.ui.desk import MemoryDesk
from tests.ui.hands import click, press
from tests.ui.merges import work
from tests.ui.test_workstation import settle, texts_in


def button(workstation: Workstation, text: str, number: int = 0) -> PlainButton:
    return [one for one in workstation.staff.merges.buttons if one.text() == text][number]


@pytest.fixture
def opened(workstation: Workstation, desk: MemoryDesk, qtbot: QtBot) -> Workstation:
    """With two that wait and one that stands, and their page open."""
    desk.merges = work()
    workstation.merging.count()
    settle(workstation, qtbot)
    click(workstation.staff.merges_button)
    settle(workstation, qtbot)
    settle(workstation, qtbot)
    return workstation


def test_where_nothing_waits_there_is_no_button(workstation: Workstation, qtbot: QtBot) -> None:
    settle(workstation, qtbot)
    assert workstation.staff.merges_button.isHidden()


def test_the_button_leads_to_both_sides_of_each(opened: Workstation, desk: MemoryDesk) -> None:
    staff = opened.staff
    assert staff.merges_button.text() == "2 numbers to compare"
    assert staff.places.currentWidget() is staff.merges
    assert staff.merges_button.isChecked()
    assert not staff.everybody.isChecked()
    said = texts_in(staff.merges)
    for words in ("This number stays", "DEMO|9902", "María Sample", "The birth dates differ", "412"):
        assert words in said or words == "412"
    assert desk.asked.count("merges") == 1


def test_the_easy_answer_stands_only_where_nothing_speaks_against_it(opened: Workstation) -> None:
    assert button(opened, "They are one person").style_name == FILLED
    assert button(opened, "One person, although this differs").style_name == OUTLINE


def test_a_decision_is_one_click_and_can_be_undone(
    opened: Workstation, desk: MemoryDesk, qtbot: QtBot
) -> None:
    click(button(opened, "They are one person"))
    assert not any(one.isEnabled() for one in opened.staff.merges.buttons)
    settle(opened, qtbot)
    settle(opened, qtbot)
    assert desk.asked[-2:] == ["9902 joined", "merges"]
    assert opened.staff.merges_button.text() == "1 number to compare"
    click(button(opened, "Show them as two people again"))
    settle(opened, qtbot)
    settle(opened, qtbot)
    assert "9902 apart" in desk.asked


def test_different_birth_dates_are_said_to_have_been_seen(
    opened: Workstation, desk: MemoryDesk, qtbot: QtBot
) -> None:
    chosen = button(opened, "One person, although this differs")
    chosen.setFocus()
    press(chosen, Qt.Key.Key_Space)
    settle(opened, qtbot)
    assert "88-1207 joined although" in desk.asked


def test_when_all_is_done_the_page_says_so_and_the_button_goes(
    opened: Workstation, desk: MemoryDesk, qtbot: QtBot
) -> None:
    for _ in range(2):
        click(button(opened, "They are two people"))
        settle(opened, qtbot)
        settle(opened, qtbot)
    click(button(opened, "Show them as two people again"))
    settle(opened, qtbot)
    settle(opened, qtbot)
    assert "There is nothing to compare." in texts_in(opened.staff.merges)
    click(opened.staff.everybody)
    opened.merging.count()
    settle(opened, qtbot)
    assert opened.staff.places.usual
    assert opened.staff.merges_button.isHidden()


def test_a_decision_that_fails_says_why_and_leaves_the_page(
    opened: Workstation, desk: MemoryDesk, qtbot: QtBot
) -> None:
    desk.fault = CommonGroundError("MERGE-CONTRADICTED", "they differ", "Look.")
    click(button(opened, "They are one person"))
    settle(opened, qtbot)
    settle(opened, qtbot)
    settle(opened, qtbot)
    assert "MERGE-CONTRADICTED" in opened.staff.message.text()
    assert button(opened, "They are one person").isEnabled()
