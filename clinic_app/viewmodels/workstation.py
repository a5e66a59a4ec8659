"""The workstation's state behind both windows: what is known, who is open, what each window shows now."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from clinic_app.model.access import Change
from clinic_app.model.identity import Identifier
from clinic_app.model.people import FeedState, PatientRow
from clinic_app.model.words import Words
from clinic_app.viewmodels.desk import WorkstationServices
from clinic_app.viewmodels.feeds import held_badge, held_of, staff_feeds
from clinic_app.viewmodels.live import Effects, effects_of
from clinic_app.viewmodels.merges import MergesModel
from clinic_app.viewmodels.screen import ScreenSettings
from clinic_app.viewmodels.session import Session, Visit, news_of
from clinic_app.viewmodels.shared import Viewing, build_shared
from clinic_app.viewmodels.shared_state import SharedState
from clinic_app.viewmodels.staff_list import StaffList, build_list
from clinic_app.viewmodels.staff_person import StaffPerson, build_person

if TYPE_CHECKING:
    from clinic_app.services.open_patient import OpenedPatient
    from clinic_app.viewmodels.workbench import WorkbenchModel


class WorkstationModel:
    """State of one workstation; methods that block are named ``read_…`` and belong on the worker thread.

    Attributes:
        merges: numbers that may be one person.
        session: who is open.
        last_change: sequence of the newest change row that was looked at.
    """

    def __init__(self, services: WorkstationServices, settings: ScreenSettings, words: Words) -> None:
        self._services = services
        self._settings = settings
        self._words = words
        self._rows: Sequence[PatientRow] = ()
        self._feeds: Sequence[FeedState] = ()
        self.merges = MergesModel(services, words)
        self.session = Session()
        self.last_change = 0

    def read_first(self) -> tuple[int, Sequence[PatientRow], Sequence[FeedState]]:
        """What the start needs: where to poll from (before anything is read), the list, the feeds."""
        return self._services.latest_change(), self._services.list_patients(), self._services.feeds()

    def read_tables(self) -> None:
        """Read what every picture needs, so that the first person opens as fast as the next."""
        self._services.shared_list()

    def read_list(self) -> tuple[Sequence[PatientRow], Sequence[FeedState]]:
        """List and feeds again."""
        return self._services.refresh_list(), self._services.feeds()

    def read_feeds(self) -> Sequence[FeedState]:
        """The feeds' health."""
        return self._services.feeds()

    def read_number(self, text: str) -> Identifier:
        """The person with this number."""
        return self._services.find(text)

    def read_person(self, identifier: Identifier) -> "OpenedPatient":
        """Open a person."""
        return self._services.open_patient(identifier)

    def read_again(self, visit: Visit) -> "OpenedPatient":
        """The open person now."""
        return self._services.refresh(visit.opened)

    def read_changes(self, after: int) -> Sequence[Change]:
        """What was committed since."""
        return self._services.poll_changes(after)

    def take_first(self, first: tuple[int, Sequence[PatientRow], Sequence[FeedState]]) -> None:
        """Keep what the start read."""
        self.last_change, self._rows, self._feeds = first

    def take_list(self, read: tuple[Sequence[PatientRow], Sequence[FeedState]]) -> None:
        """Keep the list and the feeds."""
        self._rows, self._feeds = read

    def take_feeds(self, feeds: Sequence[FeedState]) -> None:
        """Keep the feeds."""
        self._feeds = feeds

    def take_changes(self, changes: Sequence[Change]) -> Effects:
        """What the change rows ask to read anew."""
        visit = self.session.visit
        effects = effects_of(changes, visit.opened.people if visit else (), self.last_change)
        self.last_change = effects.last
        return effects

    def staff_list(self) -> StaffList:
        """The list with its heading."""
        return build_list(self._rows, self._feeds, self._services.now(), self._words)

    @cached_property
    def workbench(self) -> "WorkbenchModel":
        """What is held; the list needs nothing of it, so it is loaded when it is first asked for."""
        from clinic_app.viewmodels.workbench import WorkbenchModel  # noqa: PLC0415

        return WorkbenchModel(self._services, self._words)

    def held_words(self) -> str:
        """How many received entries are held; empty where none is."""
        return held_badge(held_of(self._feeds), self._words)

    def feed_words(self) -> tuple[str, ...]:
        """The feeds' health for staff."""
        return staff_feeds(self._feeds, self._services.now(), self._words)

    def shared_state(self) -> SharedState | None:
        """What the shared screen draws; None while nobody is open."""
        visit = self.session.visit
        if visit is None:
            return None
        viewing = Viewing(
            identifier=visit.opened.identifier,
            token=visit.token,
            now=self._services.now(),
            feeds=self._feeds,
            hidden=visit.hidden,
            demonstration=self._settings.demonstration,
        )
        return build_shared(visit.shown, self._services.shared_list(), viewing, self._words)

    def staff_person(self) -> StaffPerson | None:
        """The open person for staff; None while nobody is open."""
        visit = self.session.visit
        if visit is None:
            return None
        today = self._services.now().date()
        news = news_of(visit, today, self._words)
        return build_person(visit.opened.picture, visit.opened.identifier.value, news, today, self._words)

    def news_waiting(self) -> bool:
        """Whether something came that the shared screen does not draw by itself: a dot without content says
        so.
        """
        visit = self.session.visit
        return (
            visit is not None
            and visit.opened.picture != visit.shown
            and bool(news_of(visit, self._services.now().date(), self._words))
        )
