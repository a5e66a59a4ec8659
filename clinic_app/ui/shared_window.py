"""The window on the shared screen: the curtain, or the view of one person; never both, never the former
person.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLayout, QStackedLayout, QWidget

from clinic_app.model.words import Words
from clinic_app.ui.curtain_page import CurtainPage
from clinic_app.ui.theme import Theme
from clinic_app.viewmodels.screen import ScreenSettings, plan_screen
from clinic_app.viewmodels.shared_state import SharedState

if TYPE_CHECKING:
    from clinic_app.ui.shared_view import SharedView


class SharedScreenWindow(QWidget):
    """The shared screen. Its title names nobody, because task bars and screen sharing show titles.

    Signals:
        curtain_key: the one key (F9) or its button was used.
        touched: mouse or keyboard was used here.
        card_toggled: a card is to be hidden or shown; carries the series name.
        drawn: a person's view was painted; carries the token.
        staff_asked: the staff window is wanted (F2), where both share one screen.
    """

    curtain_key = Signal()
    touched = Signal()
    card_toggled = Signal(str)
    drawn = Signal(int)
    staff_asked = Signal()

    def __init__(self, settings: ScreenSettings, words: Words) -> None:
        super().__init__()
        self._settings, self._words = settings, words
        self._state: SharedState | None = None
        self._covered = True
        self._pages = QStackedLayout(self)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self._pages.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._plan = plan_screen(settings, settings.pixels)
        self.curtain = CurtainPage(Theme(settings.look, self._plan.scale), settings.clinic_name)
        self._pages.addWidget(self.curtain)
        self._view: SharedView | None = None
        self.setWindowTitle(words("Common Ground"))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    @property
    def view(self) -> "SharedView | None":
        """The view, once it was built."""
        return self._view

    def build_view(self) -> "SharedView":
        """Build the charts before they are needed; they are made once per arrangement."""
        # Measured: the charts' library costs half a second, which must not delay the patient list.
        from clinic_app.ui.shared_view import SharedView  # noqa: PLC0415

        if self._view is None or self._view.plan != self._plan:
            if self._view is not None:
                self._pages.removeWidget(self._view)
                self._view.deleteLater()
            view = SharedView(Theme(self._settings.look, self._plan.scale), self._plan, self._words)
            view.hide_asked.connect(self.curtain_key.emit)
            view.card_toggled.connect(self.card_toggled.emit)
            view.drawn.connect(self.drawn.emit)
            self._view = view
            self._pages.addWidget(view)
        return self._view

    def blank(self) -> None:
        """Nobody is shown from now on; nothing of the former person stays in any widget."""
        self._state = None
        if self._view is not None:
            self._view.forget()
        self._apply()

    def show_state(self, state: SharedState) -> None:
        """Show a person; under a curtain it is ready behind it."""
        self._state = state
        self._apply()

    def cover(self, covered: bool, hint: str) -> None:
        """Draw or lift the curtain."""
        self._covered = covered
        self.curtain.say(hint)
        self._apply()

    def show_feeds(self, state: SharedState) -> None:
        """Show the feeds' health anew; everything else stays as it is."""
        if self._view is not None and self._view.state is not None and self._view.state.token == state.token:
            self._view.bottom.show_bottom(state.feeds, state.mark)

    def show_dot(self, shown: bool) -> None:
        """A dot without content: something new waits in the staff window."""
        if self._view is not None:
            self._view.bottom.dot.setVisible(shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F9 is the curtain's key."""
        if event.key() == Qt.Key.Key_F9:
            self.curtain_key.emit()
        elif event.key() == Qt.Key.Key_F2:
            self.staff_asked.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Count any use of mouse or keyboard as a touch."""
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove):
            self.touched.emit()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size may need another scale or arrangement."""
        super().resizeEvent(event)
        self._plan = plan_screen(self._settings, (self.width(), self.height()))
        if self._view is not None and self._view.plan != self._plan:
            self._apply()

    def _apply(self) -> None:
        if self._state is None or self._covered:
            self._pages.setCurrentWidget(self.curtain)
            return
        view = self.build_view()
        if view.state is not self._state:
            view.show_state(self._state)
        if self._pages.currentWidget() is not view:
            # The keyboard begins outside the view, so that no ring is drawn before somebody uses it.
            self.setFocus()
        self._pages.setCurrentWidget(view)
        view.watch_drawing()
