"""The staff window: today's people, search, the open person, and the health of the feeds. Never on the shared
display.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from clinic_app.model.identity import Identifier
from clinic_app.model.words import Words
from clinic_app.ui.buttons import PlainButton
from clinic_app.ui.curtain_page import CurtainPage
from clinic_app.ui.labels import PlainLabel
from clinic_app.ui.merges_page import MergesPage
from clinic_app.ui.shapes import Card, FocusCard
from clinic_app.ui.staff_places import StaffPlaces
from clinic_app.ui.staff_side import StaffSide
from clinic_app.ui.staff_table import StaffTable
from clinic_app.ui.theme import MEDIUM, SEMIBOLD, Theme
from clinic_app.viewmodels.screen import ScreenSettings
from clinic_app.viewmodels.staff_list import StaffList, filter_rows

if TYPE_CHECKING:
    from clinic_app.ui.workbench_page import WorkbenchPage

_SIDE_WIDTH = 400


class StaffWindowWidget(QWidget):
    """List on the left, open person on the right, feeds below.

    Signals:
        person_chosen: a person is to be opened; carries the identifier.
        curtain_key: F9 was pressed here.
        touched: mouse or keyboard was used here.
        shown: the list was painted with its data for the first time.
        closed: the window was closed; the program ends.
    """

    person_chosen = Signal(object)
    curtain_key = Signal()
    touched = Signal()
    shown = Signal()
    closed = Signal()

    def __init__(self, settings: ScreenSettings, words: Words, scale: float = 1.0) -> None:
        super().__init__()
        theme = Theme(settings.look, scale)
        self._theme, self._words = theme, words
        self._list = StaffList("", "", ())
        self._waiting_for_paint = False
        self._announced = False
        self._today = False
        self.heading = PlainLabel(theme.staff_font("title", SEMIBOLD), theme.color("ink"))
        self.summary = PlainLabel(theme.staff_font("text"), theme.color("ink_2"))
        self.search = self._make_search()
        self.only_today = PlainButton(theme, words("Today"), theme.staff_font("small", MEDIUM))
        self.everybody = PlainButton(theme, words("Everybody"), theme.staff_font("small", MEDIUM))
        self.merges_button = PlainButton(theme, "", theme.staff_font("small", MEDIUM))
        self.held_button = PlainButton(theme, "", theme.staff_font("small", MEDIUM))
        self.table = StaffTable(theme, words)
        self.places = StaffPlaces(self.table)
        self.places.add_page(self.merges_button, lambda: self.merges)
        self.places.add_page(self.held_button, lambda: self.workbench)
        self.side = StaffSide(theme, words)
        self.message = PlainLabel(theme.staff_font("text"), theme.color("check_text"))
        self.feeds = PlainLabel(theme.staff_font("small"), theme.color("ink_2"))
        self.mark = PlainLabel(theme.staff_font("small", MEDIUM), theme.color("check_text"))
        self.mark.say(words("Demonstration: invented people") if settings.demonstration else "")
        self.curtain = CurtainPage(theme, settings.clinic_name)
        self.curtain.say(words("Press F9 to go on."))
        self.setWindowTitle(words("Common Ground – staff"))
        self._arrange()
        self._connect()

    @cached_property
    def merges(self) -> MergesPage:
        """Numbers that may be one person."""
        return MergesPage(self._theme, self._words)

    @cached_property
    def workbench(self) -> "WorkbenchPage":
        """What is held, by cause."""
        # Measured: with it the list is painted a tenth later, and most days start without it.
        from clinic_app.ui.workbench_page import WorkbenchPage  # noqa: PLC0415

        return WorkbenchPage(self._theme, self._words)

    def show_list(self, listing: StaffList) -> None:
        """Show the list; search and the chosen row stay."""
        self._list = listing
        self.heading.say(listing.heading)
        self.summary.say(listing.summary)
        self._filter()
        self._waiting_for_paint = True

    def show_feeds(self, parts: Sequence[str]) -> None:
        """Show the feeds' health."""
        self.feeds.say("     ".join(parts))

    def show_message(self, text: str) -> None:
        """Show what went wrong, or nothing any more; never a dialog."""
        self.message.say(text)
        self._message_card.setVisible(bool(text))

    def mark_open(self, identifier: Identifier | None) -> None:
        """Say in the list who is on the shared screen."""
        self.table.rows.mark_open(identifier)

    def cover(self, covered: bool) -> None:
        """Draw or lift the idle curtain."""
        self._pages.setCurrentIndex(1 if covered else 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F9 is the curtain's key; a slash or Ctrl+F goes to the search."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_F9:
            self.curtain_key.emit()
        elif event.key() == Qt.Key.Key_Slash or (event.key() == Qt.Key.Key_F and control):
            self.search.setFocus()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Count any use as a touch, and tell when the list was first painted."""
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove):
            self.touched.emit()
        if event.type() == QEvent.Type.Close:
            self.closed.emit()
        return super().event(event)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """See the table's paint events and the search field's arrow keys."""
        if event.type() == QEvent.Type.Paint and self._waiting_for_paint and not self._announced:
            self._announced = True
            self.shown.emit()
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            self.touched.emit()
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.table.setFocus()
                self.table.selectRow(max(0, self.table.currentIndex().row()))
                return True
        return False

    def _filter(self) -> None:
        current = self.table.rows.row(self.table.currentIndex().row())
        rows = filter_rows(self._list.rows, self.search.text(), only_today=self._today)
        self.table.rows.set_rows(rows)
        again = next(
            (n for n, row in enumerate(rows) if current and row.identifier == current.identifier), -1
        )
        if again >= 0:
            self.table.selectRow(again)

    def _choose_days(self, *, today: bool) -> None:
        self._today = today
        self.places.show_usual()
        self._filter()

    def _mark_days(self) -> None:
        self.only_today.setChecked(self.places.usual and self._today)
        self.everybody.setChecked(self.places.usual and not self._today)
        # Mending wants the room, and nobody's data beside it.
        self.side.setVisible(not self.held_button.isChecked())

    def _make_search(self) -> QLineEdit:
        theme = self._theme
        search = QLineEdit()
        search.setFont(theme.staff_font("text"))
        search.setPlaceholderText(self._words("Search by name, number or birth date"))
        search.setAccessibleName(self._words("Search by name, number or birth date"))
        search.setClearButtonEnabled(True)
        search.setFrame(False)
        palette = search.palette()
        palette.setColor(QPalette.ColorRole.Base, theme.color("card"))
        search.setPalette(palette)
        return search

    def _connect(self) -> None:
        self.table.person_chosen.connect(self.person_chosen.emit)
        self.table.viewport().installEventFilter(self)
        self.search.installEventFilter(self)
        self.search.textChanged.connect(lambda _: self._filter())
        self.only_today.clicked.connect(lambda: self._choose_days(today=True))
        self.everybody.clicked.connect(lambda: self._choose_days(today=False))
        self.places.moved.connect(self._mark_days)
        self.side.curtain_asked.connect(self.curtain_key.emit)

    def _arrange(self) -> None:
        theme = self._theme
        self._pages = QStackedLayout(self)
        self._pages.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        page = QWidget()
        self._pages.addWidget(page)
        self._pages.addWidget(self.curtain)
        columns = QHBoxLayout(page)
        pad = theme.px(28)
        columns.setContentsMargins(pad, theme.px(22), pad, theme.px(14))
        columns.setSpacing(theme.px(24))
        left = QVBoxLayout()
        left.setSpacing(theme.px(12))
        titles = QVBoxLayout()
        titles.setSpacing(0)
        titles.addWidget(self.heading)
        titles.addWidget(self.summary)
        left.addLayout(titles)
        left.addLayout(self._tool_row())
        self._message_card = Card(theme.color("check"), theme.px(10))
        holder = QHBoxLayout(self._message_card)
        holder.addWidget(self.message)
        self.message.setWordWrap(True)
        self._message_card.hide()
        left.addWidget(self._message_card)
        frame = Card(theme.color("card"), theme.shape("inner_radius"), theme.color("hairline"))
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(2, theme.px(4), 2, theme.px(4))
        inside.addWidget(self.places)
        left.addWidget(frame, 1)
        strip = QHBoxLayout()
        strip.addWidget(self.feeds)
        strip.addStretch()
        strip.addWidget(self.mark)
        left.addLayout(strip)
        columns.addLayout(left, 1)
        self.side.setFixedWidth(theme.px(_SIDE_WIDTH))
        columns.addWidget(self.side)

    def _tool_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(self._theme.px(10))
        for button in (self.only_today, self.everybody):
            button.setCheckable(True)
            row.addWidget(button)
        row.addWidget(self.merges_button)
        row.addWidget(self.held_button)
        self.everybody.setChecked(True)
        field = FocusCard(self._theme, self.search)
        field.setFixedHeight(self._theme.px(44))
        inside = QHBoxLayout(field)
        inside.setContentsMargins(self._theme.px(14), 3, self._theme.px(10), 3)
        inside.addWidget(self.search)
        row.addWidget(field, 1)
        return row
