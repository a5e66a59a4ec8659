"""Tiles that choose which trend is drawn large, each with its last value."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from clinic_app.ui.theme import MEDIUM, SEMIBOLD, Theme
from clinic_app.viewmodels.shared_state import Trend


class Tile(QAbstractButton):
    """One trend's title and last value."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._trend = Trend("", "")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_trend(self, trend: Trend) -> None:
        """Show another trend."""
        self._trend = trend
        self.setAccessibleName(trend.spoken)
        self.update()

    def sizeHint(self) -> QSize:
        """Room for title and value."""
        return QSize(self._theme.px(190), self._theme.px(130))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A card; the chosen one has a blue edge."""
        theme, trend = self._theme, self._trend
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marked = self.isChecked() or self.hasFocus()
        painter.setPen(
            QPen(
                theme.color("blue" if marked else "hairline"),
                theme.px(4) if self.hasFocus() else 1 + 2 * marked,
            )
        )
        painter.setBrush(QBrush(theme.color("clinician" if self.isChecked() else "card")))
        radius = theme.shape("inner_radius")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), radius, radius)
        room = self.rect().adjusted(theme.px(18), theme.px(14), -theme.px(10), -theme.px(14))
        painter.setPen(theme.color("ink"))
        painter.setFont(theme.font("small", MEDIUM))
        top = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        painter.drawText(room, top | Qt.TextFlag.TextWordWrap, trend.title)
        painter.setPen(theme.color("blue"))
        painter.setFont(theme.font("name", SEMIBOLD))
        value = QRectF(room).adjusted(0, painter.fontMetrics().height() * 0.9, 0, 0)
        painter.drawText(value, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, trend.value)
        advance = painter.fontMetrics().horizontalAdvance(trend.value) + theme.px(8)
        painter.setPen(theme.color("ink_2"))
        painter.setFont(theme.font("small"))
        painter.drawText(
            value.adjusted(advance, 0, 0, 0),
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            trend.unit,
        )
        painter.end()


class TrendSelector(QWidget):
    """Up to three tiles below each other.

    Signals:
        selected: a tile was chosen; carries its number.
    """

    selected = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chosen = 0
        self.tiles = tuple(Tile(theme) for _ in range(3))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(14))
        for number, tile in enumerate(self.tiles):
            tile.clicked.connect(lambda _=False, number=number: self.selected.emit(number))
            column.addWidget(tile)

    def show_trends(self, trends: tuple[Trend, ...]) -> None:
        """Show other trends; the choice stays where it can."""
        for tile, trend in zip(self.tiles, (*trends, *[Trend("", "")] * len(self.tiles)), strict=False):
            tile.show_trend(trend)
        for number, tile in enumerate(self.tiles):
            tile.setVisible(number < len(trends))
        self.choose(min(self.chosen, max(0, len(trends) - 1)))

    def choose(self, number: int) -> None:
        """Mark the tile with this number."""
        self.chosen = number
        for index, tile in enumerate(self.tiles):
            tile.setChecked(index == number)
