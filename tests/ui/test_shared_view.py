"""The shared screen as it is drawn: nothing cut off, letters large and dark enough, edges in line."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from clinic_app.model.words import English
from clinic_app.ui.buttons import PlainButton
from clinic_app.ui.labels import PlainLabel, WrappedLabel, wrapped_size
from clinic_app.ui.shared_view import SharedView
from clinic_app.ui.shared_window import SharedScreenWindow
from clinic_app.viewmodels.look import Look
from clinic_app.viewmodels.screen import ScreenSettings, readable_px
from clinic_app.viewmodels.shared import Viewing, build_shared
from clinic_app.viewmodels.shared_state import SharedState
from tests.ui.factory import ALLOWED, FEEDS, NOW, PEOPLE
from tests.ui.hands import click, press
from tests.ui.pixels import contrast, drawn, has_color, text_contrast

Make = Callable[..., SharedScreenWindow]
SIZES = ((1920, 1080), (1366, 768))
EVERYBODY = pytest.mark.parametrize("name", sorted(PEOPLE))
BOTH_SIZES = pytest.mark.parametrize("size", SIZES, ids=["full", "compact"])


def state_of(name: str) -> SharedState:
    picture = PEOPLE[name]()
    viewing = Viewing(picture.patient.identifiers[0], 1, NOW, FEEDS, demonstration=True)
    return build_shared(picture, ALLOWED, viewing, English())


def view_of(window: SharedScreenWindow, name: str) -> SharedView:
    window.show_state(state_of(name))
    QApplication.processEvents()
    view = window.view
    assert view is not None
    return view


def words_on(view: QWidget) -> list[PlainLabel]:
    return [label for label in view.findChildren(PlainLabel) if label.isVisible() and label.text().strip()]


@BOTH_SIZES
@EVERYBODY
def test_no_words_are_cut_off(window: Make, name: str, size: tuple[int, int]) -> None:
    nothing_cut_off(view_of(window(size), name))


@pytest.mark.parametrize("distance", [0.7, 1.3, 1.5])
def test_no_words_are_cut_off_at_other_distances(
    settings: ScreenSettings, qtbot: QtBot, distance: float
) -> None:
    made = SharedScreenWindow(replace(settings, viewing_distance_m=distance), English())
    qtbot.addWidget(made)
    made.resize(1920, 1080)
    made.cover(False, "")
    made.show()
    for name in PEOPLE:
        nothing_cut_off(view_of(made, name))


def nothing_cut_off(view: SharedView) -> None:
    for label in words_on(view):
        metrics = QFontMetrics(label.font())
        if label.wordWrap():
            needed = wrapped_size(label.font(), label.text(), label.width())
            assert needed.width() <= label.width() + 1, label.text()
            assert needed.height() <= label.height() + 2, label.text()
        else:
            assert metrics.horizontalAdvance(label.text()) <= label.width() + 1, label.text()
            assert metrics.tightBoundingRect(label.text()).height() <= label.height(), label.text()
        assert view.rect().contains(QRect(label.mapTo(view, QPoint(0, 0)), label.size())), label.text()
    for button in view.findChildren(PlainButton):
        if button.isVisible():
            assert QFontMetrics(button.font()).horizontalAdvance(button.text()) <= button.width(), (
                button.text()
            )


@BOTH_SIZES
@EVERYBODY
def test_words_do_not_overlap(window: Make, name: str, size: tuple[int, int]) -> None:
    view = view_of(window(size), name)
    shown = [widget for widget in (*words_on(view), *view.findChildren(PlainButton)) if widget.isVisible()]
    boxes = [(QRect(widget.mapTo(view, QPoint(0, 0)), widget.size()), widget) for widget in shown]
    for (first, one), (second, other) in combinations(boxes, 2):
        common = first.intersected(second)
        assert min(common.width(), common.height()) <= 2, (one.accessibleName(), one, other)


@BOTH_SIZES
@EVERYBODY
def test_every_letter_is_large_enough(
    window: Make, settings: ScreenSettings, name: str, size: tuple[int, int]
) -> None:
    view = view_of(window(size), name)
    least = readable_px(settings.drawn_at(size)) - 0.5
    for widget in (*words_on(view), *view.findChildren(PlainButton)):
        assert widget.font().pixelSize() >= least


@BOTH_SIZES
@EVERYBODY
def test_contrast_on_rendered_pixels(window: Make, name: str, size: tuple[int, int]) -> None:
    view = view_of(window(size), name)
    view.setFocus()
    for label in words_on(view):
        assert text_contrast(drawn(label)) >= 4.5, label.text()


def test_lines_marks_and_controls_reach_three_to_one(look: Look) -> None:
    def rgb(name: str) -> tuple[int, int, int]:
        text = look.colours[name].lstrip("#")
        return int(text[:2], 16), int(text[2:4], 16), int(text[4:], 16)

    for color in ("blue", "home", "ink_2"):
        for ground in ("card", "goal", "paper", "patient", "clinician"):
            assert contrast(rgb(color), rgb(ground)) >= 3, (color, ground)
    assert contrast(rgb("ink"), rgb("card")) >= 7
    assert contrast(rgb("ink_2"), rgb("card")) >= 7
    assert contrast(rgb("goal_text"), rgb("goal")) >= 4.5
    assert contrast(rgb("check_text"), rgb("check")) >= 4.5


def test_the_charts_lines_are_really_drawn(window: Make, look: Look) -> None:
    view = view_of(window(), "rich")
    for row in view.rows:
        assert has_color(drawn(row.plot.widget), row.plot._theme.color("blue"), 200)  # noqa: SLF001
    assert has_color(drawn(view.rows[0].plot.widget), view.rows[0].plot._theme.color("home"), 20)  # noqa: SLF001


def test_the_plots_edges_are_the_same_to_the_pixel(window: Make) -> None:
    view = view_of(window(), "rich")
    edges = set()
    for row in view.rows:
        area = row.plot.plot_area()
        corner = row.plot.widget.mapTo(view, area.topLeft().toPoint())
        edges.add((corner.x(), corner.x() + round(area.width())))
    assert len(edges) == 1
    strip = view.strip
    left, right = strip.edges()
    origin = strip.mapTo(view, QPoint(0, 0)).x()
    assert edges == {(round(origin + left), round(origin + right))}


def test_the_rows_are_equally_high(window: Make) -> None:
    view = view_of(window(), "rich")
    heights = [row.height() for row in view.rows]
    assert max(heights) - min(heights) <= 1


@BOTH_SIZES
@EVERYBODY
def test_what_the_clinic_promises_fits_without_scrolling(
    window: Make, name: str, size: tuple[int, int]
) -> None:
    made = window(size)
    view = view_of(made, name)
    assert (made.width(), made.height()) == size
    assert (view.width(), view.height()) == size
    assert view.bottom.mapTo(view, QPoint(0, 0)).y() + view.bottom.height() == view.height()


def test_each_chart_is_named_by_its_sentence(window: Make) -> None:
    view = view_of(window(), "rich")
    assert (
        view.rows[0].accessibleName() == "Lung strength. 76 of 100. 6 points lower than on 9 September 2026."
    )
    assert view.rows[0].plot.widget.accessibleName() == view.rows[0].accessibleName()


def test_a_patients_words_are_never_shortened(window: Make) -> None:
    for size in SIZES:
        view = view_of(window(size), "long")
        texts = [label.text() for label in view.findChildren(WrappedLabel) if label.isVisible()]
        assert any(
            text.startswith("“I have been wondering") and text.endswith("two weeks.”") for text in texts
        )


def test_markup_in_words_is_only_text(window: Make) -> None:
    view = view_of(window(), "rich")
    for label in view.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText


def test_more_topics_are_one_click_away(window: Make, qtbot: QtBot) -> None:
    view = view_of(window(), "long")
    talk = view.panel.talk
    assert "4 more" in talk.more.text()
    click(talk.more)
    texts = [label.text() for label in talk.findChildren(WrappedLabel) if not label.isHidden()]
    assert len(texts) == 7
    click(talk.more)
    assert view.panel.since.isVisible()


def test_a_value_tells_where_it_comes_from_by_arrow_keys_and_by_mouse(window: Make, qtbot: QtBot) -> None:
    view = view_of(window(), "rich")
    row = view.rows[1]
    row.setFocus()
    press(row, Qt.Key.Key_Left)
    assert view.foot.text().startswith("58 kg · 23 November 2026 · clinic · Dr. Lindqvist · final · entry")
    press(row, Qt.Key.Key_Left)
    assert "58.6 kg" in view.foot.text()
    assert "your device" in view.foot.text()
    press(row, Qt.Key.Key_Escape)
    assert view.foot.text().strip() == ""
    plot = view.rows[2].plot
    last = plot._pixel(plot._trend.marks[-1])  # type: ignore[union-attr]  # noqa: SLF001
    spot = plot._plot.mapFromScene(plot._box.mapToScene(last))  # noqa: SLF001
    click(plot.canvas, spot)
    qtbot.waitUntil(lambda: "5 of 10" in view.foot.text(), timeout=2000)
    assert "you told us" in view.foot.text()


def test_the_tiles_choose_the_large_chart_by_keyboard(window: Make, qtbot: QtBot) -> None:
    view = view_of(window((1366, 768)), "rich")
    assert view.selector is not None
    tile = view.selector.tiles[1]
    tile.setFocus()
    press(tile, Qt.Key.Key_Space)
    assert view.rows[0].title.text() == "Weight"
    assert tile.isChecked()
    click(view.panel.tab_buttons[1])
    assert view.panel.since.isVisible()
    assert not view.panel.talk.isVisible()


def test_the_whole_screen_is_reached_by_tab_with_visible_focus(window: Make, qtbot: QtBot) -> None:
    made = window()
    view = view_of(made, "rich")
    made.activateWindow()
    QApplication.processEvents()
    view.banner.hide_button.setFocus()
    seen: list[QWidget] = []
    for _ in range(12):
        focused = QApplication.focusWidget()
        if focused is None or focused in seen:
            break
        seen.append(focused)
        before = drawn(focused)
        focused.clearFocus()
        assert (before != drawn(focused)).any(), f"no visible focus on {focused}"
        focused.setFocus()
        press(focused, Qt.Key.Key_Tab)
    assert set(view.rows) <= set(seen)
    assert view.banner.hide_button in seen


def test_targets_are_at_least_44_px(window: Make) -> None:
    for size in SIZES:
        view = view_of(window(size), "long")
        for button in view.findChildren(PlainButton):
            if button.isVisible():
                assert button.height() >= 44
                assert button.width() >= 44


def test_another_size_is_another_arrangement(settings: ScreenSettings, qtbot: QtBot) -> None:
    made = SharedScreenWindow(settings, English())
    qtbot.addWidget(made)
    made.resize(1920, 1080)
    made.cover(False, "")
    made.show()
    first = view_of(made, "rich")
    made.resize(1366, 768)
    QApplication.processEvents()
    assert made.view is not first
    assert made.view is not None
    assert made.view.selector is not None
    assert made.view.state == state_of("rich")


@BOTH_SIZES
def test_the_foot_line_shows_what_fits(window: Make, qtbot: QtBot, size: tuple[int, int]) -> None:
    view = view_of(window(size), "rich")
    press(view.rows[0], Qt.Key.Key_Left)
    shown = view.foot.text()
    assert shown.startswith("76 of 100 · 23 November 2026 · clinic · final · entry")
    assert wrapped_size(view.foot.font(), shown, view.foot.width()).height() <= view.foot.height()
