"""Painted things: cards, hairlines, and the signs ▼ ▲ ✚ ○ ◇, drawn as shapes so that no font can lack
them.
"""

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QWidget

from clinic_app.ui.theme import Theme
from clinic_app.viewmodels.shared_state import Sign


class Card(QFrame):
    """A rounded area with an optional hairline around it."""

    def __init__(
        self, fill: QColor, radius: float, line: QColor | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._fill = fill
        self._radius = radius
        self._line = line

    def refill(self, fill: QColor) -> None:
        """Change the area's colour."""
        if fill != self._fill:
            self._fill = fill
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the area."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QBrush(self._fill))
        painter.setPen(Qt.PenStyle.NoPen if self._line is None else QPen(self._line, 1))
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), self._radius, self._radius
        )
        painter.end()


class FocusCard(QFrame):
    """A rounded field whose edge turns blue while the widget inside has the keyboard."""

    def __init__(self, theme: Theme, watched: QWidget) -> None:
        super().__init__()
        self._theme, self._watched = theme, watched
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the keyboard."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field."""
        focused = self._watched.hasFocus()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("blue" if focused else "ink_2"), 3 if focused else 1.5))
        painter.setBrush(QBrush(self._theme.color("card")))
        radius = self._theme.shape("button_radius")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), radius, radius)
        painter.end()


def quiet_scroll_bar(area: QAbstractScrollArea, theme: Theme) -> None:
    """Make the vertical scroll bar thin and calm: a rounded handle on nothing."""
    width, radius = theme.px(10), theme.px(5)
    handle = theme.color("hairline").name()
    area.verticalScrollBar().setStyleSheet(
        f"QScrollBar{{width:{width}px;background:transparent;margin:0}}"
        f"QScrollBar::handle{{background:{handle};border-radius:{radius}px;min-height:{4 * width}px}}"
        "QScrollBar::add-line,QScrollBar::sub-line{height:0}"
        "QScrollBar::add-page,QScrollBar::sub-page{background:transparent}"
    )


class Hairline(QWidget):
    """A line of one px across."""

    def __init__(self, color: QColor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._color = color
        self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._color)
        painter.end()


class SignMark(QWidget):
    """A sign before words; its meaning is in the words, so it has no name of its own."""

    def __init__(self, theme: Theme, sign: Sign | str, size: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._sign = str(sign)
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_sign(self, sign: Sign | str) -> None:
        """Draw another sign."""
        self._sign = str(sign)
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(self._size, self._size)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the sign."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_sign(painter, QRectF(self.rect()), self._sign, self._theme)
        painter.end()


def paint_sign(painter: QPainter, box: QRectF, sign: str, theme: Theme) -> None:
    """Draw a sign in the middle of a box: down, up, new, open, or home (a hollow diamond)."""
    size = min(box.width(), box.height())
    center, half = box.center(), size * 0.42
    color = theme.color("home" if sign == "home" else "blue")
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(color))
    if sign in (Sign.DOWN, Sign.UP):
        turn = 1 if sign == Sign.DOWN else -1
        painter.drawPolygon(
            _points(center, (-half, -half * 0.8 * turn), (half, -half * 0.8 * turn), (0, half * turn))
        )
        return
    if sign == Sign.NEW:
        thick = size * 0.27
        painter.drawRect(QRectF(center.x() - thick / 2, center.y() - half, thick, 2 * half))
        painter.drawRect(QRectF(center.x() - half, center.y() - thick / 2, 2 * half, thick))
        return
    painter.setBrush(QBrush(theme.color("card")))
    painter.setPen(QPen(color, size * 0.14))
    if sign == Sign.OPEN:
        painter.drawEllipse(center, half * 0.85, half * 0.85)
    else:
        painter.drawPolygon(_points(center, (0, -half), (half, 0), (0, half), (-half, 0)))


def _points(center: QPointF, *offsets: tuple[float, float]) -> QPolygonF:
    return QPolygonF([center + QPointF(x, y) for x, y in offsets])
