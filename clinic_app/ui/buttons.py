"""Buttons: an outlined one, a filled one, and a quiet one in text; focus is always visible."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from clinic_app.ui.theme import Theme

OUTLINE, FILLED, QUIET = "outline", "filled", "quiet"


class PlainButton(QAbstractButton):
    """A button that paints its text as it is (no mnemonics), at least 44 px high on the shared screen.

    Attributes:
        style_name: outline, filled or quiet.
    """

    def __init__(
        self,
        theme: Theme,
        text: str,
        font: QFont,
        style_name: str = OUTLINE,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignHCenter,
    ) -> None:
        super().__init__()
        self._side = side
        self._theme = theme
        self.style_name = style_name
        self.setFont(font)
        self.setText(text)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def relabel(self, text: str) -> None:
        """Change the words, for eyes and ears alike."""
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Room for the words; never below 44 px (times the scale)."""
        metrics = QFontMetrics(self.font())
        side = self._theme.px(12 if self.style_name == QUIET else 22)
        height = max(self._theme.px(44), metrics.height() + self._theme.px(14))
        return QSize(metrics.horizontalAdvance(self.text()) + 2 * side, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw border, area, focus ring and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = self._theme.shape("button_radius")
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        border, area, text = self._colors()
        painter.setPen(Qt.PenStyle.NoPen if border is None else QPen(border, max(1.5, 2 * self._theme.scale)))
        painter.setBrush(Qt.BrushStyle.NoBrush if area is None else QBrush(area))
        painter.drawRoundedRect(box, radius, radius)
        if self.hasFocus():
            self._paint_focus(
                painter, box, radius, filled=area is not None and text == self._theme.color("card")
            )
        painter.setPen(text)
        room = self.rect().adjusted(2, 0, -2, 0)
        painter.drawText(room, self._side | Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()

    def _paint_focus(self, painter: QPainter, box: QRectF, radius: float, *, filled: bool) -> None:
        """A ring: blue around a light button, white inside a filled one."""
        wide = max(2.0, 3 * self._theme.scale)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.color("card" if filled else "blue"), wide))
        inset = wide + 1 if filled else 0
        painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), radius, radius)

    def _colors(self) -> tuple[QColor | None, QColor | None, QColor]:
        theme = self._theme
        chosen = self.isChecked() or self.style_name == FILLED
        pressed = self.isDown() or self.underMouse()
        if chosen:
            return None, theme.color("blue"), theme.color("card")
        if self.style_name == QUIET:
            return None, theme.color("clinician") if pressed else None, theme.color("ink_2")
        return (
            theme.color("ink_2"),
            theme.color("clinician") if pressed else theme.color("card"),
            theme.color("ink"),
        )
