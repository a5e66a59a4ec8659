"""Labels that show plain text only, and fit their room: first smaller letters, then two lines; never rich
text.
"""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from clinic_app.ui.theme import ink
from clinic_app.viewmodels.origins import SEPARATOR

_FLAGS = Qt.TextFlag.TextWordWrap
_LEAST_EVER = 12


class PlainLabel(QLabel):
    """A label whose text is text, whatever it contains (QLabel alone would render HTML and load local
    images).
    """

    def __init__(self, font: QFont, color: QColor, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.setFont(font)
        ink(self, color)
        self.setText(text)

    def say(self, text: str) -> None:
        """Show a text, and nothing at all where it is empty."""
        if text != self.text():
            self.setText(text)
        self.setVisible(bool(text))


class WrappedLabel(PlainLabel):
    """Plain text over as many lines as it needs at a width in px."""

    def __init__(
        self, font: QFont, color: QColor, text: str, width: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(font, color, text, parent)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(wrapped_size(font, text, width).height())


class FittedLabel(PlainLabel):
    """One line that takes smaller letters, then two lines, to fit its width; it never cuts words off.

    Attributes:
        never_cut: the label's height is fixed too, and small letters are better than half a name.
    """

    def __init__(
        self, font: QFont, color: QColor, least: int, text: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(font, color, text, parent)
        self._full = font.pixelSize()
        self._least = min(least, self._full)
        self.never_cut = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def say(self, text: str) -> None:
        """Show a text and fit it."""
        super().say(text)
        self._fit()

    def preferred_width(self) -> int:
        """Width in px of the text at full size on one line."""
        font = QFont(self.font())
        font.setPixelSize(self._full)
        return QFontMetrics(font).horizontalAdvance(self.text()) + 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit anew."""
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        """The natural size on one line."""
        return QSize(self.preferred_width(), QFontMetrics(self.font()).height())

    def _fit(self) -> None:
        font = QFont(self.font())
        size = self._full
        font.setPixelSize(size)
        while size > self._least and QFontMetrics(font).horizontalAdvance(self.text()) > self.width():
            size -= 1
            font.setPixelSize(size)
        wrap = QFontMetrics(font).horizontalAdvance(self.text()) > self.width()
        while wrap and self.never_cut and size > _LEAST_EVER and self.height() < self._wrapped(font):
            size -= 1
            font.setPixelSize(size)
        if font.pixelSize() != self.font().pixelSize():
            self.setFont(font)
        if wrap != self.wordWrap():
            self.setWordWrap(wrap)

    def _wrapped(self, font: QFont) -> int:
        return wrapped_size(font, self.text(), self.width()).height()


class FootLine(PlainLabel):
    """Parts of a text that were ordered by weight: as many as fit the label's fixed height are shown."""

    def __init__(self, font: QFont, color: QColor, parent: QWidget | None = None) -> None:
        super().__init__(font, color, "", parent)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def say_parts(self, text: str) -> None:
        """Show the text, without its last parts where there is no room for them; empty shows nothing."""
        parts = text.split(SEPARATOR)
        while len(parts) > 1 and self._height(parts) > self.height():
            parts.pop()
        self.setText(SEPARATOR.join(parts))

    def _height(self, parts: list[str]) -> int:
        return wrapped_size(self.font(), SEPARATOR.join(parts), self.width()).height()


def wrapped_size(font: QFont, text: str, width: int) -> QSize:
    """Size in px of a text wrapped at a width."""
    bounds = QFontMetrics(font).boundingRect(QRect(0, 0, max(1, width), 1 << 20), _FLAGS.value, text)
    return QSize(bounds.width(), bounds.height())
