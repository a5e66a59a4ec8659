"""What is held, behind its button: page and logic are loaded when somebody first asks for them."""

from functools import cached_property
from typing import TYPE_CHECKING

from clinic_app.ui.dispatcher import Dispatcher
from clinic_app.ui.staff_window import StaffWindowWidget
from clinic_app.viewmodels.workstation import WorkstationModel

if TYPE_CHECKING:
    from clinic_app.ui.mending import Mending


class LateMending:
    """Listens to the button of what is held."""

    def __init__(self, model: WorkstationModel, staff: StaffWindowWidget, dispatcher: Dispatcher) -> None:
        self._model, self._staff, self._dispatcher = model, staff, dispatcher
        staff.places.asked.connect(self._asked)

    def say_held(self) -> None:
        """Say on the button how many entries are held, by the feeds as they were last read."""
        self._staff.places.offer(self._staff.held_button, self._model.held_words())

    @cached_property
    def _mending(self) -> "Mending":
        # Measured: with it the list is painted a tenth later, and most days start without it.
        from clinic_app.ui.mending import Mending  # noqa: PLC0415

        return Mending(self._model.workbench, self._staff, self._dispatcher)

    def _asked(self, button: object) -> None:
        if button is self._staff.held_button:
            self._mending.read()
