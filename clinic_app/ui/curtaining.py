"""Draws and lifts the curtain over both windows, as its state says."""

from collections.abc import Callable

from clinic_app.model.words import Words
from clinic_app.ui.shared_window import SharedScreenWindow
from clinic_app.ui.staff_window import StaffWindowWidget
from clinic_app.viewmodels.curtain import Curtain


class Curtaining:
    """Keeps the curtain's state and shows it.

    Attributes:
        state: what covers the screens.
    """

    def __init__(
        self,
        staff: StaffWindowWidget,
        shared: SharedScreenWindow,
        words: Words,
        steady: Callable[[], float],
    ) -> None:
        self._staff, self._shared = staff, shared
        self._words, self._steady = words, steady
        self.state = Curtain(touched=steady())
        for window in (staff, shared):
            window.curtain_key.connect(self._key)
            window.touched.connect(self._touched)

    def visit_began(self) -> None:
        """A person was opened."""
        self._become(self.state.opened(self._steady()))

    def visit_ended(self) -> None:
        """Nobody is open any more."""
        self._become(self.state.closed(self._steady()))

    def tick(self) -> None:
        """Time passed."""
        state = self.state.tick(self._steady())
        if state != self.state:
            self._become(state)

    def show(self) -> None:
        """Cover what the state covers."""
        hint = self._words("Press F9 to go on.") if self.state.hidden or self.state.idle else ""
        self._shared.cover(self.state.covers_shared, hint)
        self._staff.cover(self.state.covers_staff)

    def _key(self) -> None:
        self._become(self.state.key(self._steady()))

    def _touched(self) -> None:
        self.state = self.state.touch(self._steady())

    def _become(self, state: Curtain) -> None:
        self.state = state
        self.show()
