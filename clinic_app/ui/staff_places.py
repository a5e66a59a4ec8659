"""What stands in the place of the patient list: the list itself, or a page that a button leads to."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from clinic_app.ui.buttons import PlainButton


class StaffPlaces(QStackedWidget):
    """The first page is the usual one; every other has a button, which is seen while there is work on it, and
    is made when it is first shown: most days start without it.

    Signals:
        asked: a page is to be filled and shown; carries its button.
        moved: another page stands here now.
    """

    asked = Signal(object)
    moved = Signal()

    def __init__(self, usual: QWidget) -> None:
        super().__init__()
        self._pages: dict[PlainButton, Callable[[], QWidget]] = {}
        self._shown: PlainButton | None = None
        self.addWidget(usual)

    def add_page(self, button: PlainButton, page: Callable[[], QWidget]) -> None:
        """Take a button and what gives the page that it leads to, always the same one."""
        self._pages[button] = page
        button.setCheckable(True)
        button.hide()
        button.clicked.connect(partial(self._ask, button))

    def offer(self, button: PlainButton, text: str) -> None:
        """Say on a button what waits; without words it goes, unless its page is open."""
        if text:
            button.relabel(text)
        button.setVisible(bool(text) or button is self._shown)

    def show_page(self, button: PlainButton) -> None:
        """Put the button's page here; it was filled before."""
        page = self._pages[button]()
        if self.indexOf(page) < 0:
            self.addWidget(page)
        self.setCurrentWidget(page)
        self._mark(button)

    def show_usual(self) -> None:
        """Put the usual page here."""
        self.setCurrentIndex(0)
        self._mark(None)

    @property
    def usual(self) -> bool:
        """Whether the usual page stands here."""
        return self.currentIndex() == 0

    def _ask(self, button: PlainButton, _checked: bool = False) -> None:
        # Qt checks it at once: that waits until there is something to show.
        button.setChecked(button is self._shown)
        self.asked.emit(button)

    def _mark(self, shown: PlainButton | None) -> None:
        self._shown = shown
        for button in self._pages:
            button.setChecked(button is shown)
        self.moved.emit()
