"""What stands in the place of the patient list: the list itself, or a page that a button leads to."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from clinic_app.ui.buttons import PlainButton


class StaffPlaces(QStackedWidget):
    """The first page is the usual one; every other has a button, which is seen while there is work on it.

    Signals:
        asked: a page is to be filled and shown; carries it.
        moved: another page stands here now.
    """

    asked = Signal(object)
    moved = Signal()

    def __init__(self, usual: QWidget) -> None:
        super().__init__()
        self._buttons: dict[QWidget, PlainButton] = {}
        self.addWidget(usual)

    def add_page(self, page: QWidget, button: PlainButton) -> None:
        """Take a page and the button that leads to it."""
        self.addWidget(page)
        self._buttons[page] = button
        button.setCheckable(True)
        button.hide()
        button.clicked.connect(partial(self._ask, page))

    def offer(self, page: QWidget, text: str) -> None:
        """Say on its button what waits; without words it goes, unless the page is open."""
        button = self._buttons[page]
        if text:
            button.relabel(text)
        button.setVisible(bool(text) or self.currentWidget() is page)

    def show_page(self, page: QWidget) -> None:
        """Put this page here; it was filled before."""
        self.setCurrentWidget(page)
        self._mark()

    def show_usual(self) -> None:
        """Put the usual page here."""
        self.setCurrentIndex(0)
        self._mark()

    @property
    def usual(self) -> bool:
        """Whether the usual page stands here."""
        return self.currentIndex() == 0

    def _ask(self, page: QWidget, _checked: bool = False) -> None:
        self._mark()  # not before there is something to show
        self.asked.emit(page)

    def _mark(self) -> None:
        for page, button in self._buttons.items():
            button.setChecked(self.currentWidget() is page)
        self.moved.emit()
