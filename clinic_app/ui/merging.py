"""Between the page of merges and the clinic: what waits, what was decided, and what could not be."""

from clinic_app.model.errors import CommonGroundError
from clinic_app.ui.dispatcher import Dispatcher
from clinic_app.ui.staff_window import StaffWindowWidget
from clinic_app.viewmodels.merges import MergesModel, MergeWork, Pair


class Merging:
    """Keeps the staff window's button and page."""

    def __init__(self, model: MergesModel, staff: StaffWindowWidget, dispatcher: Dispatcher) -> None:
        self._model, self._staff, self._dispatcher = model, staff, dispatcher
        staff.places.asked.connect(self._asked)
        staff.merges.decided.connect(self._decide)

    def count(self) -> None:
        """Say on the button how many wait."""
        self._dispatcher.run(self._model.read_waiting, self._say)

    def _say(self, count: int) -> None:
        self._staff.places.offer(self._staff.merges_button, self._model.badge(count))

    def _asked(self, button: object) -> None:
        if button is self._staff.merges_button:
            self._read()

    def _read(self) -> None:
        self._dispatcher.run(self._model.read_work, self._show)

    def _show(self, work: MergeWork) -> None:
        self._staff.merges.show_cards(self._model.cards(work))
        self._staff.places.show_page(self._staff.merges_button)
        self.count()

    def _decide(self, pair: Pair, joined: bool, although: bool) -> None:
        self._dispatcher.run(lambda: self._model.decide(pair, joined, although), self._decided, self._failed)

    def _decided(self, work: MergeWork) -> None:
        self._staff.show_message("")
        self._show(work)

    def _failed(self, error: CommonGroundError) -> None:
        """What could not be decided stands as it was, and so does the page."""
        self._read()
        self._dispatcher.failed(error)
