"""Wires the two windows to the model: opens people, polls for changes, keeps the curtain; nothing blocks a
window.
"""

from collections.abc import Callable, Sequence
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal

from clinic_app.model.access import Change
from clinic_app.model.errors import AccessDenied, CommonGroundError
from clinic_app.model.identity import Identifier
from clinic_app.model.words import Words
from clinic_app.ui.dispatcher import Dispatcher
from clinic_app.ui.shared_window import SharedScreenWindow
from clinic_app.ui.staff_window import StaffWindowWidget
from clinic_app.viewmodels.desk import OpenedPatient, WorkstationServices
from clinic_app.viewmodels.live import Effects
from clinic_app.viewmodels.screen import ScreenSettings
from clinic_app.viewmodels.workstation import WorkstationModel

POLL_MS = 200
"""How often change rows are asked for."""
_SECOND_MS = 1000
_FEEDS_SECONDS = 20
_LIST_SECONDS = 2.0


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
        self._words, self._steady = words, steady
        self.model = WorkstationModel(services, settings, words)
        self.staff = StaffWindowWidget(settings, words)
        self.shared = SharedScreenWindow(settings, words)
        self.dispatcher = Dispatcher(self._failed)
        self._one_screen = False
        self._polling = self._refreshing = self._again = False
        self._list_due, self._list_at, self._feeds_at = False, 0.0, steady()
        self._poll_timer, self._second_timer = QTimer(self), QTimer(self)
        self._connect()
        self.model.curtain = self.model.curtain.touch(steady())

    def use_one_screen(self) -> None:
        """Both windows share one screen: the shared one covers it within a visit, F2 goes back to the
        list.
        """
        self._one_screen = True
        self.shared.staff_asked.connect(self._back_to_list)

    def start(self, open_at_start: str | None = None) -> None:
        """Read the list; then open a person if a number was given."""
        self.dispatcher.run(self.model.read_first, self._show_first)
        if open_at_start:
            number = open_at_start
            self.dispatcher.run(lambda: self.model.read_number(number), self.open_person)
        self._cover()

    def pause(self) -> None:
        """Stop the timers; `poll` and `tick` still work when they are called."""
        self._poll_timer.stop()
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
        self.model.curtain = self.model.curtain.closed(self._steady())
        self._cover()
        if self._one_screen:
            self.shared.hide()

    def poll(self) -> None:
        """Ask for change rows, unless the last question is still open."""
        if self._polling:
            return
        self._polling = True
        after = self.model.last_change
        self.dispatcher.run(lambda: self.model.read_changes(after), self._polled, self._poll_failed)

    def tick(self) -> None:
        """Once a second: the idle curtain, feeds and list when they are due."""
        now = self._steady()
        before = self.model.curtain
        self.model.curtain = before.tick(now)
        if self.model.curtain != before:
            self._cover()
        if self._list_due and now - self._list_at >= _LIST_SECONDS:
            self._list_due, self._list_at = False, now
            self.dispatcher.run(self.model.read_list, self._show_list)
        elif now - self._feeds_at >= _FEEDS_SECONDS:
            self._feeds_at = now
            self.dispatcher.run(self.model.read_feeds, self._show_feeds)

    def _connect(self) -> None:
        staff, shared = self.staff, self.shared
        staff.person_chosen.connect(self.open_person)
        staff.side.close_asked.connect(self.close_person)
        staff.side.take_over_asked.connect(self._take_over)
        staff.shown.connect(self._list_painted)
        shared.card_toggled.connect(self._toggle_card)
        shared.drawn.connect(self.person_drawn.emit)
        for window in (staff, shared):
            window.curtain_key.connect(self._curtain_key)
            window.touched.connect(self._touched)
        self._poll_timer.setInterval(POLL_MS)
        self._poll_timer.timeout.connect(self.poll)
        self._second_timer.setInterval(_SECOND_MS)
        self._second_timer.timeout.connect(self.tick)

    def _show_first(self, first: object) -> None:
        self.model.take_first(first)  # type: ignore[arg-type]
        self._show_everything()
        self._poll_timer.start()
        self._second_timer.start()

    def _show_list(self, read: object) -> None:
        self.model.take_list(read)  # type: ignore[arg-type]
        self._show_everything()

    def _show_everything(self) -> None:
        self.staff.show_list(self.model.staff_list())
        self.staff.show_feeds(self.model.feed_words())

    def _show_feeds(self, feeds: object) -> None:
        self.model.take_feeds(feeds)  # type: ignore[arg-type]
        self.staff.show_feeds(self.model.feed_words())
        state = self.model.shared_state()
        if state is not None:
            self.shared.show_feeds(state)

    def _list_painted(self) -> None:
        self.ready.emit()
        QTimer.singleShot(0, self._build_view)

    def _build_view(self) -> None:
        """Build the charts now that the list stands, so that the first person opens as fast as the next."""
        self.shared.build_view()

    def _opened(self, token: int, opened: OpenedPatient) -> None:
        if self.model.session.opened(token, opened) is None:
            return
        self.staff.show_message("")
        self.model.curtain = self.model.curtain.opened(self._steady())
        self._cover()
        self._show_person()
        if self._one_screen:
            self.shared.showFullScreen()
            self.shared.activateWindow()

    def _back_to_list(self) -> None:
        self.shared.hide()
        self.staff.activateWindow()

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

    def _polled(self, changes: Sequence[Change]) -> None:
        self._polling = False
        if changes:
            self._follow(self.model.take_changes(changes))

    def _poll_failed(self, error: CommonGroundError) -> None:
        self._polling = False
        self._failed(error)

    def _follow(self, effects: Effects) -> None:
        self._list_due = self._list_due or effects.list
        if effects.person:
            self._refresh()

    def _refresh(self) -> None:
        """Read the open person again; one reading at a time, a change meanwhile asks for one more."""
        visit = self.model.session.visit
        if visit is None:
            return
        if self._refreshing:
            self._again = True
            return
        self._refreshing = True
        self.dispatcher.run(
            lambda: self.model.read_again(visit),
            lambda opened: self._refreshed(visit.token, opened),
            lambda error: self._refresh_failed(visit.token, error),
            urgent=True,
        )

    def _refreshed(self, token: int, opened: OpenedPatient) -> None:
        self._refreshing = False
        if self.model.session.refreshed(token, opened) is not None:
            self._show_person()
        self._once_more()

    def _refresh_failed(self, token: int, error: CommonGroundError) -> None:
        """A consent that was withdrawn ends the visit; anything else keeps the last good picture."""
        self._refreshing = False
        if isinstance(error, AccessDenied) and token == self.model.session.token:
            self.close_person()
        self._failed(error)
        self._once_more()

    def _once_more(self) -> None:
        if self._again:
            self._again = False
            self._refresh()

    def _take_over(self) -> None:
        if self.model.session.take_over() is not None:
            self._show_person()

    def _toggle_card(self, code: str) -> None:
        if self.model.session.toggle_card(code) is not None:
            self._show_person()

    def _curtain_key(self) -> None:
        self.model.curtain = self.model.curtain.key(self._steady())
        self._cover()

    def _touched(self) -> None:
        self.model.curtain = self.model.curtain.touch(self._steady())

    def _cover(self) -> None:
        curtain = self.model.curtain
        hint = self._words("Press F9 to go on.") if curtain.hidden or curtain.idle else ""
        self.shared.cover(curtain.covers_shared, hint)
        self.staff.cover(curtain.covers_staff)

    def _failed(self, error: CommonGroundError) -> None:
        self.staff.show_message(str(error))
