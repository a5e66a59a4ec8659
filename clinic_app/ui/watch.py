"""Watches what is committed while the windows are open, and reads again what that concerns."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from clinic_app.model.access import Change
from clinic_app.model.errors import CommonGroundError
from clinic_app.ui.dispatcher import Dispatcher
from clinic_app.viewmodels.workstation import WorkstationModel

if TYPE_CHECKING:
    from clinic_app.viewmodels.desk import OpenedPatient

POLL_MS = 200
"""How often change rows are asked for."""
_FEEDS_SECONDS = 20
_LIST_SECONDS = 2.0


class Watch(QObject):
    """Polls for change rows; reads the open person, the list and the feeds when they are due.

    Signals:
        person_read: the open person was read again; carries the token and what was read.
        person_failed: reading them failed; carries the token and the error.
        list_changed: the model holds a newer list.
        feeds_changed: the model holds newer feeds.
    """

    person_read = Signal(int, object)
    person_failed = Signal(int, object)
    list_changed = Signal()
    feeds_changed = Signal()

    def __init__(self, model: WorkstationModel, dispatcher: Dispatcher, steady: Callable[[], float]) -> None:
        super().__init__()
        self._model, self._dispatcher, self._steady = model, dispatcher, steady
        self._polling = self._refreshing = self._again = self._list_due = False
        self._list_at, self._feeds_at = 0.0, steady()
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.poll)

    def start(self) -> None:
        """Begin polling."""
        self._timer.start()

    def pause(self) -> None:
        """Stop polling by itself; `poll` and `tick` still work when they are called."""
        self._timer.stop()

    def poll(self) -> None:
        """Ask for change rows, unless the last question is still open."""
        if self._polling:
            return
        self._polling = True
        after = self._model.last_change
        self._dispatcher.run(lambda: self._model.read_changes(after), self._polled, self._poll_failed)

    def tick(self) -> None:
        """Read list or feeds when they are due."""
        now = self._steady()
        if self._list_due and now - self._list_at >= _LIST_SECONDS:
            self._list_due, self._list_at = False, now
            self._dispatcher.run(self._model.read_list, self._take_list)
        elif now - self._feeds_at >= _FEEDS_SECONDS:
            self._feeds_at = now
            self._dispatcher.run(self._model.read_feeds, self._take_feeds)

    def _take_list(self, read: object) -> None:
        self._model.take_list(read)  # type: ignore[arg-type]
        self.list_changed.emit()

    def _take_feeds(self, feeds: object) -> None:
        self._model.take_feeds(feeds)  # type: ignore[arg-type]
        self.feeds_changed.emit()

    def _polled(self, changes: Sequence[Change]) -> None:
        self._polling = False
        if changes:
            effects = self._model.take_changes(changes)
            self._list_due = self._list_due or effects.list
            if effects.person:
                self._refresh()

    def _poll_failed(self, error: CommonGroundError) -> None:
        self._polling = False
        self._dispatcher.failed(error)

    def _refresh(self) -> None:
        """Read the open person again; one reading at a time, a change meanwhile asks for one more."""
        visit = self._model.session.visit
        if visit is None:
            return
        if self._refreshing:
            self._again = True
            return
        self._refreshing = True
        self._dispatcher.run(
            lambda: self._model.read_again(visit),
            lambda opened: self._refreshed(visit.token, opened),
            lambda error: self._refresh_failed(visit.token, error),
            urgent=True,
        )

    def _refreshed(self, token: int, opened: "OpenedPatient") -> None:
        self._refreshing = False
        self.person_read.emit(token, opened)
        self._once_more()

    def _refresh_failed(self, token: int, error: CommonGroundError) -> None:
        self._refreshing = False
        self.person_failed.emit(token, error)
        self._once_more()

    def _once_more(self) -> None:
        if self._again:
            self._again = False
            self._refresh()
