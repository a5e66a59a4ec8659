"""The blank that hides the patient's data: the clinic's name, and how to go on; nothing of anybody."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_app.ui.labels import PlainLabel
from clinic_app.ui.theme import SEMIBOLD, Theme


class CurtainPage(QWidget):
    """A calm, opaque page."""

    def __init__(self, theme: Theme, clinic_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = PlainLabel(theme.font("title", SEMIBOLD), theme.color("ink"), clinic_name)
        self._hint = PlainLabel(theme.font("small"), theme.color("ink_2"))
        column = QVBoxLayout(self)
        column.setSpacing(theme.px(12))
        column.addStretch()
        for label in (self._name, self._hint):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        column.addStretch()

    def say(self, hint: str) -> None:
        """How to go on; empty says nothing."""
        self._hint.say(hint)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paper over everything."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QBrush(self._theme.color("paper")))
        painter.end()
