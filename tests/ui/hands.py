"""Mouse and keyboard as a person uses them, typed."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

_NO_KEY = Qt.KeyboardModifier.NoModifier


def click(widget: QWidget, spot: QPoint | None = None) -> None:
    """Click with the left button, in the middle where no spot is given."""
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, _NO_KEY, spot or widget.rect().center())


def press(widget: QWidget, key: Qt.Key) -> None:
    """Press and release a key."""
    QTest.keyClick(widget, key)


def write(widget: QWidget, text: str) -> None:
    """Type a text."""
    QTest.keyClicks(widget, text)
