"""Wires the two windows to the model: opens people, shows what changed; nothing blocks a window."""

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from clinic_app.model.errors import AccessDenied, CommonGroundError
from clinic_app.model.identity import Identifier
from clinic_app.model.words import Words
from clinic_app.ui.curtaining import Curtaining
from clinic_app.ui.dispatcher import Dispatcher
from clinic_app.ui.late_mending import LateMending
from clinic_app.ui.memory import spare_collections
from clinic_app.ui.merging import Merging
from clinic_app.ui.shared_window import SharedScreenWindow
from clinic_app.ui.staff_window import StaffWindowWidget
from clinic_app.ui.watch import Watch
from clinic_app.viewmodels.desk import WorkstationServices
from clinic_app.viewmodels.screen import ScreenSettings
from clinic_app.viewmodels.workstation import WorkstationModel

if TYPE_CHECKING:
    from clinic_app.viewmodels.desk import OpenedPatient

_SECOND_MS = 1000


class Workstation(QObject):
    """Both windows and what moves them.

    Signals:
        ready: the list was painted with its data.
        person_drawn: the shared screen finished painting a person; carries the token.
    """

    ready = Signal()
    person_drawn = Signal(int)

    def __init__(
        self,
        services: WorkstationServices,
        settings: ScreenSettings,
        words: Words,
        steady: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__()
        self.model = WorkstationModel(services, settings, words)
        self.staff = StaffWindowWidget(settings, words)
        self.shared = SharedScreenWindow(settings, words)
        self.dispatcher = Dispatcher(self._failed)
        self.curtaining = Curtaining(self.staff, self.shared, words, steady)
        self.merging = Merging(self.model.merges, self.staff, self.dispatcher)
        self.mending = LateMending(self.model, self.staff, self.dispatcher)
        self.watch = Watch(self.model, self.dispatcher, steady)
        self._one_screen = False
        self._second_timer = QTimer(self)
        self._connect()

    def use_one_screen(self) -> None:
        """Both windows share one screen: the shared one covers it within a visit, F2 shows the list."""
        self._one_screen = True
        self.shared.staff_asked.connect(self.shared.hide)
        self.shared.staff_asked.connect(self.staff.activateWindow)

    def start(self, open_at_start: str | None = None) -> None:
        """Read the list; then open a person if a number was given."""
        self.dispatcher.run(self.model.read_first, self._show_first)
        if open_at_start:
            number = open_at_start
            self.dispatcher.run(lambda: self.model.read_number(number), self.open_person)
        self.curtaining.show()

    def pause(self) -> None:
        """Stop the timers; curtain and watch still do what they are asked."""
        self.watch.pause()
        self._second_timer.stop()

    def stop(self) -> None:
        """End the timers and wait for the running job."""
        self.pause()
        self.dispatcher.finish()

    def open_person(self, identifier: Identifier) -> None:
        """Blank first, then the new person; what comes for the former one is dropped."""
        token = self.model.session.begin()
        self.shared.blank()
        self.staff.side.show_person(None)
        self.staff.mark_open(identifier)
        self.dispatcher.run(
            lambda: self.model.read_person(identifier),
            lambda opened: self._opened(token, opened),
            lambda error: self._open_failed(token, error),
            urgent=True,
        )

    def close_person(self) -> None:
        """End the visit: the shared screen goes blank."""
        self.model.session.begin()
        self.shared.blank()
        self.staff.side.show_person(None)
        self.staff.mark_open(None)
        self.curtaining.visit_ended()
        if self._one_screen:
            self.shared.hide()

    def _connect(self) -> None:
        staff, shared, watch = self.staff, self.shared, self.watch
        staff.person_chosen.connect(self.open_person)
        staff.side.close_asked.connect(self.close_person)
        staff.side.take_over_asked.connect(self._take_over)
        staff.shown.connect(self.ready)
        # Queued: the list is on screen before the charts are built.
        staff.shown.connect(self._prepare, Qt.ConnectionType.QueuedConnection)
        shared.card_toggled.connect(self._toggle_card)
        shared.drawn.connect(self.person_drawn.emit)
        watch.person_read.connect(self._person_read)
        watch.person_failed.connect(self._person_failed)
        watch.list_changed.connect(self._show_list)
        watch.feeds_changed.connect(self._show_feeds)
        self._second_timer.setInterval(_SECOND_MS)
        self._second_timer.timeout.connect(self.curtaining.tick)
        self._second_timer.timeout.connect(watch.tick)

    def _show_first(self, first: object) -> None:
        self.model.take_first(first)  # type: ignore[arg-type]
        self._show_list()
        self.watch.start()
        self._second_timer.start()

    def _show_list(self) -> None:
        self.staff.show_list(self.model.staff_list())
        self.staff.show_feeds(self.model.feed_words())
        self.mending.say_held()

    def _show_feeds(self) -> None:
        self.merging.count()
        self.staff.show_feeds(self.model.feed_words())
        self.mending.say_held()
        state = self.model.shared_state()
        if state is not None:
            self.shared.show_feeds(state)

    def _prepare(self) -> None:
        """Load what pictures need, so that the first person opens as fast as the next: the charts are built
        here, the tables read on the other thread.
        """
        self.dispatcher.run(self.model.read_tables, lambda _: spare_collections())
        self.merging.count()
        self.shared.build_view()

    def _opened(self, token: int, opened: "OpenedPatient") -> None:
        if self.model.session.opened(token, opened) is None:
            return
        self.staff.show_message("")
        self.curtaining.visit_began()
        self._show_person()
        if self._one_screen:
            self.shared.showFullScreen()
            self.shared.activateWindow()

    def _open_failed(self, token: int, error: CommonGroundError) -> None:
        if token == self.model.session.token:
            self.close_person()
            self._failed(error)

    def _show_person(self) -> None:
        state = self.model.shared_state()
        if state is not None:
            self.shared.show_state(state)
            self.shared.show_dot(self.model.news_waiting())
        self.staff.side.show_person(self.model.staff_person())

    def _person_read(self, token: int, opened: "OpenedPatient") -> None:
        if self.model.session.refreshed(token, opened) is not None:
            self._show_person()

    def _person_failed(self, token: int, error: CommonGroundError) -> None:
        """A consent that was withdrawn ends the visit; anything else keeps the last good picture."""
        if isinstance(error, AccessDenied) and token == self.model.session.token:
            self.close_person()
        self._failed(error)

    def _take_over(self) -> None:
        if self.model.session.take_over() is not None:
            self._show_person()

    def _toggle_card(self, code: str) -> None:
        if self.model.session.toggle_card(code) is not None:
            self._show_person()

    def _failed(self, error: CommonGroundError) -> None:
        self.staff.show_message(str(error))
