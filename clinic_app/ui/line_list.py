"""A list of two-line rows with a count, of which one can be chosen by mouse or keyboard."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from clinic_app.ui.shapes import quiet_scroll_bar
from clinic_app.ui.theme import MEDIUM, Theme
from clinic_app.viewmodels.mend_words import ListLine

_LINE = Qt.ItemDataRole.UserRole


class LineList(QListWidget):
    """Rows in the order given.

    Signals:
        chosen: a row was chosen; carries its number.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(_LineDelegate(theme, self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(True)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, theme.color("card"))
        self.setPalette(palette)
        quiet_scroll_bar(self, theme)
        self.currentRowChanged.connect(self._tell)

    def show_lines(self, lines: Sequence[ListLine]) -> None:
        """Draw these; none of them is chosen."""
        self.blockSignals(True)
        self.clear()
        for line in lines:
            item = QListWidgetItem(f"{line.title}, {line.note}, {line.count}".rstrip(", "))
            item.setData(_LINE, line)
            self.addItem(item)
        self.setCurrentRow(-1)
        self.blockSignals(False)

    def choose(self, number: int) -> None:
        """Choose a row, as a click would."""
        self.setCurrentRow(number)

    def _tell(self, number: int) -> None:
        if number >= 0:
            self.chosen.emit(number)


class _LineDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QListWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title, self._note = theme.staff_font("text", MEDIUM), theme.staff_font("small")

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Two lines, and room around them."""
        height = QFontMetrics(self._title).height() + QFontMetrics(self._note).height()
        return QSize(0, height + self._theme.px(16))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Title and count above, note below; a chosen row is tinted, and ringed while it has the keyboard."""
        line = index.data(_LINE)
        theme, area = self._theme, option.rect
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, theme.color("blue_tint"))
            if state & QStyle.StateFlag.State_HasFocus:
                edge = QRect(area.left(), area.top(), theme.px(4), area.height())
                painter.fillRect(edge, theme.color("blue"))
        pad = theme.px(12)
        box = area.adjusted(pad, theme.px(8), -pad, -theme.px(8))
        painter.setFont(self._title)
        metrics = QFontMetrics(self._title)
        painter.setPen(theme.color("blue" if line.strong else "ink"))
        count = metrics.horizontalAdvance(line.count) + pad if line.count else 0
        top = QRect(box.left(), box.top(), box.width(), metrics.height())
        title = metrics.elidedText(line.title, Qt.TextElideMode.ElideRight, box.width() - count)
        painter.drawText(top, Qt.AlignmentFlag.AlignLeft, title)
        painter.setPen(theme.color("ink_2"))
        painter.drawText(top, Qt.AlignmentFlag.AlignRight, line.count)
        painter.setFont(self._note)
        below = QRect(box.left(), top.bottom() + 1, box.width(), box.bottom() - top.bottom())
        note = QFontMetrics(self._note).elidedText(line.note, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, note)
